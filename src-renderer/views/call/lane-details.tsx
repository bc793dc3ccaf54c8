import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { DeliveryStory } from "../../../src-shared/ipc/story-views.ts";
import { Segments } from "../../ui/segments.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { say } from "../../words/say.ts";
import { AsSent } from "./as-sent.tsx";
import { WrittenFields } from "./written-fields.tsx";

type Shown = "fields" | "sent";

/** The chosen lane in full: what the CRM gets or got, how it came to that, and what came back. */
export function LaneDetails({ delivery }: Readonly<{ delivery: DeliveryStory }>) {
  const { crm, paragraphs, nextStep, key, remoteId } = delivery;
  return (
    <div className="sent">
      <Written delivery={delivery} />
      <section>
        <h2>{say("call.evidence")}</h2>
        <Evidence timeline={delivery.timeline} />
        <h2>{say("call.details", { crm: crmNames[crm] })}</h2>
        {paragraphs.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        {nextStep === null ? null : (
          <p>
            <b>{say("call.nextStep")}:</b> {nextStep}
          </p>
        )}
        <dl className="ids">
          <dt>{say("call.record")}</dt>
          <dd className="mono">{remoteId ?? say("call.noRecord")}</dd>
          <dt>{say("call.key")}</dt>
          <dd className="mono">{key}</dd>
        </dl>
      </section>
    </div>
  );
}

function Written({ delivery: { deliveryId, crm, state } }: Readonly<{ delivery: DeliveryStory }>) {
  const { written, ledger } = useApp();
  const activity = useStore(ledger, (app) => app.activity);
  const { view, fault } = useStore(written);
  const [shown, show] = useState<Shown>("fields");
  useEffect(() => void written.open(deliveryId), [written, deliveryId, activity]);
  const isThere = view !== null && view.deliveryId === deliveryId;
  const tense = state === "delivered" ? "got" : state === "acknowledged" ? "never" : "will";
  return (
    <section>
      <header className="sent-head">
        <h2>{say("written.title", { tense, crm: crmNames[crm] })}</h2>
        {isThere ? (
          <span className="small faint">{say("written.contract", { object: view.object, ...view.contract })}</span>
        ) : null}
        <span className="push">
          <Segments
            label={say("written.views")}
            options={[
              { id: "fields", text: say("written.fields") },
              { id: "sent", text: say("written.sent") },
            ]}
            chosen={shown}
            onChoose={show}
          />
        </span>
      </header>
      {isThere ? shown === "fields" ? <WrittenFields view={view} crm={crm} /> : <AsSent view={view} crm={crm} /> : null}
      {isThere || fault !== null ? null : <Skeleton lines={4} />}
      {fault === null ? null : <p className="problem">{fault.message}</p>}
    </section>
  );
}

function Evidence({ timeline }: Readonly<{ timeline: DeliveryStory["timeline"] }>) {
  const { formats } = useApp();
  if (timeline.length === 0) return <p>{say("call.noEvidence")}</p>;
  return (
    <ol className="code">
      {timeline.map(({ at, operation, status, code, summary }, index) => (
        <li key={`${at}-${index}`}>
          {[formats.timeSeconds(at), operation, status, code].filter((part) => part !== null).join("  ")}
          <br />
          {summary}
        </li>
      ))}
    </ol>
  );
}
