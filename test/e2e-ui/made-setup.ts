import type { WindowCallOutput } from "../../src-shared/ipc/window-contract.ts";
import { aLine } from "./made-calls.ts";
import { at, dayMs } from "./made-moment.ts";

const contractFields: WindowCallOutput<"ownership:show">["fields"] = [
  {
    object: "Task",
    field: "CallLedger_Key__c",
    own: "agent",
    value: "key",
    note: "Unique. Keeps a call from being written twice.",
  },
  { object: "Task", field: "Subject", own: "agent", value: 'the text "{direction:capital} call, {status}"', note: "" },
  {
    object: "Task",
    field: "CallDisposition",
    own: "fill-blank",
    value: "status as capital",
    note: "People set the outcome after a call, so theirs stays.",
  },
  { object: "Task", field: "CallDurationInSeconds", own: "agent", value: "durationSeconds", note: "" },
  {
    object: "Task",
    field: "CallType",
    own: "agent",
    value: "direction (inbound as Inbound, outbound as Outbound)",
    note: "",
  },
  { object: "Task", field: "ActivityDate", own: "agent", value: "startedAt as date", note: "The day in UTC." },
  { object: "Task", field: "OwnerId", own: "fill-blank", value: "ownerId", note: "The agent's user." },
  {
    object: "Task",
    field: "Description",
    own: "append",
    value: 'the text "Started {startedAt:iso-seconds}"',
    note: "People's notes stay.",
  },
  { object: "Task", field: "Priority", own: "crm", value: "", note: "" },
  { object: "Task", field: "Status", own: "crm", value: "", note: "" },
  { object: "Contact", field: "Phone", own: "fill-blank", value: "number", note: "" },
];

export const contract: WindowCallOutput<"ownership:show"> = {
  integrationId: 1,
  label: "Salesforce",
  isDefault: true,
  yaml: "version: 1\n",
  markdown: "# What CallLedger writes to Salesforce\n",
  fields: contractFields,
};

/** The contract after a field was given to the CRM. */
export const editedContract: WindowCallOutput<"ownership:show"> = {
  ...contract,
  isDefault: false,
  yaml: "version: 1\n# edited\n",
  fields: contractFields.map((field) => (field.field === "Subject" ? { ...field, own: "crm", value: "" } : field)),
};

const preview: WindowCallOutput<"ownership:preview"> = {
  callId: aLine(1_000, 3).callId,
  key: "cl_k7m2q9x4p8w3",
  object: "Task",
  fields: [
    { field: "CallLedger_Key__c", value: "cl_k7m2q9x4p8w3" },
    { field: "Subject", value: "Inbound call, answered" },
    { field: "CallDisposition", value: "Answered" },
    { field: "CallDurationInSeconds", value: "401" },
    { field: "CallType", value: "Inbound" },
    { field: "ActivityDate", value: "2026-11-19" },
    { field: "Description", value: "Started 2026-11-19T14:02:11Z" },
  ],
  kept: [{ field: "Priority", why: "crm" }],
  fitted: [{ field: "CallDisposition", how: "alias", from: "Voicemail", to: "Answered" }],
  problems: [],
  links: [],
  schemaReadAt: at(14, 30),
};

export const conflict: WindowCallOutput<"conflicts:list">["conflicts"][number] = {
  id: 7,
  integrationId: 1,
  crm: "salesforce",
  label: "Salesforce",
  tenant: "test-clinic",
  callId: aLine(996, 71).callId,
  remoteId: "61204180",
  recordUrl: "https://crm.example.com/calls/61204180",
  field: "Subject",
  ours: "Inbound call, answered",
  theirs: "Order of the new chairs",
  pushed: "Inbound call, answered",
  pushedAt: at(14, 9),
  seenAt: at(14, 20),
  editedAt: at(11, 48),
  editedBy: "Robin Example",
  state: "open",
  settledAt: null,
  settledBy: null,
  note: null,
  appliedAt: null,
  sentence: "Robin Example rewrote Subject at 11:48. Their text is untouched.",
  nextStep: "Keep theirs, or use ours.",
};

