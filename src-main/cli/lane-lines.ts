import { laneNames } from "../../src-shared/domain/budget.ts";
import { laneStopTexts } from "../../src-shared/domain/lane-stop.ts";
import { toLocalTime } from "../../src-shared/domain/local-time.ts";
import type { LaneView } from "../../src-shared/ipc/report-views.ts";

const toNumber = (count: number): string => count.toLocaleString("en");

function toEnd({ drainsAt, why, limitedBy }: LaneView, timeZone: string): string {
  const stop = limitedBy === null ? "" : `, with a stop at the limit of ${limitedBy}`;
  if (drainsAt !== null) return `done about ${toLocalTime(drainsAt, timeZone)}${stop}.`;
  return why === null ? "" : `when it is done is not known: ${laneStopTexts[why]}`;
}

/** Every lane that holds something, in a sentence: what waits, how fast it goes, when it is empty. */
export function toLaneLines(lanes: readonly LaneView[], timeZone: string): readonly string[] {
  return lanes.flatMap((each) => {
    const { lane, waiting, held, perMinute } = each;
    if (waiting === 0 && held === 0) return [];
    const pace = perMinute === null ? "" : `, ${toNumber(perMinute)} a minute`;
    const parts = [
      ...(waiting === 0 ? [] : [`${toNumber(waiting)} to send${pace}; ${toEnd(each, timeZone)}`]),
      ...(held === 0 ? [] : [`${toNumber(held)} held until somebody adds their contact.`]),
    ];
    return [`Lane ${lane} (${laneNames[lane]}): ${parts.join(" ")}`];
  });
}
