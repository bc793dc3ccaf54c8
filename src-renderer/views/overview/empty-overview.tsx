import { FileSpreadsheet, Folder } from "lucide-react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import { Button } from "../../ui/button.tsx";
import { Panel } from "../../ui/panel.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { WhereIsLog } from "./where-is-log.tsx";

/** The first look: what to do next, and how far the set-up is. */
export function EmptyOverview() {
  const { reading } = useApp();
  return (
    <div className="empty">
      <div className="drop">
        <div>
          <FileSpreadsheet className="i i-l" aria-hidden="true" />
          <h3>{say("drop.title")}</h3>
          <p>{say("drop.text")}</p>
          <div className="btns">
            <Button look="primary" size="big" onPress={() => void reading.pick("folder")}>
              <Folder className="i" aria-hidden="true" />
              {say("drop.folder")}
            </Button>
            <Button size="big" onPress={() => void reading.pick("files")}>
              {say("drop.files")}
            </Button>
          </div>
        </div>
      </div>
      <div className="stack">
        <SetUp />
        <WhereIsLog />
      </div>
    </div>
  );
}

function SetUp() {
  const { ledger, formats } = useApp();
  const connections = useStore(ledger, (state) => state.connections) ?? [];
  const names = formats.list([...new Set(connections.map(({ crm }) => crmNames[crm]))]);
  const isConnected = connections.length > 0;
  return (
    <Panel
      title={say("setup.title")}
      aside={<span className="small faint">{say("setup.done", { done: isConnected ? 1 : 0, all: 2 })}</span>}
    >
      <ul className="rows">
        <li>
          <StateMark
            state={isConnected ? "delivered" : "queued"}
            name={say(isConnected ? "setup.isDone" : "setup.toDo")}
          />
          <span>{isConnected ? say("setup.crm") : <b>{say("setup.connect")}</b>}</span>
          <span className="small dim">{names}</span>
        </li>
        <li>
          <StateMark state="queued" name={say("setup.toDo")} />
          <span>
            <b>{say("setup.log")}</b>
          </span>
          <span className="small dim">{say("setup.minute")}</span>
        </li>
      </ul>
      <p className="after">
        <a className="btn" href="#/setup">
          {say("first.open")}
        </a>
      </p>
    </Panel>
  );
}
