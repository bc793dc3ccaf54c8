import type { CallOutcome } from "../../src-shared/domain/call-outcome.ts";
import type { CallOutput } from "../../src-shared/ipc/contract.ts";
import type { CallLine, CallLineDelivery } from "../../src-shared/ipc/call-views.ts";
import type { DeadGroupView } from "../../src-shared/ipc/dead-letter-views.ts";
import type { StatementView } from "../../src-shared/ipc/report-views.ts";
import type { CallStory, DeliveryStory } from "../../src-shared/ipc/story-views.ts";
import type { TopicItem } from "../../src-shared/ipc/topics.ts";
import type { Script } from "./fake-shell.ts";

/** Thursday 19 November 2026, 14:31:50 in London, where these tests live. */
export const now = Date.UTC(2026, 10, 19, 14, 31, 50);
const at = (hours: number, minutes: number, seconds = 0): number => Date.UTC(2026, 10, 19, hours, minutes, seconds);
const dayMs = 86_400_000;

type Connection = TopicItem<"connections">;
const crms = ["salesforce", "hubspot", "zoho", "pipedrive"] as const;
const labels = ["Salesforce", "HubSpot", "Zoho CRM", "Pipedrive"] as const;
const noStates = { queued: 0, waiting: 0, sending: 0, uncertain: 0, delivered: 0, dead: 0, acknowledged: 0 };

function connection(index: 0 | 1 | 2 | 3, change: Partial<Connection> = {}): Connection {
  const limits = [15_000, 250_000, 50_000, 60_000] as const;
  const used = [1_815, 18_500, 15_500, 15_240] as const;
  const others = [2_305, 7_510, 11_000, 0] as const;
  return {
    id: index + 1,
    crm: crms[index],
    tenant: "test-clinic",
    label: labels[index],
    account: "Test Clinic",
    state: "active",
    blockedReason: null,
    restUntil: null,
    budget: {
      day: {
        lengthMs: dayMs,
        limit: limits[index],
        used: used[index],
        usedByOthers: others[index],
        resetsAt: null,
        blockedUntil: null,
      },
      second: { lengthMs: 1_000, limit: 10, used: 0, usedByOthers: 0, resetsAt: null, blockedUntil: null },
    },
    deliveries: { ...noStates, delivered: 41_200 },
    ...change,
  };
}

const all = [
  connection(0),
  connection(1, { deliveries: { ...noStates, delivered: 40_000, waiting: 3 } }),
  connection(2, { restUntil: at(14, 35), deliveries: { ...noStates, delivered: 40_000, waiting: 9 } }),
  connection(3, { deliveries: { ...noStates, delivered: 39_000, dead: 1 } }),
] as const;
const byId = <T extends { id: number }>(items: readonly T[]) =>
  Object.fromEntries(items.map((item) => [String(item.id), item]));

const noOutcomes: Readonly<Record<CallOutcome, number>> = {
  failed: 0,
  checking: 0,
  waiting: 0,
  held: 0,
  sending: 0,
  queued: 0,
  delivered: 0,
  acknowledged: 0,
  skipped: 0,
};

function balance(index: 0 | 1 | 2 | 3, states: Partial<typeof noStates>): StatementView["byIntegration"][number] {
  const filled = { ...noStates, ...states };
  const eligible = Object.values(filled).reduce((sum, count) => sum + count, 0);
  return {
    integrationId: index + 1,
    crm: crms[index],
    label: labels[index],
    eligible,
    beforeStart: 0,
    states: filled,
    waitingBy: {},
    deadBy: {},
    balanced: true,
  };
}

/** Half-hours of a working day from half past seven on. */
const activity: StatementView["activity"] = [3, 9, 16, 24, 31, 36, 33, 29, 34, 30, 27, 31, 35, 28].map(
  (delivered, index) => ({
    at: at(7, 30) + index * 1_800_000,
    delivered,
    failed: index === 6 || index === 9 || index === 12 ? 1 : 0,
    skipped: index % 3,
    open: index === 12 ? 3 : index === 13 ? 9 : 0,
  }),
);

const emptyDay: StatementView = {
  date: "2026-11-19",
  timeZone: "Europe/London",
  rows: 0,
  legs: 0,
  calls: 0,
  skipped: {},
  excluded: {},
  outcomes: { ...noOutcomes },
  activity: [],
  byIntegration: [balance(0, {})],
  balanced: true,
  skippedRows: [],
};

