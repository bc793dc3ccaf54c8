import { z } from "zod";
import { callOutcome } from "../domain/call-outcome.ts";
import { callDirection, callStatus, exclusionReason } from "../domain/call-record.ts";
import { deliveryState, waitWhy } from "../domain/delivery.ts";
import { crmType } from "../domain/integration.ts";
import { reason } from "../domain/reason.ts";

const at = z.int();

/** A call's delivery to one CRM, as a list shows it. */
export const callLineDelivery = z.strictObject({
  integrationId: z.int().positive(),
  crm: crmType,
  state: deliveryState,
  waitWhy: waitWhy.nullable(),
  /** When it goes on by itself; null where that is no time, or nothing waits. */
  waitsUntil: at.nullable(),
  reason: reason.nullable(),
});
export type CallLineDelivery = Readonly<z.infer<typeof callLineDelivery>>;

/** One call in a list. `who`: the person it was matched with, or null. */
export const callLine = z.strictObject({
  rowId: z.int().positive(),
  callId: z.string(),
  tenant: z.string(),
  direction: callDirection,
  status: callStatus,
  from: z.string().nullable(),
  to: z.string().nullable(),
  startedAt: at,
  durationSeconds: z.int().nonnegative(),
  agent: z.string().nullable(),
  who: z.string().nullable(),
  excluded: exclusionReason.nullable(),
  outcome: callOutcome,
  deliveries: z.array(callLineDelivery),
});
export type CallLine = Readonly<z.infer<typeof callLine>>;

/**
 * A page, newest read first. `next`: pass it as `before` to go on; null at the end. A page may hold fewer calls than
 * asked for, even none, and still have a `next`: one page looks at a bounded number of calls.
 */
export const callPage = z.strictObject({ calls: z.array(callLine), next: z.int().positive().nullable() });
export type CallPage = Readonly<z.infer<typeof callPage>>;

/** Calls that began from `from` (inclusive) to `to` (exclusive). */
export const callSpan = z
  .strictObject({ from: at, to: at })
  .refine(({ from, to }) => from < to, "ends before it begins")
  .nullable()
  .default(null);

/** Where calls stand. `isWhole`: every call that is meant was counted; else the newest `counted` of them. */
export const callCounts = z.strictObject({
  outcomes: z.record(callOutcome, z.int().nonnegative()),
  counted: z.int().nonnegative(),
  isWhole: z.boolean(),
});
export type CallCounts = Readonly<z.infer<typeof callCounts>>;

/** Calls that began in a week, which begins with the Monday; one with very many is counted up to a bound. */
export const callWeek = z.strictObject({ monday: z.iso.date(), calls: z.int().positive() });
export type CallWeek = Readonly<z.infer<typeof callWeek>>;
