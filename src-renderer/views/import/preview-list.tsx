import { useEffect } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import type { Examination } from "../../../src-shared/ipc/doctor-views.ts";
import type { ReadingChoice } from "../../state/reading-store.ts";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { toFileName } from "./file-name.ts";
import { toVerdictOf } from "./preview.ts";

/** Files that are shown; a folder of one-call files may hold thousands. */
const shownFiles = 20;

/** What would be read, and what is wrong with it, before anything is: looked at anew when the choice changes. */
export function PreviewList({ choice }: Readonly<{ choice: ReadingChoice }>) {
  const { region, timeZone, answers } = choice;
  const { reading } = useApp();
  const preview = useStore(reading, (state) => state.preview);
  const offered = useStore(reading, ({ offer }) => offer?.paths.length ?? 0);
  useEffect(
    () => void reading.look({ region, timeZone, ...(answers === undefined ? {} : { answers }) }),
    [reading, region, timeZone, answers],
  );
  const files = preview?.files ?? [];
  const isLooking = preview === null || preview.status === "looking";
  return (
    <section className="preview" aria-label={say("preview.title")} aria-busy={isLooking}>
      <h3>{say("preview.title")}</h3>
      <p className="sr" role="status">
        {isLooking ? say("preview.looking", { count: offered }) : ""}
      </p>
      {isLooking && files.length === 0 ? <Skeleton lines={2} /> : null}
      {preview?.status === "failed" ? (
        <p className="problem">{say("preview.failed", { message: preview.fault?.message ?? "" })}</p>
      ) : null}
      {preview?.status === "ready" && files.length === 0 ? <p className="dim">{say("preview.none")}</p> : null}
      {files.length === 0 ? null : (
        // The list scrolls by itself, so the keyboard must reach it.
        <ul className="checks" tabIndex={0} aria-label={say("preview.title")}>
          {files.slice(0, shownFiles).map((file) => (
            <FileItem key={file.file} file={file} />
          ))}
          {files.length > shownFiles ? <li>{say("preview.more", { count: files.length - shownFiles })}</li> : null}
        </ul>
      )}
    </section>
  );
}

function FileItem({ file }: Readonly<{ file: Examination }>) {
  const { mark, key } = toVerdictOf(file);
  const { format, rows, isWhole, findings } = file;
  return (
    <li>
      <StateMark state={mark} name={say(key)} />
      <div>
        <p>
          <b>{toFileName(file.file)}</b>
        </p>
        {findings.map((finding) => (
          <p key={`${finding.code} ${finding.line ?? ""} ${finding.field ?? ""}`}>
            {finding.says} {finding.does}
          </p>
        ))}
      </div>
      <span className="small dim nowrap">
        {format === null ? "" : `${format}, ${say("preview.file", { rows, isWhole: String(isWhole) })}`}
      </span>
    </li>
  );
}
