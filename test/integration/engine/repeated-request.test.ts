import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock, startEngine } from "../../../src-main/engine/main.ts";
import { createLedger, aReadCall, anIntegration, importCalls, statesOf, type Ledger } from "../../builders/ledger.ts";

let ledger: Ledger;
let deadIds: readonly number[];

/** An account whose two calls are dead letters of one group, paused so that nothing is sent while we look. */
beforeEach(() => {
  ledger = createLedger();
  const { id: integrationId } = anIntegration(ledger, { secret: { kind: "env", name: "NO_SUCH_TOKEN" } });
  importCalls(ledger, [aReadCall("1"), aReadCall("2")]);
  const { deliveries, integrations } = ledger.store;
  const now = ledger.clock.now();
  deadIds = [1, 2];
  deliveries.claim({ ids: deadIds, session: deliveries.openSession(now), now });
  const patch = { reason: "value_rejected", causeKey: "field", detail: "no" } as const;
  deliveries.apply(deadIds.map((id) => ({ id, events: ["reject"] as const, patch, audit: [] })));
  integrations.setState(integrationId, "paused", { at: now, reason: null, note: "" });
  ledger.store.close();
});
afterEach(() => ledger.dispose());

async function withEngine<T>(work: (call: Awaited<ReturnType<typeof startEngine>>["call"]) => Promise<T>): Promise<T> {
  const engine = await startEngine({ dataDir: ledger.dataDir, clock: systemClock });
  try {
    return await work(engine.call);
  } finally {
    await engine.close();
  }
}

const countAudit = (operation: string) =>
  ledger.raw((db) =>
    db.prepare<[string], number>("SELECT count(*) FROM audit WHERE operation = ?").pluck().get(operation),
  );

/** Every change that a click sets off and that is no harmless repetition by itself. */
test.each([
  {
    name: "deadLetters:replay",
    ask: (group: string) => ({ target: group, note: "fixed" }),
    answer: { replayed: 2 },
    states: ["queued", "queued"],
    operation: "delivery.replay",
    entries: 2,
  },
  {
    name: "deadLetters:acknowledge",
    ask: (group: string) => ({ target: group, note: "known" }),
    answer: { acknowledged: 2 },
    states: ["acknowledged", "acknowledged"],
    operation: "delivery.acknowledge",
    entries: 2,
  },
] as const)(
  "$name that was done right before the engine died is answered by the next one, and not done twice",
  async ({ name, ask, answer, states, operation, entries }) => {
    const options = { requestId: "click-00001" };
    const group = await withEngine(async (call) => {
      const listed = await call("deadLetters:list", {});
      return listed.ok ? (listed.value.groups[0]?.id ?? "") : "";
    });
    // Two engines, one after the other.
    for (let engine = 1; engine <= 2; engine += 1) {
      const outcome = await withEngine((call) => call(name, ask(group), options));
      expect(outcome).toEqual({ ok: true, value: answer });
      expect(statesOf(ledger)).toEqual(states);
      expect(countAudit(operation)).toBe(entries);
    }
    const another = await withEngine((call) => call(name, ask(group), { requestId: "click-00002" }));
    expect(another).toMatchObject({ ok: false, fault: { code: "bad_input" } });
  },
);

test("an account that was removed right before the engine died is removed once, and the click is answered", async () => {
  const remove = () => withEngine((call) => call("integrations:remove", { id: 1 }, { requestId: "click-00001" }));
  expect(await remove()).toEqual({ ok: true, value: { removed: 1 } });
  expect(await remove()).toEqual({ ok: true, value: { removed: 1 } });
});

test("a pause that somebody resumed since is not done again by the same click", async () => {
  const pause = () =>
    withEngine((call) => call("integrations:pause", { id: 1, note: "" }, { requestId: "click-00001" }));
  await withEngine((call) => call("integrations:resume", { id: 1, note: "" }, { requestId: "click-00000" }));
  expect(await pause()).toMatchObject({ ok: true, value: { state: "paused" } });
  await withEngine((call) => call("integrations:resume", { id: 1, note: "" }, { requestId: "click-00002" }));
  expect(await pause()).toMatchObject({ ok: true, value: { state: "paused" } });
  const listed = await withEngine((call) => call("integrations:list", {}));
  expect(listed).toMatchObject({ value: { integrations: [{ state: "active" }] } });
});
