import type { CrmCheckKind, CrmFindingKind } from "../../../src-shared/domain/crm-check.ts";

/** A look into the CRM that was asked for. `cursor`: last delivery of the sample, or last attempt, that was looked at. */
export type CrmCheck = Readonly<{
  id: number;
  integrationId: number;
  kind: CrmCheckKind;
  askedAt: number;
  askedBy: string;
  endedAt: number | null;
  /** Why it could not be done to its end, or null. */
  trouble: string | null;
  cursor: number;
  checked: number;
}>;

/** A delivery to look at. `place`: where the check stands after it; `writtenAt`: server time of its oldest attempt, epoch ms. */
export type CheckItem = Readonly<{ place: number; deliveryId: number; writtenAt: number }>;

export type CrmFinding = Readonly<{
  deliveryId: number;
  kind: CrmFindingKind;
  detail: string;
  /** Records of the CRM that it is about. */
  remoteIds: readonly string[];
}>;

export type CrmCheckRecord = CrmCheck & Readonly<{ findings: readonly CrmFinding[] }>;

/** Looks into the CRMs: what was asked for, how far each came, and what it found. */
export interface CrmCheckStore {
  /** A read-back draws its sample now: at most so many deliveries that were delivered before a time (epoch ms). */
  ask(
    draft: Readonly<{ integrationId: number; kind: CrmCheckKind; askedBy: string; at: number }>,
    sample: Readonly<{ size: number; deliveredBefore: number; random: () => number }>,
  ): number;
  get(id: number): CrmCheck | undefined;
  /** What an integration has still to do, oldest first. */
  open(integrationId: number): readonly CrmCheck[];
  /** When a check of this kind was asked for last, or null. */
  lastAskedAt(integrationId: number, kind: CrmCheckKind): number | null;
  /** The next deliveries; for copies those that were written before a time. */
  items(check: CrmCheck, limit: number, writtenBefore: number): readonly CheckItem[];
  /** These were looked at: with what was found, in one transaction with whatever `within` does. */
  advance(
    id: number,
    step: Readonly<{ cursor: number; checked: number; findings: readonly CrmFinding[] }>,
    within: () => void,
  ): void;
  end(id: number, at: number, trouble: string | null): void;
  /** Checks that ended from `from` (inclusive) to `to` (exclusive), newest first. */
  ended(from: number, to: number): readonly CrmCheckRecord[];
  /** One check with its findings. */
  record(id: number): CrmCheckRecord | undefined;
}
