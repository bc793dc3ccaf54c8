import type { CallOutcome } from "../../../src-shared/domain/call-outcome.ts";
import type { StatementView } from "../../../src-shared/ipc/report-views.ts";
import type { MessageKey } from "../../words/en.ts";

export type SumTerm = Readonly<{
  name: "delivered" | "onTheWay" | "checking" | "waiting" | "skipped" | "acknowledged" | "failed" | "missing";
  count: number;
  mark: CallOutcome;
  label: MessageKey;
  /** The calls behind the number. */
  filter: CallOutcome | null;
}>;

/** calls = the sum of the terms, always. `missing`: calls that have no place to be; a defect of ours. */
export type Sum = Readonly<{ calls: number; terms: readonly SumTerm[]; missing: number }>;

/** The balance of a day as one sum. Terms that are seldom are left out while they are zero. */
export function toSum(today: StatementView): Sum {
  const { outcomes } = today;
  const counted = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const missing = Math.max(0, today.calls - counted);
  const all: readonly (SumTerm & Readonly<{ isSeldom: boolean }>)[] = [
    term("delivered", outcomes.delivered, "delivered", "sum.delivered"),
    term("onTheWay", outcomes.queued + outcomes.sending, "sending", "sum.onTheWay", true),
    term("checking", outcomes.checking, "checking", "sum.checking", true),
    term("waiting", outcomes.waiting + outcomes.held, "waiting", "sum.waiting"),
    term("skipped", outcomes.skipped, "skipped", "sum.skipped"),
    term("acknowledged", outcomes.acknowledged, "acknowledged", "sum.acknowledged", true),
    term("failed", outcomes.failed, "failed", "sum.failed"),
    term("missing", missing, "failed", "sum.missing", true),
  ];
  const terms = all.filter(({ count, isSeldom }) => count > 0 || !isSeldom).map(({ isSeldom: _, ...each }) => each);
  return { calls: counted + missing, terms, missing };
}

function term(name: SumTerm["name"], count: number, mark: CallOutcome, label: MessageKey, isSeldom = false) {
  // Two states are one term where people need not tell them apart; its link leads to all calls.
  const filter = name === "onTheWay" || name === "missing" ? null : mark;
  return { name, count, mark, label, filter, isSeldom };
}

/** Calls that are not where they should be: counted nowhere, or without a delivery to a CRM that takes them. */
export function countMissing(today: StatementView): number {
  const perCrm = today.byIntegration.map(
    ({ eligible, states }) => eligible - Object.values(states).reduce((sum, count) => sum + count, 0),
  );
  return Math.max(toSum(today).missing, ...perCrm, 0);
}

export type BarPart = Readonly<{ name: SumTerm["name"]; x: number; width: number }>;

/** Shares of the ledger bar out of 100, with a gap between parts; what is small stays visible. */
export function toBar({ calls, terms }: Sum): readonly BarPart[] {
  const shown = terms.filter(({ count }) => count > 0);
  const gap = 0.25;
  const least = 0.6;
  const room = 100 - gap * Math.max(0, shown.length - 1);
  const wanted = shown.map(({ count }) => Math.max(least, (count / calls) * room));
  const total = wanted.reduce((sum, width) => sum + width, 0);
  let x = 0;
  return shown.map(({ name }, index) => {
    const width = ((wanted[index] ?? 0) / total) * room;
    const part = { name, x, width };
    x += width + gap;
    return part;
  });
}
