import { z } from "zod";

export const deliveryState = z.enum(["queued", "waiting", "sending", "uncertain", "delivered", "dead", "acknowledged"]);
export const deliveryEvent = z.enum([
  "claim",
  "hold",
  "cancel",
  "due",
  "accept",
  "defer",
  "reject",
  "lose",
  "release",
  "found",
  "resume",
  "missing",
  "unclear",
  "replay",
  "acknowledge",
  "revise",
  "vanish",
]);
export type DeliveryState = z.infer<typeof deliveryState>;
export type DeliveryEvent = z.infer<typeof deliveryEvent>;
type Moves = Readonly<Record<DeliveryState, Readonly<Partial<Record<DeliveryEvent, DeliveryState>>>>>;

/** Every legal move. `uncertain`: the request may have been executed, so it is probed, never sent again blindly. */
export const deliveryMoves = {
  queued: { claim: "sending", hold: "waiting", cancel: "acknowledged" },
  waiting: { due: "queued", cancel: "acknowledged" },
  sending: { accept: "delivered", defer: "waiting", reject: "dead", lose: "uncertain", release: "queued" },
  uncertain: { found: "delivered", resume: "queued", missing: "queued", unclear: "dead", defer: "uncertain" },
  dead: { replay: "queued", acknowledge: "acknowledged", revise: "queued" },
  delivered: { revise: "queued", vanish: "dead" },
  acknowledged: { replay: "queued" },
} as const satisfies Moves;

/** The state that `event` leads to, or undefined where the table has no such move. */
export function nextState(
  from: DeliveryState,
  event: DeliveryEvent,
  moves: Moves = deliveryMoves,
): DeliveryState | undefined {
  return moves[from][event];
}

/**
 * Why a delivery waits. `retry`: a transient failure's next try; `pace`: the CRM's limit; `contact`: nobody has the
 * number yet; `paused`: the integration is paused by a person; `auth`: it must be signed in again or set up; `settle`: more legs may come.
 */
export const waitWhy = z.enum(["retry", "pace", "contact", "paused", "auth", "settle"]);
export type WaitWhy = z.infer<typeof waitWhy>;

/** `dueAt` of what waits for an event instead of a time: the last moment a Date can hold. */
export const untilEvent = 8_640_000_000_000_000;
