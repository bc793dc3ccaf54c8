import type { BudgetObservation, BudgetWindow, Cost, Lane } from "../../../src-shared/domain/budget.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import type { TeamSettings } from "../../../src-shared/domain/team.ts";
import type { TakeVerdict } from "./pace.ts";

/** A window as this PC knows it now. Times in ms from now; hours are whole ones since 1970 by the CRM's time. */
export type OwnWindow = Readonly<{
  window: BudgetWindow;
  /** Since when a daily window counts. */
  sinceHour: number;
  resetsInMs: number;
  /** How long the vendor's word on the use of others holds. */
  wordHoldsMs: number;
}>;

/** An answered cost of a rolling window. `sentAgoMs` null: an older session sent it. */
export type OwnCost = Readonly<{ units: number; leavesInMs: number; sentAgoMs: number | null }>;

/** What this PC itself has in a window, by its own stored log; what is open apart. */
export type OwnLog = Readonly<{
  name: string;
  answered: readonly OwnCost[];
  /** Units of a daily window by hour. */
  hours: readonly (readonly [hour: number, units: number])[];
}>;

/** What a lane may use of a window: others included, and of the team's own. */
export type RoomOf = Readonly<{ all: number; ours: number }>;

/** What a PC tells of itself to the windows that it shares. */
export type OwnPart = Readonly<{
  windows(): readonly OwnWindow[];
  log(): readonly OwnLog[];
  room(window: string, lane: Lane): RoomOf;
  /** The CRM's time, epoch ms, and whether an answer told it. */
  serverTime(): Readonly<{ now: number; isKnown: boolean }>;
}>;

/** A shared window as the team last told it. `own`: units of this PC, within `used`. */
export type TeamGauge = Readonly<{
  used: number;
  own: number;
  others: number;
  limit: number | null;
  blockedForMs: number;
}>;

/** The windows of one CRM account as all PCs of the team share them, seen by one of them. */
export interface TeamAccount {
  /** Takes room in the shared windows, atomically over all PCs. Null where they cannot be reached now: this PC counts alone. */
  take(cost: Cost, lane: Lane): Promise<TakeVerdict> | null;
  /** Gives back room that nothing was sent for. */
  giveBack(grantId: string): void;
  /** A request leaves: with room that was taken, or (null) past the shared windows. */
  sent(reservationId: number, cost: Cost, grantId: string | null): void;
  answered(reservationId: number, observations: readonly BudgetObservation[]): void;
  /** This PC's share of a limit while it counts alone (0 to 1), and how long it must wait before it may. */
  alone(): Readonly<{ share: number; waitMs: (window: BudgetWindow) => number }>;
  /** By window; empty where the team cannot be reached. */
  gauges(): ReadonlyMap<string, TeamGauge>;
  /** The run is over: what is open counts as answered. */
  leave(): Promise<void>;
}

/** The team of this PC. */
export interface Team {
  /** As they are now; null: no team. A place that was given under others is not theirs. */
  settings(): TeamSettings | null;
  /** This PC's place in the windows of an integration's account; undefined where there is no team, or no account is known. */
  join(integration: Integration, own: OwnPart): TeamAccount | undefined;
}
