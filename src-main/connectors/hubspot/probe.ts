import { toWrittenForm } from "../../../src-shared/domain/mapping.ts";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import { ruleOf, type OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmSession, ProbeFinding } from "../../engine/ports/connector.ts";
import { batchAnswer, type HubspotRecord, record } from "./batch-answer.ts";
import type { Client } from "./client.ts";
import { batchMax, objectsPath, segment } from "./wire.ts";

export type ProbeParts = Readonly<{ client: Client; contract: OwnershipContract; keyProperty: string }>;

type Result<T> = Promise<Outcome<T, ConnectorFault>>;
type ByKey = ReadonlyMap<string, readonly HubspotRecord[]>;

/** Fields of calls that the contract knows. */
function listFields({ contract, keyProperty }: ProbeParts): readonly string[] {
  const fields = Object.hasOwn(contract.objects, "calls") ? contract.objects["calls"]?.fields : undefined;
  return [...new Set([keyProperty, ...Object.keys(fields ?? {})])];
}

/**
 * Reads calls by our key: the records themselves, never the search index, which lags. What is not live is looked for
 * among the deleted ones, so that a call that somebody deleted is not written again.
 */
export async function probe(
  parts: ProbeParts,
  session: CrmSession,
  keys: readonly string[],
): Result<ReadonlyMap<string, ProbeFinding>> {
  const findings = new Map<string, ProbeFinding>();
  const wanted = [...new Set(keys)];
  for (let from = 0; from < wanted.length; from += batchMax) {
    const asked = wanted.slice(from, from + batchMax);
    const live = await readByKey(parts, session, asked, false);
    if (!live.ok) return live;
    for (const [key, records] of live.value) findings.set(key, toFinding(parts, records));
    const missing = asked.filter((key) => !live.value.has(key));
    const deleted = missing.length === 0 ? live : await readDeleted(parts, session, missing);
    if (!deleted.ok) return deleted;
    for (const key of missing) {
      const [first] = deleted.value.get(key) ?? [];
      findings.set(key, first === undefined ? { kind: "missing" } : { kind: "deleted", remoteId: first.id });
    }
  }
  return { ok: true, value: findings };
}

function toFinding(parts: ProbeParts, records: readonly HubspotRecord[]): ProbeFinding {
  const [found, ...more] = records;
  if (found === undefined) return { kind: "missing" };
  if (more.length > 0) {
    const ids = records.map(({ id }) => id);
    return { kind: "unclear", detail: `HubSpot holds several calls with this key: ${ids.join(", ")}`, remoteIds: ids };
  }
  const fields = listFields(parts).map((field) => [field, toHeld(parts, field, found.properties[field])] as const);
  // HubSpot tells when a record was changed last, not by whom.
  const editedAt = Date.parse(found.updatedAt ?? "");
  const lastEdit = { at: Number.isNaN(editedAt) ? null : editedAt, by: null };
  return { kind: "found", remoteId: found.id, fields: Object.fromEntries(fields), lastEdit };
}

/** HubSpot gives times and numbers back in a form of its own; that is no edit. */
function toHeld({ contract }: ProbeParts, field: string, held: string | null | undefined): string | null {
  if (held === null || held === undefined || held === "") return null;
  const rule = ruleOf(contract, "calls", field);
  return toWrittenForm(rule !== undefined && rule.own !== "crm" ? rule.value : undefined, held);
}

const isNotFound = (fault: ConnectorFault): boolean => fault.kind === "rejected" && fault.reason === "record_deleted";

async function readByKey(
  parts: ProbeParts,
  session: CrmSession,
  keys: readonly string[],
  archived: boolean,
): Result<ByKey> {
  const reply = await parts.client.call(session, {
    method: "POST",
    path: `${objectsPath("calls", "/batch/read")}${archived ? "?archived=true" : ""}`,
    body: { properties: listFields(parts), idProperty: parts.keyProperty, inputs: keys.map((id) => ({ id })) },
    kind: "read",
    subject: "call",
    schema: batchAnswer,
    records: keys.length,
  });
  if (!reply.ok && !isNotFound(reply.fault.fault)) return { ok: false, fault: reply.fault.fault };
  const byKey = new Map<string, readonly HubspotRecord[]>();
  if (!reply.ok) return { ok: true, value: byKey };
  const asked = new Set(keys);
  for (const each of reply.value.value.results) {
    const key = each.properties[parts.keyProperty];
    if (typeof key === "string" && asked.has(key)) byKey.set(key, [...(byKey.get(key) ?? []), each]);
  }
  return { ok: true, value: byKey };
}

/** Deleted records by key: all at once, or one by one where HubSpot does not take the batch. */
async function readDeleted(parts: ProbeParts, session: CrmSession, keys: readonly string[]): Result<ByKey> {
  const batch = await readByKey(parts, session, keys, true);
  if (batch.ok || batch.fault.kind !== "rejected") return batch;
  const found = new Map<string, readonly HubspotRecord[]>();
  for (const key of keys) {
    const one = await readDeletedOne(parts, session, key);
    if (!one.ok) return one;
    if (one.value !== null) found.set(key, [one.value]);
  }
  return { ok: true, value: found };
}

async function readDeletedOne(
  { client, keyProperty }: ProbeParts,
  session: CrmSession,
  key: string,
): Result<HubspotRecord | null> {
  const query = new URLSearchParams({ idProperty: keyProperty, properties: keyProperty, archived: "true" });
  const reply = await client.call(session, {
    method: "GET",
    path: `${objectsPath("calls", `/${segment(key)}`)}?${query.toString()}`,
    kind: "read",
    subject: "call",
    schema: record,
  });
  if (reply.ok) return { ok: true, value: reply.value.value };
  const { fault } = reply.fault;
  return isNotFound(fault) ? { ok: true, value: null } : { ok: false, fault };
}
