import type { CrmType } from "../../src-shared/domain/integration.ts";

/** What an administrator did to a field of ours, how it is told, and what becomes of the calls until it is mended. */
export type FieldEdit = Readonly<{
  broken: object;
  kind: "renamed" | "type_changed" | "closed";
  reason: string;
  says: RegExp;
}>;

/** A custom text field of calls that the contract has the log's id written into. */
export type OutsideField = Readonly<{
  object: string;
  field: string;
  /** How it is to begin with, and once it is mended. */
  mended: object;
  edits: Readonly<Record<"renamed" | "retyped" | "closed", FieldEdit>>;
}>;

/** Pipedrive's API writes no custom field of activities, and neither renames nor changes its own. */
export const outsideFields: Readonly<Record<Exclude<CrmType, "pipedrive">, OutsideField>> = {
  hubspot: {
    object: "calls",
    field: "log_id",
    mended: { customFields: { calls: [{ name: "log_id", label: "Log" }] }, fieldPermissions: {} },
    edits: {
      renamed: {
        broken: { customFields: { calls: [{ name: "log_number", label: "Log" }] } },
        kind: "renamed",
        reason: "field_missing",
        says: /no field log_id in calls any more; log_number came in its place/,
      },
      retyped: {
        broken: { customFields: { calls: [{ name: "log_id", label: "Log", type: "number", fieldType: "number" }] } },
        kind: "type_changed",
        reason: "value_rejected",
        says: /log_id in HubSpot was for text and is for numbers now/,
      },
      closed: {
        broken: { fieldPermissions: { calls: { log_id: "read" } } },
        kind: "closed",
        reason: "mapping_error",
        says: /log_id in HubSpot could be written, and cannot be any more/,
      },
    },
  },
  salesforce: {
    object: "Task",
    field: "Log__c",
    mended: { customFields: { Task: [{ name: "Log__c", label: "Log" }] }, fieldPermissions: {} },
    edits: {
      renamed: {
        broken: { customFields: { Task: [{ name: "Log_Number__c", label: "Log" }] } },
        kind: "renamed",
        reason: "field_missing",
        says: /no field Log__c in Task any more; Log_Number__c came in its place/,
      },
      retyped: {
        broken: { customFields: { Task: [{ name: "Log__c", label: "Log", type: "int" }] } },
        kind: "type_changed",
        reason: "value_rejected",
        says: /Log__c in Salesforce was for text and is for whole numbers now/,
      },
      closed: {
        broken: { fieldPermissions: { Task: { Log__c: "read" } } },
        kind: "closed",
        reason: "permission_denied",
        says: /Log__c in Salesforce could be written, and cannot be any more/,
      },
    },
  },
  zoho: {
    object: "Calls",
    field: "Log_Id",
    mended: {
      customFields: { Calls: [{ api_name: "Log_Id", data_type: "text", field_label: "Log" }] },
      fieldPermissions: {},
    },
    edits: {
      renamed: {
        broken: { customFields: { Calls: [{ api_name: "Log_Number", data_type: "text", field_label: "Log" }] } },
        kind: "renamed",
        reason: "field_missing",
        says: /no field Log_Id in Calls any more; Log_Number came in its place/,
      },
      retyped: {
        broken: { customFields: { Calls: [{ api_name: "Log_Id", data_type: "integer", field_label: "Log" }] } },
        kind: "type_changed",
        reason: "value_rejected",
        says: /Log_Id in Zoho CRM was for text and is for whole numbers now/,
      },
      closed: {
        broken: { fieldPermissions: { Calls: { Log_Id: "read" } } },
        kind: "closed",
        reason: "permission_denied",
        says: /Log_Id in Zoho CRM could be written, and cannot be any more/,
      },
    },
  },
};
