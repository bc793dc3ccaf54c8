import { z } from "zod";
import { createVendorSettings } from "../../../src-shared/domain/vendor-settings.ts";

const schema = z.strictObject({
  /** Name of the unique call property that holds our key. */
  keyProperty: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,99}$/, "takes the internal name of a property, such as callledger_key")
    .optional(),
});

export const hubspotSettings = createVendorSettings(schema, ["keyProperty"]);
export const readHubspotSettings = (stored: unknown): z.output<typeof schema> => schema.strip().parse(stored);
