import { createReadStream } from "node:fs";
import Database from "better-sqlite3";
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { inferSchema, initParser } from "udsv";

/**
 * The floor that ingest is measured against: the same calls in a straight line. Splits an Asterisk log with the fastest
 * CSV library we measured, normalises both numbers with a cache, and inserts call and delivery in batches, as durable as
 * the product. It folds no legs, knows no skipped rows, keeps no audit and no position.
 *
 *   node build/bench/straight-line-ingest.ts LOG DATABASE
 */
const [log, file] = process.argv.slice(2);
if (log === undefined || file === undefined) throw new Error("usage: straight-line-ingest.ts LOG DATABASE");

const batchRows = 1_000;
const cacheSize = 10_000;

const db = new Database(file);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.pragma("wal_autocheckpoint = 16384");
db.exec(`
  CREATE TABLE call (id INTEGER PRIMARY KEY, start_day INTEGER NOT NULL, log_key TEXT NOT NULL, direction TEXT NOT NULL,
    status TEXT NOT NULL, from_party TEXT, to_party TEXT, started_at INTEGER NOT NULL, duration_seconds INTEGER NOT NULL,
    agent TEXT) STRICT;
  CREATE UNIQUE INDEX call_identity ON call (start_day, log_key);
  CREATE INDEX call_party ON call (start_day, from_party);
  CREATE TABLE delivery (id INTEGER PRIMARY KEY, call_id INTEGER NOT NULL, state TEXT NOT NULL, lane INTEGER NOT NULL,
    due_at INTEGER NOT NULL) STRICT;
  CREATE UNIQUE INDEX delivery_call ON delivery (call_id);
  CREATE INDEX delivery_due ON delivery (lane, due_at, id) WHERE state = 'queued';
`);
const insertCall = db.prepare("INSERT INTO call VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
const insertDelivery = db.prepare("INSERT INTO delivery VALUES (NULL, ?, 'queued', 2, ?)");

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
  const inserted = insertCall.run(
    Math.floor(startedAt / 86_400_000),
    row[16],
    direction,
    status,
    from,
    to,
    startedAt,
    seconds,
    row[6],
  );
  if (inserted.changes === 0) return;
  calls += 1;
  insertDelivery.run(inserted.lastInsertRowid, startedAt);
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
db.close();
console.log(JSON.stringify({ rows, calls }));
