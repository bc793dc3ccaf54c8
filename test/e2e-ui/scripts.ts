import type { Script } from "./fake-shell.ts";
import { aCheck, accounts, all, byId, connection, noStates } from "./made-accounts.ts";
import { lines, story } from "./made-calls.ts";
import { groups, letters } from "./made-causes.ts";
import { balance, emptyDay, fullDay, noOutcomes } from "./made-day.ts";
import { at, dayMs, now } from "./made-moment.ts";
import {
  choice,
  conflicts,
  counts,
  healed,
  noConflicts,
  settled,
  settledProposal,
  weeks,
  written,
} from "./made-work.ts";
import { setupAnswers, silence } from "./made-setup.ts";
import { aFolder, aReading, aSummary, goodLog, oldLog, sources, totals } from "./made-sources.ts";

const running = { phase: "running", since: at(8, 2), restarts: 0, pid: 4120 } as const;

export const normal: Script = {
  topics: {
    engine: { now: running },
    connections: byId(all),
    totals: { now: totals },
    attention: Object.fromEntries(groups.map((each) => [each.id, each])),
    silences: {},
    today: { now: fullDay },
    imports: {},
    activity: { now: { version: 1, at: now } },
  },
  answers: {
    ...setupAnswers,
    "sources:list": sources,
    "sources:remove": { removed: 1 },
    "ingest:examine": { files: [goodLog, oldLog] },
    "integrations:list": accounts,
    "integrations:pause": accounts.integrations[0],
    "integrations:resume": accounts.integrations[0],
    "integrations:remove": { removed: 1 },
    "calls:list": lines(100),
    "calls:count": counts,
    "calls:weeks": weeks,
    "reports:written": written,
    "match:choice": choice,
    "match:set": {
      changed: 1,
      skipped: 0,
      ruleId: null,
      person: { object: "persons", id: "1184", name: "Alice Example" },
    },
    "match:undo": { changed: 1, skipped: 0, ruleId: null, person: null },
    "conflicts:list": conflicts,
    "conflicts:settle": settled,
    "mappings:propose": settledProposal,
    "deadLetters:history": healed,
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
    totals: { now: { deliveries: noStates, sources: 0, folders: [], team: null, nextDueAt: null } },
    attention: {},
    today: { now: emptyDay },
  },
  answers: {
    ...normal.answers,
    "sources:list": { sources: [] },
    "calls:list": { calls: [], next: null },
    "calls:count": { ...counts, outcomes: noOutcomes, counted: 0 },
    "calls:weeks": { weeks: [] },
    "conflicts:list": noConflicts,
    "deadLetters:history": { runs: [] },
  },
};

/** Several PCs share the account, and the Redis between them is gone. */
export const teamAlone: Script = {
  ...normal,
  topics: {
    ...normal.topics,
    totals: {
      now: {
        ...totals,
        team: {
          url: "redis://redis.example.com",
          secret: { kind: "none" },
          share: 50,
          mode: "alone",
          since: at(10, 4),
          pcs: null,
          sentence: "",
        },
      },
    },
  },
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

/** A phone system that usually gives many calls by now has given none since the morning. */
export const silent: Script = { ...normal, topics: { ...normal.topics, silences: { "2": silence } } };

/** The agent died: what was known stands, and nothing more comes. */
export const restarting: Script = {
  ...normal,
  topics: { ...normal.topics, engine: { now: { phase: "restarting", since: now, restarts: 1, retryAt: now + 4_000 } } },
};
