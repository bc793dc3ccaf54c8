import type { CallOutput } from "../../src-shared/ipc/contract.ts";
import type { TopicItem } from "../../src-shared/ipc/topics.ts";
import { noStates } from "./made-accounts.ts";
import { at } from "./made-moment.ts";

export const aFolder = { state: "watched" as const, problem: null, since: at(8, 2), troubleCount: 0, troubles: [] };
export const sources: CallOutput<"sources:list"> = {
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

type Reading = TopicItem<"imports">;
export const aSummary: NonNullable<Reading["summary"]> = {
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
export const aReading = (requestId: string, change: Partial<Reading>): Reading => ({
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
export const goodLog: Examined = {
  file: "/logs/calls/Master.csv",
  format: "asterisk-cdr-csv",
  rows: 5_000,
  isWhole: false,
  findings: [],
};
export const oldLog: Examined = {
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

export const totals = {
  deliveries: { ...noStates, delivered: 1_509, waiting: 12, dead: 3 },
  sources: 2,
  folders: sources.sources.map(({ id, path }) => ({ id, path, state: "watched", problem: null, troubleCount: 0 })),
  team: null,
  nextDueAt: at(14, 35),
};
