import { findTeamAddressProblem, type TeamSettings } from "../../../src-shared/domain/team.ts";
import { ipcCalls } from "../../../src-shared/ipc/contract.ts";
import { fault } from "../host/engine.ts";
import type { ApiParts } from "./api-parts.ts";
import { serve, type SubjectHandlers } from "./dispatcher.ts";
import { toTeamView } from "./team-view.ts";

type Parts = Pick<ApiParts, "team" | "timeZone">;

export function createTeamHandlers(parts: Parts): SubjectHandlers<"team:show" | "team:set" | "team:remove"> {
  const { store, secret, test } = parts.team;
  const answer = () => ({ ok: true, value: { team: toTeamView(parts) } }) as const;

  async function passwordOf(settings: TeamSettings, given: string | null) {
    return given === null ? secret.read(settings.secret) : ({ ok: true, value: given } as const);
  }

  return {
    "team:show": serve(ipcCalls["team:show"], async () => answer()),
    "team:set": serve(ipcCalls["team:set"], async ({ settings, password }) => {
      const problem = findTeamAddressProblem(settings.url);
      if (problem !== null) return fault("bad_input", problem);
      if ((settings.secret.kind === "keychain") !== (password !== null))
        return fault("bad_input", "A password goes into the keychain, and only a password does.");
      const found = await passwordOf(settings, password);
      if (!found.ok) return fault("failed", `The password of the Redis cannot be read: ${found.fault.message}.`);
      const refused = await test({ url: settings.url, password: found.value });
      if (refused !== null) return fault("failed", `This Redis cannot be used: ${refused}. Nothing was changed.`);
      if (password !== null) {
        const written = await secret.write(password);
        if (!written.ok) return fault("failed", written.fault.message);
      }
      store.set(settings);
      return answer();
    }),
    "team:remove": serve(ipcCalls["team:remove"], async () => {
      const settings = store.settings();
      if (settings === undefined) return fault("bad_input", "This PC is in no team.");
      if (settings.secret.kind === "keychain") {
        const gone = await secret.remove();
        if (!gone.ok) return fault("failed", gone.fault.message);
      }
      store.set(null);
      return answer();
    }),
  };
}
