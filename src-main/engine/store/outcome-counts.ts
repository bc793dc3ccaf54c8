import { type CallOutcome, callOutcome } from "../../../src-shared/domain/call-outcome.ts";

/** A count for every outcome. */
export function toOutcomeCounts(of: (outcome: CallOutcome) => number): Readonly<Record<CallOutcome, number>> {
  const { failed, checking, waiting, held, sending, queued, delivered, acknowledged, skipped } = callOutcome.enum;
  return {
    failed: of(failed),
    checking: of(checking),
    waiting: of(waiting),
    held: of(held),
    sending: of(sending),
    queued: of(queued),
    delivered: of(delivered),
    acknowledged: of(acknowledged),
    skipped: of(skipped),
  };
}
