import type { Outcome } from "../../../src-shared/domain/fault.ts";
import { reasonTexts, type Reason } from "../../../src-shared/domain/reason.ts";
import { ipcCalls, type CallFault } from "../../../src-shared/ipc/contract.ts";
import type { DeadGroupView, DeadLetterView } from "../../../src-shared/ipc/dead-letter-views.ts";
import { fault } from "../host/engine.ts";
import type { DeliveryChange, DeliveryRow } from "../ports/delivery-store.ts";
import type { DeadGroup, DeliveryBrief } from "../ports/report-store.ts";
import { termsOf } from "../sync/delivery-audit.ts";
import type { ApiParts } from "./api-parts.ts";
import { toCallSentence } from "./call-sentence.ts";
import { atOnce, serve, serveOnce, type SubjectHandlers } from "./dispatcher.ts";

type Parts = Pick<ApiParts, "clock" | "reports" | "deliveries" | "integrations" | "sync" | "actor">;

/** Dead letters read and moved at a time: what is in memory stays small, however large the group. */
const rowsPerStep = 500;

/** Causes that lie in the match: it is made again, so that a person added since is found. */
const matchReasons: ReadonlySet<Reason> = new Set(["no_match", "ambiguous_match", "person_deleted"]);

export function createDeadLetterHandlers(
  parts: Parts,
): SubjectHandlers<"deadLetters:list" | "deadLetters:show" | "deadLetters:replay" | "deadLetters:acknowledge"> {
  const { reports, clock, sync } = parts;
  return {
    "deadLetters:list": serve(ipcCalls["deadLetters:list"], async () => ({
      ok: true,
      value: { groups: reports.deadGroups().map(toGroup) },
    })),
    "deadLetters:show": serve(ipcCalls["deadLetters:show"], async ({ target, limit, timeZone }) => {
      const letters = reports.deadOf(target, limit);
      if (letters.length === 0) return noSuchTarget(parts, target);
      const group = reports.deadGroups().find((each) => each.id === target);
      return {
        ok: true,
        value: {
          group: group === undefined ? null : toGroup(group),
          letters: letters.flatMap((letter) => toLetter(parts, letter, timeZone)),
        },
      };
    }),
    "deadLetters:replay": serveOnce(ipcCalls["deadLetters:replay"], ({ target, note }) =>
      atOnce(() => {
        const now = clock.now();
        const moved = moveAll(parts, toTaker(parts, target), (row) => toReplay(row, now, note, parts.actor));
        if (!moved.ok) return moved;
        sync.wake();
        return { ok: true, value: { replayed: moved.value } };
      }),
    ),
    "deadLetters:acknowledge": serveOnce(ipcCalls["deadLetters:acknowledge"], ({ target, note }) =>
      atOnce(() => {
        const now = clock.now();
        const take = { target, next: () => parts.reports.deadOf(target, rowsPerStep) };
        const moved = moveAll(parts, take, (row) => toAcknowledge(row, now, note, parts.actor));
        return moved.ok ? { ok: true, value: { acknowledged: moved.value } } : moved;
      }),
    ),
  };
}

const toGroup = (group: DeadGroup): DeadGroupView => ({ ...group, ...reasonTexts[group.reason] });

function toLetter(parts: Parts, { row, detail }: DeliveryBrief, timeZone: string): readonly DeadLetterView[] {
  const integration = parts.integrations.recall(row.integrationId);
  if (integration === undefined) return [];
  return [
    {
      id: row.id,
      callId: row.callId,
      tenant: row.tenant,
      crm: integration.crm,
      reason: row.reason,
      detail,
      call: toCallSentence(row.call, timeZone),
      startedAt: row.call.startedAt,
      direction: row.call.direction,
      status: row.call.status,
      from: row.call.from,
      to: row.call.to,
      agent: row.call.agent,
      remoteId: row.remoteId,
    },
  ];
}

function noSuchTarget({ reports }: Parts, target: string) {
  const known = reports.deadGroups().map((group) => group.id);
  return fault(
    "bad_input",
    known.length === 0
      ? "There are no dead letters."
      : `No group and no dead letter is named ${target}. Groups: ${known.slice(0, 10).join(", ")}.`,
  );
}

/** Deliveries that a click is about, some at a time. */
type Taker = Readonly<{ target: string; next: () => readonly DeliveryBrief[] }>;

/** What was acknowledged can be taken back: `TARGET@TIME` is what was acknowledged of it since that time (epoch ms). */
function toTaker({ reports }: Parts, target: string): Taker {
  const [, groupOrId, since] = /^(.+)@(\d{1,16})$/.exec(target) ?? [];
  return groupOrId === undefined || since === undefined
    ? { target, next: () => reports.deadOf(target, rowsPerStep) }
    : { target, next: () => reports.acknowledgedSince(groupOrId, Number(since), rowsPerStep) };
}

/** Moves every delivery of the target; each step takes what it moved out of the group. */
function moveAll(
  parts: Parts,
  { target, next }: Taker,
  toChange: (row: DeliveryRow) => DeliveryChange,
): Outcome<number, CallFault> {
  let moved = 0;
  for (;;) {
    const rows = next().map((brief) => brief.row);
    if (rows.length === 0) break;
    parts.deliveries.apply(rows.map(toChange));
    moved += rows.length;
  }
  return moved === 0 ? noSuchTarget(parts, target) : { ok: true, value: moved };
}

const toRemark = (verb: string, actor: string, note: string): string =>
  note === "" ? `${verb} by ${actor}` : `${verb} by ${actor}: ${note}`;

const aboutRow = (row: DeliveryRow) => ({
  tenant: row.tenant,
  callId: row.callRowId,
  deliveryId: row.id,
  integrationId: row.integrationId,
  terms: termsOf(row),
});

/** Goes out next; the store gives it a fresh count of attempts. The match is made again where it was the cause. */
function toReplay(row: DeliveryRow, now: number, note: string, actor: string): DeliveryChange {
  const rematch = row.reason !== null && matchReasons.has(row.reason);
  const summary = toRemark("Replayed", actor, note);
  return {
    id: row.id,
    events: ["replay"],
    patch: { lane: 0, ...(rematch ? { match: null } : {}), ...(note === "" ? {} : { note }) },
    audit: [{ ...aboutRow(row), at: now, operation: "delivery.replay", outcome: "info", summary }],
  };
}

function toAcknowledge(row: DeliveryRow, now: number, note: string, actor: string): DeliveryChange {
  const summary = toRemark("Acknowledged", actor, note);
  return {
    id: row.id,
    events: ["acknowledge"],
    patch: { note: summary },
    audit: [{ ...aboutRow(row), at: now, operation: "delivery.acknowledge", outcome: "info", summary }],
  };
}
