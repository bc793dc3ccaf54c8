import { afterEach, beforeEach, expect, test } from "vitest";
import type { Statement } from "../../../src-main/engine/ports/report-store.ts";
import { type Ledger, aLeg, aReadCall, anIntegration, createLedger, importCalls } from "../../builders/ledger.ts";

let ledger: Ledger;
const now = (): number => ledger.clock.now();
const reports = () => ledger.store.reports;
const span = () => [now() - 1_000, now() + 1_000] as const;

beforeEach(() => {
  ledger = createLedger();
});
afterEach(() => ledger.dispose());

/** The statement by steps, which must be the one that counts everything, and how many parts were counted for it. */
async function look([from, to] = span()): Promise<Readonly<{ statement: Statement; counted: number }>> {
  let counted = 0;
  const statement = await reports().statementBySteps("2026-11-20", from, to, async () => {
    counted += 1;
  });
  expect(statement).toEqual(reports().statement("2026-11-20", from, to));
  return { statement, counted };
}

const calls = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => aReadCall(`${name}${index}`));

test("a second look counts only the parts in which a call or a delivery changed", async () => {
  anIntegration(ledger);
  for (const name of ["a", "b", "c"]) importCalls(ledger, calls(name, 2_000));
  expect(await look()).toMatchObject({ counted: 2, statement: { calls: 6_000 } });
  expect(await look()).toMatchObject({ counted: 0, statement: { outcomes: { queued: 6_000 } } });

  ledger.store.deliveries.apply([{ id: 5_100, events: ["hold"], patch: { waitWhy: "contact" }, audit: [] }]);
  expect(await look()).toMatchObject({ counted: 1, statement: { outcomes: { queued: 5_999, held: 1 } } });

  importCalls(ledger, calls("d", 1));
  expect(await look()).toMatchObject({ counted: 1, statement: { calls: 6_001 } });
});

test("a call that changes, an account that comes, goes or takes other calls: all are seen", async () => {
  const first = anIntegration(ledger);
  importCalls(ledger, calls("a", 3));
  await look();
  importCalls(ledger, [aReadCall("a1", [aLeg({ leg: "2", internal: true })])]);
  await look();
  const second = anIntegration(ledger, { label: "Late", account: { accountId: "4712", name: "Late" }, since: now() });
  expect(await look()).toMatchObject({ statement: { byIntegration: [{}, { label: "Late", eligible: 0 }] } });
  ledger.store.ingest.backfill(second.id, now());
  await look();
  ledger.store.integrations.update(second.id, { since: null }, now());
  expect(await look()).toMatchObject({ statement: { balanced: false, byIntegration: [{}, { eligible: 3 }] } });
  ledger.store.ingest.backfill(second.id, now());
  expect(await look()).toMatchObject({ statement: { balanced: true } });
  ledger.store.integrations.remove(first.id, now());
  expect((await look()).statement.byIntegration).toHaveLength(1);
});

test("a look that began before a change keeps what it saw, and the next one sees the change", async () => {
  anIntegration(ledger);
  importCalls(ledger, calls("a", 5_050));
  const [from, to] = span();
  let pauses = 0;
  const begun = await reports().statementBySteps("2026-11-20", from, to, async () => {
    pauses += 1;
    const id = pauses === 1 ? 5_020 : 10;
    ledger.store.deliveries.apply([{ id, events: ["hold"], patch: { waitWhy: "contact" }, audit: [] }]);
  });
  expect(begun.outcomes).toMatchObject({ queued: 5_050, held: 0 });
  expect(await look()).toMatchObject({ counted: 2, statement: { outcomes: { queued: 5_048, held: 2 } } });
});

test("two days are kept beside each other, and a change that was rolled back changes nothing", async () => {
  anIntegration(ledger);
  importCalls(ledger, calls("a", 10));
  const yesterday = span();
  ledger.clock.jumpWall(86_400_000);
  importCalls(ledger, calls("b", 10));
  expect(await look(yesterday)).toMatchObject({ counted: 1 });
  expect(await look()).toMatchObject({ counted: 1 });
  expect(await look(yesterday)).toMatchObject({ counted: 0, statement: { calls: 10 } });
  const failing = () =>
    ledger.store.ingest.together(() => {
      importCalls(ledger, calls("c", 5));
      throw new Error("no");
    });
  expect(failing).toThrow("no");
  expect(await look()).toMatchObject({ statement: { calls: 10 } });
});
