import type { BudgetObservation, BudgetWindow, Cost, Lane } from "../../../src-shared/domain/budget.ts";

/** A stored cost. It leaves a rolling window one window length after its answer. */
export type Reservation = Readonly<{ id: number }>;

export type PaceVerdict = Readonly<{ ok: true }> | Readonly<{ ok: false; waitMs: number; window: string }>;

/** Room that was taken ahead in windows that several PCs share. */
export type Grant = Readonly<{ id: string }>;

export type TakeVerdict = Readonly<{ ok: true; grant: Grant }> | Extract<PaceVerdict, Readonly<{ ok: false }>>;

/** Windows that several PCs share: room is taken there first. */
export type SharedRoom = Readonly<{
  /** Takes the place of `ask`: what it grants is to be reserved or given back. Null: this PC counts alone now, so ask. */
  take(cost: Cost, lane: Lane): Promise<TakeVerdict> | null;
  giveBack(grant: Grant): void;
}>;

/** How full a window is, for people and for forecasts. */
export type WindowGauge = Readonly<{
  name: string;
  lengthMs: number;
  limit: number;
  used: number;
  /** Used by others on the same account, as far as the vendor's word tells. */
  usedByOthers: number;
  resetsAt: number | null;
  blockedUntil: number | null;
  /** The limit as it is known now, with its rules. */
  window: BudgetWindow;
}>;

/** The token bucket of one integration: several windows at once, stored, corrected by the vendor's word. */
export interface Pace {
  /** Where several PCs share the account. */
  readonly shared?: SharedRoom;
  /** Whether this cost fits every window now, and if not, how long until it may. */
  ask(cost: Cost, lane: Lane): PaceVerdict;
  /** Called inside the transaction that stores the attempts: puts the cost into the windows, stored. The caller asked, or took, just before. */
  reserve(cost: Cost, lane: Lane, grant?: Grant): Reservation;
  /** The answer (or abort) came: from now on the cost ages. */
  settle(reservation: Reservation, observations: readonly BudgetObservation[]): void;
  /** Replaces limits (plan detection), keeping what was used. */
  configure(windows: readonly BudgetWindow[]): void;
  gauges(): readonly WindowGauge[];
}
