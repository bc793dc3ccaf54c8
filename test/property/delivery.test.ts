import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type DeliveryEvent,
  type DeliveryState,
  deliveryEvent,
  deliveryMoves,
  deliveryState,
  nextState,
} from "../../src-shared/domain/delivery.ts";

const without = (...left: readonly DeliveryEvent[]) =>
  fc.array(fc.constantFrom(...deliveryEvent.exclude(left).options), { maxLength: 60, size: "max" });
const step = (at: DeliveryState, event: DeliveryEvent): DeliveryState => nextState(at, event) ?? at;
const visited = (from: DeliveryState, events: readonly DeliveryEvent[]): readonly DeliveryState[] =>
  events.map((_, n) => events.slice(0, n + 1).reduce(step, from));

test("a delivered call is left alone until a new revision comes or its record vanishes", () => {
  fc.assert(
    fc.property(without("revise", "vanish"), (events) => {
      expect(visited("delivered", events)).toEqual(events.map(() => "delivered"));
    }),
  );
});

test("a lost answer is sent again only after a probe, a replay or a new revision", () => {
  fc.assert(
    fc.property(without("missing", "resume", "replay", "revise"), (events) => {
      expect(visited("uncertain", events)).not.toContain("sending");
    }),
  );
});

test("nothing is delivered that was neither sent nor found", () => {
  fc.assert(
    fc.property(
      without("accept", "found"),
      fc.constantFrom(...deliveryState.exclude(["delivered"]).options),
      (events, from) => {
        expect(visited(from, events)).not.toContain("delivered");
      },
    ),
  );
});

test("a call is sent only after it was claimed", () => {
  fc.assert(
    fc.property(without("claim"), fc.constantFrom(...deliveryState.exclude(["sending"]).options), (events, from) => {
      expect(visited(from, events)).not.toContain("sending");
    }),
  );
});

test("what a person acknowledged moves only when a person replays it", () => {
  fc.assert(
    fc.property(without("replay"), (events) => {
      expect(visited("acknowledged", events)).toEqual(events.map(() => "acknowledged"));
    }),
  );
});

test("every state can be reached from the queue and every state has a way on", () => {
  const reach = (states: ReadonlySet<DeliveryState>): ReadonlySet<DeliveryState> => {
    const next = new Set([...states].flatMap((state) => [state, ...Object.values(deliveryMoves[state])]));
    return next.size === states.size ? next : reach(next);
  };
  expect([...reach(new Set(["queued"]))].toSorted()).toEqual(deliveryState.options.toSorted());
  for (const state of deliveryState.options) expect(Object.keys(deliveryMoves[state])).not.toEqual([]);
});
