import { useApp } from "../../app.ts";
import { toOutcome } from "../../../src-shared/domain/outcome-order.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { CallLine } from "../../../src-shared/ipc/call-views.ts";
import { StateChip } from "../../ui/state-mark.tsx";
import { toPartyText } from "../../words/party.ts";
import { say } from "../../words/say.ts";
import { stateWords } from "../../words/state-words.ts";
import { directionIcons } from "../calls/direction-icons.ts";
import { otherParty, toDirection } from "../calls/what-happened.ts";
import { toMarked } from "./marked-text.ts";

/** A call as the finder shows it: who, the number with what was looked for, when, and where it stands. */
export function FoundCall({ line, query }: Readonly<{ line: CallLine; query: string }>) {
  const { formats, now } = useApp();
  const direction = toDirection(line);
  const Icon = directionIcons[direction];
  const number = otherParty(line);
  const worst = line.deliveries.find(({ state, waitWhy }) => toOutcome(state, waitWhy) === line.outcome);
  const state = say(stateWords[line.outcome]);
  const isMany = line.deliveries.length > 1 && worst !== undefined && line.outcome !== "delivered";
  return (
    <>
      <span className={direction === "missed" ? "dir missed" : "dir"}>
        <Icon className="i" aria-hidden="true" />
        <span className="sr">{say(`calls.${direction}`)}</span>
      </span>
      <span className="clip">
        {line.who ?? (number === null ? say("calls.withheld") : say("calls.unknown"))}{" "}
        <span className="dim">
          {number === null ? null : <Marked text={toPartyText(number)} query={query} />}
          {number === null ? "" : ", "}
          {formats.when(line.startedAt, now())}
        </span>
      </span>
      <span className="push">
        <StateChip
          state={line.outcome}
          text={isMany ? say("finder.stateIn", { state, crm: crmNames[worst.crm] }) : state}
        />
      </span>
    </>
  );
}

function Marked({ text, query }: Readonly<{ text: string; query: string }>) {
  const [before, part, after] = toMarked(text, query);
  return (
    <>
      {before}
      {part === "" ? null : <mark>{part}</mark>}
      {after}
    </>
  );
}
