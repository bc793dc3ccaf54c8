/** Modules of the org that hold records, under their API names. */
export const moduleNames = ["Contacts", "Leads", "Accounts", "Deals", "Calls", "Tasks", "Notes"] as const;
export type ModuleName = (typeof moduleNames)[number];

type ModuleFacts = {
  readonly id: string;
  readonly singular: string;
  readonly plural: string;
  readonly sequence: number;
  /** The field that names a record in lookups and lists. */
  readonly nameField: string;
  /** Upsert takes the module; its own duplicate check looks at these fields first. */
  readonly upsertChecks: readonly string[] | undefined;
  readonly bulkWrite: boolean;
  readonly mergeable: boolean;
};

const facts: Readonly<Record<ModuleName, ModuleFacts>> = {
  Leads: {
    id: "3652397000000002175",
    singular: "Lead",
    plural: "Leads",
    sequence: 1,
    nameField: "Full_Name",
    upsertChecks: ["Email"],
    bulkWrite: true,
    mergeable: true,
  },
  Contacts: {
    id: "3652397000000002179",
    singular: "Contact",
    plural: "Contacts",
    sequence: 2,
    nameField: "Full_Name",
    upsertChecks: ["Email"],
    bulkWrite: true,
    mergeable: true,
  },
  Accounts: {
    id: "3652397000000002177",
    singular: "Account",
    plural: "Accounts",
    sequence: 3,
    nameField: "Account_Name",
    upsertChecks: ["Account_Name"],
    bulkWrite: true,
    mergeable: true,
  },
  Deals: {
    id: "3652397000000002181",
    singular: "Deal",
    plural: "Deals",
    sequence: 4,
    nameField: "Deal_Name",
    upsertChecks: ["Deal_Name"],
    bulkWrite: true,
    mergeable: true,
  },
  Calls: {
    id: "3652397000000006001",
    singular: "Call",
    plural: "Calls",
    sequence: 5,
    nameField: "Subject",
    upsertChecks: undefined,
    bulkWrite: false,
    mergeable: false,
  },
  Tasks: {
    id: "3652397000000006003",
    singular: "Task",
    plural: "Tasks",
    sequence: 6,
    nameField: "Subject",
    upsertChecks: undefined,
    bulkWrite: true,
    mergeable: false,
  },
  Notes: {
    id: "3652397000000006005",
    singular: "Note",
    plural: "Notes",
    sequence: 7,
    nameField: "Note_Title",
    upsertChecks: undefined,
    bulkWrite: false,
    mergeable: false,
  },
};

/** Activities name the module of their `What_Id` in `$se_module`. */
export function isActivity(module: ModuleName): boolean {
  return module === "Calls" || module === "Tasks";
}

/** The lookups whose module is told beside them. */
export function isRelated(field: string): boolean {
  return field === "What_Id" || field === "Parent_Id";
}

export function moduleFacts(module: ModuleName): ModuleFacts {
  return facts[module];
}

/** Case matters in paths and queries alike. */
export function toModuleName(name: string): ModuleName | undefined {
  return moduleNames.find((known) => known === name);
}
