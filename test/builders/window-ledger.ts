import { aFolder } from "./a-folder.ts";
import type { LedgerState, Connection } from "../../src-renderer/state/ledger-store.ts";
import type { CallOutcome } from "../../src-shared/domain/call-outcome.ts";
import type { CallLine } from "../../src-shared/ipc/call-views.ts";
import type { DeadGroupView } from "../../src-shared/ipc/dead-letter-views.ts";
import type { StatementView } from "../../src-shared/ipc/report-views.ts";
import type { ImportJob } from "../../src-shared/ipc/window-views.ts";

export const noStates = { queued: 0, waiting: 0, sending: 0, uncertain: 0, delivered: 0, dead: 0, acknowledged: 0 };
const noOutcomes = {
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

type DayFacts = Readonly<
  Partial<Omit<StatementView, "outcomes">> & { outcomes?: Partial<Record<CallOutcome, number>> }
>;

/** A day of one account, balanced unless told otherwise. */
export function aDay({ outcomes = { delivered: 412 }, ...change }: DayFacts = {}): StatementView {
  return {
    date: "2026-11-19",
    timeZone: "Europe/London",
    rows: 412,
    legs: 412,
    calls: 412,
    skipped: {},
    excluded: {},
    outcomes: { ...noOutcomes, ...outcomes },
    activity: [],
    bySource: [],
    byIntegration: [
      {
        integrationId: 1,
        crm: "hubspot",
        label: "HubSpot",
        eligible: 0,
        beforeStart: 0,
        states: noStates,
        waitingBy: {},
        deadBy: {},
        conflicts: 0,
        usedByOthers: {},
        balanced: true,
      },
    ],
    balanced: true,
    skippedRows: [],
    ...change,
  };
}

export const aConnection = (change: Partial<Connection> = {}): Connection => ({
  id: 1,
  crm: "hubspot",
  tenant: "acme",
  label: "HubSpot",
  account: "Acme",
  state: "active",
  blockedReason: null,
  restUntil: null,
  budget: {},
  lanes: [],
  deliveries: { ...noStates, delivered: 412 },
  conflicts: 0,
  drift: [],
  mirror: { state: "complete", freshAsOf: null },
  ...change,
});

export const aGroup = (change: Partial<DeadGroupView> = {}): DeadGroupView => ({
  id: "1a2b",
  integrationId: 1,
  tenant: "acme",
  crm: "hubspot",
  reason: "value_rejected",
  cause: null,
  detail: "",
  sentence: "The CRM refused a value that we sent.",
  nextStep: "Correct the mapping.",
  count: 1,
  firstAt: 1,
  lastAt: 1,
  ...change,
});

export const anImport = (change: Partial<ImportJob> = {}): ImportJob => ({
  requestId: "reading-0001",
  paths: ["/logs/Master.csv"],
  startedAt: 1,
  state: "running",
  endedAt: null,
  progress: null,
  summary: null,
  fault: null,
  ...change,
});

export const aLine = (rowId: number, change: Partial<CallLine> = {}): CallLine => ({
  rowId,
  callId: `asterisk-cdr-csv//${rowId}/20261119T080000Z`,
  tenant: "acme",
  direction: "inbound",
  status: "answered",
  from: "+442079460011",
  to: "ext:204",
  startedAt: Date.UTC(2026, 10, 19, 8),
  durationSeconds: 60,
  agent: "ext:204",
  who: null,
  excluded: null,
  outcome: "delivered",
  deliveries: [{ integrationId: 1, crm: "hubspot", state: "delivered", waitWhy: null, waitsUntil: null, reason: null }],
  ...change,
});

/** What a window has heard on a good day. */
export const aLedger = (change: Partial<LedgerState> = {}): LedgerState => ({
  engine: { phase: "running", since: 1, restarts: 0, pid: 1 },
  connections: [aConnection()],
  totals: null,
  sourcesFault: null,
  attention: [],
  silences: [],
  today: aDay(),
  imports: [],
  sources: [
    { id: 1, tenant: "acme", system: "asterisk", path: "/logs", format: "auto", settings: {}, folder: aFolder },
  ],
  activity: 1,
  asOf: 5,
  ...change,
});
