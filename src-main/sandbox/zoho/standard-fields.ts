import { defaultLength, type DataType, type Field } from "./field-definition.ts";
import { moduleFacts, type ModuleName } from "./modules.ts";

type Extra = Partial<Pick<Field, "length" | "picklist" | "systemMandatory" | "readOnly" | "lookup" | "label">>;
type Row = readonly [name: string, type: DataType, extra?: Extra];

const mandatory: Extra = { systemMandatory: true };
const computed: Extra = { readOnly: true };

const leadSources = ["Cold Call", "Employee Referral", "Online Store", "Partner", "Trade Show", "Web Download"];
const address = (prefix: string): readonly Row[] =>
  ["Street", "City", "State", "Zip", "Country"].map((part) => [`${prefix}_${part}`, "text"]);

/** Every module has them; the CRM fills all but the owner itself. */
const system: readonly Row[] = [
  ["Owner", "ownerlookup"],
  ["Created_By", "ownerlookup", computed],
  ["Modified_By", "ownerlookup", computed],
  ["Created_Time", "datetime", computed],
  ["Modified_Time", "datetime", computed],
];

const lastActivity: Row = ["Last_Activity_Time", "datetime", computed];
const tag: Row = ["Tag", "tags"];

const rows: Readonly<Record<ModuleName, readonly Row[]>> = {
  Contacts: [
    ["First_Name", "text", { length: 40 }],
    ["Last_Name", "text", { length: 80, ...mandatory }],
    ["Full_Name", "text", computed],
    ["Email", "email"],
    ["Secondary_Email", "email"],
    ["Phone", "phone"],
    ["Mobile", "phone"],
    ["Home_Phone", "phone"],
    ["Other_Phone", "phone"],
    ["Asst_Phone", "phone"],
    ["Fax", "text", { length: 30 }],
    ["Title", "text", { length: 100 }],
    ["Department", "text", { length: 50 }],
    ["Account_Name", "lookup", { lookup: ["Accounts"] }],
    ["Lead_Source", "picklist", { picklist: leadSources }],
    ["Date_of_Birth", "date"],
    ["Email_Opt_Out", "boolean"],
    ["Description", "textarea"],
    ...address("Mailing"),
    lastActivity,
    tag,
  ],
  Leads: [
    ["First_Name", "text", { length: 40 }],
    ["Last_Name", "text", { length: 80, ...mandatory }],
    ["Full_Name", "text", computed],
    ["Company", "text", { length: 200 }],
    ["Email", "email"],
    ["Phone", "phone"],
    ["Mobile", "phone"],
    ["Fax", "text", { length: 30 }],
    ["Title", "text", { length: 100 }],
    ["Website", "website"],
    ["Lead_Source", "picklist", { picklist: leadSources }],
    [
      "Lead_Status",
      "picklist",
      { picklist: ["Attempted to Contact", "Contacted", "Junk Lead", "Lost Lead", "Not Contacted", "Pre-Qualified"] },
    ],
    ["Annual_Revenue", "currency"],
    ["No_of_Employees", "integer"],
    ["Description", "textarea"],
    ["Street", "text"],
    ["City", "text"],
    ["State", "text"],
    ["Zip_Code", "text"],
    ["Country", "text"],
    ["Converted__s", "boolean", computed],
    lastActivity,
    tag,
  ],
  Accounts: [
    ["Account_Name", "text", { length: 200, ...mandatory }],
    ["Account_Number", "bigint"],
    ["Account_Type", "picklist", { picklist: ["Analyst", "Competitor", "Customer", "Partner", "Supplier", "Vendor"] }],
    ["Phone", "phone"],
    ["Fax", "text", { length: 30 }],
    ["Website", "website"],
    ["Industry", "text"],
    ["Annual_Revenue", "currency"],
    ["Employees", "integer"],
    ["Parent_Account", "lookup", { lookup: ["Accounts"] }],
    ["Description", "textarea"],
    ...address("Billing"),
    lastActivity,
    tag,
  ],
  Deals: [
    ["Deal_Name", "text", { length: 120, ...mandatory }],
    ["Account_Name", "lookup", { lookup: ["Accounts"] }],
    ["Contact_Name", "lookup", { lookup: ["Contacts"] }],
    [
      "Stage",
      "picklist",
      {
        picklist: [
          "Qualification",
          "Needs Analysis",
          "Value Proposition",
          "Proposal/Price Quote",
          "Negotiation/Review",
          "Closed Won",
          "Closed Lost",
        ],
        ...mandatory,
      },
    ],
    ["Closing_Date", "date"],
    ["Amount", "currency"],
    ["Probability", "percent"],
    ["Lead_Source", "picklist", { picklist: leadSources }],
    ["Next_Step", "text", { length: 100 }],
    ["Description", "textarea"],
    lastActivity,
    tag,
  ],
  Calls: [
    ["Subject", "text", { length: 300, ...mandatory }],
    ["Call_Type", "picklist", { picklist: ["Outbound", "Inbound", "Missed"], ...mandatory }],
    ["Call_Start_Time", "datetime", mandatory],
    ["Call_Duration", "text", { length: 20 }],
    ["Call_Duration_in_seconds", "integer", computed],
    ["Who_Id", "lookup", { lookup: ["Contacts"], label: "Contact Name" }],
    ["What_Id", "lookup", { lookup: ["Leads", "Accounts", "Deals"], label: "Related To" }],
    [
      "Call_Purpose",
      "picklist",
      { picklist: ["Prospecting", "Administrative", "Negotiation", "Demo", "Project", "Desk"] },
    ],
    [
      "Call_Result",
      "picklist",
      {
        picklist: [
          "Interested",
          "Not interested",
          "No response/Busy",
          "Requested more info",
          "Requested call back",
          "Invalid number",
        ],
      },
    ],
    ["Call_Agenda", "text"],
    [
      "Outgoing_Call_Status",
      "picklist",
      { picklist: ["Completed", "Scheduled", "Cancelled", "Overdue", "Missed", "Received"] },
    ],
    [
      "Call_Status",
      "picklist",
      { picklist: ["Scheduled", "Completed", "Missed", "Cancelled", "Overdue"], ...computed },
    ],
    ["Caller_ID", "text", { length: 50 }],
    ["Dialled_Number", "text", { length: 50 }],
    ["CTI_Entry", "boolean", computed],
    ["Scheduled_In_CRM", "picklist", { picklist: ["Yes", "No"], ...computed }],
    ["Call_Summary", "textarea", computed],
    ["Reminder", "text", { length: 50 }],
    ["Billable", "boolean"],
    ["Description", "textarea"],
    ["Voice_Recording__s", "website", { length: 2000 }],
    tag,
  ],
  Tasks: [
    ["Subject", "text", { length: 255, ...mandatory }],
    ["Due_Date", "date"],
    ["Status", "picklist", { picklist: ["Not Started", "Deferred", "In Progress", "Completed", "Waiting for input"] }],
    ["Priority", "picklist", { picklist: ["High", "Highest", "Low", "Lowest", "Normal"] }],
    ["Who_Id", "lookup", { lookup: ["Contacts"], label: "Contact Name" }],
    ["What_Id", "lookup", { lookup: ["Leads", "Accounts", "Deals"], label: "Related To" }],
    ["Closed_Time", "datetime", computed],
    ["Description", "textarea"],
    tag,
  ],
  Notes: [
    ["Note_Title", "text", { length: 120 }],
    ["Note_Content", "textarea", mandatory],
    [
      "Parent_Id",
      "lookup",
      { lookup: ["Contacts", "Leads", "Accounts", "Deals", "Calls", "Tasks"], label: "Parent ID", ...mandatory },
    ],
  ],
};

const groups: Readonly<Record<ModuleName, number>> = {
  Leads: 1,
  Contacts: 2,
  Accounts: 3,
  Deals: 4,
  Calls: 5,
  Tasks: 6,
  Notes: 7,
};

/** The fields that an org has from the start, in the order of the metadata. */
export function standardFields(module: ModuleName): readonly Field[] {
  return [...rows[module], ...system].map(([name, type, extra = {}], position) => ({
    id: `36523970000000${groups[module]}${String(position + 1).padStart(4, "0")}`,
    name,
    label: extra.label ?? name.replaceAll("_", " ").trim(),
    type,
    length: extra.length ?? defaultLength(type),
    picklist: extra.picklist,
    custom: false,
    systemMandatory: extra.systemMandatory ?? false,
    layoutRequired: false,
    readOnly: extra.readOnly ?? false,
    unique: undefined,
    external: undefined,
    lookup: extra.lookup,
  }));
}

/** The standard field that names a record of the module. */
export function nameFieldOf(module: ModuleName): string {
  return moduleFacts(module).nameField;
}
