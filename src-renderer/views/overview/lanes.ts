import type { Lane } from "../../../src-shared/domain/budget.ts";
import type { LaneStop } from "../../../src-shared/domain/lane-stop.ts";
import type { Connection } from "../../state/ledger-store.ts";

/** A lane over all accounts. `drainsAt`: when the last account has sent its last; null with the reason in `why`. */
export type LaneLine = Readonly<{
  lane: Lane;
  waiting: number;
  held: number;
  drainsAt: number | null;
  why: LaneStop | null;
  isLimited: boolean;
}>;

/** The most urgent first. */
const lanes: readonly Lane[] = [0, 1, 2, 3];

/** What keeps a lane from a time, the worst first: one account that stands still is what a person has to hear. */
const stops: readonly LaneStop[] = ["blocked", "paused", "too_far", "no_pace"];

export function toLaneLines(connections: readonly Pick<Connection, "lanes">[]): readonly LaneLine[] {
  return lanes.map((lane) => {
    const parts = connections.flatMap((each) => each.lanes.filter((part) => part.lane === lane));
    const waiting = parts.filter((part) => part.waiting > 0);
    const why = stops.find((stop) => waiting.some((part) => part.why === stop)) ?? null;
    const ends = waiting.flatMap(({ drainsAt }) => (drainsAt === null ? [] : [drainsAt]));
    const sum = (of: (part: (typeof parts)[number]) => number): number =>
      parts.reduce((total, part) => total + of(part), 0);
    return {
      lane,
      waiting: sum((part) => part.waiting),
      held: sum((part) => part.held),
      drainsAt: why === null && ends.length > 0 ? Math.max(...ends) : null,
      why: waiting.length === 0 ? "empty" : why,
      isLimited: waiting.some(({ limitedBy }) => limitedBy !== null),
    };
  });
}
