import type { FieldDefinition } from "./field-definition.ts";
import { toDateTime, toDay, type FieldValue, type OrgRecord } from "./org-record.ts";
import type { Org } from "./org.ts";
import { closedTaskStatus } from "./standard-fields.ts";

const yearMs = 365 * 86_400_000;

/** What a read shows of a field; null where the record holds nothing. */
export function readValue(org: Org, record: OrgRecord, field: Pick<FieldDefinition, "name" | "type">): FieldValue {
  const made = readDerived(org, record, field.name);
  if (made !== undefined) return made;
  const stored = record.values[field.name];
  if (stored !== undefined) return stored;
  return field.type === "boolean" ? false : null;
}

/** System fields and those that Salesforce works out; undefined for a stored one. */
function readDerived(org: Org, record: OrgRecord, name: string): FieldValue | undefined {
  switch (name) {
    case "Id":
      return record.id;
    case "IsDeleted":
      return record.deletedAt !== undefined;
    case "MasterRecordId":
      return record.masterId ?? null;
    case "CreatedDate":
      return toDateTime(record.createdAt);
    case "CreatedById":
      return record.createdBy;
    case "LastModifiedDate":
    case "SystemModstamp":
      return toDateTime(record.modifiedAt);
    case "LastModifiedById":
      return record.modifiedBy;
    case "IsArchived":
      return isArchived(record, org.clock.now());
    case "IsClosed":
      return isClosed(record);
    case "IsWon":
      return record.values["StageName"] === "Closed Won";
    case "IsHighPriority":
      return record.values["Priority"] === "High";
    case "Name":
      return record.object === "Contact" || record.object === "Lead" ? fullName(record) : undefined;
    case "AccountId":
      return record.object === "Task" || record.object === "Event" ? activityAccount(org, record) : undefined;
    default:
      return undefined;
  }
}

function fullName({ values }: OrgRecord): string {
  return [values["FirstName"], values["LastName"]].filter((part) => typeof part === "string" && part !== "").join(" ");
}

function isClosed({ object, values }: OrgRecord): boolean {
  if (object === "Task") return values["Status"] === closedTaskStatus;
  return String(values["StageName"] ?? "").startsWith("Closed");
}

/** Closed tasks that are older than a year leave the lists; only `queryAll` shows them. */
export function isArchived(record: OrgRecord, now: number): boolean {
  const day = record.values["ActivityDate"];
  if (record.object !== "Task" || typeof day !== "string" || !isClosed(record)) return false;
  return day < toDay(now - yearMs);
}

/** The account of an activity: that of its `WhatId`, or of its contact. */
function activityAccount({ records }: Org, { values }: OrgRecord): string | null {
  const what = values["WhatId"];
  const who = values["WhoId"];
  if (typeof what === "string") {
    if (what.startsWith("001")) return what;
    const account = records.find("Opportunity", what)?.values["AccountId"];
    if (typeof account === "string") return account;
  }
  const account = typeof who === "string" ? records.find("Contact", who)?.values["AccountId"] : undefined;
  return typeof account === "string" ? account : null;
}
