import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openDatabase } from "../../../src-main/engine/store/database.ts";
import { openStore } from "../../../src-main/engine/store/open-store.ts";
import { createCountingRandom } from "../../builders/ledger.ts";
import { createVirtualClock } from "../../builders/virtual-clock.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "callledger-plans-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dataDir, { recursive: true });
});

/** Tables that grow with the calls. */
const large = [
  "call",
  "call_revision",
  "delivery",
  "delivery_written",
  "delivery_match",

  "attempt",
  "audit",
  "audit_payload",
  "skipped_row",
  "budget_entry",
  "budget_hour",
  "phone",
];

/** Statements that look at every row of a large table, or may, and why that is right. */
const allowed: readonly RegExp[] = [
  // A person asks for the calls of an own number: the newest are found at once.
  /FROM call c WHERE \(c\.from_party = @text OR c\.to_party = @text\) ORDER BY c\.id DESC LIMIT/,
  // The newest entries, by row id.
  /^SELECT id FROM audit ORDER BY id DESC LIMIT/,
  // The verification looks at everything by its nature.
  /^SELECT audit_id FROM audit_payload p WHERE NOT EXISTS/,
];

/** Every statement that an open store prepares, without what is prepared only when it is needed. */
function preparedBy(work: () => void): readonly string[] {
  const statements = new Set<string>();
  const prepare = Sqlite.prototype.prepare;
  vi.spyOn(Sqlite.prototype, "prepare").mockImplementation(function (this: unknown, sql: string) {
    statements.add(sql.trim());
    return prepare.call(this, sql);
  });
  work();
  vi.restoreAllMocks();
  return [...statements].filter((sql) => !/^PRAGMA/i.test(sql));
}

/** Indexes that hold a row for each row of their table. */
const holdsAll =
  /INDEX (call_identity|call_other_party|delivery_call|attempt_delivery|skipped_row_reading|sqlite_autoindex_\w+)/;

/** The large tables that a plan walks through from end to end; a walk along a partial index is none, it holds few rows. */
function scannedBy(sql: string, plan: readonly string[]): readonly string[] {
  return large.filter((table) => {
    const names = [
      table,
      ...[...sql.matchAll(new RegExp(`\\b${table} (?:AS )?([a-z])\\b`, "g"))].map((match) => match[1]),
    ];
    return plan.some((step) =>
      names.some((name) => step === `SCAN ${name}` || (step.startsWith(`SCAN ${name} USING`) && holdsAll.test(step))),
    );
  });
}

test("no statement looks at every row of a table that grows, but those that must", () => {
  const statements = preparedBy(() =>
    openStore({ dataDir, clock: createVirtualClock(), random: createCountingRandom(), mode: "write" }).close(),
  );
  expect(statements.length).toBeGreaterThan(100);
  const db = openDatabase(dataDir, "read", 0);
  const scans = statements.flatMap((sql) => {
    // Inserting a parent row names its children in the plan; they are looked at only after a broken foreign key.
    if (/^INSERT INTO (reading|engine_session|file|integration|source|phone_system|tenant)\b/.test(sql)) return [];
    const plan = db.prepare<[], string>(`EXPLAIN QUERY PLAN ${sql.replaceAll(/[?]|@\w+/g, "1")}`);
    const steps = plan
      .raw()
      .all()
      .map((row) => String(row[3]));
    return scannedBy(sql, steps).map((table) => `${table}: ${sql.replaceAll(/\s+/g, " ").slice(0, 200)}`);
  });
  db.close();
  expect(scans.filter((scan) => !allowed.some((rule) => rule.test(scan.replace(/^\w+: /, ""))))).toEqual([]);
  expect(scans).toHaveLength(allowed.length);
});

test("new deliveries are made from the range of calls, never from an index of all of them", () => {
  const statements = preparedBy(() =>
    openStore({ dataDir, clock: createVirtualClock(), random: createCountingRandom(), mode: "write" }).close(),
  );
  const intake = statements.filter((sql) => sql.startsWith("INSERT INTO delivery (call_id"));
  expect(intake).toHaveLength(2);
  const db = openDatabase(dataDir, "read", 0);
  for (const sql of intake) {
    const steps = db
      .prepare(`EXPLAIN QUERY PLAN ${sql.replaceAll(/@\w+/g, "1")}`)
      .raw()
      .all()
      .map((row) => String(row));
    expect(steps.join("\n")).toContain("SEARCH c USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)");
    expect(steps.join("\n")).not.toContain("TEMP B-TREE");
  }
  db.close();
});

test("the connection is durable, has foreign keys and writes ahead", () => {
  const db = openDatabase(dataDir, "write", 0);
  const pragma = (name: string): unknown => db.prepare(`PRAGMA ${name}`).pluck().get();
  expect([pragma("synchronous"), pragma("foreign_keys"), pragma("journal_mode")]).toEqual([2, 1, "wal"]);
  db.close();
});
