import type { CallOutput } from "../../src-shared/ipc/contract.ts";
import { callOutcomes } from "../../src-shared/domain/outcome-order.ts";
import { aLine, story } from "./made-calls.ts";
import { at, dayMs } from "./made-moment.ts";

/** Where the calls of the list stand, as the engine would count them. */
export const counts: CallOutput<"calls:count"> = {
  outcomes: Object.fromEntries(
    callOutcomes.map((outcome, index) => [outcome, [17, 1, 9, 22, 2, 1, 2_598, 5, 209][index] ?? 0]),
  ) as CallOutput<"calls:count">["outcomes"],
  counted: 2_864,
  isWhole: true,
};

/** A year and a half of weeks, with two weeks when nobody called. */
export const weeks: CallOutput<"calls:weeks"> = {
  weeks: Array.from({ length: 78 }, (_, index) => ({
    monday: new Date(Date.UTC(2026, 10, 16) - index * 7 * dayMs).toISOString().slice(0, 10),
    calls: 400 + ((index * 7_919) % 1_900),
  })).filter((_, index) => index !== 6 && index !== 47),
};

const fieldsOf = (isPushed: boolean): CallOutput<"reports:written">["fields"] =>
  (
    [
      ["subject", "Call with Alice Example, 6 min 41 s", "agent"],
      ["due_date", "2026-11-19", "agent"],
      ["due_time", "14:02", "agent"],
      ["duration", "00:07", "agent"],
      ["type", "call", "fill-blank"],
      ["note", "Logged by CallLedger, key cl-5f0c2a9d7be13", "append"],
    ] as const
  ).map(([field, value, own]) => ({
    field,
    own,
    pushed: isPushed ? value : null,
    planned: isPushed ? null : value,
  }));

export const written: CallOutput<"reports:written"> = {
  deliveryId: 103,
  object: "activities",
  fields: fieldsOf(false),
  contract: { fields: 9, ours: 6 },
  exchanges: [
    {
      at: at(14, 9, 5),
      operation: "delivery.reject",
      summary: "2 records have the number +442079460312, and no rule tells them apart.",
      status: null,
      code: null,
      pushed: null,
      answered: JSON.stringify({ number: "+442079460312", candidates: [{ id: "1184" }, { id: "2207" }] }, null, 2),
      isCut: false,
    },
  ],
  entries: 3,
};

/** As written, with one request and its answer. */
export const delivered: CallOutput<"reports:written"> = {
  ...written,
  deliveryId: 100,
  object: "Task",
  fields: fieldsOf(true),
  exchanges: [
    {
      at: at(14, 9, 3),
      operation: "delivery.accept",
      summary: "Salesforce has the call (record 61204180).",
      status: 201,
      code: null,
      pushed: JSON.stringify({ operation: "create", key: "cl-5f0c2a9d7be10", fields: { Subject: "Call" } }, null, 2),
      answered: JSON.stringify({ remoteId: "61204180", status: 201 }, null, 2),
      isCut: false,
    },
  ],
};

const candidate = {
  object: "persons",
  kind: "person",
  companies: ["Test Clinic"],
  sameIn: [],
  otherIn: [],
  deal: null,
  lastActivityAt: null,
  owner: null,
  isOwnedByAgent: false,
  calls: 0,
} as const satisfies Partial<CallOutput<"match:choice">["candidates"][number]>;

export const choice: CallOutput<"match:choice"> = {
  deliveryId: 700,
  callId: story.callId,
  tenant: story.tenant,
  integrationId: 4,
  crm: "pipedrive",
  label: "Pipedrive",
  number: "+442079460312",
  agent: "ext:204",
  startedAt: at(14, 2, 11),
  direction: "inbound",
  status: "answered",
  durationSeconds: 401,
  candidates: [
    {
      ...candidate,
      id: "1184",
      name: "Alice Example",
      sameIn: ["salesforce", "hubspot"],
      deal: "Annual service",
      companies: ["Test Clinic"],
    },
    {
      ...candidate,
      id: "2207",
      name: "Robin Example",
      otherIn: ["salesforce", "hubspot"],
      owner: "Kim Sample",
      lastActivityAt: at(9, 40) - 12 * dayMs,
      calls: 3,
    },
    { ...candidate, object: "organizations", id: "88", name: "Test Clinic", kind: "company", companies: [] },
  ],
  more: 0,
  rules: [
    { rule: "only_one", said: "2 records share the number", decided: false },
    { rule: "open_deal_of_agent", said: "the call's agent is nobody who owns records in the CRM", decided: false },
    { rule: "last_activity", said: "two of them were active last, equally", decided: false },
    { rule: "owner_is_the_agent", said: "the agent owns none of them", decided: false },
    { rule: "company", said: "they belong to no company in common", decided: false },
  ],
  earlier: 3,
};

