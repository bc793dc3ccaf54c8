import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { DeliveryStory } from "../../../src-shared/ipc/story-views.ts";
import { say } from "../../words/say.ts";

/** The chosen lane in full: how it was matched and written, and what came back, for whoever wants the evidence. */
export function LaneDetails({ delivery }: Readonly<{ delivery: DeliveryStory }>) {
  const { crm, paragraphs, nextStep, key, remoteId } = delivery;
  return (
    <div className="sent">
      <section>
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
      <section>
        <h2>{say("call.evidence")}</h2>
        <Evidence timeline={delivery.timeline} />
      </section>
    </div>
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
