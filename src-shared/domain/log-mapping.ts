import { z } from "zod";
import { sourceSettings } from "./source-settings.ts";

/** What a person settles about one kind of table, whatever file it comes in; where and whose it is stays with the source. */
export const mappingSettings = sourceSettings.pick({
  columns: true,
  dateOrder: true,
  clock: true,
  timeOf: true,
  durationUnit: true,
  words: true,
  logTimeZone: true,
  delimiter: true,
  encoding: true,
});
export type MappingSettings = Readonly<z.infer<typeof mappingSettings>>;

/**
 * A mapping as it is kept, a YAML file for each header. `fingerprint`: of the header's names, sorted and in lower case, so
 * that the same export in another order of columns is known again.
 */
export const logMapping = z.strictObject({
  version: z.literal(1),
  name: z.string().trim().min(1).max(100),
  fingerprint: z.string().regex(/^[\da-f]{16}$/),
  /** Names of the columns, for people. */
  header: z.array(z.string()),
  settings: mappingSettings,
});
export type LogMapping = Readonly<z.infer<typeof logMapping>>;
