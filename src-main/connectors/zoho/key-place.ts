import { textOf, type Row } from "./coql.ts";
import type { readZohoSettings } from "./settings.ts";
import { defaultKeyField } from "./wire.ts";

/** Where our key stands in a call. */
export type KeyPlace = Readonly<{
  /** `field`: one of ours, which Zoho can be asked for. `description`: the call's own text, where an org takes no field on calls. */
  kind: "field" | "description";
  /** The field of calls that holds it. */
  field: string;
  /** Keys that a record is marked with. */
  keysOf(found: Row): readonly string[];
  /** Whether what is written to the field holds the key. */
  holds(text: string, key: string): boolean;
}>;

export const descriptionField = "Description";

/** As the field contract writes it: at the end of the text, where it disturbs least. */
const markOf = (key: string): string => `[ref:${key}]`;
const mark = /\[ref:(cl_[a-z0-9]{26})\]/g;

const inDescription: KeyPlace = {
  kind: "description",
  field: descriptionField,
  keysOf: (found) => [...(textOf(found, descriptionField) ?? "").matchAll(mark)].map(([, key = ""]) => key),
  holds: (text, key) => text.includes(markOf(key)),
};

const inField = (field: string): KeyPlace => ({
  kind: "field",
  field,
  keysOf: (found) => [textOf(found, field)].filter((key) => key !== null),
  holds: (text, key) => text === key,
});

export const toKeyPlace = ({
  keyIn,
  keyProperty,
}: Pick<ReturnType<typeof readZohoSettings>, "keyIn" | "keyProperty">): KeyPlace =>
  keyIn === "description" ? inDescription : inField(keyProperty ?? defaultKeyField);

/** Records by their key, in the order in which they come. */
export function groupByKey(rows: readonly Row[], place: KeyPlace): ReadonlyMap<string, readonly Row[]> {
  const byKey = new Map<string, readonly Row[]>();
  for (const each of rows)
    for (const key of new Set(place.keysOf(each))) byKey.set(key, [...(byKey.get(key) ?? []), each]);
  return byKey;
}
