import type { ConnectorMirror, MirrorStep } from "../ports/connector.ts";
import type { MirrorRound, MirrorStepRow } from "../ports/mirror.ts";

/** Whether a step that was done is due again. A clock that was put back makes it due. */
const isDueAgain = (step: MirrorStep, doneAt: number, now: number): boolean =>
  step.everyMs === 0 || doneAt > now || now - doneAt >= step.everyMs;

function isPending(step: MirrorStep, row: MirrorStepRow | undefined, round: MirrorRound, now: number): boolean {
  if (row?.isOpen === true) return true;
  if (row === undefined || row.doneAt === null)
    return step.isLater !== true || (round.loadedAt !== null && isDueAgain(step, round.loadedAt, now));
  return row.reading <= round.roundReading && isDueAgain(step, row.doneAt, now);
}

/** Steps that are left in the round under way, in their order. */
export function pendingSteps(
  mirror: Pick<ConnectorMirror, "steps">,
  rows: readonly MirrorStepRow[],
  round: MirrorRound,
  now: number,
): readonly MirrorStep[] {
  const byName = new Map(rows.map((row) => [row.step, row]));
  return mirror.steps.filter((step) => isPending(step, byName.get(step.name), round, now));
}
