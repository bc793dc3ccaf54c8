import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import Database from "better-sqlite3";
import { generateAsteriskLog } from "../../build/bench/generate-asterisk-log.ts";
import { systemClock, systemRandom } from "../../src-main/engine/main.ts";
import { ledgerName } from "../../src-main/engine/store/database.ts";
import { openStore } from "../../src-main/engine/store/open-store.ts";
import { runCli, startCli } from "./command-line.ts";
import { createSeededRandom } from "./log-fuzzer/seeded-random.ts";

/** What an import leaves behind, without what tells of its way: ids, times of reading, how many readings it took. */
export type ImportDigest = Readonly<{ calls: number; rows: number; legs: number; digest: string }>;

type Counts = Readonly<{ calls: number; rows: number; legs: number }>;

const kept: readonly string[] = [
  `SELECT p.name, c.start_day, c.log_key, c.node, c.key_started_at, c.log_id, c.direction, c.status, c.from_party, c.to_party,
     c.started_at, c.started_at_precision, c.started_at_alternatives, c.duration_seconds, c.agent, c.leg_count, c.excluded,
     c.settles_at, c.revision, c.legs, (SELECT group_concat(d.integration_id || d.state || d.wanted_revision) FROM delivery d
     WHERE d.call_id = c.id) AS deliveries
   FROM call c JOIN phone_system p ON p.id = c.phone_system_id ORDER BY c.start_day, c.log_key, c.node`,
  "SELECT line, reason, detail FROM skipped_row ORDER BY line, reason, detail",
  "SELECT reason, sum(row_count) FROM reading_skip GROUP BY reason ORDER BY reason",
  'SELECT "offset", line, size, head_hash, tail_hash, finished, content_hash FROM file ORDER BY id',
  "SELECT integration_id, state, lane, wait_why, delivery_count FROM delivery_tally ORDER BY 1, 2, 3, 4",
];

function withLedger<T>(dataDir: string, read: (db: Database.Database) => T): T {
  const db = new Database(join(dataDir, ledgerName), { readonly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

const countRows = (dataDir: string): Counts =>
  withLedger(dataDir, (db) => {
    const counts = db
      .prepare<[], Counts>(
        `SELECT (SELECT count(*) FROM call) AS calls, coalesce(sum(row_count), 0) AS rows, coalesce(sum(leg_count), 0) AS legs
         FROM reading`,
      )
      .get();
    if (counts === undefined) throw new Error("the ledger has no readings");
    return counts;
  });

const countRead = (dataDir: string): number =>
  withLedger(
    dataDir,
    (db) => db.prepare<[], number>("SELECT coalesce(sum(row_count), 0) FROM reading").pluck().get() ?? 0,
  );

function digestTables(dataDir: string): ImportDigest {
  const hash = createHash("sha256");
  withLedger(dataDir, (db) => {
    for (const sql of kept) {
      for (const row of db.prepare(sql).raw().iterate()) hash.update(JSON.stringify(row));
      hash.update("\n");
    }
  });
  return { ...countRows(dataDir), digest: hash.digest("hex") };
}

/** A data folder whose calls go to one account, which nobody asks anything of. */
function prepareFolder(dataDir: string): void {
  const store = openStore({ dataDir, clock: systemClock, random: systemRandom, mode: "write" });
  store.tenants.ensure("test-clinic", 0);
  store.integrations.add(
    {
      tenant: "test-clinic",
      crm: "hubspot",
      label: "Test Clinic HubSpot",
      baseUrl: null,
      account: { accountId: "4711", name: "Test Clinic" },
      secret: { kind: "keychain" },
      unknownCaller: "hold",
      since: null,
      contract: "version: 1",
      settings: {},
    },
    0,
  );
  store.close();
}

const toArguments = (log: string): readonly string[] => {
  const place = ["--country", "GB", "--timezone", "UTC"];
  return ["import", log, "--tenant", "test-clinic", "--format", "asterisk-cdr-csv", ...place];
};

type Disturbed = Readonly<{ dataDir: string; log: string; rows: number }>;

/** Starts the import, and stops it by this signal once it read so many rows more. Null when it was done before, else what it said. */
async function disturb(
  { dataDir, log, rows }: Disturbed,
  more: number,
  signal: "SIGKILL" | "SIGINT",
): Promise<string | null> {
  const target = Math.min(rows, countRead(dataDir) + more);
  const running = startCli(toArguments(log), { CALLLEDGER_DATA: dataDir });
  let isOver = false;
  const noteEnd = async (): Promise<void> => {
    await running.finished;
    isOver = true;
  };
  const ended = noteEnd();
  while (!isOver && countRead(dataDir) < target) await delay(2);
  running.child.kill(signal);
  await ended;
  const { code, stderr } = await running.finished;
  return code === 0 ? null : stderr;
}

export type ImportKillsAsk = Readonly<{ rows: number; kills: number; seed: number; signal?: "SIGKILL" | "SIGINT" }>;

/** Imports a log undisturbed, and once more while it is stopped at random moments: both have to come to the same. */
export async function runImportKills({ rows, kills, seed, signal = "SIGKILL" }: ImportKillsAsk) {
  const root = mkdtempSync(join(tmpdir(), "callledger-import-kills-"));
  const [log, calm, rough] = [join(root, "Master.csv"), join(root, "calm"), join(root, "rough")];
  const random = createSeededRandom(seed, 0);
  try {
    await generateAsteriskLog(log, rows, seed);
    for (const dataDir of [calm, rough]) prepareFolder(dataDir);
    await runCli(toArguments(log), { CALLLEDGER_DATA: calm });
    const share = Math.floor((rows * 2) / (kills + 1));
    const said: string[] = [];
    for (let turn = 0; turn < kills; turn += 1) {
      // Now and then before anything was read.
      const more = turn % 4 === 3 ? 0 : random.below(share);
      const stopped = await disturb({ dataDir: rough, log, rows }, more, signal);
      if (stopped !== null) said.push(stopped);
    }
    const last = await runCli(toArguments(log), { CALLLEDGER_DATA: rough });
    const again = await runCli(toArguments(log), { CALLLEDGER_DATA: rough });
    return { killed: said.length, said, last, again, calm: digestTables(calm), rough: digestTables(rough) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
