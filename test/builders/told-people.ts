import type { CrmType } from "../../src-shared/domain/integration.ts";
import type { ContractFields } from "./told-refusals.ts";

/** Something that a CRM would refuse of a person whom we make, and that its own description tells. */
export type ToldPerson = Readonly<{
  what: string;
  broken?: object;
  mended?: object;
  contract?: (fields: ContractFields) => void;
  reason: string;
  /** Null: it is no field's fault. */
  field: string | null;
  says: RegExp;
}>;

export type ToldPeople = Readonly<{
  /** The object of the people whom the policy `contact` makes, and the requests that make one. */
  object: string;
  writes: RegExp;
  cases: readonly ToldPerson[];
}>;

const none: ContractFields = {};
/** As Pipedrive names custom fields. */
const unknownCode = "a".repeat(40);
const text = (value: string) => ({ own: "fill-blank", value: { const: value } });
const set = (given: ContractFields) => (fields: ContractFields) => void Object.assign(fields, given);

export const toldPeople: Readonly<Record<CrmType, ToldPeople>> = {
  hubspot: {
    object: "contacts",
    writes: /^POST .*\/contacts$/,
    cases: [
      {
        what: "a text is too long for a rule on the property",
        broken: { fieldMaxLength: { contacts: { lastname: 5 } } },
        mended: { fieldMaxLength: none },
        reason: "too_large",
        field: "lastname",
        says: /has 13 characters; HubSpot takes 5/,
      },
      {
        what: "a value was retired from its list",
        broken: { picklistValues: { contacts: { lead_status: ["NEW"] } } },
        mended: { picklistValues: none },
        contract: set({ hs_lead_status: text("DREAMT") }),
        reason: "value_rejected",
        field: "hs_lead_status",
        says: /no value "DREAMT"/,
      },
      {
        what: "a field is hidden from the key's user",
        broken: { fieldPermissions: { contacts: { lastname: "none" } } },
        mended: { fieldPermissions: none },
        reason: "field_missing",
        field: "lastname",
        says: /no field lastname in contacts, or hides it/,
      },
      {
        what: "the user may not create any",
        broken: { objectPermissions: { contacts: ["read", "edit"] } },
        mended: { objectPermissions: none },
        reason: "permission_denied",
        field: null,
        says: /may not create contacts in HubSpot/,
      },
    ],
  },
  salesforce: {
    object: "Contact",
    writes: /^POST .*\/sobjects\/(Contact|[:{]\w+}?)$/,
    cases: [
      {
        what: "a required value is missing",
        broken: { customFields: { Contact: [{ name: "Region__c" }] }, requiredFields: { Contact: ["Region__c"] } },
        mended: { requiredFields: none },
        reason: "rule_rejected",
        field: "Region__c",
        says: /Region__c in Salesforce is required/,
      },
      {
        what: "a text is too long",
        broken: { fieldMaxLength: { Contact: { LastName: 5 } } },
        mended: { fieldMaxLength: none },
        reason: "too_large",
        field: "LastName",
        says: /has 13 characters; Salesforce takes 5/,
      },
      {
        what: "a validation rule bites",
        broken: {
          validationRules: [
            {
              object: "Contact",
              on: ["create"],
              when: { field: "Email", op: "blank" },
              message: "A contact needs an address.",
              field: "Email",
            },
          ],
        },
        mended: { validationRules: [] },
        reason: "rule_rejected",
        field: "Email",
        says: /refuses the person: A contact needs an address/,
      },
      {
        what: "the user may not create any",
        broken: { objectPermissions: { Contact: ["read", "edit"] } },
        mended: { objectPermissions: none },
        reason: "permission_denied",
        field: null,
        says: /may not create Contact in Salesforce/,
      },
    ],
  },
  zoho: {
    object: "Contacts",
    writes: /^POST .*\/Contacts$/,
    cases: [
      {
        what: "a layout requires a value that is missing",
        broken: { requiredFields: { Contacts: ["Email"] } },
        mended: { requiredFields: none },
        reason: "rule_rejected",
        field: "Email",
        says: /Email in Zoho CRM is required in its form/,
      },
      {
        what: "a text is too long",
        broken: { fieldMaxLength: { Contacts: { Last_Name: 5 } } },
        mended: { fieldMaxLength: none },
        reason: "too_large",
        field: "Last_Name",
        says: /has 13 characters; Zoho CRM takes 5/,
      },
      {
        what: "a value was retired from its list",
        broken: { picklistValues: { Contacts: { Lead_Source: ["Partner"] } } },
        mended: { picklistValues: none },
        contract: set({ Lead_Source: text("Cold Call") }),
        reason: "value_rejected",
        field: "Lead_Source",
        says: /no value "Cold Call"; it has Partner/,
      },
      {
        what: "the user may not create any",
        broken: { objectPermissions: { Contacts: ["read", "edit"] } },
        mended: { objectPermissions: none },
        reason: "permission_denied",
        field: null,
        says: /may not create Contacts in Zoho CRM/,
      },
    ],
  },
  pipedrive: {
    object: "persons",
    writes: /^POST \/api\/v2\/persons$/,
    cases: [
      {
        what: "a value that a form requires is missing",
        broken: { requiredFields: { persons: ["job_title"] } },
        mended: { requiredFields: none },
        reason: "rule_rejected",
        field: "job_title",
        says: /job_title in Pipedrive is required in its form/,
      },
      {
        what: "a text is too long",
        contract: set({ name: text("x".repeat(256)) }),
        reason: "too_large",
        field: "name",
        says: /has 256 characters; Pipedrive takes 255/,
      },
      {
        what: "a field is hidden from the token's user",
        broken: { fieldPermissions: { persons: { name: "none" } } },
        mended: { fieldPermissions: none },
        reason: "field_missing",
        field: "name",
        says: /no field name in persons, or hides it/,
      },
      {
        what: "a field is gone",
        contract: set({ [unknownCode]: text("here") }),
        reason: "field_missing",
        field: unknownCode,
        says: /Restore the field/,
      },
    ],
  },
};
