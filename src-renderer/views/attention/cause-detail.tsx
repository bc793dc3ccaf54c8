import { useState } from "react";
import { useStore } from "zustand";
import { type App, useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { DeadGroupView } from "../../../src-shared/ipc/dead-letter-views.ts";
import { Button } from "../../ui/button.tsx";
import { CrmTag } from "../../ui/crm-tag.tsx";
import { say, tell } from "../../words/say.ts";
import { AcknowledgeSheet } from "./acknowledge-sheet.tsx";
import { tellAcknowledged } from "./tell-acknowledged.ts";
import { CauseCalls } from "./cause-calls.tsx";
import { nextGroup, toTitle } from "./causes.ts";

/** After a cause was settled the next one is shown, with the keyboard on it. */
function goOn({ ledger, route }: App, settled: string): void {
  const group = nextGroup(ledger.getState().attention ?? [], settled);
  route.go({ view: "attention", group });
  requestAnimationFrame(() => document.querySelector<HTMLElement>("nav.list .item.on, main h1")?.focus());
}

/** One cause: what it is, what became of the calls, the ways out with their cost, and the calls. */
export function CauseDetail({ group }: Readonly<{ group: DeadGroupView }>) {
  const { formats, now } = useApp();
  const { crm, sentence, nextStep, detail, count, firstAt, lastAt } = group;
  const name = crmNames[crm];
  const [first, last] = [formats.when(firstAt, now()), formats.when(lastAt, now())];
  return (
    <section className="detail" aria-label={toTitle(group)}>
      <div>
        <p className="eyebrow">
          <CrmTag crm={crm} />
          {name}
          <span className="faint">
            {firstAt === lastAt ? say("attention.seenOnce", { first }) : say("attention.seen", { first, last })}
          </span>
        </p>
        <h2 className="lede">{toTitle(group)}.</h2>
        <p className="body">
          {sentence} {nextStep} {tell("attention.kept", { count }, { b: (children) => <b key="b">{children}</b> })}
        </p>
        {detail === "" ? null : (
          <figure className="said">
            <figcaption>{say("attention.said", { crm: name })}</figcaption>
            <blockquote className="code">{detail}</blockquote>
          </figure>
        )}
      </div>
      <WaysOut group={group} />
      <CauseCalls group={group} />
    </section>
  );
}

function WaysOut({ group }: Readonly<{ group: DeadGroupView }>) {
  const app = useApp();
  const { attention, notices } = app;
  const busy = useStore(attention, (state) => state.busy);
  const fault = useStore(attention, (state) => state.fault);
  const [isAsking, setAsking] = useState(false);
  const { id, count, crm } = group;
  const name = crmNames[crm];
  const replay = async (): Promise<void> => {
    const answer = await attention.replay(id);
    if (answer === undefined) return;
    if (!answer.ok) {
      notices.show(answer.fault.message);
      return;
    }
    notices.show(say("attention.replayed", { count: answer.value.replayed }));
    goOn(app, id);
  };
  const acknowledge = async (note: string): Promise<void> => {
    setAsking(false);
    const done = await attention.acknowledge(id, note);
    if (done !== undefined && tellAcknowledged(app, done)) goOn(app, id);
  };
  return (
    <ol className="fix">
      <li>
        <span className="step" aria-hidden="true">
          1
        </span>
        <div>
          <p>
            <b>{say("attention.replay", { count })}</b>
          </p>
          <p>
            {say("attention.replayNote", { crm: name })} {say("attention.replayAsk", { count, crm: name })}
          </p>
        </div>
        <Button
          look="primary"
          disabled={busy !== null}
          label={say("attention.replayLabel", { count })}
          onPress={() => void replay()}
        >
          {say("attention.replayButton", { count })}
        </Button>
      </li>
      <li>
        <span className="step" aria-hidden="true">
          2
        </span>
        <div>
          <p>
            <b>{say("attention.acknowledge")}</b>
          </p>
          <p>{say("attention.acknowledgeNote", { count })}</p>
        </div>
        <Button disabled={busy !== null} onPress={() => setAsking(true)}>
          {say("attention.acknowledgeButton")}
        </Button>
      </li>
      {fault === null ? null : (
        <li>
          <p className="problem">{fault.message}</p>
        </li>
      )}
      {isAsking ? (
        <AcknowledgeSheet
          count={count}
          crm={name}
          onClose={() => setAsking(false)}
          onAcknowledge={(note) => void acknowledge(note)}
        />
      ) : null}
    </ol>
  );
}
