import {
  FolderInput,
  GitMerge,
  Inbox,
  Keyboard,
  LayoutDashboard,
  type LucideIcon,
  Phone,
  Plug,
  Settings,
  Table2,
} from "lucide-react";
import type { ReactNode } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { toHash, type Route } from "../../state/route.ts";
import { say } from "../../words/say.ts";
import { toConflictGroups } from "../attention/conflict-groups.ts";
import { AgentPulse } from "./agent-pulse.tsx";
import { preloadScreen } from "./screen.tsx";

type EntryProps = Readonly<{ to: Route; icon: LucideIcon; label: string; isHere: boolean; children?: ReactNode }>;

const Entry = ({ to, icon: Icon, label, isHere, children }: EntryProps) => (
  <a
    className="nav"
    href={toHash(to)}
    aria-current={isHere ? "page" : undefined}
    title={label}
    onPointerEnter={() => preloadScreen(to.view)}
    onFocus={() => preloadScreen(to.view)}
  >
    <Icon className="i" aria-hidden="true" />
    <span className="label">{label}</span>
    {children}
  </a>
);

function Trouble({ count }: Readonly<{ count: number }>) {
  const { formats } = useApp();
  return count === 0 ? null : (
    <span className="count alert" role="img" aria-label={say("nav.open", { count })}>
      {formats.number(count)}
    </span>
  );
}

export function Rail({ onKeys }: Readonly<{ onKeys: () => void }>) {
  const { route, ledger, conflicts: known } = useApp();
  const view = useStore(route, (state) => state.route.view);
  const open = useStore(
    ledger,
    ({ attention, connections }) =>
      (attention?.length ?? 0) + (connections ?? []).filter(({ state }) => state === "blocked").length,
  );
  const conflicts = useStore(known, (state) => state.conflicts);
  const edited = useStore(ledger, (state) => (state.connections ?? []).filter((each) => each.conflicts > 0).length);
  // Before they are listed it is known which accounts have any.
  const decisions = conflicts === null ? edited : toConflictGroups(conflicts).length;
  const folders = useStore(
    ledger,
    ({ totals }) => (totals?.folders ?? []).filter(({ state }) => state !== "watched" && state !== "unseen").length,
  );
  return (
    <nav className="side" aria-label={say("app.main")}>
      <Entry
        to={{ view: "overview" }}
        icon={LayoutDashboard}
        label={say("nav.overview")}
        isHere={view === "overview"}
      />
      <Entry
        to={{ view: "calls" }}
        icon={Phone}
        label={say("nav.calls")}
        isHere={view === "calls" || view === "call"}
      />
      <Entry
        to={{ view: "attention", group: null }}
        icon={Inbox}
        label={say("nav.attention")}
        isHere={view === "attention"}
      >
        <Trouble count={open + decisions} />
      </Entry>
      <h2>{say("nav.setUp")}</h2>
      <Entry to={{ view: "sources" }} icon={FolderInput} label={say("sources.title")} isHere={view === "sources"}>
        <Trouble count={folders} />
      </Entry>
      <Entry
        to={{ view: "connections", id: null }}
        icon={Plug}
        label={say("overview.connections")}
        isHere={view === "connections"}
      />
      <Entry
        to={{ view: "ownership", id: null }}
        icon={Table2}
        label={say("ownership.title")}
        isHere={view === "ownership"}
      />
      <Entry to={{ view: "matching" }} icon={GitMerge} label={say("matching.title")} isHere={view === "matching"} />
      <span className="foot" />
      <Entry
        to={{ view: "settings", section: null }}
        icon={Settings}
        label={say("settings.title")}
        isHere={view === "settings"}
      />
      <button type="button" className="nav" title={say("keys.title")} onClick={onKeys}>
        <Keyboard className="i" aria-hidden="true" />
        <span className="label">{say("keys.title")}</span>
        <kbd className="kbd push" aria-hidden="true">
          ?
        </kbd>
      </button>
      <AgentPulse />
    </nav>
  );
}
