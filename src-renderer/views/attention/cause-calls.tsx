import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import type { DeadGroupView, DeadLetterView } from "../../../src-shared/ipc/dead-letter-views.ts";
import { toHash } from "../../state/route.ts";
import { Button } from "../../ui/button.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { toPartyText } from "../../words/party.ts";
import { say } from "../../words/say.ts";
import { directionIcons } from "../calls/direction-icons.ts";
import { otherParty, toDirection } from "../calls/what-happened.ts";

type CallsProps = Readonly<{
  group: DeadGroupView;
  /** The call that is asked about; others can be asked about instead. */
  chosen?: number | null;
  onChoose?: ((id: number) => void) | undefined;
}>;

/** The calls of a cause, each with its story, and with its own way back into the queue. */
export function CauseCalls({ group, chosen = null, onChoose }: CallsProps) {
  const { attention } = useApp();
  const status = useStore(attention, (state) => state.status);
  const letters = useStore(attention, (state) => state.letters);
  const rest =
    letters.length > 0 && letters.length < group.count ? (
      <span className="small faint">{say("attention.shown", { count: letters.length })}</span>
    ) : undefined;
  return (
    <Panel title={say("attention.calls", { count: group.count })} aside={rest}>
      {status === "loading" ? <Skeleton lines={3} /> : null}
      {letters.length === 0 ? null : (
        <table className="letters">
          <thead>
            <tr>
              <th>{say("calls.time")}</th>
              <th>{say("calls.number")}</th>
              <th>{say("calls.agent")}</th>
              <th>
                <span className="sr">{say("attention.action")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {letters.map((letter) => (
              <Letter
                key={letter.id}
                letter={letter}
                isMany={group.count > 1}
                isChosen={letter.id === chosen}
                onChoose={onChoose}
              />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

type LetterProps = Readonly<{
  letter: DeadLetterView;
  isMany: boolean;
  isChosen: boolean;
  onChoose: ((id: number) => void) | undefined;
}>;

function Letter({ letter, isMany, isChosen, onChoose }: LetterProps) {
  const { attention, notices, formats, now } = useApp();
  const busy = useStore(attention, (state) => state.busy);
  const { call, callId, tenant, id, startedAt, agent } = letter;
  const direction = toDirection(letter);
  const Icon = directionIcons[direction];
  const number = otherParty(letter);
  const replay = async (): Promise<void> => {
    const answer = await attention.replay(String(id));
    if (answer === undefined) return;
    notices.show(answer.ok ? say("attention.replayed", { count: answer.value.replayed }) : answer.fault.message);
  };
  return (
    <tr className={isChosen && isMany ? "sel" : undefined}>
      <td className="nowrap">{formats.dayAndTime(startedAt, now())}</td>
      <td>
        <span className={direction === "missed" ? "dir missed" : "dir"} title={say(`calls.${direction}`)}>
          <Icon className="i i-s" aria-hidden="true" />
          <span className="sr">{say(`calls.${direction}`)}</span>
        </span>
        {number === null ? say("calls.withheld") : toPartyText(number)}
      </td>
      <td>{agent === null ? "" : toPartyText(agent)}</td>
      <td className="num nowrap">
        <a href={toHash({ view: "call", callId, tenant })} aria-label={say("attention.whyOf", { call })}>
          {say("attention.why")}
        </a>
        {isMany && onChoose !== undefined ? (
          <Button
            size="small"
            look="quiet"
            disabled={isChosen}
            label={say("choice.chooseOf", { call })}
            onPress={() => onChoose(id)}
          >
            {say("choice.choose")}
          </Button>
        ) : null}
        {isMany && onChoose === undefined ? (
          <Button
            size="small"
            look="quiet"
            disabled={busy !== null}
            label={say("attention.replayOneOf", { call })}
            onPress={() => void replay()}
          >
            {say("attention.replayOne")}
          </Button>
        ) : null}
      </td>
    </tr>
  );
}
