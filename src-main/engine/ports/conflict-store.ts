import type { ConflictState } from "../../../src-shared/domain/conflict.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import type { FieldConflict } from "../../../src-shared/domain/ownership.ts";

/** A conflict as a read of the record found it; `editedAt` (epoch ms) and `editedBy` (an owner's id) of the record's last change, where the CRM tells. */
export type ConflictDraft = FieldConflict & Readonly<{ editedAt: number | null; editedBy: string | null }>;

/** A field of ours that somebody changed in the CRM, in one call's record. Times are epoch ms. */
export type Conflict = ConflictDraft &
  Readonly<{
    id: number;
    deliveryId: number;
    integrationId: number;
    crm: CrmType;
    tenant: string;
    /** The public call id. */
    callId: string;
    remoteId: string | null;
    /** What we last wrote into the field, and when; null where we never did. */
    pushed: string | null;
    pushedAt: number | null;
    seenAt: number;
    state: ConflictState;
    settledAt: number | null;
    settledBy: string | null;
    note: string | null;
    /** When the decision to use ours was carried out, or null. */
    appliedAt: number | null;
  }>;

export type ConflictListAsk = Readonly<{
  integrationId: number | null;
  /** Also what is decided or passed. */
  all: boolean;
  /** Id of the last one seen, or null for the newest. */
  before: number | null;
  limit: number;
}>;

/** Outside edits of fields that are ours. They come with a delivery's change (see `DeliveryChange.conflicts`). */
export interface ConflictStore {
  /** Newest first. */
  list(ask: ConflictListAsk): readonly Conflict[];
  get(id: number): Conflict | undefined;
  /** Everything that a delivery ever had, oldest first. */
  ofDelivery(deliveryId: number): readonly Conflict[];
  /** How many wait for a person at an integration. */
  openCount(integrationId: number): number;
  /** The same, by integration, of calls that were read from `from` (inclusive) to `to` (exclusive), epoch ms. */
  openCounts(from: number, to: number): ReadonlyMap<number, number>;
  /** Keeps what a person decided. */
  settle(
    id: number,
    decision: Readonly<{
      state: Extract<ConflictState, "kept_theirs" | "used_ours">;
      at: number;
      by: string;
      note: string;
    }>,
  ): void;
}
