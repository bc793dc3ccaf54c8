import type { CallOutcome } from "../../../src-shared/domain/call-outcome.ts";
import { toOutcome } from "../../../src-shared/domain/outcome-order.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { CallLine, CallLineDelivery } from "../../../src-shared/ipc/call-views.ts";
import { say } from "../../words/say.ts";

export type Happened = Readonly<{ mark: CallOutcome; text: string }>;

/** What became of a call, in a few words: the worst of its CRMs speaks. */
export function toHappened(line: CallLine, when: (at: number) => string): Happened {
  const { outcome: mark, deliveries, excluded } = line;
  const worst = deliveries.find(({ state, waitWhy }) => toOutcome(state, waitWhy) === mark);
  if (mark === "skipped" || worst === undefined)
    return { mark: "skipped", text: say("happened.excluded", { why: excluded ?? "other" }) };
  return { mark, text: toText(mark, worst, deliveries, when) };
}

function toText(
  mark: Exclude<CallOutcome, "skipped">,
  worst: CallLineDelivery,
  deliveries: readonly CallLineDelivery[],
  when: (at: number) => string,
): string {
  const crm = crmNames[worst.crm];
  switch (mark) {
    case "failed":
      return say(`short.${worst.reason ?? "unknown"}`, { crm });
    case "delivered": {
      const done = deliveries.filter(({ state }) => state === "delivered").length;
      return done === deliveries.length
        ? say("happened.delivered", { crms: done, crm })
        : say("happened.deliveredSome", { crms: done, all: deliveries.length });
    }
    case "waiting":
      return worst.waitsUntil === null
        ? say("happened.waitingEvent", { why: worst.waitWhy ?? "other", crm })
        : say("happened.waiting", { crm, time: when(worst.waitsUntil) });
    case "checking":
    case "held":
    case "sending":
    case "queued":
      return say(`happened.${mark}`, { crm });
    case "acknowledged":
      return say("happened.acknowledged");
  }
}

/** The other end of a call: its number as logged, and who it is. */
export function otherParty({ direction, from, to }: Pick<CallLine, "direction" | "from" | "to">): string | null {
  return direction === "inbound" ? from : to;
}

export type DirectionWord = "inbound" | "outbound" | "internal" | "missed" | "voicemail";

/** The sign of a call: an unanswered incoming call is missed, whatever else it is. */
export function toDirection({ direction, status }: Pick<CallLine, "direction" | "status">): DirectionWord {
  if (status === "voicemail") return "voicemail";
  return direction === "inbound" && status !== "answered" ? "missed" : direction;
}