const trial = (
  integrationId: number,
  crm: "salesforce" | "hubspot" | "zoho" | "pipedrive",
  label: string,
  change: Partial<WindowCallOutput<"match:test">["trials"][number]> = {},
): WindowCallOutput<"match:test">["trials"][number] => ({
  integrationId,
  crm,
  label,
  copy: "complete",
  outcome: "matched",
  rule: "only_one",
  person: { object: "contacts", id: "1184", name: "Alice Example" },
  sentence: "Alice Example (contacts 1184): the only record with this number.",
  candidates: [{ object: "contacts", id: "1184", name: "Alice Example", field: "phone" }],
  rules: [{ rule: "only_one", said: "the only record with this number", decided: true }],
  ...change,
});

export const trials: WindowCallOutput<"match:test"> = {
  number: "+442079460312",
  trials: [
    trial(1, "salesforce", "Salesforce"),
    trial(2, "hubspot", "HubSpot"),
    trial(3, "zoho", "Zoho CRM", { copy: "stale" }),
    trial(4, "pipedrive", "Pipedrive", {
      outcome: "ask",
      rule: "ask",
      person: null,
      sentence: "2 people have this number, and no rule tells them apart.",
      rules: [
        { rule: "open_deal_of_agent", said: "nobody knows the agent", decided: false },
        { rule: "ask", said: "no rule decides", decided: true },
      ],
    }),
  ],
};

export const ownNumbers: WindowCallOutput<"ownNumbers:list"> = {
  numbers: [
    { number: "+442079460000", calls: 4_120, isOwn: true, said: true },
    { number: "+442079460204", calls: 388, isOwn: true, said: null },
    { number: "+447700900001", calls: 61, isOwn: true, said: null },
    { number: "+447700900871", calls: 1, isOwn: false, said: null },
  ],
};

export const preferences: WindowCallOutput<"shell:preferences"> = {
  startAtLogin: true,
  closeToTray: true,
  notifications: true,
  mutedNotices: ["healed"],
  officeHours: { from: 480, to: 1_080 },
};

export const alerts: WindowCallOutput<"alerts:show"> = {
  settings: {
    email: {
      host: "mail.example.com",
      port: 465,
      security: "tls",
      user: "it",
      from: "it@example.com",
      to: ["it@example.com", "sales@example.com"],
      secret: { kind: "keychain" },
    },
    webhook: null,
    afterMinutes: 15,
    perHour: 6,
    digestAt: 450,
  },
  messages: [
    {
      id: 2,
      channel: "email",
      kind: "causes",
      subject: "CallLedger: Salesforce does not accept a value",
      madeAt: at(9, 30),
      dueAt: at(14, 40),
      tries: 2,
      sentAt: null,
      givenUpAt: null,
      problem: "the mail server did not answer",
    },
    {
      id: 1,
      channel: "email",
      kind: "digest",
      subject: "CallLedger: all 398 calls of Wednesday are accounted for",
      madeAt: at(7, 30),
      dueAt: null,
      tries: 1,
      sentAt: at(7, 30),
      givenUpAt: null,
      problem: null,
    },
  ],
};

const listens = { isOn: true, least: 10, hours: null, holidays: [] };
export const silence = {
  sourceId: 2,
  path: "/var/log/asterisk/cdr-csv/Master.csv",
  timeZone: "Europe/London",
  since: at(10, 4),
  raisedAt: at(12, 0),
  expected: 40,
  usualToday: 62,
};
export const silences: WindowCallOutput<"silence:list"> = {
  sources: [
    {
      sourceId: 1,
      path: "/srv/pbx/cdr",
      timeZone: "Europe/London",
      settings: listens,
      lastAt: at(14, 28),
      raised: null,
    },
    {
      sourceId: 2,
      path: silence.path,
      timeZone: "Europe/London",
      settings: listens,
      lastAt: at(10, 4),
      raised: silence,
    },
  ],
};

