import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import type { ImportSummary } from "../../../src-shared/ipc/ingest-views.ts";
import type { ImportJob } from "../../../src-shared/ipc/window-views.ts";
import { Panel } from "../../ui/panel.tsx";
import { StateChip } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { toFileName } from "../import/file-name.ts";

/** Files that a person gave since the app was started, with the balance of each. */
export function ReadBefore() {
  const { ledger } = useApp();
  const imports = useStore(ledger, (state) => state.imports);
  const ended = imports.filter(({ state }) => state !== "running");
  if (ended.length === 0) return null;
  return (
    <Panel title={say("sources.before")}>
      <table className="sources">
        <thead>
          <tr>
            <th>{say("sources.file")}</th>
            <th>{say("sources.when")}</th>
            <th className="num">{say("sources.rows")}</th>
            <th className="num">{say("sources.newCalls")}</th>
            <th className="num">{say("sources.seen")}</th>
            <th className="num">{say("sources.unread")}</th>
            <th>{say("calls.happened")}</th>
          </tr>
        </thead>
        <tbody>
          {ended.map((job) => (
            <Row key={job.requestId} job={job} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Row({ job }: Readonly<{ job: ImportJob }>) {
  const { formats, now } = useApp();
  const { summary, paths, endedAt, startedAt } = job;
  const name = toFileName(paths[0] ?? "");
  const show = (of: (summary: ImportSummary) => number): string =>
    summary === null ? "" : formats.number(of(summary));
  const seen = ({ skipped }: ImportSummary): number => skipped.duplicate ?? 0;
  const unread = (each: ImportSummary): number => each.rows - each.legs - seen(each);
  return (
    <tr>
      <td className="clip" title={paths.join("\n")}>
        {paths.length > 1 ? say("sources.files", { name, more: paths.length - 1 }) : name}
      </td>
      <td>{formats.when(endedAt ?? startedAt, now())}</td>
      <td className="num">{show(({ rows }) => rows)}</td>
      <td className="num">{show(({ calls }) => calls)}</td>
      <td className="num">{show(seen)}</td>
      <td className="num">{show(unread)}</td>
      <td>
        <Ending job={job} />
      </td>
    </tr>
  );
}

function Ending({ job: { state, summary, fault } }: Readonly<{ job: ImportJob }>) {
  if (state === "canceled") return <StateChip state="waiting" text={say("sources.canceled")} />;
  if (summary === null) return <span className="problem small">{fault?.message ?? ""}</span>;
  if (summary.refused.length > 0)
    return <StateChip state="failed" text={say("sources.refused", { count: summary.refused.length })} />;
  return <StateChip state="delivered" text={say("overview.balances")} />;
}
