import { z } from "zod";

/** Priority. 0 real-time (a call just ended, or a person pressed a button), 1 normal, 2 backfill, 3 bulk. */
export const lane = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);
export type Lane = z.infer<typeof lane>;
export const lanes: readonly Lane[] = [0, 1, 2, 3];

/** Turns a lane gets while all are busy: what is urgent goes first and no lane starves. */
export const laneWeights: Readonly<Record<Lane, number>> = { 0: 8, 1: 4, 2: 2, 3: 1 };

/** Share of a daily limit at which a lane stops, so that what is more urgent still gets through and the wall is never hit. */
export const dailyCeilings: Readonly<Record<Lane, number>> = { 0: 1, 1: 0.97, 2: 0.9, 3: 0.8 };

/** Share of a short window's limit that we use. */
export const defaultShare = 0.98;

/** Units per window name that one request costs, as the vendor weighs it. */
export type Cost = Readonly<Record<string, number>>;

/** `rolling`: the last `lengthMs`. `midnight`: since midnight in `timeZone` (vendor's reset rule). */
export type WindowReset = Readonly<{ kind: "rolling" }> | Readonly<{ kind: "midnight"; timeZone: string }>;

/** One limit of a vendor. `daily` windows keep reserves for urgent lanes; short ones only the share. */
export type BudgetWindow = Readonly<{
  name: string;
  lengthMs: number;
  limit: number;
  share: number;
  daily: boolean;
  reset: WindowReset;
}>;

/**
 * What an answer told about a window; it corrects our own count. `remaining` is after the answered request, all
 * applications of the account included. `blockedForMs`: the vendor refuses until then.
 */
export type BudgetObservation = Readonly<{
  window: string;
  limit?: number;
  remaining?: number;
  lengthMs?: number;
  blockedForMs?: number;
}>;
