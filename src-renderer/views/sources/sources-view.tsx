import { Folder, Upload } from "lucide-react";
import { useEffect } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import type { SourceView } from "../../../src-shared/ipc/ingest-views.ts";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { say } from "../../words/say.ts";
import { ReadBefore } from "./read-before.tsx";
import { ReadingPanel } from "../overview/reading-panel.tsx";
import { SilenceNote } from "./silence-note.tsx";
import { SourceRow } from "./source-row.tsx";

/** Is every call log being read? */
export function SourcesView() {
  const { ledger, reading } = useApp();
  const sources = useStore(ledger, (state) => state.sources);
  const fault = useStore(ledger, (state) => state.sourcesFault);
  const isRunning = useStore(ledger, ({ engine }) => engine?.phase === "running");
  const silences = useStore(ledger, (state) => state.silences);
  const rows = useStore(ledger, ({ today }) => today?.rows ?? 0);
  useEffect(() => {
    if (isRunning) void ledger.pullSources();
  }, [ledger, isRunning]);
  return (
    <>
      <header className="bar ruled">
        <h1>{say("sources.title")}</h1>
        {sources === null ? null : <span className="dim">{say("sources.count", { count: sources.length, rows })}</span>}
        <div className="btns push">
          <Button onPress={() => void reading.pick("files")}>
            <Upload className="i" aria-hidden="true" />
            {say("overview.import")}
          </Button>
          <Button look="primary" onPress={() => void reading.pick("folder")}>
            <Folder className="i" aria-hidden="true" />
            {say("drop.folder")}
          </Button>
        </div>
      </header>
      {sources === null && fault !== null ? (
        <Empty title={say("sources.failed")} text={fault.message}>
          <Button look="primary" onPress={() => void ledger.pullSources()}>
            {say("calls.retry")}
          </Button>
        </Empty>
      ) : (
        <div className="scroll stack padded">
          {sources === null ? <Skeleton lines={5} /> : <Watched sources={sources} />}
          {silences.map((silence) => (
            <SilenceNote key={silence.sourceId} silence={silence} />
          ))}
          <ReadingPanel isRunningOnly />
          <ReadBefore />
        </div>
      )}
    </>
  );
}

function Watched({ sources }: Readonly<{ sources: readonly SourceView[] }>) {
  if (sources.length === 0) return <Empty title={say("sources.none")} text={say("sources.noneText")} />;
  return (
    <Panel title={say("sources.watched")}>
      <table className="sources">
        <thead>
          <tr>
            <th>{say("sources.source")}</th>
            <th>{say("sources.folder")}</th>
            <th>{say("sources.format")}</th>
            <th>{say("sources.lastRead")}</th>
            <th className="num">{say("sources.rowsToday")}</th>
            <th>
              <span className="sr">{say("attention.action")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sources.map((source) => (
            <SourceRow key={source.id} source={source} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
