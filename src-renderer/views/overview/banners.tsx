import { CircleAlert, KeyRound, Unplug } from "lucide-react";
import { useState } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { TeamView } from "../../../src-shared/ipc/team-views.ts";
import type { EngineState } from "../../../src-shared/ipc/window-views.ts";
import type { Connection } from "../../state/ledger-store.ts";
import { Button } from "../../ui/button.tsx";
import { Note } from "../../ui/note.tsx";
import { SilenceNote } from "../sources/silence-note.tsx";
import { say, tell } from "../../words/say.ts";

const bold = { b: (children: React.ReactNode) => <b key="b">{children}</b> };

/** Only for what blocks a CRM, or all of them, for a team without its Redis, and for a phone system that has gone silent. */
export function Banners() {
  const { ledger } = useApp();
  const engine = useStore(ledger, (state) => state.engine);
  const connections = useStore(ledger, (state) => state.connections);
  const silences = useStore(ledger, (state) => state.silences);
  const team = useStore(ledger, (state) => state.totals?.team ?? null);
  const blocked = (connections ?? []).filter(({ state }) => state === "blocked");
  return (
    <div className="banners">
      {engine === null ? null : <EngineBanner engine={engine} />}
      {blocked.map((connection) => (
        <BlockedBanner key={connection.id} connection={connection} others={(connections ?? []).length - 1} />
      ))}
      {team === null ? null : <TeamBanner team={team} />}
      {silences.map((silence) => (
        <SilenceNote key={silence.sourceId} silence={silence} />
      ))}
    </div>
  );
}

function EngineBanner({ engine }: Readonly<{ engine: EngineState }>) {
  const { bridge, formats } = useApp();
  if (engine.phase !== "held" && engine.phase !== "refused") return null;
  const start = (
    <Button look="primary" onPress={() => void bridge.call("shell:restartEngine", {})}>
      {say("agent.restart")}
    </Button>
  );
  const { message } = engine;
  return (
    <Note icon={CircleAlert} tone="failed" urgent action={start}>
      {engine.phase === "held"
        ? tell("agent.heldText", { message, time: formats.timeSeconds(engine.retryAt) }, bold)
        : tell("agent.refusedText", { message }, bold)}
    </Note>
  );
}

/** PCs that share the limits of an account and cannot reach what they share them through. */
function TeamBanner({ team: { mode, since, share } }: Readonly<{ team: TeamView }>) {
  const { formats } = useApp();
  if (mode !== "alone" || since === null) return null;
  return (
    <Note icon={Unplug} tone="waiting">
      {tell("team.alone", { time: formats.time(since), share }, bold)}
    </Note>
  );
}

function BlockedBanner({ connection, others }: Readonly<{ connection: Connection; others: number }>) {
  const { bridge, notices, route } = useApp();
  const [isChecking, setChecking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const crm = crmNames[connection.crm];
  const count = connection.deliveries.waiting + connection.deliveries.queued;
  const check = async (): Promise<void> => {
    setChecking(true);
    const answer = await bridge.call("integrations:check", { id: connection.id });
    setChecking(false);
    if (answer.ok && answer.value.ok) notices.show(say("blocked.works", { crm }));
    else setProblem(answer.ok ? answer.value.problem : answer.fault.message);
  };
  const button =
    connection.blockedReason === "auth_revoked" ? (
      <Button look="primary" onPress={() => route.go({ view: "connections", id: connection.id })}>
        {say("signIn.start", { crm })}
      </Button>
    ) : (
      <Button look="primary" disabled={isChecking} onPress={() => void check()}>
        {isChecking ? say("blocked.checking") : say("blocked.check", { crm })}
      </Button>
    );
  return (
    <Note icon={KeyRound} tone="failed" urgent action={button}>
      <b>{say("blocked.title", { crm, reason: connection.blockedReason ?? "other" })}</b>{" "}
      {say(others > 0 ? "blocked.calls" : "blocked.callsOnly", { count })} {problem}
    </Note>
  );
}
