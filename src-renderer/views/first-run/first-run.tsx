import { ArrowLeft, Check, Play } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { type App, useApp } from "../../app.ts";
import { Button } from "../../ui/button.tsx";
import { say } from "../../words/say.ts";
import { switchSending } from "../window/agent-pulse.tsx";
import { CompanyStep } from "./company-step.tsx";
import { CrmStep } from "./crm-step.tsx";
import { LogStep } from "./log-step.tsx";
import { LookStep } from "./look-step.tsx";
import { firstOpenStep, type Step, steps, stepWords, whatIsMissing } from "./steps.ts";

/** From nothing to calls that are logged. Accounts that are connected here send nothing before the last press. */
export function FirstRun() {
  const app = useApp();
  const { ledger, route } = app;
  const known = useStore(
    ledger,
    useShallow(({ connections, totals, imports }) => ({
      connections: connections ?? [],
      sources: totals?.sources ?? 0,
      readings: imports.filter(({ state }) => state !== "failed").length,
    })),
  );
  const [typed, setCompany] = useState("");
  const company = known.connections[0]?.tenant ?? typed;
  const [chosen, choose] = useState<Step | null>(null);
  const step = chosen ?? firstOpenStep({ company, ...known });
  const at = steps.indexOf(step);
  const missing = whatIsMissing(step, { company, ...known });
  useHold(app);
  useEffect(() => document.querySelector<HTMLElement>("main.stage h1")?.focus(), [step]);
  const start = (): void => {
    // What was held here goes out from now on; nothing was paused by anybody else before there was anything.
    if (known.connections.some(({ state }) => state === "paused")) void switchSending(app, "resume");
    route.go({ view: "overview" });
  };
  const goOn = (): void => choose(steps[at + 1] ?? step);
  return (
    <>
      <Plan at={at} />
      <main className="stage" id="work">
        <div className="inner">
          <h1 tabIndex={-1}>{say(`first.${step}Title`)}</h1>
          <p>{say(`first.${step}Text`)}</p>
          {step === "company" ? (
            <CompanyStep
              company={company}
              isFixed={known.connections.length > 0}
              onChange={setCompany}
              onEnter={missing === null ? goOn : undefined}
            />
          ) : null}
          {step === "crm" ? <CrmStep company={company.trim().toLowerCase()} /> : null}
          {step === "log" ? <LogStep /> : null}
          {step === "look" ? <LookStep /> : null}
        </div>
        <footer>
          {at === 0 ? (
            <a className="btn quiet" href="#/overview">
              {say("first.leave")}
            </a>
          ) : (
            <Button look="quiet" onPress={() => choose(steps[at - 1] ?? step)}>
              <ArrowLeft className="i" aria-hidden="true" />
              {say("first.back")}
            </Button>
          )}
          <span className="push small dim">{missing === null ? "" : say(missing)}</span>
          {step === "look" ? (
            <Button look="primary" size="big" onPress={start}>
              <Play className="i" aria-hidden="true" />
              {say("first.startButton")}
            </Button>
          ) : (
            <Button look="primary" size="big" disabled={missing !== null} onPress={goOn}>
              {say("first.continue")}
            </Button>
          )}
        </footer>
      </main>
    </>
  );
}

/** An account that appears while this is open is paused at once: nothing is written before the last step. */
function useHold({ ledger, bridge }: App): void {
  const connections = useStore(ledger, (state) => state.connections);
  const held = useRef<Set<number> | null>(null);
  useEffect(() => {
    if (connections === null) return;
    const before = held.current;
    held.current ??= new Set(connections.map(({ id }) => id));
    if (before === null) return;
    for (const { id } of connections) {
      if (before.has(id)) continue;
      before.add(id);
      void bridge.call("integrations:pause", { id, note: say("first.holdNote") });
    }
  }, [connections, bridge]);
}

function Plan({ at }: Readonly<{ at: number }>) {
  return (
    <nav className="plan" aria-label={say("setup.title")}>
      <p className="plan-title">{say("first.title")}</p>
      <p>{say("first.text")}</p>
      <ol>
        {([...steps, "start"] as const).map((step, index) => (
          <li key={step} className={index < at ? "done" : undefined} aria-current={index === at ? "step" : undefined}>
            <span className="step">
              {index < at ? <Check className="i i-s" aria-label={say("setup.isDone")} /> : index + 1}
            </span>
            <span>{say(stepWords[step].title)}</span>
            <span className="small faint">{say(stepWords[step].time)}</span>
          </li>
        ))}
      </ol>
      <p className="small faint foot-note">{say("first.foot")}</p>
    </nav>
  );
}
