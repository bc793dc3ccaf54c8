import type { ImportJob } from "../../../src-shared/ipc/window-views.ts";
import { isRunning, type LedgerState } from "../../state/ledger-store.ts";
import type { MessageKey } from "../../words/en.ts";
import type { Values } from "../../words/say.ts";
import { countMissing } from "./sum.ts";

/** The sentence of truth: which one, with what, and where its marked part leads. */
export type Truth = Readonly<{
  key: MessageKey;
  values: Values;
  tone: "plain" | "failed" | "waiting";
  /** Numbers below are not of now. */
  isStale: boolean;
}>;

type Ask = Pick<LedgerState, "engine" | "connections" | "today" | "imports" | "sources" | "asOf" | "attention"> &
  Readonly<{ time: (at: number) => string }>;

const plain = (key: MessageKey, values: Values = {}): Truth => ({ key, values, tone: "plain", isStale: false });

/** Whether CallLedger was given nothing yet: no call today, nothing watched, nothing ever sent or waiting. */
export function isUntouched({ today, sources, connections, attention, imports }: Omit<Ask, "time">): boolean {
  const deliveries = (connections ?? []).flatMap((each) => Object.values(each.deliveries));
  return (
    today?.calls === 0 &&
    sources?.length === 0 &&
    attention?.length === 0 &&
    imports.length === 0 &&
    deliveries.every((count) => count === 0)
  );
}

/** The first that applies, the worst first: a sentence must never sound better than things are. */
export function toTruth(ask: Ask): Truth {
  const { today, asOf } = ask;
  if (!isRunning(ask)) return toStale(ask);
  if (today === null || asOf === null) return { ...plain("truth.unknown"), isStale: true };
  const missing = countMissing(today);
  if (missing > 0) return { ...plain("truth.missing", { missing }), tone: "failed" };
  const job = ask.imports.find(({ state }) => state === "running");
  if (job !== undefined) return toImporting(job);
  if (isUntouched(ask)) return plain("truth.empty");
  return toNeeds(ask, today.calls, today.outcomes.failed) ?? toCalm(ask, today.calls);
}

function toStale({ engine, today, asOf, time }: Ask): Truth {
  if (today === null || asOf === null) return { ...plain("truth.unknown"), isStale: true };
  const isLost = engine?.phase === "refused" || engine?.phase === "held" || engine?.phase === "stopped";
  const key = isLost ? "truth.staleHeld" : "truth.stale";
  return { key, values: { time: time(asOf) }, tone: "waiting", isStale: true };
}

function toImporting({ progress }: ImportJob): Truth {
  const { rows = 0, filesDone = 0, files = 1 } = progress ?? {};
  return plain("truth.importing", { rows, file: Math.min(files, filesDone + 1), files });
}

function toNeeds({ connections, attention }: Ask, calls: number, failed: number): Truth | undefined {
  const blocked = (connections ?? []).filter(({ state }) => state === "blocked");
  if (blocked.length > 0) {
    const waiting = blocked.reduce((sum, { deliveries }) => sum + deliveries.waiting + deliveries.queued, 0);
    return { key: "truth.signIn", values: { calls, waiting }, tone: "failed", isStale: false };
  }
  if (failed > 0) return { key: "truth.needYou", values: { calls, need: failed }, tone: "failed", isStale: false };
  const earlier = (attention ?? []).reduce((sum, { count }) => sum + count, 0);
  if (earlier === 0) return undefined;
  const key = calls === 0 ? "truth.noneNeedYou" : "truth.earlierNeedYou";
  return { key, values: { calls, need: earlier }, tone: "failed", isStale: false };
}

function toCalm({ connections }: Ask, calls: number): Truth {
  const paused = (connections ?? []).filter(({ state }) => state === "paused");
  if (paused.length > 0) {
    const waiting = paused.reduce((sum, { deliveries }) => sum + deliveries.waiting + deliveries.queued, 0);
    return plain("truth.paused", { calls, waiting });
  }
  if (calls > 0) return plain("truth.all", { calls });
  return plain((connections ?? []).length === 0 ? "truth.noneTrouble" : "truth.none");
}
