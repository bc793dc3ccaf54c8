import { createReadStream } from "node:fs";
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { inferSchema, initParser } from "udsv";
import { cacheKb, checkpointPages, closeDatabase, openDatabase } from "../../src-main/engine/store/database.ts";

/**
 * The floor that ingest is measured against: the same work in a straight line. Splits an Asterisk log with the fastest
 * CSV library we measured, normalises both numbers with a cache, and inserts a call and a delivery for each row into the
 * product's own tables, in batches as durable as the product's. It folds no legs, hashes no rows, looks nothing up, and
 * keeps no reasons, audit or position.
 *
 *   node build/bench/straight-line-ingest.ts LOG DATA_FOLDER
 */
const [log, dataDir] = process.argv.slice(2);
if (log === undefined || dataDir === undefined) throw new Error("usage: straight-line-ingest.ts LOG DATA_FOLDER");

const batchRows = 1_000;
const cacheSize = 10_000;
const now = Date.now();

const db = openDatabase(dataDir, "write", now);
db.pragma(`wal_autocheckpoint = ${checkpointPages.bulk}`);
db.pragma(`cache_size = -${cacheKb.bulk}`);
db.exec(`
  INSERT INTO tenant VALUES (1, 'bench', 0);
  INSERT INTO phone_system VALUES (1, 1, 'asterisk-cdr-csv', 0);
  INSERT INTO integration (id, tenant_id, crm, label, state, secret, unknown_caller, contract, settings, created_at, updated_at)
    VALUES (1, 1, 'hubspot', 'bench', 'active', '{}', 'hold', '', '{}', 0, 0);
  INSERT INTO file VALUES (1, 1, 'log', NULL, 'asterisk-cdr-csv', 0, 0, 0, 0, '', '', '', 0, NULL);
  INSERT INTO reading (id, file_id, format, lane, started_at) VALUES (1, 1, 'asterisk-cdr-csv', 2, 0);
`);
const insertCall = db.prepare(`
  INSERT INTO call (phone_system_id, start_day, log_key, node, key_started_at, direction, status, from_party, to_party,
    started_at, started_at_precision, duration_seconds, agent, leg_count, revision, reading_id, read_at, legs)
  VALUES (1, ?, ?, '', ?, ?, ?, ?, ?, ?, 'second', ?, ?, 1, 1, 1, ?, ?) ON CONFLICT DO NOTHING`);
const insertDelivery = db.prepare(`
  INSERT INTO delivery (call_id, integration_id, state, lane, due_at, wanted_revision, state_since)
  VALUES (?, 1, 'queued', 2, ?, 1, ?)`);

const numbers = new Map<string, string | null>();
function toNumber(text: string): string | null {
  const known = numbers.get(text);
  if (known !== undefined) return known;
  const parsed = text.length < 5 ? undefined : parsePhoneNumberFromString(text, "GB");
  const number = parsed?.isPossible() === true ? parsed.number : null;
  if (numbers.size >= cacheSize) numbers.clear();
  numbers.set(text, number);
  return number;
}

let calls = 0;
function store(row: readonly string[]): void {
  const startedAt = Date.parse(`${(row[9] ?? "").replace(" ", "T")}Z`);
  const status = row[14] === "ANSWERED" ? "answered" : "missed";
  const from = toNumber(row[1] ?? "");
  const to = toNumber(row[2] ?? "");
  const direction = from === null ? "outbound" : "inbound";
  const seconds = Number(row[13]);
  const day = Math.floor(startedAt / 86_400_000);
  const who = [direction, status, from, to];
  const legs = JSON.stringify([row[16], startedAt, { dst: row[2], context: row[3], app: row[7], end: row[11] }]);
  const inserted = insertCall.run(day, row[16], startedAt, ...who, startedAt, seconds, row[6], now, legs);
  if (inserted.changes === 0) return;
  calls += 1;
  insertDelivery.run(inserted.lastInsertRowid, now, now);
}
const storeBatch = db.transaction((batch: readonly (readonly string[])[]) => {
  for (const row of batch) store(row);
});

let rows = 0;
let batch: (readonly string[])[] = [];
function take(row: string[]): void {
  rows += 1;
  batch.push(row);
  if (batch.length < batchRows) return;
  storeBatch(batch);
  batch = [];
}

let parser: ReturnType<typeof initParser> | undefined;
for await (const chunk of createReadStream(log, { encoding: "utf8", highWaterMark: 64 * 1024 })) {
  const text = String(chunk);
  parser ??= initParser(inferSchema(text, { header: () => [], col: ",", row: "\n", encl: '"' }));
  parser.chunk(text, parser.stringArrs, take);
}
parser?.end();
storeBatch(batch);
closeDatabase(db, "write");
console.log(JSON.stringify({ rows, calls }));
