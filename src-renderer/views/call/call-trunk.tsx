import type { CallStory } from "../../../src-shared/ipc/story-views.ts";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";

/** What happened before anything was sent: read, understood, and for whom. */
export function CallTrunk({ story }: Readonly<{ story: CallStory }>) {
  const { readFrom, headline, excluded, notFor, deliveries } = story;
  const isLeftOut = excluded !== null || deliveries.length === 0;
  const others = notFor.join(" ");
  const text = excluded ?? (others === "" ? say("call.forText") : others);
  return (
    <>
      <ol className="trunk" aria-label={say("call.before")}>
        <li>
          <StateMark state="delivered" />
          <h2>{say("call.read")}</h2>
          <p>{readFrom}</p>
        </li>
        <li>
          <StateMark state="delivered" />
          <h2>{say("call.understood")}</h2>
          <p>{headline}</p>
        </li>
        <li>
          <StateMark state={isLeftOut ? "skipped" : "delivered"} />
          <h2>{excluded === null ? say("call.for", { count: deliveries.length }) : say("call.leftOut")}</h2>
          <p>{text}</p>
        </li>
      </ol>
      <Fork lanes={Math.min(4, deliveries.length)} />
    </>
  );
}

/** The line that splits into one lane for each CRM. */
function Fork({ lanes }: Readonly<{ lanes: number }>) {
  if (lanes === 0) return null;
  const width = 1072;
  const centres = Array.from({ length: lanes }, (_, index) => (width * (index + 0.5)) / lanes);
  const [first = width / 2, last = width / 2] = [centres[0], centres.at(-1)];
  const middle = centres.slice(1, -1).map((x) => `M${x} 18V6`);
  const path =
    lanes === 1
      ? `M${first} 18V0`
      : `M${width / 2} 0v6M${first} 18v-6a6 6 0 0 1 6-6H${last - 6}a6 6 0 0 1 6 6v6${middle.join("")}`;
  return (
    <svg className="fork" viewBox={`0 0 ${width} 18`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
