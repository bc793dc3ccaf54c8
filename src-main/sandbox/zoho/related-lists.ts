import { isRelated, moduleFacts, type ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import type { ZohoRecord } from "./zoho-record.ts";

/** Records of another module that point to the record by a lookup. */
export type RelatedList = {
  readonly name: string;
  readonly label: string;
  readonly module: ModuleName;
  readonly field: string;
  /** Takes part of the records only, as the lists of open and closed activities do. */
  readonly takes: (record: ZohoRecord) => boolean;
};

const every = (): boolean => true;
const isOpenTask = ({ values }: ZohoRecord): boolean => values["Status"] !== "Completed";
const isPlannedCall = ({ values }: ZohoRecord): boolean => values["Outgoing_Call_Status"] === "Scheduled";

function list(
  module: ModuleName,
  field: string,
  { name = module, takes = every }: { readonly name?: string; readonly takes?: RelatedList["takes"] } = {},
): RelatedList {
  return { name, label: name.replaceAll("_", " "), module, field, takes };
}

/** Open activities stand in one list, those that are over in another one. */
function activities(field: "Who_Id" | "What_Id"): readonly RelatedList[] {
  return [
    list("Tasks", field, { takes: isOpenTask }),
    list("Tasks", field, { name: "Tasks_History", takes: (record) => !isOpenTask(record) }),
    list("Calls", field),
    list("Calls", field, { name: "Calls_History", takes: (record) => !isPlannedCall(record) }),
  ];
}

const notes = list("Notes", "Parent_Id");

const lists: Readonly<Record<ModuleName, readonly RelatedList[]>> = {
  Leads: [notes, ...activities("What_Id")],
  Contacts: [notes, list("Deals", "Contact_Name"), ...activities("Who_Id")],
  Accounts: [
    notes,
    list("Contacts", "Account_Name"),
    list("Deals", "Account_Name"),
    list("Accounts", "Parent_Account", { name: "Member_Accounts" }),
    ...activities("What_Id"),
  ],
  Deals: [notes, ...activities("What_Id")],
  Calls: [notes],
  Tasks: [notes],
  Notes: [],
};

export function relatedLists(module: ModuleName): readonly RelatedList[] {
  return lists[module];
}

export function findRelatedList(module: ModuleName, name: string): RelatedList | undefined {
  return lists[module].find((each) => each.name === name);
}

/** The live records of a list as reads show them, newest first. */
export function relatedRecords(org: Org, parent: ZohoRecord, { module, field, takes }: RelatedList) {
  return [...org.records.readView(module).iterate()]
    .filter(org.records.isLive)
    .filter(({ values, seModule }) => values[field] === parent.id && (!isRelated(field) || seModule === parent.module))
    .filter(takes)
    .toReversed();
}

/** A list as `settings/related_lists` gives it. */
export function toWireList(parent: ModuleName, each: RelatedList, position: number): object {
  const { id } = moduleFacts(each.module);
  return {
    id: `${moduleFacts(parent).id.slice(0, -4)}7${String(position + 1).padStart(3, "0")}`,
    api_name: each.name,
    name: each.label,
    display_label: each.label,
    sequence_number: String(position + 1),
    module: { api_name: each.module, id },
    href: `${parent}/{ENTITYID}/${each.name}`,
    action: null,
    type: "default",
    connectedmodule: null,
    linkingmodule: null,
    visible: true,
    status: "visible",
    customize_sort: true,
    customize_fields: true,
    customize_display_label: true,
    sort_by: null,
    sort_order: null,
    fields: [],
  };
}
