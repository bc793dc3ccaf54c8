import type { CallOutcome } from "../../src-shared/domain/call-outcome.ts";
import type { CallLine, CallLineDelivery } from "../../src-shared/ipc/call-views.ts";
import type { CallOutput } from "../../src-shared/ipc/contract.ts";
import type { CallStory, DeliveryStory } from "../../src-shared/ipc/story-views.ts";
import { crms, labels } from "./made-accounts.ts";
import { at, now } from "./made-moment.ts";

const states: readonly (readonly [CallOutcome, Partial<CallLineDelivery>])[] = [
  ["delivered", { state: "delivered" }],
  ["delivered", { state: "delivered" }],
  ["waiting", { state: "waiting", waitWhy: "retry", waitsUntil: at(14, 35) }],
  ["delivered", { state: "delivered" }],
  ["failed", { state: "dead", reason: "ambiguous_match" }],
  ["held", { state: "waiting", waitWhy: "contact" }],
  ["delivered", { state: "delivered" }],
  ["checking", { state: "uncertain" }],
  ["queued", { state: "queued" }],
  ["delivered", { state: "delivered" }],
  ["acknowledged", { state: "acknowledged" }],
  ["sending", { state: "sending" }],
];
const people = ["Alice Example", "Robin Example", "Sam Sample", null, "Kim Sample"] as const;

/** A call of the list; the older, the smaller its id. */
export function aLine(rowId: number, minutesAgo: number, change: Partial<CallLine> = {}): CallLine {
  const [outcome = "delivered", facts = {}] = states[rowId % states.length] ?? [];
  const isInbound = rowId % 3 !== 0;
  const number = `+4420794600${String(10 + (rowId % 80))}`;
  const status = rowId % 7 === 3 ? "missed" : rowId % 11 === 5 ? "voicemail" : "answered";
  return {
    rowId,
    callId: `asterisk-cdr-csv//17637.${rowId}/20261119T1${rowId % 10}0000Z`,
    tenant: "test-clinic",
    direction: isInbound ? "inbound" : "outbound",
    status,
    from: isInbound ? number : "ext:204",
    to: isInbound ? "ext:204" : number,
    startedAt: now - minutesAgo * 60_000,
    durationSeconds: status === "answered" ? 30 + ((rowId * 37) % 900) : 0,
    agent: status === "missed" ? null : "ext:204",
    who: people[rowId % people.length] ?? null,
    excluded: null,
    outcome,
    deliveries: [1, 2, 3, 4].map((id, index) => ({
      integrationId: id,
      crm: crms[index] ?? "hubspot",
      state: "delivered",
      waitWhy: null,
      waitsUntil: null,
      reason: null,
      ...(index === 3 || (outcome === "queued" && index > 1) ? facts : {}),
    })),
    ...change,
  };
}

export const skippedLine: CallLine = aLine(988, 6, {
  direction: "internal",
  status: "answered",
  from: "ext:204",
  to: "ext:211",
  who: null,
  excluded: "internal",
  outcome: "skipped",
  deliveries: [],
});

/** A page of calls of two days, newest first. */
export const lines = (count: number, newest = 1_000): CallOutput<"calls:list"> => {
  const calls = Array.from({ length: count }, (_, index) =>
    newest - index === 988 ? skippedLine : aLine(newest - index, 3 + index * 17),
  );
  return { calls, next: newest - count };
};

const event = (
  minutes: number,
  summary: string,
  outcome: "ok" | "waiting" | "failed" | "info",
  status: number | null,
) => ({
  at: at(14, minutes, 2),
  operation: "call.write",
  outcome,
  summary,
  status,
  code: status !== null && status >= 400 ? "SERVICE_UNAVAILABLE" : null,
  reason: null,
  nextRetryAt: null,
});

const lane = (index: 0 | 1 | 2 | 3, change: Partial<DeliveryStory>): DeliveryStory => ({
  deliveryId: 100 + index,
  integrationId: index + 1,
  crm: crms[index],
  label: labels[index],
  key: `cl-5f0c2a9d7be1${index}`,
  state: "delivered",
  reason: null,
  waitWhy: null,
  waitsUntil: null,
  remoteId: `6120418${index}`,
  recordUrl: `https://crm.example.com/calls/6120418${index}`,
  headline: `Delivered to ${labels[index]} on 19 Nov 2026, 14:09:03 as call 6120418${index}.`,
  paragraphs: [
    `+44 20 7946 0312 is Alice Example in ${labels[index]} (contact 1184): spoke with extension 204 last. Decided on 19 Nov 2026, 14:09:02 by the rule "last spoke".`,
    "One try since 19 Nov 2026, 14:09:02.",
    "Fields written: subject, duration, started.",
  ],
  nextStep: null,
  timeline: [event(9, "Queued, normal lane", "info", null), event(9, `${labels[index]} stored it`, "ok", 201)],
  ...change,
});

export const story: CallStory = {
  callId: aLine(996, 71).callId,
  tenant: "test-clinic",
  headline:
    "Inbound call from +442079460312 to extension 204 on 19 Nov 2026, 14:02:11 (Europe/London); it was answered by extension 204 and lasted 6 min 41 s.",
  readFrom: "Read from /srv/pbx/cdr/Master.csv on 19 Nov 2026, 14:09:01.",
  excluded: null,
  notFor: [],
  deliveries: [
    lane(0, {}),
    lane(1, {}),
    lane(2, {
      state: "waiting",
      waitWhy: "retry",
      waitsUntil: at(14, 35),
      remoteId: null,
      recordUrl: null,
      headline: "Waits for the next try until 19 Nov 2026, 14:35:00. The last answer: service unavailable.",
      timeline: [
        event(9, "Queued, normal lane", "info", null),
        event(21, "Zoho: service unavailable", "waiting", 503),
        event(28, "Again service unavailable, waiting longer", "waiting", 503),
      ],
    }),
    lane(3, {
      state: "dead",
      reason: "ambiguous_match",
      remoteId: null,
      recordUrl: null,
      headline: "Failed. Several people in the CRM have this number.",
      nextStep: "Choose the right person for this call.",
      timeline: [
        event(9, "Queued, normal lane", "info", null),
        event(9, "Alice Example and Robin Example both match, and no rule decides", "failed", null),
      ],
    }),
  ],
  timeline: [],
};
