import type { Database } from "better-sqlite3";
import { Pool } from "undici";
import { z } from "zod";
import {
  createChainHash,
  genesis,
  hashEntry,
  toChainFields,
  toDigest,
} from "../../src-main/engine/store/audit-chain.ts";
import { closeDatabase, openDatabase } from "../../src-main/engine/store/database.ts";
import { toCallInput } from "./call-input.ts";

/**
 * The floor of a delivery that is kept: the same requests, and the rows that the product writes for them, in as many
 * transactions, with the same hashes and full text. Nothing is decided: every call is taken to be matched, due, inside
 * every limit, and taken by the CRM.
 *
 *   node build/bench/straight-line-delivery.ts DATA_DIR BASE_URL TOKEN
 */
const [dataDir, baseUrl, token] = process.argv.slice(2);
if (dataDir === undefined || baseUrl === undefined || token === undefined)
  throw new Error("usage: straight-line-delivery.ts DATA_DIR BASE_URL TOKEN");

const batchMax = 100;
const answer = z.object({ results: z.array(z.object({ id: z.string() })) });
const hash = createChainHash(undefined);
const contact = { object: "contacts", id: "100001" };
const startedAt = Date.now();

type Call = Readonly<{ id: number; callId: number; logKey: string; caller: string; agent: string }>;
type Content = Readonly<{ operation: string; summary: string; payload: Readonly<Record<string, unknown>> }>;

