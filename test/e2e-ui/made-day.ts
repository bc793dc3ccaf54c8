import type { CallOutcome } from "../../src-shared/domain/call-outcome.ts";
import type { StatementView } from "../../src-shared/ipc/report-views.ts";
import { crms, labels, noStates } from "./made-accounts.ts";
import { at } from "./made-moment.ts";

export const noOutcomes: Readonly<Record<CallOutcome, number>> = {
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

export function balance(
  index: 0 | 1 | 2 | 3,
  states: Partial<typeof noStates>,
): StatementView["byIntegration"][number] {
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
    conflicts: 0,
    usedByOthers: {},
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

export const emptyDay: StatementView = {
  date: "2026-11-19",
  timeZone: "Europe/London",
  rows: 0,
  legs: 0,
  calls: 0,
  skipped: {},
  excluded: {},
  outcomes: { ...noOutcomes },
  activity: [],
  bySource: [],
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
  bySource: [{ sourceId: 1, rows: 331, readAt: at(14, 31) }],
  byIntegration: [
    balance(0, { delivered: 379, dead: 2 }),
    balance(1, { delivered: 378, waiting: 3 }),
    balance(2, { delivered: 372, waiting: 9 }),
    balance(3, { delivered: 380, dead: 1 }),
  ],
};
