import { toLocalTime } from "../../src-shared/domain/local-time.ts";
import type { RaisedSilenceView, SilenceView } from "../../src-shared/ipc/silence-views.ts";
import type { Output } from "./output.ts";

/** Sources that give no calls although they should. */
export const listSilent = ({ sources }: Readonly<{ sources: readonly SilenceView[] }>): readonly RaisedSilenceView[] =>
  sources.flatMap(({ raised }) => (raised === null ? [] : [raised]));

export function showSilence(output: Output, each: Omit<RaisedSilenceView, "raisedAt">): void {
  const since = toLocalTime(each.since, each.timeZone);
  output.say(
    `SILENT: no calls from ${each.path} (source ${each.sourceId}) since ${since}; usually ${each.expected} by now, ${each.usualToday} in the day so far.`,
  );
}
