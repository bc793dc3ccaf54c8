import type { TeamSettings, TeamState } from "../../../src-shared/domain/team.ts";

/** The team of this PC as it was set, and how this PC stood to it last. */
export interface TeamStore {
  settings(): TeamSettings | undefined;
  /** Null: no team. */
  set(settings: TeamSettings | null): void;
  state(): TeamState | null;
  setState(state: TeamState | null): void;
}
