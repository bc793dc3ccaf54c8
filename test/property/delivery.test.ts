import fc from "fast-check";
import { expect, test } from "vitest";
import { deliveryEvent, nextState, type DeliveryEvent, type DeliveryState } from "../../src-shared/domain/delivery.ts";

const without = (...left: readonly DeliveryEvent[]) =>
  fc.array(fc.constantFrom(...deliveryEvent.exclude(left).options), { maxLength: 60, size: "max" });

/** The states that a delivery passes through; an event that is no legal move leaves it where it is. */
function visited(from: DeliveryState, events: readonly DeliveryEvent[]): readonly DeliveryState[] {
  let at = from;
  return events.map((event) => (at = nextState(at, event) ?? at));
}

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

test("a dead letter is sent again only when a person replays it or the call has a new revision", () => {
  fc.assert(
    fc.property(without("replay", "revise"), (events) => {
      expect(visited("dead", events)).not.toContain("sending");
    }),
  );
});

test("nothing is delivered without having been claimed or found by a probe", () => {
  fc.assert(
    fc.property(without("claim"), (events) => {
      expect(visited("queued", events)).not.toContain("delivered");
    }),
  );
});
