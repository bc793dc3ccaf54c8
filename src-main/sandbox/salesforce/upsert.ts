import type { FieldDefinition } from "./field-definition.ts";
import type { ObjectName } from "./object-types.ts";
import type { OrgRecord } from "./org-record.ts";
import { keyIndex, toKeyValue } from "./org-records.ts";
import type { Org } from "./org.ts";
import type { RecordBody } from "./record-input.ts";
import { isUnmatchedArchive } from "./record-rules.ts";
import { createRecord, entityDeleted, updateRecord, type WriteContext } from "./record-writer.ts";
import { notFound, Refusal } from "./refusal.ts";

export type KeyAsk = { readonly object: ObjectName; readonly field: FieldDefinition; readonly value: string };

/** The field by which records are addressed. Throws the 404 `Refusal` of a field that is missing or hidden. */
export function requireKeyField(org: Org, object: ObjectName, name: string): FieldDefinition {
  const field = org.schema.find(object, name);
  if (field !== undefined && (field.externalId || field.type === "id")) return field;
  throw notFound(`Provided external ID field does not exist or is not accessible: ${name}`);
}

/** Live records with a key, those the token's user may see; as `view` shows them. */
export function findByKey(org: Org, { object, field, value }: KeyAsk, view: "current" | "shown"): readonly OrgRecord[] {
  const records = view === "current" ? org.records.current(object) : org.records.readView(object);
  return records
    .find(keyIndex(field.name), toKeyValue(value, field))
    .filter((record) => record.deletedAt === undefined && org.records.isVisible(record));
}

/** Several records have the key: nothing is written and their addresses are told. */
export class SeveralMatches extends Error {
  readonly records: readonly OrgRecord[];

  constructor(records: readonly OrgRecord[]) {
    super("several records have this external id");
    this.name = "SeveralMatches";
    this.records = records;
  }
}

export type Upserted = { readonly record: OrgRecord; readonly created: boolean };

/** Creates the record with this key, or updates the one that has it. Throws a `Refusal` or `SeveralMatches`. */
export function upsertRecord(
  org: Org,
  ask: KeyAsk,
  body: RecordBody,
  { updateOnly, ...context }: WriteContext & { readonly updateOnly?: boolean },
): Upserted {
  const matches = findMatches(org, ask);
  if (matches.length > 1) throw new SeveralMatches(matches);
  const [match] = matches;
  if (match !== undefined) {
    if (match.deletedAt !== undefined) throw entityDeleted(org);
    return { record: updateRecord(org, match, body, context), created: false };
  }
  if (updateOnly === true) throw notFound();
  return { record: createRecord(org, ask.object, { ...body, [ask.field.name]: ask.value }, context), created: true };
}

function findMatches(org: Org, { object, field, value }: KeyAsk): readonly OrgRecord[] {
  const holders = org.records
    .current(object)
    .find(keyIndex(field.name), toKeyValue(value, field))
    .flatMap(({ id }) => org.records.find(object, id) ?? []);
  const live = holders.filter((record) => record.deletedAt === undefined && !isUnmatchedArchive(org, record));
  if (live.length > 0 || !org.config.current().upsertMatchesRecycled) return live;
  return holders.filter(({ deletedAt }) => deletedAt !== undefined).slice(0, 1);
}

/** How `SeveralMatches` looks among the rows of a collection. */
export function toAmbiguousRefusal({ records }: SeveralMatches, field: string): Refusal {
  const ids = records.map(({ id }) => id).join(", ");
  return new Refusal(
    400,
    "DUPLICATE_EXTERNAL_ID",
    `${field}: more than one record found for external id field: [${ids}]`,
    {
      fields: [field],
    },
  );
}
