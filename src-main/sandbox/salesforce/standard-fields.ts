import { toField, type FieldDefinition, type FieldType, type PicklistValue } from "./field-definition.ts";
import type { ObjectName } from "./object-types.ts";

type Extra = Partial<Omit<FieldDefinition, "name">>;

const text = (name: string, length: number, extra: Extra = {}): FieldDefinition => toField({ name, length, ...extra });
const plain = (name: string, type: FieldType, extra: Extra = {}): FieldDefinition => toField({ name, type, ...extra });
const readOnly = { createable: false, updateable: false } as const;
const derived = { ...readOnly, calculated: true } as const;

const choices = (values: readonly string[], byDefault?: string): readonly PicklistValue[] =>
  values.map((value) => (value === byDefault ? { value, isDefault: true } : { value }));

function picklist(name: string, values: readonly string[], extra: Extra & { readonly byDefault?: string } = {}) {
  const { byDefault, ...rest } = extra;
  return toField({
    name,
    type: "picklist",
    length: 255,
    picklist: choices(values, byDefault),
    defaultValue: byDefault ?? null,
    ...rest,
  });
}

const reference = (name: string, to: readonly string[], extra: Extra = {}): FieldDefinition =>
  toField({ name, type: "reference", referenceTo: to, relationshipName: name.replace(/Id$/, ""), ...extra });

const system: readonly FieldDefinition[] = [
  plain("Id", "id", { ...readOnly, nillable: false }),
  plain("IsDeleted", "boolean", readOnly),
  plain("CreatedDate", "datetime", { ...readOnly, nillable: false }),
  reference("CreatedById", ["User"], { ...readOnly, nillable: false }),
  plain("LastModifiedDate", "datetime", { ...readOnly, nillable: false }),
  reference("LastModifiedById", ["User"], { ...readOnly, nillable: false }),
  plain("SystemModstamp", "datetime", { ...readOnly, nillable: false }),
];
const owner = reference("OwnerId", ["User"], { nillable: false });
const master = (object: ObjectName): FieldDefinition => reference("MasterRecordId", [object], readOnly);
const lastActivity = plain("LastActivityDate", "date", readOnly);

const leadSource = picklist("LeadSource", ["Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"]);
const industry = picklist("Industry", ["Agriculture", "Banking", "Consulting", "Education", "Healthcare", "Other"]);
const rating = picklist("Rating", ["Hot", "Warm", "Cold"]);
const address = (prefix: string): readonly FieldDefinition[] => [
  plain(`${prefix}Street`, "textarea", { length: 255 }),
  text(`${prefix}City`, 40),
  text(`${prefix}State`, 80),
  text(`${prefix}PostalCode`, 20),
  text(`${prefix}Country`, 80),
];

const personName: readonly FieldDefinition[] = [
  picklist("Salutation", ["Mr.", "Ms.", "Mrs.", "Dr.", "Prof."], { length: 40 }),
  text("FirstName", 40),
  text("LastName", 80, { nillable: false }),
  text("Name", 121, derived),
  text("Title", 128),
];

const activity: readonly FieldDefinition[] = [
  ...system,
  { ...owner, referenceTo: ["User", "Group"] },
  plain("Subject", "combobox"),
  plain("ActivityDate", "date"),
  plain("Description", "textarea"),
  reference("WhoId", ["Contact", "Lead"]),
  reference("WhatId", ["Account", "Opportunity"]),
  reference("AccountId", ["Account"], derived),
  plain("IsArchived", "boolean", derived),
];

