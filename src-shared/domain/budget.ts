import { z } from "zod";

/** Priority. 0 real-time (a call just ended, or a person pressed a button), 1 normal, 2 backfill, 3 bulk. */
export const lane = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);
export type Lane = z.infer<typeof lane>;
export const lanes: readonly Lane[] = [0, 1, 2, 3];

/** Lanes as people call them. */
export const laneNames: Readonly<Record<Lane, string>> = { 0: "real-time", 1: "normal", 2: "backfill", 3: "bulk" };

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
  /** What an administrator leaves to other applications of the account. */
  own?: OwnShare;
}>;

/** `share`: we use at most so much of a limit (0 to 1). `leave`: and of a day's limit, all but so many units. */
export type OwnShare = Readonly<{ share: number; leave: number }>;

const reserveOf = ({ daily }: BudgetWindow, asks: Lane): number => (daily ? dailyCeilings[asks] : 1);

/** What a lane may use of so many units. */
const partOf = (units: number, window: BudgetWindow, asks: Lane): number =>
  Math.max(1, Math.floor(units * window.share * reserveOf(window, asks)));

/** Units of a window that may be used when a lane asks, by us and by others together. */
export const ceilingOf = (window: BudgetWindow, asks: Lane): number => partOf(window.limit, window, asks);

/** Units of a window that we may have used when a lane asks, however little others use. */
export function usableOf(window: BudgetWindow, asks: Lane): number {
  const { limit, daily, own } = window;
  if (own === undefined) return ceilingOf(window, asks);
  return partOf(Math.min(limit * own.share, daily ? limit - own.leave : limit), window, asks);
}

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
