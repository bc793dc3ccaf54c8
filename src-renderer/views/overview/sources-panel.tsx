import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { Button } from "../../ui/button.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";

/** Call logs that are watched. */
export function SourcesPanel() {
  const { ledger, reading } = useApp();
  const sources = useStore(ledger, (state) => state.sources);
  const add = (
    <Button size="small" look="quiet" onPress={() => void reading.pick("folder")}>
      {say("drop.folder")}
    </Button>
  );
  return (
    <Panel title={say("overview.sources")} aside={add}>
      {sources === null ? <Skeleton lines={2} /> : null}
      {sources?.length === 0 ? <p className="none dim">{say("overview.noSources")}</p> : null}
      <ul className="rows">
        {sources?.map(({ id, system, path, format }) => (
          <li key={id}>
            <StateMark state="delivered" name={say("overview.watched")} />
            <span>{system}</span>
            <span className="small faint clip" title={path}>
              {path}
            </span>
            <span className="small dim">{format === "auto" ? say("overview.anyFormat") : format}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
