import { useState } from "react";
import { useStore } from "zustand";
import { type App, useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { DeadGroupView, DeadLetterView } from "../../../src-shared/ipc/dead-letter-views.ts";
import { Button } from "../../ui/button.tsx";
import { CrmTag } from "../../ui/crm-tag.tsx";
import { toPartyText } from "../../words/party.ts";
import { say, tell } from "../../words/say.ts";
import { otherParty } from "../calls/what-happened.ts";
import { AcknowledgeSheet } from "./acknowledge-sheet.tsx";
import { tellAcknowledged } from "./tell-acknowledged.ts";
import { CauseCalls } from "./cause-calls.tsx";
import { isAboutWho, nextGroup, toTitle } from "./causes.ts";
import { MatchPanel } from "./match-panel.tsx";

/** After a cause was settled the next one is shown, with the keyboard on it. */
function goOn({ ledger, route }: App, settled: string): void {
  const group = nextGroup(ledger.getState().attention ?? [], settled);
  route.go({ view: "attention", group });
  requestAnimationFrame(() => document.querySelector<HTMLElement>("nav.list .item.on, main h1")?.focus());
}

/** One cause: what it is, what became of the calls, the ways out with their cost, and the calls. */
export function CauseDetail({ group }: Readonly<{ group: DeadGroupView }>) {
  const { formats, now, attention } = useApp();
  const letters = useStore(attention, (state) => state.letters);
  const [chosen, choose] = useState<number | null>(null);
  const { crm, sentence, nextStep, detail, count, firstAt, lastAt } = group;
  const isWho = isAboutWho(group);
  const asked = letters.find(({ id }) => id === chosen) ?? letters[0];
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
        <h2 className="lede">{isWho ? say("choice.lede", { title: toTitle(group) }) : `${toTitle(group)}.`}</h2>
        <p className="body">
          {sentence} {nextStep} {tell("attention.kept", { count }, { b: (children) => <b key="b">{children}</b> })}
        </p>
        {detail === "" || isWho ? null : (
          <figure className="said">
            <figcaption>{say("attention.said", { crm: name })}</figcaption>
            <blockquote className="code">{detail}</blockquote>
          </figure>
        )}
      </div>
      {isWho && asked !== undefined ? <WhoOf group={group} letter={asked} /> : null}
      <WaysOut group={group} />
      <CauseCalls group={group} chosen={isWho ? (asked?.id ?? null) : null} onChoose={isWho ? choose : undefined} />
    </section>
  );
}

/** The call that is asked about, and who it may have been with. */
function WhoOf({ group, letter }: Readonly<{ group: DeadGroupView; letter: DeadLetterView }>) {
  const app = useApp();
  const { formats, now } = app;
  const { id, startedAt, agent } = letter;
  const number = otherParty(letter);
  const settled = (): void => {
    // The next call of the group comes by itself; after the last one the next cause is shown.
    if (group.count <= 1) goOn(app, group.id);
    else void app.attention.refresh();
  };
  return (
    <div className="who-of">
      <p className="small dim">
        {say("choice.about", {
          when: formats.dayAndTime(startedAt, now()),
          number: number === null ? say("calls.withheld") : toPartyText(number),
          hasAgent: String(agent !== null),
          agent: agent === null ? "" : toPartyText(agent),
        })}
      </p>
      <MatchPanel deliveryId={id} onSettled={settled} />
    </div>
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
          look={isAboutWho(group) ? "plain" : "primary"}
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
