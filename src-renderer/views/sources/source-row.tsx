import { useState } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import type { SourceView } from "../../../src-shared/ipc/ingest-views.ts";
import { Button } from "../../ui/button.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import { StateText } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { toFileName } from "../import/file-name.ts";
import { toFolderWords, toSourceName } from "./source-words.ts";

/** Files with a problem that are named in the row; the rest are counted. */
const shownTroubles = 3;

/** One watched folder: how it stands, how it is read, and the way to stop watching it. */
export function SourceRow({ source }: Readonly<{ source: SourceView }>) {
  const { ledger, formats } = useApp();
  const [isAsking, setAsking] = useState(false);
  const isToday = useStore(ledger, ({ today }) => today !== null);
  const read = useStore(ledger, ({ today }) => today?.bySource.find(({ sourceId }) => sourceId === source.id));
  const { path, tenant, format, folder, settings } = source;
  const silence = useStore(ledger, ({ silences }) => silences.find(({ sourceId }) => sourceId === source.id));
  const stands = toFolderWords(folder);
  const isQuiet = silence !== undefined && stands.mark === "delivered";
  const { mark, key } = isQuiet ? ({ mark: "waiting", key: "folder.quiet" } as const) : stands;
  const place = [tenant, settings.region, settings.timeZone].filter((part) => part !== undefined && part !== "");
  return (
    <tr data-source={source.id}>
      <td>
        <p>
          <b>{toSourceName(source)}</b>
        </p>
        <p className="small">
          <StateText state={mark} text={say(key, { count: folder.troubleCount })} />
        </p>
      </td>
      <td className="wrap">
        <p className="mono">{path}</p>
        {folder.problem === null ? null : <p className="small problem">{folder.problem}</p>}
        {folder.troubles.slice(0, shownTroubles).map((trouble) => (
          <p key={trouble.path} className="small dim">
            <b>{toFileName(trouble.path)}</b>: {trouble.problem}
          </p>
        ))}
        {folder.troubleCount > shownTroubles ? (
          <p className="small dim">{say("import.more", { count: folder.troubleCount - shownTroubles })}</p>
        ) : null}
      </td>
      <td>
        <p>{format === "auto" ? say("overview.anyFormat") : format}</p>
        <p className="small dim">{place.join(", ")}</p>
      </td>
      <td className="nowrap">
        {silence !== undefined ? (
          say("silence.lastRead", { time: formats.time(silence.since) })
        ) : read === undefined ? (
          <span className="dim">{isToday ? say("sources.notToday") : ""}</span>
        ) : (
          formats.time(read.readAt)
        )}
      </td>
      <td className="num">{isToday ? formats.number(read?.rows ?? 0) : ""}</td>
      <td className="num">
        <Button
          size="small"
          look="quiet"
          label={say("sources.stopOf", { name: toSourceName(source) })}
          onPress={() => setAsking(true)}
        >
          {say("sources.stop")}
        </Button>
        {isAsking ? <StopSheet source={source} onClose={() => setAsking(false)} /> : null}
      </td>
    </tr>
  );
}

function StopSheet({ source, onClose }: Readonly<{ source: SourceView; onClose: () => void }>) {
  const { bridge, ledger, notices } = useApp();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const name = toSourceName(source);
  const stop = async (): Promise<void> => {
    setBusy(true);
    const answer = await bridge.call("sources:remove", { id: source.id });
    if (!answer.ok) {
      setBusy(false);
      setProblem(answer.fault.message);
      return;
    }
    notices.show(say("sources.stopped", { name }));
    onClose();
    await ledger.pullSources();
  };
  return (
    <Sheet
      title={say("sources.stopTitle", { name })}
      onClose={onClose}
      footer={
        <>
          <Button look="primary" disabled={isBusy} onPress={() => void stop()}>
            {say("sources.stop")}
          </Button>
          <Button onPress={onClose}>{say("sources.keep")}</Button>
        </>
      }
    >
      <p className="dim">{say("sources.stopText")}</p>
      {problem === null ? null : (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </Sheet>
  );
}
