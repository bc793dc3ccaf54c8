import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { CallOutcome } from "../../../src-shared/domain/call-outcome.ts";
import type { LedgerState } from "../../state/ledger-store.ts";
import type { MessageKey } from "../../words/en.ts";
import { say, type Values } from "../../words/say.ts";
import { toHealth } from "../overview/connection-health.ts";

export type WaitingItem = Readonly<{
  id: string;
  mark: CallOutcome;
  title: string;
  more: Readonly<{ key: MessageKey; values: Values }>;
  count: number;
  /** The calls behind it. */
  filter: CallOutcome;
}>;

type Known = Pick<LedgerState, "connections" | "today">;

/** What goes on by itself: calls that wait for a contact, and accounts that wait for a time. */
export function toWaiting(
  { connections, today }: Known,
  now: number,
  time: (at: number) => string,
): readonly WaitingItem[] {
  const held = today?.outcomes.held ?? 0;
  const holds: readonly WaitingItem[] =
    held === 0
      ? []
      : [
          {
            id: "held",
            mark: "held",
            title: say("waiting.held"),
            more: { key: "waiting.heldText", values: { count: held } },
            count: held,
            filter: "held",
          },
        ];
  const rests = (connections ?? []).flatMap((connection): readonly WaitingItem[] => {
    const { mark, key, values } = toHealth(connection, now, time);
    const count = connection.deliveries.waiting + connection.deliveries.queued;
    if (connection.state === "blocked" || (mark !== "waiting" && connection.state !== "paused")) return [];
    const title = say("waiting.crm", {
      crm: crmNames[connection.crm],
      isPaused: String(connection.state === "paused"),
    });
    return [{ id: `crm ${connection.id}`, mark, title, more: { key, values }, count, filter: "waiting" }];
  });
  return [...holds, ...rests];
}
