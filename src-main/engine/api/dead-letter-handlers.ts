import { reasonTexts } from "../../../src-shared/domain/reason.ts";
import { ipcCalls } from "../../../src-shared/ipc/contract.ts";
import type { DeadGroupView, DeadLetterView, DeadRunView } from "../../../src-shared/ipc/dead-letter-views.ts";
import { fault } from "../host/engine.ts";
import type { DeadRunRecord, DeadTarget } from "../ports/dead-runs.ts";
import type { DeadGroup, DeliveryBrief } from "../ports/report-store.ts";
import type { ApiParts } from "./api-parts.ts";
import { toCallSentence } from "./call-sentence.ts";
import { atOnce, type Handlers, serve, serveOnce, type SubjectHandlers } from "./dispatcher.ts";

type Parts = Pick<
  ApiParts,
  "clock" | "reports" | "deliveries" | "integrations" | "sync" | "actor" | "deadRuns" | "deadRunner"
>;

export function createDeadLetterHandlers(
  parts: Parts,
): SubjectHandlers<
  | "deadLetters:list"
  | "deadLetters:show"
  | "deadLetters:history"
  | "deadLetters:replay"
  | "deadLetters:acknowledge"
  | "deadLetters:undo"
> {
  const { reports, clock, sync, deadRuns, deadRunner } = parts;

  /** Begins a run; its answer is how many deliveries it is about. */
  function begin(
    kind: "replay" | "acknowledge" | "undo",
    found: DeadTarget | undefined,
    { target, note }: Readonly<{ target: string; note: string }>,
  ) {
    if (found === undefined) return noSuchTarget(parts, target);
    const isUndone = kind === "replay" && found.from === "acknowledged";
    deadRunner.begin({ kind: isUndone ? "undo" : kind, target, note, actor: parts.actor, at: clock.now() }, found);
    if (kind !== "acknowledge") sync.wake();
    return { ok: true, value: found.count } as const;
  }

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
    "deadLetters:history": serve(ipcCalls["deadLetters:history"], async ({ target, limit }) => ({
      ok: true,
      value: { runs: deadRuns.history(target, limit).map((run) => toRunView(parts, run)) },
    })),
    "deadLetters:replay": thenFinish(
      parts,
      serveOnce(ipcCalls["deadLetters:replay"], (ask) =>
        atOnce(() => {
          const begun = begin("replay", deadRuns.resolve(ask.target, clock.now()), ask);
          return begun.ok ? { ok: true, value: { replayed: begun.value } } : begun;
        }),
      ),
    ),
    "deadLetters:acknowledge": thenFinish(
      parts,
      serveOnce(ipcCalls["deadLetters:acknowledge"], (ask) =>
        atOnce(() => {
          const found = deadRuns.resolve(ask.target, clock.now());
          const begun = begin("acknowledge", found?.from === "dead" ? found : undefined, ask);
          return begun.ok ? { ok: true, value: { acknowledged: begun.value } } : begun;
        }),
      ),
    ),
    "deadLetters:undo": thenFinish(
      parts,
      serveOnce(ipcCalls["deadLetters:undo"], ({ run, note }) =>
        atOnce(() => {
          const found = deadRuns.acknowledgedBy(run);
          if (found === undefined)
            return fault("bad_input", `Nothing is left to take back of number ${run}. See: callledger dead history`);
          const begun = begin("undo", found, { target: String(run), note });
          return begun.ok ? { ok: true, value: { replayed: begun.value } } : begun;
        }),
      ),
    ),
  };
}

/** What takes effect is on disk when the call is answered; a large group needs more steps, which a kill only puts off. */
function thenFinish<C extends Pick<Handlers[keyof Handlers], "run">>(
  { deadRunner }: Pick<Parts, "deadRunner">,
  call: C,
): C {
  const run: C["run"] = async (input, context, settle) => {
    const answer = await call.run(input, context, settle);
    if (answer.ok) await deadRunner.finish(context.signal);
    return answer;
  };
  return { ...call, run };
}

const toGroup = (group: DeadGroup): DeadGroupView => ({ ...group, ...reasonTexts[group.reason] });

function toRunView({ integrations }: Parts, run: DeadRunRecord): DeadRunView {
  const { integrationId, causeKey, reason, ...rest } = run;
  const integration = integrationId === null ? undefined : integrations.recall(integrationId);
  return { ...rest, integrationId, reason, crm: integration?.crm ?? null, tenant: integration?.tenant ?? null };
}

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
