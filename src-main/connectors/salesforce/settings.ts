import { z } from "zod";
import { createVendorSettings } from "../../../src-shared/domain/vendor-settings.ts";

const schema = z.strictObject({
  /** Name of the unique external id field on Activity that holds our key. */
  keyField: z
    .string()
    .regex(/^[A-Za-z]\w{0,79}$/, "takes the API name of a field, such as CallLedger_Key__c")
    .optional(),
});

export const salesforceSettings = createVendorSettings(schema, ["keyField"]);
export const readSalesforceSettings = (stored: unknown): z.output<typeof schema> => schema.strip().parse(stored);
