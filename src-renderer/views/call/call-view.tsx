import { ChevronLeft, ChevronRight, Copy, GitMerge } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import type { CallLine } from "../../../src-shared/ipc/call-views.ts";
import type { CallStory, DeliveryStory } from "../../../src-shared/ipc/story-views.ts";
import { toHash } from "../../state/route.ts";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { toPartyText } from "../../words/party.ts";
import { say } from "../../words/say.ts";
import { otherParty, toDirection } from "../calls/what-happened.ts";
import { CallTrunk } from "./call-trunk.tsx";
import { CorrectSheet } from "./correct-sheet.tsx";
import { LaneDetails } from "./lane-details.tsx";
import { Lane } from "./lane.tsx";
import { firstLane, toVerdict } from "./verdict.ts";

/** Why did this call (not) show up? */
export function CallView({ callId, tenant }: Readonly<{ callId: string; tenant: string | null }>) {
  const { story: stories, ledger } = useApp();
  const activity = useStore(ledger, (state) => state.activity);
  const { status, story, line, candidates, fault } = useStore(stories);
  useEffect(() => void stories.open({ callId, tenant }), [stories, callId, tenant]);
  useEffect(() => void stories.refresh(), [stories, activity]);
  if (status === "failed" && story === null)
    return (
      <Empty title={say("call.failed")} text={fault?.message ?? ""}>
        <Button look="primary" onPress={() => void stories.refresh()}>
          {say("calls.retry")}
        </Button>
      </Empty>
    );
  if (story !== null) return <Story story={story} line={line} />;
  if (status !== "ready")
    return (
      <div className="scroll padded">
        <h1 className="sr">{say("call.loading")}</h1>
        <Skeleton lines={6} />
      </div>
    );
  return candidates.length === 0 ? (
    <NotFound />
  ) : (
    <section className="scroll padded">
      <Crumb />
      <h1>{say("call.candidates")}</h1>
      <ul className="choices" aria-label={say("call.choose")}>
        {candidates.map((each) => (
          <li key={`${each.tenant} ${each.callId}`}>
            <a href={toHash({ view: "call", callId: each.callId, tenant: each.tenant })}>{each.headline}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}

const NotFound = () => (
  <div className="nothing">
    <h1>{say("call.notFound")}</h1>
    <p>{say("call.notFoundText")}</p>
    <a className="btn" href="#/calls">
      {say("nav.calls")}
    </a>
  </div>
);

const Crumb = ({ place = say("call.one") }: Readonly<{ place?: string }>) => (
  <nav className="crumb" aria-label={say("call.crumb")}>
    <a href="#/calls">{say("nav.calls")}</a>
    <span aria-hidden="true">/</span>
    <span>{place}</span>
  </nav>
);

/** Where the call is in the list that it was opened from, its neighbours there, and who it was with. */
function StoryBar({ story, lane }: Readonly<{ story: CallStory; lane: DeliveryStory | undefined }>) {
  const { calls, route } = useApp();
  const lines = useStore(calls, (state) => state.lines);
  const all = useStore(calls, ({ counts, outcome, next, lines: { length } }) => {
    if (counts?.isWhole === true) return outcome === null ? counts.counted : counts.outcomes[outcome];
    return next === null ? length : 0;
  });
  const [isCorrecting, setCorrecting] = useState(false);
  const at = lines.findIndex(({ callId, tenant }) => callId === story.callId && tenant === story.tenant);
  const goTo = (line: CallLine | undefined): void => {
    if (line === undefined) return;
    calls.select(line.rowId);
    route.go({ view: "call", callId: line.callId, tenant: line.tenant });
  };
  return (
    <div className="story-bar">
      {at === -1 ? <Crumb /> : <Crumb place={say("call.place", { at: at + 1, all })} />}
      <div className="btns push">
        {lane === undefined ? null : (
          <Button onPress={() => setCorrecting(true)}>
            <GitMerge className="i i-s" aria-hidden="true" />
            {say("call.correct")}
          </Button>
        )}
        {at === -1 ? null : (
          <>
            <Button
              look="quiet"
              size="icon"
              label={say("call.goBefore")}
              disabled={at === 0}
              onPress={() => goTo(lines[at - 1])}
            >
              <ChevronLeft className="i" aria-hidden="true" />
            </Button>
            <Button
              look="quiet"
              size="icon"
              label={say("call.goNext")}
              disabled={at === lines.length - 1}
              onPress={() => goTo(lines[at + 1])}
            >
              <ChevronRight className="i" aria-hidden="true" />
            </Button>
          </>
        )}
      </div>
      {isCorrecting && lane !== undefined ? (
        <CorrectSheet delivery={lane} onClose={() => setCorrecting(false)} />
      ) : null}
    </div>
  );
}

function Story({ story, line }: Readonly<{ story: CallStory; line: CallLine | null }>) {
  const [chosen, choose] = useState<number | null>(null);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The title that was there while it was looked for took the focus with it.
    if (document.activeElement === document.body) title.current?.focus();
  }, []);
  const lane = story.deliveries.find(({ deliveryId }) => deliveryId === (chosen ?? firstLane(story.deliveries)));
  return (
    <div className="story">
      <StoryBar story={story} lane={lane} />
      <header className="call-head">
        <h1 ref={title} tabIndex={-1}>
          {toVerdict(story)}
        </h1>
        <Facts story={story} line={line} />
      </header>
      <CallTrunk story={story} />
      <div className="lanes" data-lanes={Math.min(4, story.deliveries.length)}>
        {story.deliveries.map((delivery) => (
          <Lane
            key={delivery.deliveryId}
            delivery={delivery}
            isChosen={delivery.deliveryId === lane?.deliveryId}
            onChoose={() => choose(delivery.deliveryId)}
          />
        ))}
      </div>
      {lane === undefined ? null : <LaneDetails delivery={lane} />}
    </div>
  );
}

function Facts({ story, line }: Readonly<{ story: CallStory; line: CallLine | null }>) {
  const { formats, now, notices } = useApp();
  const copy = (): void =>
    void navigator.clipboard.writeText(story.callId).then(() => notices.show(say("calls.copied")));
  return (
    <dl className="facts">
      {line === null ? null : <PartyFacts line={line} />}
      {line === null ? null : (
        <div>
          <dt>{say("call.when")}</dt>
          <dd>{toWhen(line, dayAndTime(line.startedAt))}</dd>
        </div>
      )}
      <div className="wide">
        <dt>{say("call.id")}</dt>
        <dd className="mono">
          <span className="clip" title={story.callId}>
            {story.callId}
          </span>
          <Button look="quiet" size="small-icon" label={say("call.copyId")} onPress={copy}>
            <Copy className="i i-s" aria-hidden="true" />
          </Button>
        </dd>
      </div>
    </dl>
  );

  function dayAndTime(at: number): string {
    const time = formats.timeSeconds(at);
    return formats.date(at) === formats.date(now()) ? say("time.today", { time }) : `${formats.day(at)} ${time}`;
  }
  function toWhen({ status, durationSeconds }: CallLine, when: string): string {
    return status === "answered"
      ? say("call.talked", { when, length: formats.length(durationSeconds) })
      : say("call.missed", { when, how: status });
  }
}

function PartyFacts({ line }: Readonly<{ line: CallLine }>) {
  const party = (value: string | null): string => (value === null ? say("calls.withheld") : toPartyText(value));
  return (
    <>
      <div>
        <dt>{say("call.who")}</dt>
        <dd>{line.who ?? (otherParty(line) === null ? say("calls.withheld") : say("calls.unknown"))}</dd>
      </div>
      <div>
        <dt>{say(`calls.${toDirection(line)}`)}</dt>
        <dd>{say("call.parties", { from: party(line.from), to: party(line.to) })}</dd>
      </div>
    </>
  );
}
