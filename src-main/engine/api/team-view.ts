import { toLocalTime } from "../../../src-shared/domain/local-time.ts";
import type { TeamSettings, TeamState } from "../../../src-shared/domain/team.ts";
import type { TeamView } from "../../../src-shared/ipc/team-views.ts";
import type { ApiParts } from "./api-parts.ts";

const toShare = (percent: number): string => (percent === 50 ? "half" : `${percent} %`);

function toSentence(settings: TeamSettings, state: TeamState | null, timeZone: string): string {
  if (state === null) return "team mode: set, and nothing is sent now.";
  if (state.state === "alone")
    return `team mode: Redis can't be reached since ${toLocalTime(state.since, timeZone)} (${state.problem}); using ${toShare(settings.share)} of the limit.`;
  const pcs = state.pcs === 1 ? "this PC alone shares" : `${state.pcs} PCs share`;
  const tooMuch =
    state.shares > 100
      ? ` Their shares come to ${state.shares} %: without Redis they would use more than the limit. Give them less: callledger team set … --share N`
      : "";
  return `team mode: ${pcs} the limits since ${toLocalTime(state.since, timeZone)}.${tooMuch}`;
}

/** The team of this PC as people see it; null: it has none. */
export function toTeamView({ team, timeZone }: Pick<ApiParts, "team" | "timeZone">): TeamView | null {
  const settings = team.store.settings();
  if (settings === undefined) return null;
  const state = team.store.state();
  return {
    ...settings,
    mode: state?.state ?? "off",
    since: state?.since ?? null,
    pcs: state?.state === "shared" ? state.pcs : null,
    sentence: toSentence(settings, state, timeZone()),
  };
}
