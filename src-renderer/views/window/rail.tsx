import { Inbox, LayoutDashboard, type LucideIcon, Phone } from "lucide-react";
import type { ReactNode } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { toHash, type Route } from "../../state/route.ts";
import { say } from "../../words/say.ts";
import { AgentPulse } from "./agent-pulse.tsx";

type EntryProps = Readonly<{ to: Route; icon: LucideIcon; label: string; isHere: boolean; children?: ReactNode }>;

const Entry = ({ to, icon: Icon, label, isHere, children }: EntryProps) => (
  <a className="nav" href={toHash(to)} aria-current={isHere ? "page" : undefined} title={label}>
    <Icon className="i" aria-hidden="true" />
    <span className="label">{label}</span>
    {children}
  </a>
);

export function Rail() {
  const { route, ledger, formats } = useApp();
  const view = useStore(route, (state) => state.route.view);
  const open = useStore(
    ledger,
    ({ attention, connections }) =>
      (attention?.length ?? 0) + (connections ?? []).filter(({ state }) => state === "blocked").length,
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
        {open === 0 ? null : (
          <span className="count alert" role="img" aria-label={say("nav.open", { count: open })}>
            {formats.number(open)}
          </span>
        )}
      </Entry>
      <AgentPulse />
    </nav>
  );
}
