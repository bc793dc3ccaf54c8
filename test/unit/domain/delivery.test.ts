import { expect, test } from "vitest";
import { deliveryEvent, deliveryState, nextState } from "../../../src-shared/domain/delivery.ts";

/** Every legal move, written out by hand a second time: a change of the table must be meant twice. */
const legal: Readonly<Record<string, string>> = {
  "queued: claim": "sending",
  "queued: hold": "waiting",
  "queued: cancel": "acknowledged",
  "waiting: due": "queued",
  "waiting: cancel": "acknowledged",
  "sending: accept": "delivered",
  "sending: defer": "waiting",
  "sending: reject": "dead",
  "sending: lose": "uncertain",
  "sending: release": "queued",
  "uncertain: found": "delivered",
  "uncertain: resume": "queued",
  "uncertain: missing": "queued",
  "uncertain: unclear": "dead",
  "uncertain: defer": "uncertain",
  "dead: replay": "queued",
  "dead: acknowledge": "acknowledged",
  "dead: revise": "queued",
  "delivered: revise": "queued",
  "delivered: vanish": "dead",
  "acknowledged: replay": "queued",
};

const pairs = deliveryState.options.flatMap((state) => deliveryEvent.options.map((event) => ({ state, event })));

test.each(pairs)("$event of a delivery that is $state leads where the design says, or nowhere", ({ state, event }) => {
  expect(nextState(state, event)).toBe(legal[`${state}: ${event}`]);
});

test("every state can be left, and every event happens somewhere", () => {
  for (const state of deliveryState.options)
    expect(
      deliveryEvent.options.filter((event) => nextState(state, event) !== undefined),
      state,
    ).not.toEqual([]);
  for (const event of deliveryEvent.options)
    expect(
      deliveryState.options.filter((state) => nextState(state, event) !== undefined),
      event,
    ).not.toEqual([]);
});
