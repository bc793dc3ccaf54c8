import type { CrmType } from "../../src-shared/domain/integration.ts";

export type ContractFields = Record<string, object>;
/** One thing that the CRM would refuse and that its own description tells. */
export type ToldRefusal = Readonly<{
  what: string;
  /** How an administrator makes it so, and takes it back. */
  broken?: object;
  mended?: object;
  /** How the field contract makes it so; the default contract takes it back. */
  contract?: (fields: ContractFields) => void;
  reason: string;
  field: string;
  says: RegExp;
}>;

const text = (value: string) => ({ own: "agent", value: { const: value } });
const fromLog = { own: "agent", value: { from: "logId" } };
const long = "x".repeat(70_000);

/** What a CRM refuses of calls. */
export type ToldRefusals = Readonly<{
  object: string;
  /** Requests that create or change records of calls. */
  writes: RegExp;
  cases: readonly ToldRefusal[];
}>;

export const toldRefusals: Readonly<Record<CrmType, ToldRefusals>> = {
  hubspot: {
    object: "calls",
    writes: /calls\/batch\/(create|update|upsert)/,
    cases: [
      {
        what: "a required value is missing",
        contract: (fields) => delete fields["hs_timestamp"],
        reason: "rule_rejected",
        field: "hs_timestamp",
        says: /HubSpot is required, and nothing would be written.*In the field contract: Map a value/,
      },
      {
        what: "a text is too long for a rule on the property",
        broken: { fieldMaxLength: { calls: { hs_call_title: 5 } } },
        mended: { fieldMaxLength: {} },
        reason: "too_large",
        field: "hs_call_title",
        says: /has 22 characters; HubSpot takes 5.*trim: true/,
      },
      {
        what: "a text is too long for any property",
        contract: (fields) => Object.assign(fields, { hs_call_title: text(long) }),
        reason: "too_large",
        field: "hs_call_title",
        says: /HubSpot takes 65536/,
      },
      {
        what: "a value is of the wrong type",
        broken: { customFields: { calls: [{ name: "log_id", type: "number", fieldType: "number" }] } },
        mended: { customFields: { calls: [{ name: "log_id" }] } },
        contract: (fields) => Object.assign(fields, { log_id: fromLog }),
        reason: "value_rejected",
        field: "log_id",
        says: /takes a number, and "C-\d+" is none/,
      },
      {
        what: "a value was retired from its list",
        broken: { picklistValues: { calls: { hs_call_status: ["BUSY"] } } },
        mended: { picklistValues: {} },
        reason: "value_rejected",
        field: "hs_call_status",
        says: /no value "COMPLETED"; it has BUSY.*For the administrator of HubSpot: Put the value back/,
      },
      {
        what: "a value does not match the property's expression",
        broken: {
          validationRules: [
            {
              object: "calls",
              on: ["create"],
              when: { field: "hs_call_title", op: "notMatches", value: "^Call" },
              message: "no",
            },
          ],
        },
        mended: { validationRules: [] },
        reason: "rule_rejected",
        field: "hs_call_title",
        says: /must match \^Call/,
      },
      {
        what: "a field is read-only",
        broken: { fieldPermissions: { calls: { hs_call_title: "read" } } },
        mended: { fieldPermissions: {} },
        reason: "mapping_error",
        field: "hs_call_title",
        says: /cannot be written in HubSpot by its API/,
      },
      {
        what: "a field is hidden from the key's user",
        broken: { fieldPermissions: { calls: { hs_call_title: "none" } } },
        mended: { fieldPermissions: {} },
        reason: "field_missing",
        field: "hs_call_title",
        says: /has no field hs_call_title in calls, or hides it/,
      },
      {
        what: "a field is gone",
        broken: { removedFields: { calls: ["hs_call_status"] } },
        mended: { removedFields: {} },
        reason: "field_missing",
        field: "hs_call_status",
        says: /Restore the field/,
      },
    ],
  },
  salesforce: {
    object: "Task",
    writes: /^(POST|PATCH) .*sobjects/,
    cases: [
      {
        what: "a required value is missing",
        broken: { customFields: { Task: [{ name: "Location__c" }] }, requiredFields: { Task: ["Location__c"] } },
        mended: { requiredFields: {} },
        reason: "rule_rejected",
        field: "Location__c",
        says: /Salesforce is required/,
      },
      {
        what: "a text is too long",
        broken: { fieldMaxLength: { Task: { Subject: 5 } } },
        mended: { fieldMaxLength: {} },
        reason: "too_large",
        field: "Subject",
        says: /has 22 characters; Salesforce takes 5/,
      },
      {
        what: "a value is of the wrong type",
        broken: { customFields: { Task: [{ name: "Log__c", type: "int" }] } },
        mended: { customFields: { Task: [{ name: "Log__c" }] } },
        contract: (fields) => Object.assign(fields, { Log__c: fromLog }),
        reason: "value_rejected",
        field: "Log__c",
        says: /takes a whole number/,
      },
      {
        what: "a number is too large",
        contract: (fields) => Object.assign(fields, { CallDurationInSeconds: text("123456789") }),
        reason: "value_rejected",
        field: "CallDurationInSeconds",
        says: /a number below 100,000,000/,
      },
      {
        what: "a value was retired from its list",
        broken: { picklistValues: { Task: { CallType: ["Outbound"] } } },
        mended: { picklistValues: {} },
        reason: "value_rejected",
        field: "CallType",
        says: /no value "Inbound"; it has Outbound/,
      },
      {
        what: "a validation rule bites",
        broken: {
          validationRules: [
            {
              object: "Task",
              on: ["create"],
              when: { field: "CallType", op: "eq", value: "Inbound" },
              message: "No inbound calls here.",
              field: "CallType",
            },
          ],
        },
        mended: { validationRules: [] },
        reason: "rule_rejected",
        field: "CallType",
        says: /The rule Rule_1 of Salesforce refuses the call: No inbound calls here\./,
      },
      {
        what: "a field is read-only for the user",
        broken: { fieldPermissions: { Task: { CallType: "read" } } },
        mended: { fieldPermissions: {} },
        reason: "permission_denied",
        field: "CallType",
        says: /may read the field CallType in Salesforce, and not write it.*administrator of Salesforce: Give that user/,
      },
      {
        what: "a field is hidden from the user",
        broken: { fieldPermissions: { Task: { CallType: "none" } } },
        mended: { fieldPermissions: {} },
        reason: "field_missing",
        field: "CallType",
        says: /or hides it from CallLedger/,
      },
      {
        what: "a field is gone",
        broken: { removedFields: { Task: ["CallType"] } },
        mended: { removedFields: {} },
        reason: "field_missing",
        field: "CallType",
        says: /has no field CallType/,
      },
    ],
  },
  zoho: {
    object: "Calls",
    writes: /^(POST|PUT) .*\/Calls$/,
    cases: [
      {
        what: "a layout requires a value that is missing",
        broken: { requiredFields: { Calls: ["Call_Agenda"] } },
        mended: { requiredFields: {} },
        reason: "rule_rejected",
        field: "Call_Agenda",
        says: /Zoho CRM is required in its form/,
      },
      {
        what: "the module requires a value that is missing",
        contract: (fields) => delete fields["Call_Type"],
        reason: "rule_rejected",
        field: "Call_Type",
        says: /Zoho CRM is required, and nothing/,
      },
      {
        what: "a text is too long",
        broken: { fieldMaxLength: { Calls: { Subject: 5 } } },
        mended: { fieldMaxLength: {} },
        reason: "too_large",
        field: "Subject",
        says: /Zoho CRM takes 5/,
      },
      {
        what: "a value is of the wrong type",
        broken: { customFields: { Calls: [{ api_name: "Log_Id", data_type: "integer" }] } },
        mended: { customFields: { Calls: [{ api_name: "Log_Id", data_type: "text" }] } },
        contract: (fields) => Object.assign(fields, { Log_Id: fromLog }),
        reason: "value_rejected",
        field: "Log_Id",
        says: /takes a whole number/,
      },
      {
        what: "a value was retired from its list",
        broken: { picklistValues: { Calls: { Call_Type: ["Outbound"] } } },
        mended: { picklistValues: {} },
        reason: "value_rejected",
        field: "Call_Type",
        says: /no value "Inbound"; it has Outbound/,
      },
      {
        what: "a field is read-only for the user",
        broken: { fieldPermissions: { Calls: { Description: "read" } } },
        mended: { fieldPermissions: {} },
        reason: "permission_denied",
        field: "Description",
        says: /may read the field Description/,
      },
      {
        what: "a field is computed",
        contract: (fields) => Object.assign(fields, { Call_Summary: fromLog }),
        reason: "mapping_error",
        field: "Call_Summary",
        says: /cannot be written in Zoho CRM by its API/,
      },
      {
        what: "a field is hidden from the user",
        broken: { fieldPermissions: { Calls: { Description: "none" } } },
        mended: { fieldPermissions: {} },
        reason: "field_missing",
        field: "Description",
        says: /or hides it/,
      },
      {
        what: "a field is gone",
        broken: { removedFields: { Calls: ["Call_Sync_Seconds"] } },
        mended: { removedFields: {} },
        reason: "field_missing",
        field: "Call_Sync_Seconds",
        says: /has no field Call_Sync_Seconds/,
      },
    ],
  },
  pipedrive: {
    object: "activities",
    writes: /^(POST|PATCH) \/api\/v2\/activities/,
    cases: [
      {
        what: "a value that a form requires is missing",
        broken: { requiredFields: { activities: ["public_description"] } },
        mended: { requiredFields: {} },
        reason: "rule_rejected",
        field: "public_description",
        says: /Pipedrive is required in its form/,
      },
      {
        what: "a text is too long",
        contract: (fields) => Object.assign(fields, { subject: text("x".repeat(256)) }),
        reason: "too_large",
        field: "subject",
        says: /has 256 characters; Pipedrive takes 255/,
      },
      {
        what: "a value is of the wrong type",
        contract: (fields) => Object.assign(fields, { priority: text("high") }),
        reason: "value_rejected",
        field: "priority",
        says: /takes a whole number, and "high" is none/,
      },
      {
        what: "a day is none",
        contract: (fields) => Object.assign(fields, { due_date: text("1 June") }),
        reason: "value_rejected",
        field: "due_date",
        says: /takes a day such as/,
      },
      {
        what: "a kind of activity was disabled",
        broken: {
          activityTypes: [
            { id: 1, key_string: "call", name: "Call", active_flag: true },
            { id: 2, key_string: "meeting", name: "Meeting", active_flag: false },
          ],
        },
        mended: {
          activityTypes: [
            { id: 1, key_string: "call", name: "Call", active_flag: true },
            { id: 2, key_string: "meeting", name: "Meeting", active_flag: true },
          ],
        },
        contract: (fields) => Object.assign(fields, { type: text("meeting") }),
        reason: "value_rejected",
        field: "type",
        says: /no value "meeting"; it has call/,
      },
      {
        what: "a field cannot be written by the API",
        contract: (fields) => Object.assign(fields, { marked_as_done_time: fromLog }),
        reason: "mapping_error",
        field: "marked_as_done_time",
        says: /cannot be written in Pipedrive by its API/,
      },
      {
        what: "a field is hidden from the token's user",
        broken: { fieldPermissions: { activities: { duration: "none" } } },
        mended: { fieldPermissions: {} },
        reason: "field_missing",
        field: "duration",
        says: /or hides it/,
      },
      {
        what: "a field is gone",
        broken: { removedFields: { activities: ["duration"] } },
        mended: { removedFields: {} },
        reason: "field_missing",
        field: "duration",
        says: /has no field duration/,
      },
    ],
  },
};
