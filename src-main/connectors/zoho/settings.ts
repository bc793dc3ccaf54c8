import { z } from "zod";
import { createVendorSettings, switchSetting, wholeNumberSetting } from "../../../src-shared/domain/vendor-settings.ts";
import { locations } from "./data-centres.ts";

/** Features of Zoho that a write may set off. */
const features = ["workflow", "approval", "blueprint", "pathfinder", "orchestration"] as const;

const triggerWords = `takes none, all, or some of ${features.join(", ")}`;

/** Stored as it was given; read as what goes into a request: undefined leaves it to Zoho, which then runs everything. */
const trigger = z
  .union([z.string(), z.array(z.string())], triggerWords)
  .transform((given) =>
    (typeof given === "string" ? given.split(/[\s,]+/) : given)
      .map((word) => word.trim().toLowerCase())
      .filter((word) => word !== ""),
  )
  .refine(
    (words) =>
      (words.length === 1 && (words[0] === "none" || words[0] === "all")) ||
      (words.length > 0 && words.every((word) => features.some((known) => known === word))),
    triggerWords,
  );

const schema = z.strictObject({
  /** API name of the field that holds our key. */
  keyProperty: z
    .string()
    .regex(/^[A-Za-z]\w{0,99}$/, "takes the API name of a field, such as Call_Sync_Key")
    .optional(),
  /** Where our key stands in a call: in a field of ours, or in the description where the org takes no field on calls. */
  keyIn: z.enum(["field", "description"], "takes field or description").optional(),
  /** Automations that our writes set off. */
  trigger: trigger.optional(),
  /** Our own cap of requests in a minute; 0 for none. */
  requestsPerMinute: wholeNumberSetting(0, 100_000).optional(),
  /** Whether fields that people must fill in on a form count as required for calls, too (the default). */
  requiredInForms: switchSetting.optional(),
  /** Where the org lives, where the credential does not say. */
  dataCentre: z.enum([...locations], `takes one of ${locations.join(", ")}`).optional(),
});

export const zohoSettings = createVendorSettings(schema, ["keyProperty", "keyIn", "dataCentre"]);
export const readZohoSettings = (stored: unknown): z.output<typeof schema> => schema.strip().parse(stored);

/** What a request says of automations: undefined for all, an empty list for none (the default). */
export function toTrigger(words: readonly string[] = ["none"]): readonly string[] | undefined {
  if (words[0] === "all") return undefined;
  return words[0] === "none" ? [] : words;
}
