import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ReadCall } from "../../src-main/engine/ports/ingest-store.ts";
import {
  type Ledger,
  aLeg,
  aReadCall,
  anIntegration,
  createLedger,
  firstStart,
  importCalls,
} from "../builders/ledger.ts";

const dayMs = 86_400_000;
let ledger: Ledger;
beforeEach(() => {
  ledger = createLedger();
});
afterEach(() => ledger.dispose());

/** Few keys, few contents and starts near each other: batches that repeat, join, replace and restart. */
const legs = fc.array(
  fc.record({
    talk: fc.constantFrom(0, 1, 60),
    leg: fc.constantFrom("a", "b", undefined),
    at: fc.constantFrom(0, 1_000),
    internal: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
);
// Near each other, or clearly more than a day apart: which of two calls a row at the very limit joins is not promised.
const starts = fc.constantFrom(0, 5_000, ...[20, 30, 60].map((hours) => hours * 3_600_000));
const calls = fc.array(
  fc.record({
    key: fc.constantFrom("1", "2", "3"),
    node: fc.constantFrom("", "b"),
    at: starts,
    legs,
    settles: fc.boolean(),
  }),
  { maxLength: 8 },
);
const skipped = fc.array(
  fc.constantFrom({ reason: "malformed" as const, line: 3 }, { reason: "totals_row" as const }),
  { maxLength: 3 },
);
const batches = fc.array(fc.record({ calls, skipped }), { minLength: 1, maxLength: 6 });
type Read = typeof batches extends fc.Arbitrary<(infer B)[]> ? B : never;

const toCalls = (batch: Read): readonly ReadCall[] =>
  batch.calls.map(({ key, node, at: start, legs: rows, settles }) =>
    aReadCall(
      key,
      rows.map(({ leg, at, ...row }, index) =>
        aLeg({ ...row, at: firstStart + start + at, ...(leg === undefined ? {} : { leg }) }, index + 1),
      ),
      { node, settlesAt: settles ? ledger.clock.now() + 60_000 : null },
    ),
  );

const sum = (counts: Readonly<Partial<Record<string, number>>>): number =>
  Object.values(counts).reduce((total: number, count) => total + (count ?? 0), 0);

test("rows are legs or skipped, whatever a batch repeats, and the statement balances", () => {
  fc.assert(
    fc.property(batches, (read) => {
      ledger.dispose();
      ledger = createLedger();
      anIntegration(ledger);
      anIntegration(ledger, { account: { accountId: "2", name: "Late" }, since: firstStart + dayMs });
      let rows = 0;
      for (const batch of read) {
        const batchCalls = toCalls(batch);
        const counts = importCalls(ledger, batchCalls, { skipped: batch.skipped });
        rows += batchCalls.reduce((total, call) => total + call.legs.length, 0) + batch.skipped.length;
        expect(counts.rows).toBe(counts.legs + sum(counts.skipped));
      }
      const now = ledger.clock.now();
      const statement = ledger.store.reports.statement("today", now, now + 1);
      expect(statement.rows).toBe(rows);
      expect(statement.rows).toBe(statement.legs + sum(statement.skipped));
      const stored = ledger.raw((db) => db.prepare<[], number>("SELECT count(*) FROM skipped_row").pluck().get());
      expect(stored).toBe(sum(statement.skipped));
      expect(statement.calls).toBe(ledger.raw((db) => db.prepare("SELECT count(*) FROM call").pluck().get()));
    }),
    { numRuns: 30 },
  );
}, 60_000);

test("reading everything again adds nothing: every row is a duplicate and no delivery moves", () => {
  fc.assert(
    fc.property(batches, (read) => {
      ledger.dispose();
      ledger = createLedger();
      anIntegration(ledger);
      const all = read.map(toCalls);
      for (const batch of all) importCalls(ledger, batch);
      const look = () =>
        ledger.raw((db) => [
          db.prepare("SELECT id, legs, revision, excluded, started_at FROM call").all(),
          db
            .prepare("SELECT id, state, wanted_revision FROM delivery WHERE state <> 'waiting' AND state <> 'queued'")
            .all(),
          db.prepare("SELECT count(*) FROM delivery").pluck().get(),
        ]);
      const before = look();
      for (const batch of all) {
        const counts = importCalls(ledger, batch);
        expect(counts).toMatchObject({ legs: 0, calls: 0, revised: 0, deliveries: 0 });
        expect(counts.skipped).toEqual(counts.rows === 0 ? {} : { duplicate: counts.rows });
      }
      expect(look()).toEqual(before);
    }),
    { numRuns: 30 },
  );
}, 60_000);

test("every call has exactly one delivery for each integration that takes it, and the tally counts them", () => {
  fc.assert(
    fc.property(batches, (read) => {
      ledger.dispose();
      ledger = createLedger();
      anIntegration(ledger);
      anIntegration(ledger, { account: { accountId: "2", name: "Second" } });
      for (const batch of read) importCalls(ledger, toCalls(batch));
      const missing = ledger.raw((db) =>
        db
          .prepare(
            `SELECT c.id FROM call c CROSS JOIN integration i LEFT JOIN delivery d ON d.call_id = c.id AND d.integration_id = i.id
             WHERE c.excluded IS NULL AND d.id IS NULL`,
          )
          .all(),
      );
      expect(missing).toEqual([]);
      const counted = ledger.raw((db) =>
        db.prepare<[], { state: string; n: number }>("SELECT state, count(*) AS n FROM delivery GROUP BY state").all(),
      );
      const counts = Object.entries(ledger.store.deliveries.counts()).filter(([, count]) => count > 0);
      expect(Object.fromEntries(counts)).toEqual(Object.fromEntries(counted.map(({ state, n }) => [state, n])));
      expect(ledger.store.audit.verify().ok).toBe(true);
    }),
    { numRuns: 30 },
  );
}, 60_000);
