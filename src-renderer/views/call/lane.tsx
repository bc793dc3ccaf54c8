import { ExternalLink, RotateCw } from "lucide-react";
import { useState } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import type { CallOutcome } from "../../../src-shared/domain/call-outcome.ts";
import { toOutcome } from "../../../src-shared/domain/outcome-order.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { DeliveryStory } from "../../../src-shared/ipc/story-views.ts";
import { Button } from "../../ui/button.tsx";
import { CrmTag } from "../../ui/crm-tag.tsx";
import { StateChip, StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { stateWords } from "../../words/state-words.ts";
import { tellAcknowledged } from "../attention/tell-acknowledged.ts";
import { isAboutWho } from "../attention/causes.ts";
import { CorrectSheet } from "./correct-sheet.tsx";
import { AcknowledgeSheet } from "../attention/acknowledge-sheet.tsx";

type Event = DeliveryStory["timeline"][number];
const eventMarks: Readonly<Record<Event["outcome"], CallOutcome>> = {
  ok: "delivered",
  waiting: "waiting",
  failed: "failed",
  info: "queued",
};
/** Events of a lane that are shown; the rest stands in the details. */
const shown = 5;

type LaneProps = Readonly<{ delivery: DeliveryStory; isChosen: boolean; onChoose: () => void }>;

/** One CRM: the verdict, how it came to it, and what to do. */
export function Lane({ delivery, isChosen, onChoose }: LaneProps) {
  const { formats } = useApp();
  const { crm, label, state, waitWhy, headline, timeline } = delivery;
  const outcome = toOutcome(state, waitWhy);
  const name = label === "" ? crmNames[crm] : label;
  return (
    <section
      className={isChosen ? "lane on" : "lane"}
      aria-label={say("call.lane", { crm: name, state: say(stateWords[outcome]) })}
    >
      <header>
        <CrmTag crm={crm} />
        <h3>
          <button type="button" className="lane-name" aria-pressed={isChosen} onClick={onChoose}>
            {name}
          </button>
        </h3>
        <span className="push">
          <StateChip state={outcome} />
        </span>
      </header>
      <p className="verdict">{headline}</p>
      <ul className="tl" aria-label={say("call.steps")}>
        {timeline.slice(-shown).map((event, index) => (
          // Entries are append-only and have no id of their own here.
          <li key={`${event.at}-${index}`}>
            <StateMark state={eventMarks[event.outcome]} />
            <time dateTime={new Date(event.at).toISOString()}>{formats.timeSeconds(event.at)}</time>
            {event.summary}
          </li>
        ))}
      </ul>
      <LaneActions delivery={delivery} />
    </section>
  );
}

function LaneActions({ delivery }: Readonly<{ delivery: DeliveryStory }>) {
  const { attention, bridge, notices, story } = useApp();
  const busy = useStore(attention, (state) => state.busy);
  const [isAsking, setAsking] = useState(false);
  const [isChoosing, setChoosing] = useState(false);
  const { deliveryId, crm, state, recordUrl, reason } = delivery;
  const asksWho = state === "dead" && reason !== null && isAboutWho({ reason });
  const name = crmNames[crm];
  const target = String(deliveryId);
  const open = async (url: string): Promise<void> => {
    const answer = await bridge.call("shell:openExternal", { url });
    if (!answer.ok || !answer.value.opened) notices.show(say("call.openRefused"));
  };
  const replay = async (): Promise<void> => {
    const answer = await attention.replay(target);
    if (answer !== undefined) notices.show(answer.ok ? say("call.replayed", { crm: name }) : answer.fault.message);
    await story.refresh();
  };
  const acknowledge = async (note: string): Promise<void> => {
    setAsking(false);
    const done = await attention.acknowledge(target, note);
    if (done !== undefined) tellAcknowledged({ attention, notices }, done);
    await story.refresh();
  };
  return (
    <div className="btns">
      {recordUrl === null ? null : (
        <Button size="small" onPress={() => void open(recordUrl)}>
          <ExternalLink className="i i-s" aria-hidden="true" />
          {say("call.openIn", { crm: name })}
        </Button>
      )}
      {state === "dead" ? (
        <>
          {asksWho ? (
            <Button size="small" look="primary" onPress={() => setChoosing(true)}>
              {say("call.choosePerson")}
            </Button>
          ) : null}
          <Button
            size="small"
            look={asksWho ? "plain" : "primary"}
            disabled={busy !== null}
            onPress={() => void replay()}
          >
            <RotateCw className="i i-s" aria-hidden="true" />
            {say("call.replay")}
          </Button>
          <Button size="small" disabled={busy !== null} onPress={() => setAsking(true)}>
            {say("call.acknowledge")}
          </Button>
        </>
      ) : null}
      {isChoosing ? <CorrectSheet delivery={delivery} onClose={() => setChoosing(false)} /> : null}
      {isAsking ? (
        <AcknowledgeSheet
          count={1}
          crm={name}
          onClose={() => setAsking(false)}
          onAcknowledge={(note) => void acknowledge(note)}
        />
      ) : null}
    </div>
  );
}
