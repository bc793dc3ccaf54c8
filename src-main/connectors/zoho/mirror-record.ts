import type { Link, MirrorRecord } from "../../engine/ports/connector.ts";
import { lookupId, textOf, type Row } from "./coql.ts";
import { personModules } from "./person.ts";

/** A module that is copied. */
export type MirroredModule = Readonly<{
  module: "Contacts" | "Leads" | "Accounts" | "Deals";
  kind: MirrorRecord["kind"];
  nameColumns: readonly string[];
  columns: readonly string[];
}>;

export const mirroredModules: readonly MirroredModule[] = [
  ...personModules.map(({ module, nameColumns, columns }) => ({
    module,
    kind: module === "Accounts" ? ("company" as const) : ("person" as const),
    nameColumns,
    columns,
  })),
  {
    module: "Deals",
    kind: "deal",
    nameColumns: ["Deal_Name"],
    columns: ["Deal_Name", "Stage", "Owner", "Account_Name", "Contact_Name"],
  },
];

/** Zoho's stages say in their names that a deal is over. */
export const isOpenDeal = (found: Row): boolean => !/^closed\b/i.test(textOf(found, "Stage") ?? "");

function linksOf({ module }: MirroredModule, found: Row): readonly Link[] {
  const account = module === "Contacts" || module === "Deals" ? lookupId(found["Account_Name"]) : null;
  const contact = module === "Deals" ? lookupId(found["Contact_Name"]) : null;
  return [
    ...(contact === null ? [] : [{ object: "Contacts", id: contact }]),
    ...(account === null ? [] : [{ object: "Accounts", id: account }]),
  ];
}

/** `phones`: the module's phone fields, custom ones included. */
export function toMirrorRecord(known: MirroredModule, found: Row, phones: readonly string[]): MirrorRecord {
  const { module, kind, nameColumns } = known;
  const activity = Date.parse(textOf(found, "Last_Activity_Time") ?? "");
  const name = nameColumns.map((column) => textOf(found, column)).find((each) => each !== null);
  return {
    kind,
    object: module,
    id: found.id,
    name: name ?? `${module.slice(0, -1)} ${found.id}`,
    ownerId: lookupId(found["Owner"]),
    phones: phones.flatMap((field) => {
      const typed = textOf(found, field);
      return typed === null ? [] : [{ field, typed }];
    }),
    links: linksOf(known, found),
    lastActivityAt: Number.isNaN(activity) ? null : activity,
    mergedIds: [],
  };
}
