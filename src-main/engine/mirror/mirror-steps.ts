import type { ConnectorMirror, MirrorStep } from "../ports/connector.ts";
import type { MirrorRound, MirrorStepRow } from "../ports/mirror.ts";

/** `isDeep`: also steps whose time has not come, sweeps of everything apart. */
export type StepAsk = Readonly<{ now: number; isDeep: boolean }>;

/** Whether a step that was done is due again. A clock that was put back makes it due. */
const isDueAgain = (step: MirrorStep, doneAt: number, now: number): boolean =>
  step.everyMs === 0 || doneAt > now || now - doneAt >= step.everyMs;

function isPending(
  step: MirrorStep,
  row: MirrorStepRow | undefined,
  round: MirrorRound,
  { now, isDeep }: StepAsk,
): boolean {
  if (row?.isOpen === true) return true;
  if (row === undefined || row.doneAt === null)
    return step.isLater !== true || (round.loadedAt !== null && isDueAgain(step, round.loadedAt, now));
  const isWanted = isDeep && step.sweeps === undefined;
  return row.reading <= round.roundReading && (isWanted || isDueAgain(step, row.doneAt, now));
}

/** Steps that are left in the round under way, in their order. */
export function pendingSteps(
  mirror: Pick<ConnectorMirror, "steps">,
  rows: readonly MirrorStepRow[],
  round: MirrorRound,
  ask: StepAsk,
): readonly MirrorStep[] {
  const byName = new Map(rows.map((row) => [row.step, row]));
  return mirror.steps.filter((step) => isPending(step, byName.get(step.name), round, ask));
}