export const fullDay: StatementView = {
  ...emptyDay,
  rows: 457,
  legs: 450,
  calls: 412,
  skipped: { duplicate: 5, non_call: 2 },
  excluded: { internal: 28, withheld: 3 },
  outcomes: { ...noOutcomes, delivered: 366, waiting: 9, held: 3, skipped: 31, failed: 3 },
  activity,
  byIntegration: [
    balance(0, { delivered: 379, dead: 2 }),
    balance(1, { delivered: 378, waiting: 3 }),
    balance(2, { delivered: 372, waiting: 9 }),
    balance(3, { delivered: 380, dead: 1 }),
  ],
};

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

const groups = [
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

const running = { phase: "running", since: at(8, 2), restarts: 0, pid: 4120 } as const;
export const aFolder = { state: "watched" as const, problem: null, since: at(8, 2), troubleCount: 0, troubles: [] };
const sources: CallOutput<"sources:list"> = {
  sources: [
    {
      id: 1,
      tenant: "test-clinic",
      system: "Front desk",
      path: "/srv/pbx/cdr",
      format: "auto",
      settings: {},
      folder: aFolder,
    },
    {
      id: 2,
      tenant: "test-clinic",
      system: "Night line",
      path: "/var/log/asterisk/cdr-csv/Master.csv",
      format: "asterisk-cdr-csv",
      settings: { region: "GB", timeZone: "Europe/London" },
      folder: aFolder,
    },
  ],
};

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

type Reading = TopicItem<"imports">;
const aSummary: NonNullable<Reading["summary"]> = {
  files: 1,
  alreadyRead: 0,
  rows: 400,
  legs: 400,
  calls: 398,
  revised: 0,
  skipped: {},
  excluded: {},
  deliveries: 1_592,
  formats: ["generic-csv"],
  refused: [],
  skippedRows: [],
  findings: [],
};
const aReading = (requestId: string, change: Partial<Reading>): Reading => ({
  requestId,
  paths: ["/logs/calls-2024.csv"],
  startedAt: at(14, 30),
  state: "running",
  endedAt: null,
  progress: null,
  summary: null,
  fault: null,
  ...change,
});

type Examined = CallOutput<"ingest:examine">["files"][number];
const goodLog: Examined = {
  file: "/logs/calls/Master.csv",
  format: "asterisk-cdr-csv",
  rows: 5_000,
  isWhole: false,
  findings: [],
};
const oldLog: Examined = {
  file: "/logs/calls/older.csv",
  format: "generic-csv",
  rows: 900,
  isWhole: true,
  findings: [
    {
      code: "scientific_numbers",
      level: "warning",
      file: "/logs/calls/older.csv",
      line: 12,
      field: "Caller",
      count: 17,
      says: "17 numbers were damaged by a spreadsheet (4.42079E+11).",
      does: "Those rows are left out. Export the log again, and do not open it in between.",
    },
  ],
};
export const noLog: Examined = {
  file: "/logs/calls/invoice.csv",
  format: null,
  rows: 40,
  isWhole: true,
  findings: [
    {
      code: "not_a_log",
      level: "stop",
      file: "/logs/calls/invoice.csv",
      line: null,
      field: null,
      count: 0,
      says: "invoice.csv has no phone numbers and no times.",
      does: "Nothing would be read.",
    },
  ],
};

const letters: CallOutput<"deadLetters:show"> = {
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

const totals = {
  deliveries: { ...noStates, delivered: 1_509, waiting: 12, dead: 3 },
  sources: 2,
  folders: sources.sources.map(({ id, path }) => ({ id, path, state: "watched", problem: null, troubleCount: 0 })),
  nextDueAt: at(14, 35),
};

export const aCheck: CallOutput<"integrations:check"> = {
  integrationId: 2,
  ok: true,
  account: "Test Clinic",
  problem: null,
  details: null,
  limits: [],
  settings: {},
};

const accounts: CallOutput<"integrations:list"> = {
  integrations: all.map(({ id, crm, tenant, label, account, state, blockedReason, restUntil }) => ({
    id,
    crm,
    tenant,
    label,
    baseUrl: null,
    account: { accountId: String(1_840_020 + id), name: account ?? "" },
    state,
    blockedReason,
    restUntil,
    secret: id === 4 ? ({ kind: "env", name: "PIPEDRIVE_KEY" } as const) : ({ kind: "keychain" } as const),
    unknownCaller: id === 2 ? ("log" as const) : ("hold" as const),
    since: id === 3 ? at(0, 0) - 30 * dayMs : null,
    createdAt: at(9, 15) - 70 * dayMs,
    settings: {},
  })),
};

export const normal: Script = {
  topics: {
    engine: { now: running },
    connections: byId(all),
    totals: { now: totals },
    attention: Object.fromEntries(groups.map((each) => [each.id, each])),
    today: { now: fullDay },
    imports: {},
    activity: { now: { version: 1, at: now } },
  },
  answers: {
    "sources:list": sources,
    "sources:remove": { removed: 1 },
    "ingest:examine": { files: [goodLog, oldLog] },
    "integrations:list": accounts,
    "integrations:pause": accounts.integrations[0],
    "integrations:resume": accounts.integrations[0],
    "integrations:remove": { removed: 1 },
    "calls:list": lines(100),
    "reports:why": { story, candidates: [] },
    "deadLetters:show": letters,
    "deadLetters:replay": { replayed: 14 },
    "deadLetters:acknowledge": { acknowledged: 14 },
    "integrations:check": aCheck,
    "shell:openExternal": { opened: true },
    "shell:pick": { paths: [] },
  },
};

export const empty: Script = {
  topics: {
    ...normal.topics,
    connections: byId([connection(0, { deliveries: noStates })]),
    totals: { now: { deliveries: noStates, sources: 0, folders: [], nextDueAt: null } },
    attention: {},
    today: { now: emptyDay },
  },
  answers: { ...normal.answers, "sources:list": { sources: [] }, "calls:list": { calls: [], next: null } },
};

/** Not even a CRM is connected. */
export const untouched: Script = {
  topics: { ...empty.topics, connections: {} },
  answers: { ...empty.answers, "integrations:list": { integrations: [] } },
};

/** A share that is away, a file that is no log, one file that is being read and some that were. */
export const readingSources: Script = {
  topics: {
    ...normal.topics,
    totals: {
      now: {
        ...totals,
        folders: totals.folders.map((folder, index) =>
          index === 0 ? { ...folder, state: "missing", problem: "There is no folder /srv/pbx/cdr any more." } : folder,
        ),
      },
    },
    imports: {
      "reading-0001": aReading("reading-0001", {
        progress: {
          file: "/logs/calls-2024.csv",
          filesDone: 0,
          files: 4,
          rows: 612_400,
          bytes: 131_000_000,
          totalBytes: 214_000_000,
          rowsPerSecond: 14_200,
          secondsLeft: 27,
        },
      }),
      "reading-0002": aReading("reading-0002", {
        state: "done",
        endedAt: at(14, 20),
        paths: ["/logs/november-export.csv"],
        summary: { ...aSummary, rows: 1_210, legs: 6, calls: 6, skipped: { duplicate: 1_204 } },
      }),
      "reading-0003": aReading("reading-0003", {
        state: "done",
        endedAt: at(9, 40) - 2 * dayMs,
        paths: ["/logs/invoice.csv", "/logs/cdr.csv"],
        summary: {
          ...aSummary,
          refused: [{ file: "/logs/invoice.csv", reason: "It has no phone numbers and no times.", named: true }],
        },
      }),
      "reading-0004": aReading("reading-0004", {
        state: "canceled",
        endedAt: at(9, 10),
        fault: { code: "canceled", message: "Stopped." },
      }),
    },
  },
  answers: {
    ...normal.answers,
    "sources:list": {
      sources: sources.sources.map((source, index) => ({
        ...source,
        folder:
          index === 0
            ? {
                ...aFolder,
                state: "missing",
                problem: "There is no folder /srv/pbx/cdr any more. Calls are read as soon as it is back.",
              }
            : {
                ...aFolder,
                troubleCount: 1,
                troubles: [
                  { path: "/var/log/asterisk/cdr-csv/notes.csv", problem: "It has no phone numbers and no times." },
                ],
              },
      })),
    },
  },
};

export const trouble: Script = {
  topics: {
    ...normal.topics,
    engine: { now: { phase: "running", since: at(14, 30), restarts: 1, pid: 4121 } },
    connections: byId([
      all[0],
      connection(1, {
        state: "blocked",
        blockedReason: "auth_revoked",
        deliveries: { ...noStates, delivered: 335, waiting: 46 },
      }),
      connection(2, { state: "paused", deliveries: { ...noStates, delivered: 372, waiting: 9 } }),
      connection(3, { deliveries: { ...noStates, delivered: 379, uncertain: 1, dead: 1 } }),
    ]),
    today: {
      now: {
        ...fullDay,
        outcomes: { ...noOutcomes, delivered: 331, waiting: 46, checking: 1, skipped: 31, failed: 3 },
        byIntegration: [
          balance(0, { delivered: 379, dead: 2 }),
          balance(1, { delivered: 335, waiting: 46 }),
          balance(2, { delivered: 372, waiting: 9 }),
          balance(3, { delivered: 379, uncertain: 1, dead: 1 }),
        ],
      },
    },
  },
  answers: normal.answers,
};

/** The agent died: what was known stands, and nothing more comes. */
export const restarting: Script = {
  ...normal,
  topics: { ...normal.topics, engine: { now: { phase: "restarting", since: now, restarts: 1, retryAt: now + 4_000 } } },
};
