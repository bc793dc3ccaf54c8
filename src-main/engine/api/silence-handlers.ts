import { silenceSettings } from "../../../src-shared/domain/silence.ts";
import { ipcCalls } from "../../../src-shared/ipc/contract.ts";
import type { RaisedSilenceView, SilenceView } from "../../../src-shared/ipc/silence-views.ts";
import { fault } from "../host/engine.ts";
import type { WatchedSource } from "../ports/ingest-store.ts";
import type { RaisedSilence } from "../ports/silence-store.ts";
import type { ApiParts } from "./api-parts.ts";
import { serve, type SubjectHandlers } from "./dispatcher.ts";
import { zoneOf } from "./silence-watch.ts";

type Parts = Pick<ApiParts, "sources" | "silences" | "timeZone">;

export function createSilenceHandlers(parts: Parts): SubjectHandlers<"silence:list" | "silence:set"> {
  const { sources, silences } = parts;
  return {
    "silence:list": serve(ipcCalls["silence:list"], async () => ({
      ok: true,
      value: { sources: sources.list().map((source) => toView(parts, source)) },
    })),
    "silence:set": serve(ipcCalls["silence:set"], async ({ id, settings }) => {
      const source = sources.list().find((each) => each.id === id);
      if (source === undefined) return fault("bad_input", `There is no source ${id}. See: callledger source list`);
      silences.set(id, silenceSettings.parse({ ...silences.settings(id), ...settings }));
      if (settings.isOn === false) silences.end(id);
      return { ok: true, value: toView(parts, source) };
    }),
  };
}

function toView({ silences, timeZone }: Parts, source: WatchedSource): SilenceView {
  const raised = silences.raised().find(({ sourceId }) => sourceId === source.id);
  const zone = zoneOf(source, timeZone);
  const settings = silences.settings(source.id);
  return {
    sourceId: source.id,
    path: source.path,
    timeZone: zone,
    settings: { ...settings, holidays: [...settings.holidays] },
    lastAt: silences.lastAt(source.id),
    raised: raised === undefined ? null : toRaised(source, zone, raised),
  };
}

const toRaised = ({ path }: WatchedSource, timeZone: string, raised: RaisedSilence): RaisedSilenceView => ({
  ...raised,
  path,
  timeZone,
});
