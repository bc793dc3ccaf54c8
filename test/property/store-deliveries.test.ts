import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DeliveryPatch } from "../../src-main/engine/ports/delivery-store.ts";
import { IllegalMoveError } from "../../src-main/engine/store/store-errors.ts";
import { type DeliveryEvent, type DeliveryState, deliveryEvent, nextState } from "../../src-shared/domain/delivery.ts";
import { type Ledger, aReadCall, anIntegration, createLedger, importCalls } from "../builders/ledger.ts";

let ledger: Ledger;
beforeEach(() => {
  ledger = createLedger();
  anIntegration(ledger);
});
afterEach(() => ledger.dispose());

const calls = 3;
const changes = fc.array(
  fc.record({
    id: fc.integer({ min: 1, max: calls }),
    events: fc.array(fc.constantFrom(...deliveryEvent.options), { maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 3 },
);

const walk = (from: DeliveryState, events: readonly DeliveryEvent[]): DeliveryState | undefined =>
  events.reduce(
    (state: DeliveryState | undefined, event) => (state === undefined ? undefined : nextState(state, event)),
    from,
  );

/** What the moves need to mean something. */
const patch = (now: number): DeliveryPatch => ({
  sentRevision: 1,
  reason: "value_rejected",
  nextProbeAt: now,
  dueAt: now,
});
const patchFor = (to: DeliveryState | undefined, now: number): DeliveryPatch =>
  to === "waiting" ? { ...patch(now), waitWhy: "retry" } : patch(now);

test("the store moves as the state table says, all changes of a transaction or none, each with its audit entry", () => {
  fc.assert(
    fc.property(fc.array(changes, { maxLength: 12 }), (transactions) => {
      ledger.dispose();
      ledger = createLedger();
      anIntegration(ledger);
      importCalls(
        ledger,
        Array.from({ length: calls }, (_, index) => aReadCall(String(index))),
      );
      const { deliveries, audit } = ledger.store;
      const now = ledger.clock.now();
      let model: readonly DeliveryState[] = Array.from({ length: calls }, () => "queued");
      let entries = audit.verify().entries;
      for (const asked of transactions) {
        const next = [...model];
        let isLegal = true;
        const applied = asked.map(({ id, events }) => {
          const to = walk(next[id - 1] ?? "queued", events);
          isLegal &&= to !== undefined;
          if (to !== undefined) next[id - 1] = to;
          return { id, events, patch: events.length === 0 ? {} : patchFor(to, now), audit: [] };
        });
        if (isLegal) {
          deliveries.apply(applied);
          model = next;
          entries += asked.reduce((sum, { events }) => sum + events.length, 0);
        } else expect(() => deliveries.apply(applied)).toThrow(IllegalMoveError);
        expect(model.map((_, index) => deliveries.get(index + 1)?.state)).toEqual(model);
        expect(audit.verify()).toMatchObject({ ok: true, entries });
      }
      const counts = deliveries.counts();
      for (const [state, count] of Object.entries(counts))
        expect(model.filter((at) => at === state)).toHaveLength(count);
    }),
    { numRuns: 60 },
  );
}, 60_000);
