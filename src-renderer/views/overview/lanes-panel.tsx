import { History, List, type LucideIcon, Moon, Zap } from "lucide-react";
import { useMemo } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import type { Lane } from "../../../src-shared/domain/budget.ts";
import { Panel } from "../../ui/panel.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { say } from "../../words/say.ts";
import { type LaneLine, toLaneLines } from "./lanes.ts";

const icons: Readonly<Record<Lane, LucideIcon>> = { 0: Zap, 1: List, 2: History, 3: Moon };

/** What is still to be sent, the most urgent first, and when each lane is clear. */
export function LanesPanel() {
  const { ledger } = useApp();
  const connections = useStore(ledger, (state) => state.connections);
  const lines = useMemo(() => (connections === null ? null : toLaneLines(connections)), [connections]);
  return (
    <Panel title={say("lanes.title")}>
      {lines === null ? <Skeleton lines={4} /> : null}
      <ul className="rows">
        {lines?.map((line) => (
          <LaneRow key={line.lane} line={line} />
        ))}
      </ul>
    </Panel>
  );
}

function LaneRow({ line: { lane, waiting, held, drainsAt, why, isLimited } }: Readonly<{ line: LaneLine }>) {
  const { formats, now } = useApp();
  const Icon = icons[lane];
  const end =
    why === "empty"
      ? say("lanes.clear")
      : drainsAt === null
        ? say("lanes.stop", { why: why ?? "no_pace" })
        : say(isLimited ? "lanes.limited" : "lanes.clearBy", { time: formats.when(drainsAt, now()) });
  return (
    <li>
      <Icon className="i i-s" aria-hidden="true" />
      <span>{say("lanes.name", { lane })}</span>
      <span className="faint small">
        {held > 0 && waiting === 0 ? say("lanes.held", { count: held }) : say("lanes.queued", { count: waiting })}
      </span>
      <span className={why === "empty" ? "small dim" : "small"}>{end}</span>
    </li>
  );
}
