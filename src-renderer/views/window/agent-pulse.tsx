import { Pause, Play } from "lucide-react";
import { useStore } from "zustand";
import { type App, useApp } from "../../app.ts";
import type { EngineState } from "../../../src-shared/ipc/window-views.ts";
import { Button } from "../../ui/button.tsx";
import type { MessageKey } from "../../words/en.ts";
import { say } from "../../words/say.ts";

const phaseWords: Readonly<Record<EngineState["phase"], MessageKey>> = {
  starting: "agent.starting",
  running: "agent.running",
  restarting: "agent.restarting",
  held: "agent.held",
  refused: "agent.refused",
  stopping: "agent.stopping",
  stopped: "agent.stopped",
};

/** Pauses every account that sends, or resumes every paused one; each can be taken back for ten seconds. */
export async function switchSending(app: App, to: "pause" | "resume", isUndo = false): Promise<void> {
  const { bridge, ledger, notices } = app;
  const from = to === "pause" ? "active" : "paused";
  const note = say(to === "pause" ? "pause.note" : "pause.resumeNote");
  const accounts = (ledger.getState().connections ?? []).filter(({ state }) => state === from);
  const answers = await Promise.all(accounts.map(({ id }) => bridge.call(`integrations:${to}`, { id, note })));
  if (!answers.some(({ ok }) => ok)) return;
  const back = to === "pause" ? "resume" : "pause";
  notices.show(
    say(to === "pause" ? "pause.paused" : "pause.resumed"),
    isUndo ? undefined : () => void switchSending(app, back, true),
  );
}

/** The foot of the rail: how the agent does, and the pause. */
export function AgentPulse() {
  const app = useApp();
  const { ledger, formats } = app;
  const engine = useStore(ledger, (state) => state.engine);
  const sources = useStore(ledger, (state) => state.totals?.sources ?? 0);
  const canPause = useStore(ledger, ({ connections }) => (connections ?? []).some(({ state }) => state === "active"));
  const canResume = useStore(ledger, ({ connections }) => (connections ?? []).some(({ state }) => state === "paused"));
  const phase = engine?.phase ?? "starting";
  const retryAt = engine !== null && "retryAt" in engine ? engine.retryAt : null;
  const isRunning = phase === "running";
  const more =
    retryAt === null
      ? say("agent.watching", { count: sources })
      : say("agent.retry", { time: formats.timeSeconds(retryAt) });
  const action = canPause ? "pause" : "resume";
  return (
    <div className="agent">
      <span className={isRunning ? "pulse" : "pulse warn"} />
      <span title={say(phaseWords[phase])}>{say(phaseWords[phase])}</span>
      {isRunning && (canPause || canResume) ? (
        <Button
          look="quiet"
          size="small-icon"
          label={say(action === "pause" ? "pause.pause" : "pause.resume")}
          onPress={() => void switchSending(app, action)}
        >
          {action === "pause" ? (
            <Pause className="i i-s" aria-hidden="true" />
          ) : (
            <Play className="i i-s" aria-hidden="true" />
          )}
        </Button>
      ) : null}
      <span className="faint">{isRunning || retryAt !== null ? more : ""}</span>
    </div>
  );
}
