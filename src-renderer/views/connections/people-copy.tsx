import { useState } from "react";
import { useApp } from "../../app.ts";
import type { Connection } from "../../state/ledger-store.ts";
import { useAnswer } from "../../bridge/use-answer.ts";
import { Button } from "../../ui/button.tsx";
import { LoadFault } from "../../ui/load-fault.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { say } from "../../words/say.ts";

/** The local copy of an account's people, by which calls find theirs; it can be brought up to date now. */
export function PeopleCopy({ connection: { id, state } }: Readonly<{ connection: Connection }>) {
  const { bridge, formats, now } = useApp();
  const { value, fault, pull, put } = useAnswer("mirror:status", { id });
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  if (value === null)
    return fault === null ? <Skeleton lines={2} /> : <LoadFault fault={fault} onRetry={() => void pull()} />;
  const refresh = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const answer = await bridge.call("mirror:sync", { id }, { onProgress: put });
    setBusy(false);
    if (answer.ok) put(answer.value);
    else setProblem(answer.fault.message);
  };
  const { people, companies, phones, freshAsOf, stepsDone, stepsInAll } = value;
  const words =
    value.state === "never" && !isBusy
      ? say("copy.never")
      : value.state === "loading" || isBusy
        ? say("copy.loading", { people, done: stepsDone, all: stepsInAll })
        : say("copy.text", {
            people,
            companies,
            phones,
            time: freshAsOf === null ? "none" : formats.when(freshAsOf, now()),
          });
  return (
    <div className="set">
      <div>
        <p>{say("copy.title")}</p>
        <p aria-live="polite">{problem ?? words}</p>
      </div>
      <Button
        size="small"
        label={say("copy.refreshOf")}
        disabled={isBusy || state === "blocked"}
        onPress={() => void refresh()}
      >
        {say(isBusy ? "copy.refreshing" : "copy.refresh")}
      </Button>
    </div>
  );
}
