import type { Database } from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Ledger, createLedger } from "../../builders/ledger.ts";

const dayMs = 86_400_000;
const key = new Uint8Array(32).fill(7);
let ledger: Ledger;
const audit = () => ledger.store.audit;
const now = (): number => ledger.clock.now();

function append(summary: string, at = now()): void {
  const nothing = { tenant: null, callId: null, deliveryId: null, integrationId: null };
  audit().append([
    {
      at,
      ...nothing,
      operation: "test.note",
      outcome: "ok",
      summary,
      terms: ["+447700900123"],
      payload: { pushed: summary },
    },
  ]);
}

/** Three days with two entries each, the first two sealed. */
function threeDays(): void {
  for (const day of ["Monday", "Tuesday", "Wednesday"]) {
    append(`${day} morning`);
    append(`${day} evening`);
    ledger.clock.jumpWall(dayMs);
  }
  expect(audit().seal(now() - dayMs)).toBe(2);
}

/** As somebody who has the file: with the guards of the database taken away. */
function tamper(sql: string): void {
  ledger.raw((db: Database) => {
    const guards = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all();
    for (const guard of guards) db.exec(`DROP TRIGGER ${guard}`);
    db.exec(sql);
  });
}

afterEach(() => ledger.dispose());

const attacks: readonly (readonly [string, string, RegExp])[] = [
  ["a changed outcome", "UPDATE audit SET outcome = 'failed' WHERE id = 3", /Entry 3 was changed/],
  ["a changed time", "UPDATE audit SET at = at + 1 WHERE id = 2", /Entry 2 was changed/],
  [
    "a changed summary",
    "UPDATE audit_payload SET summary = 'Nothing happened' WHERE audit_id = 4",
    /What entry 4 said was changed/,
  ],
  ["a changed payload", "UPDATE audit_payload SET payload = '{}' WHERE audit_id = 5", /What entry 5 said was changed/],
  [
    "changed words to search by",
    "UPDATE audit_payload SET terms = '' WHERE audit_id = 1",
    /What entry 1 said was changed/,
  ],
  [
    "a payload deleted without an erasure",
    "DELETE FROM audit_payload WHERE audit_id = 5",
    /What entry 5 said is missing/,
  ],
  ["an entry deleted in the middle", "DELETE FROM audit WHERE id = 3", /Entry 3 is missing/],
  ["the first entries deleted", "DELETE FROM audit WHERE id <= 2", /Entry 1 is missing/],
  ["the end cut off", "DELETE FROM audit WHERE id >= 6", /cut off after entry 5/],
  ["all entries deleted", "DELETE FROM audit", /cut off after entry 0/],
  [
    "two entries exchanged",
    "UPDATE audit SET id = 99 WHERE id = 1; UPDATE audit SET id = 1 WHERE id = 2; UPDATE audit SET id = 2 WHERE id = 99",
    /Entry 1 was changed/,
  ],
  [
    "an entry put at the end",
    "INSERT INTO audit SELECT 7, at, tenant, call_id, delivery_id, integration_id, operation, outcome, status, code, reason, next_retry_at, is_keyed, digest, hash FROM audit WHERE id = 6",
    /Entry 7 was changed/,
  ],
  ["a seal changed", "UPDATE audit_seal SET entry_count = 3 WHERE id = 2", /seal of .* was changed/],
  ["a seal deleted", "DELETE FROM audit_seal WHERE id = 1", /seal before .* is missing/],
  [
    "a day passed off as dropped",
    "UPDATE audit_seal SET dropped_at = 1 WHERE id = 2; DELETE FROM audit WHERE id IN (3, 4)",
    /dropped before older days/,
  ],
  [
    "the record of the end changed",
    "UPDATE audit_head SET last_id = 5, last_hash = (SELECT hash FROM audit WHERE id = 5)",
    /does not end where/,
  ],
  ["the record of the end deleted", "DELETE FROM audit_head", /end of the log is not on record/],
];

describe.each([
  ["sha256", {}],
  ["hmac", { auditKey: key }],
] as const)("the %s chain", (chain, change) => {
  beforeEach(() => {
    ledger = createLedger(change);
    threeDays();
  });

  test("verifies as it was written, before and after a restart", () => {
    const whole = { ok: true, entries: 6, seals: 2, chain, unkeyed: 0, problem: null };
    expect(audit().verify()).toEqual(whole);
    ledger.reopen();
    append("after the restart");
    expect(audit().verify()).toEqual({ ...whole, entries: 7 });
  });

  test.each(attacks)("shows %s", (_, sql, problem) => {
    tamper(sql);
    const verification = audit().verify();
    expect(verification.ok).toBe(false);
    expect(verification.problem).toMatch(problem);
  });

  test("verifies after an erasure that is on record, and what was erased is gone", () => {
    expect(audit().erase([1, 4, 77], now(), "Asked for by the person.")).toBe(2);
    expect(audit().verify()).toMatchObject({ ok: true, entries: 7 });
    expect(audit().entries({ afterId: 0, limit: 1 })[0]).toMatchObject({ summary: "(erased)", payload: null });
    expect(
      audit()
        .search("Monday", 10)
        .map(({ summary }) => summary),
    ).toEqual(["Monday evening"]);
    expect(
      ledger.raw((db) => db.prepare("SELECT 1 FROM audit_payload WHERE audit_id IN (1, 4)").get()),
    ).toBeUndefined();
  });

  test("verifies from the last dropped day on after retention, and its seals stay", () => {
    expect(audit().dropSealed(now() - 2 * dayMs, now())).toBe(2);
    expect(audit().verify()).toEqual({ ok: true, entries: 5, seals: 2, chain, unkeyed: 0, problem: null });
    expect(audit().search("Monday", 10)).toEqual([]);
    expect(audit().search("Tuesday", 10)).toHaveLength(2);
    tamper("DELETE FROM audit WHERE id = 3");
    expect(audit().verify().problem).toMatch(/Entry 3 is missing/);
  });

  test("keeps days that are not sealed, whatever retention asks for", () => {
    expect(audit().dropSealed(now() + 100 * dayMs, now())).toBe(4);
    expect(audit().verify()).toMatchObject({ ok: true, entries: 3 });
  });

  test("shows an entry that retention did not take although its day was dropped", () => {
    const rows = ledger.raw((db) => db.prepare("SELECT * FROM audit WHERE id = 1").get());
    audit().dropSealed(now() - 2 * dayMs, now());
    ledger.raw((db) => {
      const columns = Object.keys(rows ?? {});
      db.prepare(`INSERT INTO audit VALUES (${columns.map((column) => `@${column}`).join(", ")})`).run(rows);
    });
    expect(audit().verify().ok).toBe(false);
  });
});

