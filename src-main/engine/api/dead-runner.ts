import { setImmediate as nextTurn } from "node:timers/promises";
import type { DeadRunKind } from "../../../src-shared/domain/dead-run.ts";
import type { Reason } from "../../../src-shared/domain/reason.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeadRun, DeadRunDraft, DeadRunStore, DeadTarget, GroupKey } from "../ports/dead-runs.ts";
import type { DeliveryChange, DeliveryRow, DeliveryStore } from "../ports/delivery-store.ts";
import { termsOf } from "../sync/delivery-audit.ts";

/** Dead letters moved in one transaction: what is in memory stays small, and others are let in, however large the group. */
const rowsPerStep = 500;

/** Causes that lie in the match: it is made again, so that a person added since is found. */
const matchReasons: ReadonlySet<Reason> = new Set(["no_match", "ambiguous_match", "person_deleted"]);

/** One call that a person sends again is urgent; a group goes behind what is new, and what heals by itself behind all. */
const laneOf = (kind: DeadRunKind, isOne: boolean) => (kind === "heal" ? 3 : isOne ? 0 : 2);

type Remark = Pick<DeadRunDraft, "kind" | "actor" | "note">;

export type DeadRunner = Readonly<{
  /** Begins a run: its first step is done when this returns, the others by `finish` or by the sync. */
  begin(draft: DeadRunDraft, target: DeadTarget): DeadRun;
  /** Does these deliveries of a group, at once. */
  runOf(draft: DeadRunDraft, group: GroupKey, ids: readonly number[]): void;
  /** A step of whatever is under way, also from before a restart; whether there was any. */
  step(): boolean;
  /** Goes on until everything is done, letting others in between; stops early when `signal` aborts. */
  finish(signal: AbortSignal): Promise<void>;
}>;

export function createDeadRunner(
  parts: Readonly<{ runs: DeadRunStore; deliveries: DeliveryStore; clock: Clock }>,
): DeadRunner {
  const { runs, deliveries, clock } = parts;

  function move(run: DeadRun, ids: readonly number[], isOne: boolean): void {
    const at = clock.now();
    const rows = deliveries.rows(ids);
    const toChange = run.kind === "acknowledge" ? toAcknowledge : toReplay;
    deliveries.apply(rows.map((row) => toChange(row, { run, at, isOne })));
  }

  const stepOf = (run: DeadRun): boolean =>
    runs.step(run.id, rowsPerStep, clock.now(), (ids) => move(run, ids, /^\d+(@\d+)?$/.test(run.target)));

  function step(): boolean {
    const [run] = runs.unfinished();
    if (run === undefined) return false;
    stepOf(run);
    return true;
  }

  return {
    begin(draft, target) {
      const run = runs.open(draft, target);
      stepOf(run);
      return run;
    },
    runOf(draft, group, ids) {
      runs.runOf(draft, group, ids, (id) => move({ ...draft, id, from: "dead" }, ids, false));
    },
    step,
    async finish(signal) {
      while (!signal.aborted && step()) await nextTurn();
    },
  };
}

type Place = Readonly<{ run: DeadRun; at: number; isOne: boolean }>;

const verbs: Readonly<Record<DeadRunKind, string>> = {
  replay: "Replayed",
  heal: "Sent again by itself",
  acknowledge: "Acknowledged",
  undo: "Acknowledgement taken back",
};

function toRemark({ kind, actor, note }: Remark): string {
  const who = kind === "heal" ? verbs[kind] : `${verbs[kind]} by ${actor}`;
  return note === "" ? who : `${who}: ${note}`;
}

const aboutRow = (row: DeliveryRow) => ({
  tenant: row.tenant,
  callId: row.callRowId,
  deliveryId: row.id,
  integrationId: row.integrationId,
  terms: termsOf(row),
});

/** Goes out in its lane; the store gives it a fresh count of attempts. The match is made again where it was the cause. */
function toReplay(row: DeliveryRow, { run, at, isOne }: Place): DeliveryChange {
  const rematch = row.reason !== null && matchReasons.has(row.reason);
  const patch = { lane: laneOf(run.kind, isOne), deadRunId: run.id } as const;
  return {
    id: row.id,
    events: ["replay"],
    patch: {
      ...patch,
      ...(rematch ? { match: null } : {}),
      ...(run.note === "" || run.kind === "heal" ? {} : { note: run.note }),
    },
    audit: [{ ...aboutRow(row), at, operation: "delivery.replay", outcome: "info", summary: toRemark(run) }],
  };
}

function toAcknowledge(row: DeliveryRow, { run, at }: Place): DeliveryChange {
  const summary = toRemark(run);
  return {
    id: row.id,
    events: ["acknowledge"],
    patch: { note: summary, deadRunId: run.id },
    audit: [{ ...aboutRow(row), at, operation: "delivery.acknowledge", outcome: "info", summary }],
  };
}

/** One call of a group that is sent again to see whether the cause is gone. */
export function toTrial(row: DeliveryRow, at: number): DeliveryChange {
  const summary = "Sent again by itself, alone: to see whether its cause is gone.";
  return {
    id: row.id,
    events: ["replay"],
    patch: { lane: 3 },
    audit: [{ ...aboutRow(row), at, operation: "delivery.replay", outcome: "info", summary }],
  };
}
