import type { Link, MirrorGone, MirrorRecord } from "../../engine/ports/connector.ts";
import { type QueriedRecord, textOf } from "./query.ts";

/** An object that is copied. `live`: what makes a record count. */
export type MirroredObject = Readonly<{
  object: "Contact" | "Lead" | "Account" | "Opportunity";
  kind: MirrorRecord["kind"];
  fields: readonly string[];
  live: string | null;
}>;

const shared = ["Name", "OwnerId", "LastActivityDate", "SystemModstamp"];

export const mirroredObjects: readonly MirroredObject[] = [
  { object: "Contact", kind: "person", fields: [...shared, "AccountId"], live: null },
  {
    object: "Lead",
    kind: "person",
    fields: [...shared, "IsConverted", "ConvertedContactId"],
    live: "IsConverted = false",
  },
  { object: "Account", kind: "company", fields: shared, live: null },
  {
    object: "Opportunity",
    kind: "deal",
    fields: ["Name", "OwnerId", "AccountId", "ContactId", "IsClosed", "SystemModstamp"],
    live: "IsClosed = false",
  },
];

/** An object as this org shows it: the fields to select, and those that hold numbers. */
export type MirrorSource = Readonly<{
  object: MirroredObject["object"];
  kind: MirrorRecord["kind"];
  live: string | null;
  phones: readonly string[];
  selected: readonly string[];
}>;

function linksOf({ object }: MirrorSource, found: QueriedRecord): readonly Link[] {
  const account = textOf(found, "AccountId");
  const contact = object === "Opportunity" ? textOf(found, "ContactId") : null;
  return [
    ...(contact === null ? [] : [{ object: "Contact", id: contact }]),
    ...(account === null || object === "Account" ? [] : [{ object: "Account", id: account }]),
  ];
}

export function toMirrorRecord(source: MirrorSource, found: QueriedRecord): MirrorRecord {
  const activity = Date.parse(textOf(found, "LastActivityDate") ?? "");
  return {
    kind: source.kind,
    object: source.object,
    id: found.Id,
    name: textOf(found, "Name") ?? `${source.object} ${found.Id}`,
    ownerId: textOf(found, "OwnerId"),
    phones: source.phones.flatMap((field) => {
      const typed = textOf(found, field);
      return typed === null ? [] : [{ field, typed }];
    }),
    links: linksOf(source, found),
    lastActivityAt: Number.isNaN(activity) ? null : activity,
    mergedIds: [],
  };
}

/** What a changed or deleted row says about the end of its record, or null where the record is live. */
export function toGone({ object }: Pick<MirrorSource, "object">, found: QueriedRecord): MirrorGone | null {
  const id = found.Id;
  if (found["IsDeleted"] === true) {
    const winner = textOf(found, "MasterRecordId");
    return { object, id, mergedInto: winner === null ? null : { object, id: winner } };
  }
  if (object === "Opportunity" && found["IsClosed"] === true) return { object, id, mergedInto: null };
  if (object !== "Lead" || found["IsConverted"] !== true) return null;
  const contact = textOf(found, "ConvertedContactId");
  return { object, id, mergedInto: contact === null ? null : { object: "Contact", id: contact } };
}
