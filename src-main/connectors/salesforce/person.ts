import type { PersonCandidate } from "../../engine/ports/connector.ts";
import type { ObjectDescription } from "./describe.ts";
import { textOf } from "./query.ts";

type Held = Readonly<Record<string, unknown>>;

/** A Salesforce object that a number can belong to. */
export type PersonObject = Readonly<{
  object: "Contact" | "Lead" | "Account";
  /** Fields beside the phone fields; those that the user cannot see are left out. */
  fields: readonly string[];
  /** A condition of every look-up, or null. */
  where: string | null;
}>;

const shared = ["Name", "OwnerId", "LastActivityDate", "LastModifiedDate"];

/** In the order of the look-up: a lead counts only where no contact has the number, a company where nobody has. */
export const personObjects: readonly PersonObject[] = [
  { object: "Contact", fields: [...shared, "AccountId"], where: null },
  { object: "Lead", fields: [...shared, "IsConverted"], where: "IsConverted = false" },
  { object: "Account", fields: shared, where: null },
];

/** Phone fields of an object, custom ones included; a fax is not called. */
export const listPhoneFields = ({ fields }: ObjectDescription): readonly string[] =>
  [...fields.values()].filter(({ name, type }) => type === "phone" && name !== "Fax").map(({ name }) => name);

/** The last activity, else the last change. */
function readActivity(held: Held): number | null {
  const text = textOf(held, "LastActivityDate") ?? textOf(held, "LastModifiedDate");
  if (text === null) return null;
  const at = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  return Number.isNaN(at) ? null : at;
}

/** A person, or the company itself; a contact brings its account along. */
export function toCandidate(object: PersonObject["object"], id: string, held: Held, field: string): PersonCandidate {
  const account = object === "Contact" ? textOf(held, "AccountId") : null;
  return {
    object,
    id,
    name: textOf(held, "Name") ?? `${object} ${id}`,
    field,
    ownerId: textOf(held, "OwnerId"),
    also: account === null ? [] : [{ object: "Account", id: account }],
    lastActivityAt: readActivity(held),
  };
}
