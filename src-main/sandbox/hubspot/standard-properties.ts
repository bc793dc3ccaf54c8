import type { ObjectName } from "./object-types.ts";
import { emails, meetings, notes, tasks } from "./activity-properties.ts";
import { toDefinition, type PropertyDefinition } from "./property-definition.ts";
import {
  area,
  calculated,
  choice,
  html,
  moment,
  number,
  phone,
  shared,
  system,
  text,
  type Standard,
} from "./property-kinds.ts";

/** HubSpot's default call outcomes. */
export const callDispositions: readonly { readonly id: string; readonly label: string }[] = [
  { id: "9d9162e7-6cf3-4944-bf63-4dff82258764", label: "Busy" },
  { id: "f240bbac-87c9-4f6e-bf70-924b57d47db7", label: "Connected" },
  { id: "a4c4c377-d246-4b32-a13b-75a56a4cd0ff", label: "Left live message" },
  { id: "b2cf5968-551e-4856-9783-52b3da59a7d0", label: "Left voicemail" },
  { id: "73a0d17f-1163-4015-bdd5-ec830791da20", label: "No answer" },
  { id: "17b47fee-58de-441e-a44c-c6300d46f273", label: "Wrong number" },
];

export type StandardContext = {
  readonly callPropertyGroups: readonly string[];
  readonly companySearchablePhone: boolean;
  readonly calculatedMergedVids: boolean;
};

/** The group of an object that its own fields are in. */
export function mainGroup(
  object: ObjectName,
  { callPropertyGroups }: Pick<StandardContext, "callPropertyGroups">,
): string {
  return {
    contacts: "contactinformation",
    companies: "companyinformation",
    deals: "dealinformation",
    calls: callPropertyGroups[0] ?? "call",
    notes: "note",
    tasks: "task",
    emails: "email",
    meetings: "meeting",
  }[object];
}

/** The fields every portal has. A subset of HubSpot's: those that a call log, a mirror or a person's record touch. */
export function standardProperties(
  object: ObjectName,
  context: StandardContext,
  now: number,
): readonly PropertyDefinition[] {
  const group = mainGroup(object, context);
  return tables[object](context).map(({ calculated: isCalculated = false, readOnlyValue = false, ...input }) => ({
    ...toDefinition(input, group, now),
    hubspotDefined: true,
    calculated: isCalculated,
    readOnlyValue: readOnlyValue || isCalculated,
  }));
}

const lifecycleStage = choice("lifecyclestage", "Lifecycle Stage", [
  "subscriber",
  "lead",
  "marketingqualifiedlead",
  "salesqualifiedlead",
  "opportunity",
  "customer",
  "evangelist",
  "other",
]);

const activityDates: readonly Standard[] = [
  system(moment("notes_last_contacted", "Last Contacted")),
  system(moment("notes_last_updated", "Last Activity Date")),
];
const place: readonly Standard[] = [
  text("address", "Street Address"),
  text("city", "City"),
  text("state", "State/Region"),
  text("zip", "Postal Code"),
  text("country", "Country/Region"),
];

function contacts({ calculatedMergedVids }: StandardContext): readonly Standard[] {
  return [
    ...shared,
    { ...text("email", "Email"), hasUniqueValue: true },
    text("firstname", "First Name"),
    text("lastname", "Last Name"),
    phone("phone", "Phone Number"),
    phone("mobilephone", "Mobile Phone Number"),
    phone("fax", "Fax Number"),
    text("company", "Company Name"),
    text("jobtitle", "Job Title"),
    text("salutation", "Salutation"),
    text("industry", "Industry"),
    text("annualrevenue", "Annual Revenue"),
    text("numemployees", "Number of Employees"),
    text("date_of_birth", "Date of birth"),
    area("message", "Message"),
    text("work_email", "Work email"),
    text("website", "Website URL"),
    ...place,
    system(text("hs_additional_emails", "Additional email addresses")),
    lifecycleStage,
    choice("hs_lead_status", "Lead Status", [
      "NEW",
      "OPEN",
      "IN_PROGRESS",
      "OPEN_DEAL",
      "UNQUALIFIED",
      "ATTEMPTED_TO_CONTACT",
      "CONNECTED",
      "BAD_TIMING",
    ]),
    system(number("associatedcompanyid", "Primary Associated Company ID")),
    ...activityDates,
    system(moment("createdate", "Create Date")),
    system(moment("lastmodifieddate", "Last Modified Date")),
    calculated(text("hs_calculated_phone_number", "Calculated Phone Number in E.164")),
    calculated(text("hs_calculated_mobile_number", "Calculated Mobile Number in E.164")),
    calculated(text("hs_calculated_phone_number_country_code", "Calculated Phone Number Country Code")),
    calculated(text("hs_searchable_calculated_phone_number", "Calculated Phone Number without country code")),
    calculated(text("hs_searchable_calculated_mobile_number", "Calculated Mobile Number without country code")),
    calculated(
      text("hs_searchable_calculated_international_phone_number", "Calculated Phone Number with country code"),
    ),
    calculated(
      text("hs_searchable_calculated_international_mobile_number", "Calculated Mobile Number with country code"),
    ),
    ...(calculatedMergedVids
      ? [calculated(text("hs_calculated_merged_vids", "Merged Contact IDs with timestamps"))]
      : []),
  ];
}

