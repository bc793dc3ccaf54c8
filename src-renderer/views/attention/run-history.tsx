import { useStore } from "zustand";
import { useEffect, useRef, useState } from "react";
import { useApp } from "../../app.ts";
import type { CallOutcome } from "../../../src-shared/domain/call-outcome.ts";
import type { DeadRunView } from "../../../src-shared/ipc/dead-letter-views.ts";
import { useAnswer } from "../../bridge/use-answer.ts";
import { Button } from "../../ui/button.tsx";
import { LoadFault } from "../../ui/load-fault.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { toTitle } from "./causes.ts";

/** Entries that are shown; the command line has them all. */
const shown = 20;

const marks: Readonly<Record<DeadRunView["kind"], CallOutcome>> = {
  replay: "sending",
  heal: "delivered",
  acknowledge: "acknowledged",
  undo: "sending",
};

/** What was done with failed calls, by whom, and what came of it; an acknowledgement can be taken back here for good. */
export function RunHistory({ target = null }: Readonly<{ target?: string | null }>) {
  const { ledger } = useApp();
  const { value, fault, pull } = useAnswer("deadLetters:history", { target, limit: shown });
  const activity = useStore(ledger, (state) => state.activity);
  const seen = useRef(activity);
  useEffect(() => {
    if (seen.current === activity) return;
    seen.current = activity;
    void pull();
  }, [activity, pull]);
  return (
    <>
      {fault === null ? null : <LoadFault fault={fault} onRetry={() => void pull()} />}
      {value === null && fault === null ? <Skeleton lines={3} /> : null}
      {value?.runs.length === 0 ? <p className="none dim">{say("history.none")}</p> : null}
      <ul className="checks">
        {value?.runs.map((run) => (
          <Run key={run.id} run={run} onUndone={pull} />
        ))}
      </ul>
    </>
  );
}

function Run({ run, onUndone }: Readonly<{ run: DeadRunView; onUndone: () => Promise<void> }>) {
  const { bridge, formats, notices, now } = useApp();
  const [isBusy, setBusy] = useState(false);
  const [isUndone, setUndone] = useState(run.undoneBy !== null);
  const [problem, setProblem] = useState<string | null>(null);
  const { id, kind, moved, actor, note, at, delivered, failed, acknowledged, open, crm, reason } = run;
  const what = say("history.kind", { kind, count: moved });
  const result = say("history.result", {
    delivered,
    failed,
    acknowledged: kind === "acknowledge" ? 0 : acknowledged,
    open,
  });
  const about = crm === null || reason === null ? null : toTitle({ crm, reason, cause: null, count: moved });
  const undo = async (): Promise<void> => {
    setBusy(true);
    const answer = await bridge.call("deadLetters:undo", { run: id, note: "" });
    setBusy(false);
    if (!answer.ok) {
      setProblem(answer.fault.message);
      return;
    }
    setUndone(true);
    notices.show(say("history.sentAfterAll", { count: answer.value.replayed }));
    await onUndone();
  };
  return (
    <li>
      <StateMark state={marks[kind]} />
      <div>
        <p>
          {what} <span className="faint">{say("history.about", { by: actor, time: formats.when(at, now()) })}</span>
        </p>
        {about === null ? null : <p>{about}</p>}
        {result === "" && note === "" ? null : (
          <p>
            {result} {note === "" ? null : <q>{note}</q>}
          </p>
        )}
        {problem === null ? null : (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
      </div>
      {isUndone ? (
        <span className="small faint">{say("history.undone")}</span>
      ) : kind === "acknowledge" && acknowledged > 0 ? (
        <Button size="small" label={say("history.undoOf", { what })} disabled={isBusy} onPress={() => void undo()}>
          {say("history.undo")}
        </Button>
      ) : (
        <span />
      )}
    </li>
  );
}