function prepare(db: Database) {
  return {
    /** In the order of their ids: by keys, so that a long queue costs no more than a short one. */
    due: db.prepare<[number, number], Call>(`
      SELECT d.id, d.call_id AS callId, c.log_key AS logKey, c.from_party AS caller, c.agent
      FROM delivery d JOIN call c ON c.id = d.call_id WHERE d.id > ? AND d.state = 'queued' ORDER BY d.id LIMIT ?`),
    claim: db.prepare<[number, string]>(`
      UPDATE delivery SET state = 'sending', state_since = ?, session_id = NULL
      WHERE id IN (SELECT value FROM json_each(?))`),
    match: db.prepare(`
      INSERT INTO delivery_match (delivery_id, number, object, person_id, name, also, rule, evidence, candidates, matched_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    attempt: db
      .prepare<[number, string], number>(`
        INSERT INTO attempt (delivery_id, steps, key, revision, payload_hash, started_at)
        SELECT value ->> 0, 'record link:contacts:100001', value ->> 1, 1, '${"0".repeat(64)}', ?
        FROM json_each(?) WHERE true RETURNING id`)
      .pluck(),
    send: db.prepare<[number, string]>(
      "UPDATE delivery SET last_sent_at = ?, last_attempt_revision = 1 WHERE id IN (SELECT value FROM json_each(?))",
    ),
    answer: db.prepare<[number, string]>(
      "UPDATE attempt SET answered_at = ?, outcome = 'answered', status = 201 WHERE id IN (SELECT value FROM json_each(?))",
    ),
    accept: db.prepare<[number, string]>(`
      UPDATE delivery SET state = 'delivered', state_since = ?, sent_revision = 1, remote_id = each.value ->> 1
      FROM json_each(?) each WHERE delivery.id = each.value ->> 0`),
    written: db.prepare(
      "INSERT INTO delivery_written (delivery_id, steps, fields, pushed_at, earlier) VALUES (?, ?, ?, ?, '{}')",
    ),
    head: db.prepare<[], { id: number; hash: Buffer }>("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1"),
    entry: db.prepare(`
      INSERT INTO audit (id, at, tenant, call_id, delivery_id, integration_id, operation, outcome, is_keyed, digest, hash)
      VALUES (?, ?, 'bench', ?, ?, 1, ?, 'ok', 0, ?, ?)`),
    payload: db.prepare("INSERT INTO audit_payload (audit_id, salt, summary, terms, payload) VALUES (?, ?, ?, ?, ?)"),
    text: db.prepare("INSERT INTO audit_fts (rowid, text) VALUES (?, ?)"),
  };
}

const db = openDatabase(dataDir, "write", startedAt);
const sql = prepare(db);
const pool = new Pool(baseUrl, { connections: 1 });
let { id: lastId, hash: lastHash } = sql.head.get() ?? { id: 0, hash: genesis };

function note(call: Call, at: number, { operation, summary, payload }: Content): void {
  const id = lastId + 1;
  const terms = `${call.logKey} ${call.caller} ${call.agent} Caller Number 1`;
  const text = JSON.stringify(payload);
  const content = { salt: "0".repeat(32), summary, terms, payload: text };
  const digest = toDigest(content);
  const ids = { id, at, tenant: "bench", callId: call.callId, deliveryId: call.id, integrationId: 1 };
  const said = { operation, outcome: "ok", status: null, code: null, reason: null, nextRetryAt: null, isKeyed: 0 };
  lastHash = hashEntry(hash, lastHash, toChainFields({ ...ids, ...said }), digest);
  lastId = id;
  sql.entry.run(id, at, call.callId, call.id, operation, digest, lastHash);
  sql.payload.run(id, content.salt, summary, terms, text);
  sql.text.run(id, `${operation} ok ${summary} ${terms} ${Object.values(payload).join(" ")}`);
}

const inTransaction = <T>(work: () => T): T => db.transaction(work).immediate();

const keyOf = (call: Call): string => `cl_${String(call.id).padStart(26, "0")}`;

function claim(calls: readonly Call[], ids: string): void {
  const at = Date.now();
  const evidence = "the only record with this number (phone)";
  const candidates = JSON.stringify([{ ...contact, name: "Caller Number 1", field: "phone" }]);
  sql.claim.run(at, ids);
  for (const call of calls) {
    sql.match.run(call.id, call.caller, ...Object.values(contact), "", "[]", "only_one", evidence, candidates, at);
    const match = { number: call.caller, ...contact, rule: "only_one", evidence, candidates };
    note(call, at, { operation: "delivery.claim", summary: `Matched: ${evidence}.`, payload: match });
  }
}

async function send(calls: readonly Call[]): Promise<readonly string[]> {
  const inputs = calls.map(({ id }) => toCallInput(id));
  const { statusCode, body } = await pool.request({
    method: "POST",
    path: "/crm/v3/objects/calls/batch/create",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ inputs }),
  });
  const text = await body.text();
  if (statusCode !== 201) throw new Error(`the sandbox answered ${statusCode}: ${text.slice(0, 300)}`);
  return answer.parse(JSON.parse(text)).results.map(({ id }) => id);
}

function accept(calls: readonly Call[], recordIds: readonly string[]): void {
  const at = Date.now();
  sql.accept.run(at, JSON.stringify(calls.map(({ id }, index) => [id, recordIds[index]])));
  for (const [index, call] of calls.entries()) {
    const input = toCallInput(call.id);
    sql.written.run(call.id, '["record","link:contacts:100001"]', JSON.stringify(input), at);
    const payload = { pushed: JSON.stringify(input), answered: JSON.stringify({ id: recordIds[index], status: 201 }) };
    note(call, at, {
      operation: "delivery.accept",
      summary: `HubSpot has the call (record ${recordIds[index]}).`,
      payload,
    });
  }
}

let [delivered, lastCall] = [0, 0];
for (;;) {
  const batch = sql.due.all(lastCall, batchMax);
  if (batch.length === 0) break;
  lastCall = batch.at(-1)?.id ?? lastCall;
  const ids = JSON.stringify(batch.map(({ id }) => id));
  inTransaction(() => claim(batch, ids));
  const attempts = inTransaction(() => {
    sql.send.run(Date.now(), ids);
    return sql.attempt.all(Date.now(), JSON.stringify(batch.map((call) => [call.id, keyOf(call)])));
  });
  const recordIds = await send(batch);
  inTransaction(() => sql.answer.run(Date.now(), JSON.stringify(attempts)));
  inTransaction(() => accept(batch, recordIds));
  delivered += batch.length;
}
await pool.close();
closeDatabase(db, "write");
console.log(JSON.stringify({ delivered }));
