import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { toHash } from "../../state/route.ts";
import { CrmTag } from "../../ui/crm-tag.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { toTitle } from "../attention/causes.ts";

const shown = 3;

/** The newest causes that need a person, each with its way to the next step. */
export function AttentionPanel() {
  const { ledger, formats, now } = useApp();
  const groups = useStore(ledger, (state) => state.attention);
  const all = groups !== null && groups.length > 0 ? <a href="#/attention">{say("overview.showAll")}</a> : undefined;
  return (
    <Panel title={say("overview.attention")} aside={all}>
      {groups === null ? <Skeleton lines={2} /> : null}
      {groups?.length === 0 ? <p className="none dim">{say("overview.nothing")}</p> : null}
      <ul className="todo">
        {groups?.slice(0, shown).map((group) => (
          <li key={group.id}>
            <StateMark state="failed" name={say("state.failed")} />
            <div>
              <p>{toTitle(group)}</p>
              <p>
                {say("attention.calls", { count: group.count })}, {formats.when(group.lastAt, now())}. {group.nextStep}
              </p>
            </div>
            <CrmTag crm={group.crm} />
            <a
              className="btn sm"
              href={toHash({ view: "attention", group: group.id })}
              aria-label={say("overview.settle", { title: toTitle(group) })}
            >
              {say("overview.settleShort")}
            </a>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
