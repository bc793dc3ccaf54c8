import type { PersonCandidate } from "../../engine/ports/connector.ts";
import { lookupId, textOf, type Row } from "./coql.ts";

/** A module that a number can belong to, in the order of the look-up: the later ones count only where the others have nobody. */
export type PersonModule = Readonly<{
  module: "Contacts" | "Leads" | "Accounts";
  nameColumns: readonly string[];
  columns: readonly string[];
}>;

const shared = ["Owner", "Last_Activity_Time", "Modified_Time"];

export const personModules: readonly PersonModule[] = [
  {
    module: "Contacts",
    nameColumns: ["Full_Name", "Last_Name", "Email"],
    columns: ["Full_Name", "Last_Name", "Email", "Account_Name", ...shared],
  },
  {
    module: "Leads",
    nameColumns: ["Full_Name", "Last_Name", "Company"],
    columns: ["Full_Name", "Last_Name", "Company", ...shared],
  },
  { module: "Accounts", nameColumns: ["Account_Name"], columns: ["Account_Name", ...shared] },
];

/** The last activity, else the last change, epoch ms. */
function readActivity(found: Row): number | null {
  const at = Date.parse(textOf(found, "Last_Activity_Time") ?? textOf(found, "Modified_Time") ?? "");
  return Number.isNaN(at) ? null : at;
}

/** `field`: the one that holds the number. A contact brings its account along. */
export function toCandidate({ module, nameColumns }: PersonModule, found: Row, field: string): PersonCandidate {
  const account = module === "Contacts" ? lookupId(found["Account_Name"]) : null;
  const name = nameColumns.map((column) => textOf(found, column)).find((each) => each !== null);
  return {
    object: module,
    id: found.id,
    name: name ?? `${module.slice(0, -1)} ${found.id}`,
    field,
    ownerId: lookupId(found["Owner"]),
    also: account === null ? [] : [{ object: "Accounts", id: account }],
    lastActivityAt: readActivity(found),
  };
}
