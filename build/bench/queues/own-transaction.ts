import { join } from "node:path";
import { performance } from "node:perf_hooks";
import Sqlite from "better-sqlite3";
import { samplePayload } from "./sample-payload.ts";

/**
 * The floor of a durable queue: one table, one transaction to claim a job and one to complete it, nothing else kept.
 *
 *   node build/bench/queues/own-transaction.ts JOBS FOLDER
 */
const [count, folder] = process.argv.slice(2);
if (count === undefined || folder === undefined) throw new Error("usage: own-transaction.ts JOBS FOLDER");
const jobs = Number(count);

const db = new Sqlite(join(folder, "own-transaction.db"));
db.pragma("journal_mode = WAL");
db.pragma("synchronous = NORMAL");
db.exec(`
  CREATE TABLE job (id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, call_id TEXT NOT NULL, crm TEXT NOT NULL,
    state TEXT NOT NULL, lane INTEGER NOT NULL, due_at INTEGER NOT NULL, attempts INTEGER NOT NULL,
    leased_until INTEGER, remote_id TEXT, created_at INTEGER NOT NULL, done_at INTEGER, payload TEXT NOT NULL,
    UNIQUE (tenant, call_id, crm));
  CREATE INDEX job_ready ON job (lane, due_at, id) WHERE state = 'ready'`);
const add = db.prepare(`
  INSERT INTO job (tenant, call_id, crm, state, lane, due_at, attempts, created_at, payload)
  VALUES ('bench', ?, 'hubspot', 'ready', 1, ?, 0, ?, ?)`);
const addMany = db.transaction((from: number, to: number) => {
  for (let each = from; each < to; each += 1)
    add.run(`call-${String(each).padStart(9, "0")}`, each, each, samplePayload(each));
});
for (let from = 0; from < jobs; from += 1_000) addMany(from, Math.min(jobs, from + 1_000));

const claim = db.prepare<[], { id: number; payload: string }>(`
  UPDATE job SET state = 'sending', leased_until = 1, attempts = attempts + 1
  WHERE id = (SELECT id FROM job WHERE state = 'ready' ORDER BY lane, due_at, id LIMIT 1) RETURNING id, payload`);
const complete = db.prepare<[number]>("UPDATE job SET state = 'done', leased_until = NULL, done_at = 1 WHERE id = ?");
const cpuAtStart = process.cpuUsage();
const startedAt = performance.now();
let done = 0;
for (let job = claim.get(); job !== undefined; job = claim.get()) {
  complete.run(job.id);
  done += 1;
}
const ms = performance.now() - startedAt;
const { user, system } = process.cpuUsage(cpuAtStart);
console.log(JSON.stringify({ done, ms, cpuMs: (user + system) / 1_000 }));
db.close();
