import { realpath, stat } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { ipcCalls, type CallInput } from "../../../src-shared/ipc/contract.ts";
import type { SourceView } from "../../../src-shared/ipc/ingest-views.ts";
import { fault } from "../host/engine.ts";
import type { WatchedSource } from "../ports/ingest-store.ts";
import type { ApiParts } from "./api-parts.ts";
import { atOnce, serve, serveOnce, type SubjectHandlers } from "./dispatcher.ts";
import { unknownFormat, unknownTenant } from "./import-handlers.ts";

type Parts = Pick<ApiParts, "clock" | "tenants" | "sources" | "sourceMemory" | "importer" | "onSourcesChanged">;

/** Files with a problem that are named with their source. */
const shownTroubles = 20;

export function createSourceHandlers(parts: Parts): SubjectHandlers<"sources:list" | "sources:add" | "sources:remove"> {
  const { sources, clock } = parts;
  return {
    "sources:list": serve(ipcCalls["sources:list"], async () => ({
      ok: true,
      value: { sources: sources.list().map((source) => toView(parts, source)) },
    })),
    "sources:add": serve(ipcCalls["sources:add"], (ask) => add(parts, ask)),
    "sources:remove": serveOnce(ipcCalls["sources:remove"], ({ id }) =>
      atOnce(() => {
        if (!sources.remove(id, clock.now())) {
          const known = sources.list().map((each) => `${each.id} (${each.path})`);
          const hint = known.length === 0 ? "No folder is watched." : `Watched: ${known.join(", ")}.`;
          return fault("bad_input", `There is no source ${id}. ${hint}`);
        }
        parts.onSourcesChanged();
        return { ok: true, value: { removed: id } };
      }),
    ),
  };
}

async function add(parts: Parts, ask: CallInput<"sources:add">) {
  const unknown = unknownTenant(parts, ask.tenant) ?? unknownFormat(parts, ask.format);
  if (unknown !== undefined) return unknown;
  const folder = await realpath(ask.path).catch(() => undefined);
  if (folder === undefined) return fault("bad_input", `There is no folder ${ask.path}.`);
  if (!(await stat(folder)).isDirectory())
    return fault("bad_input", `${ask.path} is a file. A source is a folder; to read one file use callledger import.`);
  const wanted = {
    tenant: ask.tenant,
    system: ask.system ?? "",
    path: folder,
    format: ask.format,
    settings: ask.settings,
  };
  const same = parts.sources.list().find((each) => each.path === folder && each.tenant === ask.tenant);
  if (same === undefined) {
    const added = parts.sources.add(wanted, parts.clock.now());
    parts.onSourcesChanged();
    return { ok: true, value: toView(parts, added) } as const;
  }
  const { system, format, settings } = same;
  if (
    isDeepStrictEqual(
      { system, format, settings },
      { system: wanted.system, format: wanted.format, settings: wanted.settings },
    )
  )
    return { ok: true, value: toView(parts, same) } as const;
  return fault(
    "bad_input",
    `${folder} is watched already (source ${same.id}) with other settings. Remove it first: callledger source remove ${same.id}.`,
  );
}

function toView({ sourceMemory }: Pick<Parts, "sourceMemory">, { removedAt, ...source }: WatchedSource): SourceView {
  return { ...source, folder: sourceMemory.view(source.id, shownTroubles) };
}
