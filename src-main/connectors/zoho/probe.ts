import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmSession, ProbeFinding } from "../../engine/ports/connector.ts";
import { columnsFor, editedField, editorField, toHeld } from "./call-fields.ts";
import type { Client, Refusal } from "./client.ts";
import { isIn, lookupId, query, textOf, type Row } from "./coql.ts";
import type { DurationUnits } from "./duration-unit.ts";
import type { FieldMetadata, Fields } from "./field-metadata.ts";
import { groupByKey, type KeyPlace } from "./key-place.ts";
import type { MarkedCalls } from "./marked-calls.ts";
import { batchMax, callModule } from "./wire.ts";

export type ProbeParts = Readonly<{
  client: Client;
  metadata: FieldMetadata;
  units: DurationUnits;
  contract: OwnershipContract;
  keyField: string;
  place: KeyPlace;
  marked: MarkedCalls;
}>;

/** `ids`: of records that are known to be there, by key. `sinceMs`: server time of the oldest send. */
export type ProbeAsk = Readonly<{ keys: readonly string[]; sinceMs: number; ids: ReadonlyMap<string, string> }>;

type Result<T> = Promise<Outcome<T, ConnectorFault>>;
type Read = Readonly<{ byKey: ReadonlyMap<string, readonly Row[]>; columns: readonly string[] }>;

/**
 * Reads calls by our key, by COQL: committed records, never the search index. Zoho tells nothing of our key for a record
 * that was deleted, so that one is `missing`, too; who has written it before knows better.
 */
export async function probe(
  parts: ProbeParts,
  session: CrmSession,
  { keys, ...ask }: ProbeAsk,
): Result<ReadonlyMap<string, ProbeFinding>> {
  const findings = new Map<string, ProbeFinding>();
  const fields = await parts.metadata.of(session, callModule);
  if (!fields.ok) return fields;
  const unit = await parts.units.learn(session);
  if (!unit.ok) return unit;
  const wanted = [...new Set(keys)];
  for (let from = 0; from < wanted.length; from += batchMax) {
    const asked = wanted.slice(from, from + batchMax);
    const found =
      parts.place.kind === "field"
        ? await readByKey(parts, session, asked, fields.value)
        : await readByMark(parts, session, { ...ask, keys: asked }, fields.value);
    if (!found.ok) return found;
    const { byKey, columns } = found.value;
    for (const key of asked) findings.set(key, toFinding(parts, byKey.get(key) ?? [], columns));
  }
  return { ok: true, value: findings };
}

function toFinding(parts: ProbeParts, rows: readonly Row[], columns: readonly string[]): ProbeFinding {
  const [found, ...more] = rows;
  if (found === undefined) return { kind: "missing" };
  if (more.length > 0) {
    const ids = rows.map(({ id }) => id);
    return { kind: "unclear", detail: `Zoho holds several calls with this key: ${ids.join(", ")}`, remoteIds: ids };
  }
  const held = toHeld(parts.contract, parts.keyField, found, parts.units.current());
  const read = new Set(columns);
  const editedAt = Date.parse(textOf(found, editedField) ?? "");
  return {
    kind: "found",
    remoteId: found.id,
    fields: Object.fromEntries(Object.entries(held).filter(([name]) => read.has(name))),
    lastEdit: { at: Number.isNaN(editedAt) ? null : editedAt, by: lookupId(found[editorField]) },
  };
}

async function readByMark(
  { contract, keyField, marked }: ProbeParts,
  session: CrmSession,
  { keys, ...ask }: ProbeAsk,
  fields: Fields,
): Result<Read> {
  const columns = columnsFor(contract, keyField, fields);
  const found = await marked.findWritten(session, keys, { ...ask, columns });
  return found.ok ? { ok: true, value: { byKey: found.value, columns } } : found;
}

async function readByKey(
  parts: ProbeParts,
  session: CrmSession,
  keys: readonly string[],
  fields: Fields,
): Result<Read> {
  const columns = columnsFor(parts.contract, parts.keyField, fields);
  const all = await readColumns(parts, session, keys, columns);
  if (all.ok) return all;
  // Long texts are said not to be filtered by; an org that does not give them either is read without them.
  const isLongText = fields.get(all.fault.error?.field ?? "")?.data_type === "textarea";
  const less = isLongText
    ? await readColumns(
        parts,
        session,
        keys,
        columns.filter((name) => fields.get(name)?.data_type !== "textarea"),
      )
    : all;
  if (less.ok) return less;
  if (less.fault.error?.code === "INVALID_QUERY") parts.metadata.drop();
  return { ok: false, fault: less.fault.fault };
}

async function readColumns(
  { client, keyField, place }: ProbeParts,
  session: CrmSession,
  keys: readonly string[],
  columns: readonly string[],
): Promise<Outcome<Read, Refusal>> {
  // The key is asked for even where the metadata does not show it: Zoho then says what is wrong.
  const wanted = [...new Set([keyField, ...columns])];
  const found = await query(client, session, {
    module: callModule,
    columns: wanted,
    where: isIn(keyField, keys),
    subject: "call",
  });
  return found.ok ? { ok: true, value: { byKey: groupByKey(found.value.rows, place), columns: wanted } } : found;
}
