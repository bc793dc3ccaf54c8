import type { CallOutput } from "../../src-shared/ipc/contract.ts";
import type { DeadGroupView } from "../../src-shared/ipc/dead-letter-views.ts";
import { aLine } from "./made-calls.ts";
import { at, dayMs } from "./made-moment.ts";

const group = (change: Partial<DeadGroupView>): DeadGroupView => ({
  id: "1a2b3c",
  integrationId: 1,
  tenant: "test-clinic",
  crm: "salesforce",
  reason: "value_rejected",
  cause: "CallDisposition",
  detail: "Call Result: bad value for restricted picklist field: Voicemail",
  sentence: "The CRM refused a value that we sent.",
  nextStep: "Correct the mapping of the named field or allow the value in the CRM, then replay the group.",
  count: 14,
  firstAt: at(9, 12) - 2 * dayMs,
  lastAt: at(13, 57),
  ...change,
});

export const groups = [
  group({}),
  group({
    id: "4d5e6f",
    integrationId: 4,
    crm: "pipedrive",
    reason: "ambiguous_match",
    cause: null,
    detail: "Alice Example and Robin Example have +44 20 7946 0312",
    sentence: "Several people in the CRM have this number.",
    nextStep: "Choose the right person for this call.",
    count: 1,
    firstAt: at(14, 2),
    lastAt: at(14, 2),
  }),
];

export const letters: CallOutput<"deadLetters:show"> = {
  group: groups[0] ?? null,
  letters: Array.from({ length: 8 }, (_, index) => ({
    id: 700 + index,
    callId: aLine(900 - index, 0).callId,
    tenant: "test-clinic",
    crm: "salesforce",
    reason: "value_rejected",
    detail: "bad value",
    call: `Inbound call from +4420794604${10 + index} to extension 204 on 19 Nov 2026, 13:${50 - index}:00 (Europe/London); it went to voicemail.`,
    startedAt: at(13, 50 - index) - (index > 3 ? dayMs : 0),
    direction: "inbound",
    status: index === 2 ? "answered" : "voicemail",
    from: `+4420794604${10 + index}`,
    to: "ext:204",
    agent: "ext:204",
    remoteId: null,
  })),
};