const run = (change: Partial<WindowCallOutput<"deadLetters:history">["runs"][number]>) => ({
  id: 1,
  kind: "acknowledge" as const,
  target: "1a2b3c",
  integrationId: 1,
  tenant: "test-clinic",
  crm: "salesforce" as const,
  reason: "value_rejected" as const,
  actor: "alice",
  note: "",
  at: at(11, 2),
  endedAt: at(11, 2),
  moved: 3,
  delivered: 0,
  failed: 0,
  acknowledged: 3,
  open: 0,
  undoes: null,
  undoneBy: null,
  ...change,
});

export const history: WindowCallOutput<"deadLetters:history"> = {
  runs: [
    run({ id: 4, note: "Test calls of the installer", moved: 3 }),
    run({ id: 3, kind: "replay", moved: 14, acknowledged: 0, delivered: 12, failed: 1, open: 1, at: at(9, 40) }),
    run({ id: 2, kind: "heal", actor: "CallLedger", moved: 5, acknowledged: 0, delivered: 5, at: at(8, 15) - dayMs }),
    run({ id: 1, undoneBy: 3, at: at(8, 0) - dayMs }),
  ],
};

const look = (id: number, label: string): WindowCallOutput<"checks:list">["checks"][number] => ({
  id,
  integrationId: id,
  label,
  crm: "salesforce",
  kind: "read_back",
  askedAt: at(14, 29),
  askedBy: "CallLedger",
  endedAt: at(14, 30),
  trouble: null,
  checked: 20,
  findings: [],
});
export const readBack: WindowCallOutput<"checks:list"> = { checks: [look(1, "Salesforce"), look(2, "HubSpot")] };

export const people: WindowCallOutput<"mirror:status"> = {
  integrationId: 2,
  label: "HubSpot",
  state: "complete",
  records: 6_310,
  people: 5_106,
  companies: 1_204,
  deals: 0,
  owners: 12,
  phones: 6_204,
  freshAsOf: at(14, 28),
  loadedAt: at(8, 0),
  step: null,
  cursor: null,
  stepsDone: 3,
  stepsInAll: 3,
};

const retention: WindowCallOutput<"retention:show"> = {
  settings: { auditDays: 396, detailDays: 90, backups: 7 },
  lastRunAt: at(2, 0),
  sealedDays: 70,
  droppedDays: 0,
  bytes: 220_000_000,
};

/** What the screens under "Set up" and the settings ask for. */
export const setupAnswers = {
  "ownership:show": contract,
  "ownership:change": editedContract,
  "ownership:set": contract,
  "ownership:preview": preview,
  "checks:list": readBack,
  "retention:show": retention,
  "retention:set": { ...retention, settings: { ...retention.settings, auditDays: null } },
  "mirror:status": people,
  "mirror:sync": { ...people, people: 5_107 },
  "match:test": trials,
  "ownNumbers:list": ownNumbers,
  "ownNumbers:say": ownNumbers,
  "shell:preferences": preferences,
  "shell:setPreferences": preferences,
  "shell:testNotification": { shown: true },
  "shell:info": {
    version: "0.1.0",
    electron: "45.4.1",
    platform: "linux",
    dataDir: "/home/alice/.local/share/callledger",
    engineHost: "utility process",
    isPackaged: true,
  },
  "shell:openFolder": { opened: true },
  "alerts:show": alerts,
  "alerts:set": alerts,
  "alerts:test": { results: [{ channel: "email", problem: null }] },
  "alerts:remove": { ...alerts, settings: { ...alerts.settings, email: null } },
  "silence:list": silences,
  "silence:set": silences.sources[0],
  "backup:create": { file: "/home/alice/.local/share/callledger/backups/2026-11-19.sqlite", bytes: 13_000_000 },
  "audit:verify": { ok: true, entries: 48_120, seals: 70, chain: "hmac", unkeyed: 0, problem: null },
  "deadLetters:undo": { replayed: 3 },
} as const;
