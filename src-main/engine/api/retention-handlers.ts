import { retentionSettings } from "../../../src-shared/domain/retention.ts";
import { ipcCalls } from "../../../src-shared/ipc/contract.ts";
import type { RetentionView } from "../../../src-shared/ipc/retention-views.ts";
import { fault } from "../host/engine.ts";
import type { ApiParts } from "./api-parts.ts";
import { atOnce, serve, serveOnce, type SubjectHandlers } from "./dispatcher.ts";
import { runUpkeep } from "./upkeep-run.ts";

type Parts = Pick<ApiParts, "upkeep" | "clock" | "actor">;

export function createRetentionHandlers(
  parts: Parts,
): SubjectHandlers<"retention:show" | "retention:set" | "retention:run"> {
  const { upkeep, clock, actor } = parts;
  return {
    "retention:show": serve(ipcCalls["retention:show"], async () => ({ ok: true, value: toView(parts) })),
    "retention:set": serveOnce(ipcCalls["retention:set"], (change) =>
      atOnce(() => {
        upkeep.set(retentionSettings.parse({ ...upkeep.settings(), ...change }), { at: clock.now(), actor });
        return { ok: true, value: toView(parts) };
      }),
    ),
    "retention:run": serve(ipcCalls["retention:run"], async (_, { signal }) => {
      const before = upkeep.size().bytes;
      const done = await runUpkeep(parts, signal);
      if (done === undefined) return fault("canceled", "Stopped before its end. The next run goes on from there.");
      return { ok: true, value: { ...toView(parts), done: { ...done }, bytesBefore: before } };
    }),
  };
}

const toView = ({ upkeep }: Parts): RetentionView => ({
  settings: upkeep.settings(),
  lastRunAt: upkeep.lastRunAt(),
  ...upkeep.size(),
});