const conflict: CallOutput<"conflicts:list">["conflicts"][number] = {
  id: 12,
  integrationId: 1,
  crm: "salesforce",
  label: "Salesforce",
  tenant: "test-clinic",
  callId: aLine(980, 0).callId,
  remoteId: "61204112",
  recordUrl: "https://crm.example.com/calls/61204112",
  field: "Subject",
  ours: "Call with Sam Sample, 14 min 02 s",
  theirs: "Call with Sam Sample, wants a quote by Friday",
  pushed: "Call with Sam Sample, 8 min 02 s",
  pushedAt: at(10, 31),
  seenAt: at(12, 2),
  editedAt: at(11, 48),
  editedBy: "Kim Sample",
  state: "open",
  settledAt: null,
  settledBy: null,
  note: null,
  appliedAt: null,
  sentence: "Salesforce held another subject.",
  nextStep: null,
};

export const conflicts: CallOutput<"conflicts:list"> = { conflicts: [conflict, { ...conflict, id: 11 }], next: null };
export const fewer: CallOutput<"conflicts:list"> = { conflicts: [{ ...conflict, id: 11 }], next: null };
export const noConflicts: CallOutput<"conflicts:list"> = { conflicts: [], next: null };
export const settled: CallOutput<"conflicts:settle"> = { ...conflict, state: "kept_theirs" };

const column = (
  field: string,
  name: string,
  examples: readonly string[],
  confidence: number,
  evidence: string,
): CallOutput<"mappings:propose">["columns"][number] => ({
  field,
  column: name,
  confidence,
  evidence: [evidence],
  examples: [...examples],
  others: [],
});
const weighed = (value: string | null) => ({ value, confidence: 0.9, evidence: ["it fits"] });

/** A table with German names, of which one column is not needed and one question is open. */
export const proposal: CallOutput<"mappings:propose"> = {
  file: "/logs/calls/older.csv",
  recognised: null,
  fingerprint: "0123456789abcdef",
  saved: null,
  header: ["Call ID", "Start", "Richtung", "Von", "An", "Dauer", "Status", "Kosten"],
  columns: [
    column("id", "Call ID", ["C-88412", "C-88413"], 0.95, "all different"),
    column("start", "Start", ["03.04.2026 15:02"], 0.6, "day and month could be swapped"),
    column("direction", "Richtung", ["ein", "aus", "intern"], 0.9, "3 values known"),
    column("from", "Von", ["020 7946 0312"], 0.9, "telephone numbers"),
    column("to", "An", ["204", "800"], 0.85, "extensions"),
    column("duration", "Dauer", ["00:06:41"], 1, "h:mm:ss"),
    column("status", "Status", ["beantwortet"], 0.9, "4 values known"),
  ],
  dateOrder: { value: null, confidence: 0, evidence: [] },
  clock: weighed("24h"),
  timeZone: weighed("Europe/London"),
  durationUnit: weighed("seconds"),
  direction: weighed("by words"),
  questions: [
    {
      id: "dateOrder",
      question: "Is 03.04.2026 the 3rd of April or the 4th of March?",
      answers: [
        { means: "3 April", option: "--date-order DMY", settings: { dateOrder: "DMY" } },
        { means: "4 March", option: "--date-order MDY", settings: { dateOrder: "MDY" } },
      ],
      blocks: true,
    },
  ],
  calls: [0, 1].map((index) => ({
    callId: `C-8841${2 + index}`,
    direction: index === 0 ? ("inbound" as const) : ("outbound" as const),
    status: index === 0 ? ("answered" as const) : ("missed" as const),
    from: index === 0 ? "+442079460312" : "ext:204",
    to: index === 0 ? "ext:204" : "+442079460455",
    startedAt: new Date(at(14, 2, 11) - index * dayMs).toISOString(),
    durationSeconds: index === 0 ? 401 : 0,
    agent: "ext:204",
    line: 2 + index,
  })),
  skipped: [],
  settings: {},
};
export const settledProposal: CallOutput<"mappings:propose"> = { ...proposal, questions: [] };

/** Calls of yesterday that went out by themselves, and something that a person did. */
const run: CallOutput<"deadLetters:history">["runs"][number] = {
  id: 31,
  kind: "heal",
  target: "9f8e7d",
  integrationId: 1,
  tenant: "test-clinic",
  crm: "salesforce",
  reason: "too_large",
  actor: "CallLedger",
  note: "",
  at: at(11, 20),
  endedAt: at(11, 21),
  moved: 14,
  delivered: 14,
  failed: 0,
  acknowledged: 0,
  open: 0,
  undoes: null,
  undoneBy: null,
};
export const healed: CallOutput<"deadLetters:history"> = {
  runs: [run, { ...run, id: 30, kind: "replay", actor: "Kim Sample", reason: "unknown" }],
};
