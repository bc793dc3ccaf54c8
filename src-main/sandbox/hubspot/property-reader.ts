import type { AssociationGraph } from "./association-graph.ts";
import { primaryTypeIds } from "./association-types.ts";
import { toCalculatedCountryCode, toCalculatedPhone, toSearchablePhone } from "./calculated-phone.ts";
import type { ConfigSource } from "./configuration.ts";
import { toIsoTime, type HubRecord } from "./hub-record.ts";
import { systemDates } from "./object-types.ts";

/** A property of a record: what was written, or what HubSpot computes. Undefined when empty. */
export type PropertyReader = (record: HubRecord, name: string) => string | undefined;

const computedNames: readonly string[] = [
  "hs_object_id",
  "hs_merged_object_ids",
  "hs_calculated_merged_vids",
  "associatedcompanyid",
  "hs_body_preview",
  "hs_calculated_phone_number",
  "hs_searchable_calculated_international_phone_number",
  "hs_calculated_mobile_number",
  "hs_searchable_calculated_international_mobile_number",
  "hs_calculated_phone_number_country_code",
  "hs_searchable_calculated_phone_number",
  "hs_searchable_calculated_mobile_number",
];

/** Where the text of an activity stands. */
const bodies = ["hs_call_body", "hs_note_body", "hs_task_body", "hs_email_text", "hs_meeting_body"] as const;

/** The names of all properties that may have a value in a record. */
export function filledNames({ object, properties }: HubRecord): readonly string[] {
  return [...Object.keys(properties), systemDates[object].created, systemDates[object].modified, ...computedNames];
}

export function createPropertyReader(config: ConfigSource, graph: AssociationGraph): PropertyReader {
  return (record, name) => {
    const { object, properties } = record;
    if (name === "hs_object_id") return record.id;
    if (name === systemDates[object].created) return toIsoTime(record.createdAt);
    if (name === systemDates[object].modified) return toIsoTime(record.updatedAt);
    switch (name) {
      case "hs_merged_object_ids":
        return record.mergedIds.length === 0 ? undefined : record.mergedIds.join(";");
      case "hs_calculated_merged_vids":
        return record.mergedIds.length === 0
          ? undefined
          : record.mergedIds.map((id) => `${id}:${record.updatedAt}`).join(";");
      case "associatedcompanyid":
        return primaryCompany(graph, record);
      case "hs_body_preview":
        return toPreview(bodies.map((body) => properties[body]).find((text) => text !== undefined));
      case "hs_calculated_phone_number":
      case "hs_searchable_calculated_international_phone_number":
        return toCalculatedPhone(properties["phone"]);
      case "hs_calculated_mobile_number":
      case "hs_searchable_calculated_international_mobile_number":
        return toCalculatedPhone(properties["mobilephone"]);
      case "hs_calculated_phone_number_country_code":
        return toCalculatedCountryCode(properties["phone"]);
      case "hs_searchable_calculated_phone_number":
        return toSearchablePhone(properties["phone"], config.current().searchKeepsTrunkZero);
      case "hs_searchable_calculated_mobile_number":
        return toSearchablePhone(properties["mobilephone"], config.current().searchKeepsTrunkZero);
      default:
        return properties[name];
    }
  };
}

export function primaryCompany(
  graph: AssociationGraph,
  { object, id }: Pick<HubRecord, "object" | "id">,
): string | undefined {
  const primary = primaryTypeIds[object];
  if (primary === undefined) return undefined;
  for (const [companyId, types] of graph.linked(object, id, "companies")) if (types.has(primary)) return companyId;
  return undefined;
}

function toPreview(body: string | undefined): string | undefined {
  return body
    ?.replace(/<[^>]*>/g, " ")
    .trim()
    .slice(0, 200);
}