function companies({ companySearchablePhone }: StandardContext): readonly Standard[] {
  return [
    ...shared,
    text("name", "Company name"),
    text("domain", "Company Domain Name"),
    phone("phone", "Phone Number"),
    text("website", "Website URL"),
    ...place,
    text("industry", "Industry"),
    choice("type", "Type", ["PROSPECT", "PARTNER", "RESELLER", "VENDOR", "OTHER"]),
    area("about_us", "About Us"),
    text("founded_year", "Year Founded"),
    text("linkedin_company_page", "LinkedIn Company Page"),
    area("description", "Description"),
    number("numberofemployees", "Number of Employees"),
    number("annualrevenue", "Annual Revenue"),
    lifecycleStage,
    ...activityDates,
    system(moment("createdate", "Create Date")),
    system(moment("hs_lastmodifieddate", "Last Modified Date")),
    ...(companySearchablePhone
      ? [calculated(text("hs_searchable_calculated_phone_number", "Calculated Phone Number without country code"))]
      : []),
  ];
}

function deals(): readonly Standard[] {
  return [
    ...shared,
    text("dealname", "Deal Name"),
    { ...choice("pipeline", "Pipeline", []), externalOptions: true },
    { ...choice("dealstage", "Deal Stage", []), externalOptions: true },
    number("amount", "Amount"),
    moment("closedate", "Close Date"),
    choice("dealtype", "Deal Type", ["newbusiness", "existingbusiness"]),
    choice("hs_priority", "Priority", ["low", "medium", "high"]),
    text("hs_next_step", "Next step"),
    area("description", "Deal Description"),
    ...activityDates,
    system(moment("createdate", "Create Date")),
    system(moment("hs_lastmodifieddate", "Last Modified Date")),
  ];
}

function calls(): readonly Standard[] {
  return [
    ...shared,
    moment("hs_timestamp", "Activity date"),
    text("hs_call_title", "Call Title"),
    html("hs_call_body", "Call notes"),
    system(text("hs_body_preview", "Body Preview")),
    choice("hs_call_direction", "Call direction", ["INBOUND", "OUTBOUND"]),
    number("hs_call_duration", "Call duration"),
    text("hs_call_from_number", "From Number"),
    text("hs_call_to_number", "To Number"),
    choice("hs_call_status", "Call status", [
      "BUSY",
      "CALLING_CRM_USER",
      "CANCELED",
      "COMPLETED",
      "CONNECTING",
      "FAILED",
      "IN_PROGRESS",
      "MISSED",
      "NO_ANSWER",
      "QUEUED",
      "RINGING",
    ]),
    {
      ...choice("hs_call_disposition", "Call outcome", []),
      options: callDispositions.map(({ id, label }, displayOrder) => ({
        value: id,
        label,
        displayOrder,
        hidden: false,
      })),
    },
    text("hs_call_recording_url", "Recording URL"),
    text("hs_call_source", "Call Source"),
    text("hs_call_callee_object_id", "Callee object ID"),
    text("hs_call_callee_object_type_id", "Callee object type ID"),
    choice("hs_activity_type", "Call and meeting type", ["First call", "Follow-up", "Support"]),
    system(moment("hs_createdate", "Create date")),
    system(moment("hs_lastmodifieddate", "Last modified date")),
  ];
}

const tables: Readonly<Record<ObjectName, (context: StandardContext) => readonly Standard[]>> = {
  contacts,
  companies,
  deals,
  calls,
  notes,
  tasks,
  emails,
  meetings,
};
