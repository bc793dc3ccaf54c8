import { CircleAlert, FileCheck, FileSearch, FileX } from "lucide-react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import type { ImportSummary } from "../../../src-shared/ipc/ingest-views.ts";
import type { ImportJob } from "../../../src-shared/ipc/window-views.ts";
import { Button } from "../../ui/button.tsx";
import { Note } from "../../ui/note.tsx";
import { Panel } from "../../ui/panel.tsx";
import { say, tell } from "../../words/say.ts";
import { toFileName } from "../import/file-name.ts";

const bold = { b: (children: React.ReactNode) => <b key="b">{children}</b> };

/** Files that are being read, and how the last readings ended. */
export function ReadingPanel({ isRunningOnly = false }: Readonly<{ isRunningOnly?: boolean }>) {
  const { ledger, reading } = useApp();
  const imports = useStore(ledger, (state) => state.imports);
  const dismissed = useStore(reading, (state) => state.dismissed);
  const shown = imports.filter(
    ({ requestId, state }) => state === "running" || (!isRunningOnly && !dismissed.has(requestId)),
  );
  if (shown.length === 0) return null;
  return (
    <Panel title={say("reading.title")}>
      <div className="readings">
        {shown.map((job) =>
          job.state === "running" ? <Running key={job.requestId} job={job} /> : <Ended key={job.requestId} job={job} />,
        )}
      </div>
    </Panel>
  );
}

function Running({ job }: Readonly<{ job: ImportJob }>) {
  const { reading, formats } = useApp();
  const name = toFileName(job.progress?.file ?? job.paths[0] ?? "");
  const {
    rows = 0,
    filesDone = 0,
    files = 0,
    bytes = 0,
    totalBytes = 0,
    rowsPerSecond = 0,
    secondsLeft = null,
  } = job.progress ?? {};
  const cancel = (
    <Button size="small" label={say("reading.cancelOf", { name })} onPress={() => reading.cancel(job.requestId)}>
      {say("reading.cancel")}
    </Button>
  );
  return (
    <Note icon={FileSearch} tone="sending" action={cancel}>
      <span data-reading={job.requestId}>{say("reading.rows", { rows, file: name })}</span>
      {files > 1 ? ` ${say("reading.files", { file: Math.min(files, filesDone + 1), files })}.` : ""}
      {secondsLeft === null
        ? ""
        : ` ${say("reading.pace", { rows: rowsPerSecond, length: formats.length(Math.max(1, secondsLeft)) })}`}
      {totalBytes === 0 ? null : (
        <progress className="progress" value={bytes} max={totalBytes} aria-label={say("reading.title")} />
      )}
    </Note>
  );
}

function Ended({ job }: Readonly<{ job: ImportJob }>) {
  const { reading } = useApp();
  const dismiss = (
    <Button size="small" look="quiet" onPress={() => reading.dismiss(job.requestId)}>
      {say("reading.dismiss")}
    </Button>
  );
  if (job.state === "canceled")
    return (
      <Note icon={FileX} tone="waiting" action={dismiss}>
        {tell("reading.canceled", {}, bold)}
      </Note>
    );
  if (job.summary === null)
    return (
      <Note icon={CircleAlert} tone="failed" action={dismiss}>
        {tell("reading.failed", { message: job.fault?.message ?? "" }, bold)}
      </Note>
    );
  return (
    <Note icon={FileCheck} tone="delivered" action={dismiss}>
      <Summary summary={job.summary} />
    </Note>
  );
}

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

function Summary({ summary }: Readonly<{ summary: ImportSummary }>) {
  const { files, alreadyRead, rows, calls, skipped, excluded, refused } = summary;
  const before = skipped.duplicate ?? 0;
  const [wrong] = refused;
  return (
    <>
      {rows === 0 && alreadyRead > 0
        ? say("reading.alreadyRead", { files })
        : tell(
            "reading.done",
            { calls, rows, before, skipped: sumOf(skipped) - before, excluded: sumOf(excluded) },
            bold,
          )}
      {wrong === undefined
        ? null
        : ` ${say("reading.refused", { file: toFileName(wrong.file), reason: wrong.reason })}`}
    </>
  );
}
