import { z } from "zod";
import { createVendorSettings, switchSetting, wholeNumberSetting } from "../../../src-shared/domain/vendor-settings.ts";

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).format(0) !== "";
  } catch {
    return false;
  }
}

const schema = z.strictObject({
  /** `key_string` of the kind of activity that calls are written as. */
  activityType: z
    .string()
    .regex(/^\w{1,100}$/, "takes the key of an activity type, such as call")
    .optional(),
  /** Whether call logs are written beside the activities. */
  callLogs: switchSetting.optional(),
  /** Whether fields that people must fill in on a form count as required for calls, too (the default). */
  requiredInForms: switchSetting.optional(),
  /** What an administrator knows of the plan, where no header tells it: tokens of the company's day … */
  dailyTokens: wholeNumberSetting(1, 1_000_000_000).optional(),
  /** … and requests of two seconds. */
  burstLimit: wholeNumberSetting(1, 100_000).optional(),
  /** The zone in which the vendor's day ends. */
  serverTimeZone: z.string().refine(isZone, "takes a time zone of the IANA list, such as Europe/London").optional(),
});

export type PipedriveSettings = Readonly<z.output<typeof schema>>;
export const pipedriveSettings = createVendorSettings(schema, []);
export const readPipedriveSettings = (stored: unknown): PipedriveSettings => schema.strip().parse(stored);
