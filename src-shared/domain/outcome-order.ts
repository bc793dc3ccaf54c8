import type { DeliveryState, WaitWhy } from "./delivery.ts";

/**
 * Where a call stands over all its CRMs: the worst of its deliveries, in this order. `checking`: an answer was lost.
 * `held`: waits for a contact. `skipped`: no CRM gets it, by policy, start date or because none is connected.
 */
export const callOutcomes = [
  "failed",
  "checking",
  "waiting",
  "held",
  "sending",
  "queued",
  "delivered",
  "acknowledged",
  "skipped",
] as const;
type CallOutcome = (typeof callOutcomes)[number];

const ofState: Readonly<Record<Exclude<DeliveryState, "waiting">, CallOutcome>> = {
  dead: "failed",
  uncertain: "checking",
  sending: "sending",
  queued: "queued",
  delivered: "delivered",
  acknowledged: "acknowledged",
};

/** How one delivery counts towards its call's outcome. */
export function toOutcome(state: DeliveryState, waitWhy: WaitWhy | null): CallOutcome {
  if (state === "waiting") return waitWhy === "contact" ? "held" : "waiting";
  return ofState[state];
}

/** The worst of several outcomes; undefined for none. */
export function worstOutcome(outcomes: readonly CallOutcome[]): CallOutcome | undefined {
  return callOutcomes.find((each) => outcomes.includes(each));
}
