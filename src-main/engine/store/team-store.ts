import type { Database } from "better-sqlite3";
import { teamSettings, teamState } from "../../../src-shared/domain/team.ts";
import type { TeamStore } from "../ports/team-store.ts";
import { createAgentSettings } from "./agent-settings.ts";
import type { Transact } from "./transaction.ts";

export function createTeamStore(db: Database, transact: Transact): TeamStore {
  const stored = createAgentSettings(db, transact);
  return {
    settings: () => stored.get("team", teamSettings),
    set: (settings) => (settings === null ? stored.drop("team") : stored.set("team", settings)),
    state: () => stored.get("team_state", teamState) ?? null,
    setState: (state) => (state === null ? stored.drop("team_state") : stored.set("team_state", state)),
  };
}
