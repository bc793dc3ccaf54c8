import type { CallRecord, CallStatus, ExclusionReason } from "../../../src-shared/domain/call-record.ts";
import { toLength, toLocalTime } from "../../../src-shared/domain/local-time.ts";

const directions: Readonly<Record<CallRecord["direction"], string>> = {
  inbound: "Inbound",
  outbound: "Outbound",
  internal: "Internal",
};

const endings: Readonly<Record<Exclude<CallStatus, "answered">, string>> = {
  voicemail: "went to voicemail",
  busy: "was busy",
  failed: "failed",
  missed: "was not answered",
};

/** A party for people: `extension 202`, a number, or what stands for none. */
export function toParty(party: string | null): string {
  if (party === null) return "a withheld number";
  return party.startsWith("ext:") ? `extension ${party.slice(4)}` : party;
}

/** One call in a sentence: who called whom, what became of it, and when. */
export function toCallSentence(call: CallRecord, timeZone: string): string {
  const agent = call.agent === null ? "" : ` by ${toParty(call.agent)}`;
  const length = toLength(call.durationSeconds);
  const answered = call.direction === "inbound" ? `was answered${agent} and lasted ${length}` : `lasted ${length}`;
  const ending = call.status === "answered" ? answered : endings[call.status];
  const when = toLocalTime(call.startedAt, timeZone);
  return `${directions[call.direction]} call from ${toParty(call.from)} to ${toParty(call.to)} on ${when} (${timeZone}); it ${ending}.`;
}

/** Why policy left a call out, and the switch. */
export const exclusionSentences: Readonly<Record<ExclusionReason, string>> = {
  internal: 'Left out by policy: both ends are own extensions. Switch: --assume \'{"exclude":{"internal":false}}\'.',
  withheld:
    'Left out by policy: the caller\'s number is withheld. Switch: --assume \'{"exclude":{"withheld":false}}\'.',
  too_short: 'Left out by policy: the call was too short. Switch: --assume \'{"exclude":{"shorterThanSeconds":0}}\'.',
  before_start: "Left out by policy: the call began before the integration's start date (connect --since).",
  erased: "Erased at a person's request: who called is not kept any more.",
};