describe("days", () => {
  beforeEach(() => {
    ledger = createLedger();
  });

  test("are sealed when they are over, each once, and days without entries have none", () => {
    append("today");
    expect(audit().seal(now())).toBe(0);
    ledger.clock.jumpWall(5 * dayMs);
    expect(audit().seal(now())).toBe(1);
    expect(audit().seal(now())).toBe(0);
    append("five days later");
    ledger.clock.jumpWall(dayMs);
    expect(audit().seal(now())).toBe(1);
    expect(audit().verify()).toMatchObject({ ok: true, seals: 2 });
  });

  test("are sealed in the order of the entries when the clock was moved", () => {
    append("tomorrow already", now() + dayMs);
    append("today after all");
    append("yesterday, says the clock", now() - dayMs);
    ledger.clock.jumpWall(3 * dayMs);
    expect(audit().seal(now())).toBeGreaterThan(0);
    expect(audit().verify()).toMatchObject({ ok: true, entries: 3 });
    expect(audit().seal(now())).toBe(0);
  });
});

describe("keys", () => {
  test("a log that was begun without a key goes on with one, and says that it is keyed", () => {
    ledger = createLedger();
    append("without");
    ledger.reopen({ auditKey: key });
    append("with");
    expect(audit().verify()).toEqual({ ok: true, entries: 2, seals: 0, chain: "hmac", unkeyed: 0, problem: null });
  });

  test("a keyed log cannot be verified without its key, nor with another", () => {
    ledger = createLedger({ auditKey: key });
    append("with");
    ledger.reopen({});
    expect(audit().verify().problem).toMatch(/Entry 1 is protected by a key that is not at hand/);
    ledger.reopen({ auditKey: new Uint8Array(32).fill(8) });
    expect(audit().verify().problem).toMatch(/Entry 1 was changed/);
  });

  test("a keyed log that goes on without its key says so itself, and how many entries that concerns", () => {
    ledger = createLedger({ auditKey: key });
    append("with");
    ledger.reopen({});
    append("without");
    append("still without");
    ledger.reopen({ auditKey: key });
    const gap = { ok: true, entries: 4, seals: 0, chain: "mixed", unkeyed: 3, problem: null };
    expect(audit().verify()).toEqual(gap);
    expect(audit().entries({ afterId: 1, limit: 1 })).toMatchObject([
      { operation: "audit.unkeyed", outcome: "failed", summary: expect.stringContaining("not at hand") },
    ]);
    append("with again");
    expect(audit().verify()).toEqual({ ...gap, entries: 5 });
    ledger.reopen({});
    append("without once more");
    ledger.reopen({ auditKey: key });
    expect(audit().verify()).toEqual({ ...gap, entries: 7, unkeyed: 5 });
  });

  test("what was put behind keyed entries without saying so is a forgery", () => {
    ledger = createLedger({ auditKey: key });
    append("with");
    ledger.reopen({});
    append("without");
    tamper("UPDATE audit SET operation = 'call.read' WHERE id = 2");
    ledger.reopen({ auditKey: key });
    expect(audit().verify().problem).toMatch(/Entry 2 is not protected by the key/);
  });

  test("the key may come after the ledger was opened; what was written before stays as it is", () => {
    ledger = createLedger();
    append("without");
    expect(audit().hasKeyedEntries()).toBe(false);
    audit().useKey(key);
    append("with");
    expect(audit().hasKeyedEntries()).toBe(true);
    expect(audit().verify()).toMatchObject({ ok: true, chain: "hmac", unkeyed: 0 });
  });

  test("a forger without the key cannot rewrite the end of the log", () => {
    ledger = createLedger({ auditKey: key });
    append("one");
    append("two");
    tamper(
      "DELETE FROM audit WHERE id = 2; DELETE FROM audit_payload WHERE audit_id = 2; UPDATE audit_head SET last_id = 1, last_hash = (SELECT hash FROM audit WHERE id = 1)",
    );
    expect(audit().verify().problem).toMatch(/record of the log's end was changed/);
  });
});
