import { createFixedTable, toColumn, toFixedRow, type Row, type Table } from "./query-table.ts";
import type { Org } from "./org.ts";
import { toRecordId } from "./record-id.ts";

export const administratorProfile = { Id: "00e5g000000AbCDAA0", Name: "System Administrator" } as const;

/** Objects of the org's setup that can be asked for and not written: profiles, record types and the values of statuses. */
export function setupTable(org: Org, name: string, base: string): Table | undefined {
  switch (name.toLowerCase()) {
    case "profile":
      return createFixedTable("Profile", profileColumns, () => [administratorProfile], base);
    case "recordtype":
      return createFixedTable("RecordType", recordTypeColumns, () => [], base);
    case "opportunitystage":
      return createFixedTable("OpportunityStage", statusColumns, () => stages(org), base);
    case "leadstatus":
      return createFixedTable("LeadStatus", statusColumns, () => leadStatuses(org), base);
    default:
      return undefined;
  }
}

const profileColumns = [toColumn("Id", "id"), toColumn("Name")];
const recordTypeColumns = [
  toColumn("Id", "id"),
  ...["Name", "DeveloperName", "SobjectType"].map((name) => toColumn(name)),
  toColumn("IsActive", "boolean"),
];
const statusColumns = [
  toColumn("Id", "id"),
  toColumn("MasterLabel"),
  toColumn("ApiName"),
  toColumn("SortOrder", "int"),
  ...["IsActive", "IsClosed", "IsWon", "IsConverted", "IsDefault"].map((name) => toColumn(name, "boolean")),
];

/** What the rows of a value of a picklist have in common. */
function toStatus(prefix: string, value: string, position: number): Readonly<Record<string, unknown>> {
  return {
    Id: toRecordId(prefix, position + 1),
    MasterLabel: value,
    ApiName: value,
    SortOrder: position + 1,
    IsActive: true,
    IsDefault: position === 0,
  };
}

function stages({ schema }: Org): readonly Readonly<Record<string, unknown>>[] {
  return (schema.findAny("Opportunity", "StageName")?.picklist ?? []).map(({ value }, position) => ({
    ...toStatus("01J", value, position),
    IsClosed: value.startsWith("Closed"),
    IsWon: value === "Closed Won",
  }));
}

function leadStatuses({ schema }: Org): readonly Readonly<Record<string, unknown>>[] {
  return (schema.findAny("Lead", "Status")?.picklist ?? []).map(({ value }, position) => ({
    ...toStatus("01J", value, position),
    IsConverted: value === "Closed - Converted",
  }));
}

/** The same rows, with the one profile that all users have behind `Profile`. */
export function withProfile(rows: readonly Row[], base: string): readonly Row[] {
  const profile = toFixedRow("Profile", administratorProfile, base);
  return rows.map((row) => ({ ...row, parent: (name) => (name === "Profile" ? profile : undefined) }));
}
