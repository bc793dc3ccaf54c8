import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import type { SourceView } from "../../../src-shared/ipc/ingest-views.ts";
import { Button } from "../../ui/button.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { toFolderWords, toSourceName } from "../sources/source-words.ts";

function SourceLine({ source }: Readonly<{ source: SourceView }>) {
  const { ledger, formats } = useApp();
  const read = useStore(ledger, ({ today }) => today?.bySource.find(({ sourceId }) => sourceId === source.id));
  // How it stands is pushed; the rest was asked for once.
  const folder = useStore(ledger, ({ totals }) => totals?.folders.find(({ id }) => id === source.id)) ?? source.folder;
  const silence = useStore(ledger, ({ silences }) => silences.find(({ sourceId }) => sourceId === source.id));
  const { mark, key } =
    silence === undefined ? toFolderWords(folder) : ({ mark: "waiting", key: "folder.quiet" } as const);
  const { path, format } = source;
  const words = say(key, { count: folder.troubleCount });
  const anyFormat = format === "auto" ? say("overview.anyFormat") : format;
  const fine =
    read === undefined ? anyFormat : say("sources.readToday", { time: formats.time(read.readAt), rows: read.rows });
  return (
    <li>
      <StateMark state={mark} name={words} />
      <span className="nowrap">{toSourceName(source)}</span>
      <span className="small faint clip" title={path}>
        {path}
      </span>
      <span className={mark === "delivered" ? "small dim nowrap" : "small nowrap"}>
        {silence !== undefined ? (
          <>
            <b>{say("silence.short", { time: formats.time(silence.since) })}</b>{" "}
            {say("silence.usual", { expected: silence.expected })}
          </>
        ) : mark === "delivered" ? (
          fine
        ) : (
          <b>{words}</b>
        )}
      </span>
    </li>
  );
}

/** Call logs that are watched. */
export function SourcesPanel() {
  const { ledger, reading } = useApp();
  const sources = useStore(ledger, (state) => state.sources);
  const add = (
    <span className="btns">
      <Button size="small" look="quiet" onPress={() => void reading.pick("folder")}>
        {say("drop.folder")}
      </Button>
      <a href="#/sources">{say("overview.showAll")}</a>
    </span>
  );
  return (
    <Panel title={say("overview.sources")} aside={add}>
      {sources === null ? <Skeleton lines={2} /> : null}
      {sources?.length === 0 ? <p className="none dim">{say("overview.noSources")}</p> : null}
      <ul className="rows">
        {sources?.map((source) => (
          <SourceLine key={source.id} source={source} />
        ))}
      </ul>
    </Panel>
  );
}