/** Salesforce's own fields of each object, as far as call logs and people need them. */
export const standardFields: Readonly<Record<ObjectName, readonly FieldDefinition[]>> = {
  Contact: [
    ...system,
    master("Contact"),
    owner,
    ...personName,
    reference("AccountId", ["Account"]),
    ...(["Phone", "MobilePhone", "HomePhone", "OtherPhone", "AssistantPhone"] as const).map((name) =>
      plain(name, "phone"),
    ),
    plain("Fax", "phone"),
    plain("Email", "email"),
    text("Department", 80),
    reference("ReportsToId", ["Contact"]),
    plain("Birthdate", "date"),
    ...address("Mailing"),
    ...address("Other"),
    plain("Description", "textarea"),
    leadSource,
    lastActivity,
  ],
  Lead: [
    ...system,
    master("Lead"),
    owner,
    ...personName,
    text("Company", 255, { nillable: false }),
    plain("Phone", "phone"),
    plain("MobilePhone", "phone"),
    plain("Fax", "phone"),
    plain("Email", "email"),
    plain("Website", "url"),
    ...address(""),
    industry,
    rating,
    plain("AnnualRevenue", "currency"),
    plain("NumberOfEmployees", "int"),
    plain("Description", "textarea"),
    leadSource,
    picklist(
      "Status",
      ["Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted"],
      {
        byDefault: "Open - Not Contacted",
        nillable: false,
      },
    ),
    plain("IsConverted", "boolean", readOnly),
    reference("ConvertedContactId", ["Contact"], readOnly),
    reference("ConvertedAccountId", ["Account"], readOnly),
    reference("ConvertedOpportunityId", ["Opportunity"], readOnly),
    lastActivity,
  ],
  Account: [
    ...system,
    master("Account"),
    owner,
    text("Name", 255, { nillable: false }),
    plain("Phone", "phone"),
    plain("Fax", "phone"),
    plain("Website", "url"),
    text("AccountNumber", 40),
    industry,
    rating,
    picklist("Type", ["Prospect", "Customer - Direct", "Customer - Channel", "Other"]),
    plain("AnnualRevenue", "currency"),
    plain("NumberOfEmployees", "int"),
    text("Site", 80),
    ...address("Billing"),
    ...address("Shipping"),
    reference("ParentId", ["Account"]),
    plain("Description", "textarea"),
    lastActivity,
  ],
  Opportunity: [
    ...system,
    owner,
    text("Name", 120, { nillable: false }),
    reference("AccountId", ["Account"]),
    picklist("StageName", ["Prospecting", "Qualification", "Negotiation/Review", "Closed Won", "Closed Lost"], {
      nillable: false,
    }),
    plain("CloseDate", "date", { nillable: false }),
    plain("Amount", "currency"),
    plain("Probability", "percent"),
    picklist("Type", ["Existing Business", "New Business"]),
    text("NextStep", 255),
    leadSource,
    plain("IsPrivate", "boolean"),
    plain("Description", "textarea"),
    plain("IsClosed", "boolean", derived),
    plain("IsWon", "boolean", derived),
    lastActivity,
  ],
  Task: [
    ...activity,
    picklist("TaskSubtype", ["Task", "Email", "ListEmail", "Cadence", "Call"], {
      byDefault: "Task",
      restrictedPicklist: true,
      length: 40,
      updateable: false,
    }),
    picklist("Type", ["Call", "Meeting", "Other"]),
    picklist("Status", ["Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred"], {
      byDefault: "Not Started",
      nillable: false,
    }),
    picklist("Priority", ["High", "Normal", "Low"], { byDefault: "Normal", nillable: false }),
    picklist("CallType", ["Internal", "Inbound", "Outbound"], { restrictedPicklist: true, length: 40 }),
    plain("CallDurationInSeconds", "int"),
    text("CallDisposition", 255),
    text("CallObject", 255),
    plain("IsClosed", "boolean", derived),
    plain("IsHighPriority", "boolean", derived),
    plain("CompletedDateTime", "datetime", readOnly),
  ],
  Event: [
    ...activity,
    plain("StartDateTime", "datetime"),
    plain("EndDateTime", "datetime"),
    plain("DurationInMinutes", "int"),
    text("Location", 255),
    plain("IsAllDayEvent", "boolean"),
  ],
};

/** The value of Task.Status that closes a task. */
export const closedTaskStatus = "Completed";
