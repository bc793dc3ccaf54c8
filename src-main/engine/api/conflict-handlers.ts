import type { z } from "zod";
import { type ConflictVerdict, stateOfVerdict } from "../../../src-shared/domain/conflict.ts";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import { ipcCalls, type CallFault } from "../../../src-shared/ipc/contract.ts";
import type { conflictPage, ConflictView } from "../../../src-shared/ipc/conflict-views.ts";
import { fault } from "../host/engine.ts";
import type { Conflict } from "../ports/conflict-store.ts";
import type { DeliveryChange, DeliveryRow } from "../ports/delivery-store.ts";
import { termsOf } from "../sync/delivery-audit.ts";
import type { ApiParts } from "./api-parts.ts";
import { nextStepOf, toConflictSentence } from "./conflict-sentence.ts";
import { atOnce, serve, serveOnce, type SubjectHandlers } from "./dispatcher.ts";
import { findIntegration } from "./find-integration.ts";

type Parts = Pick<
  ApiParts,
  | "conflicts"
  | "deliveries"
  | "integrations"
  | "peopleStore"
  | "connectorFor"
  | "crms"
  | "clock"
  | "audit"
  | "sync"
  | "actor"
>;

/** Outside edits of fields that are ours: shown, and settled by a person. */
export function createConflictHandlers(
  parts: Parts,
): SubjectHandlers<"conflicts:list" | "conflicts:show" | "conflicts:settle"> {
  const { conflicts, integrations } = parts;
  return {
    "conflicts:list": serve(ipcCalls["conflicts:list"], async ({ id, all, before, limit }) => {
      const found = id === null ? null : findIntegration(integrations, id);
      if (found !== null && !found.ok) return found;
      return { ok: true, value: toPage(parts, conflicts.list({ integrationId: id, all, before, limit }), limit) };
    }),
    "conflicts:show": serve(ipcCalls["conflicts:show"], async ({ id }) => {
      const found = conflicts.get(id);
      return found === undefined ? unknownConflict(id) : { ok: true, value: toConflictView(parts, found) };
    }),
    "conflicts:settle": serveOnce(ipcCalls["conflicts:settle"], ({ id, verdict, note }) =>
      atOnce(() => {
        const found = conflicts.get(id);
        return found === undefined ? unknownConflict(id) : settle(parts, found, verdict, note);
      }),
    ),
  };
}

const unknownConflict = (id: number): Outcome<never, CallFault> =>
  fault("bad_input", `There is no conflict ${id}. "callledger conflicts list --all" shows those there are.`);

function toPage(parts: Parts, found: readonly Conflict[], limit: number): z.input<typeof conflictPage> {
  const next = found.length < limit ? null : (found.at(-1)?.id ?? null);
  return { conflicts: found.map((each) => toConflictView(parts, each)), next };
}

/** A conflict as people read it; a user of the CRM by name where the copy of its people knows it. */
export function toConflictView(
  {
    integrations,
    peopleStore,
    connectorFor,
    crms,
  }: Pick<Parts, "integrations" | "peopleStore" | "connectorFor" | "crms">,
  { deliveryId: _delivery, ...conflict }: Conflict,
): ConflictView {
  const { integrationId, editedBy, remoteId, crm } = conflict;
  const integration = integrations.recall(integrationId);
  const editor = peopleStore.owners(integrationId).find(({ id }) => id === editedBy);
  const named = { ...conflict, editedBy: editor?.name ?? editedBy };
  const canLink = integration !== undefined && remoteId !== null && crms[crm] !== undefined;
  return {
    ...named,
    label: integration?.label ?? crm,
    recordUrl: canLink ? connectorFor(integration).recordUrl(integration.account, "calls", remoteId) : null,
    sentence: toConflictSentence(named),
    nextStep: nextStepOf(conflict),
  };
}

/**
 * The moves by which a call goes out again with our value; null where it is on its way just now. What waits or is dead
 * stays where it is, and takes the decision along.
 */
function movesOf(state: DeliveryRow["state"]): DeliveryChange["events"] | null {
  if (state === "sending" || state === "uncertain") return null;
  return state === "delivered" ? ["revise"] : [];
}

function settle(
  parts: Parts,
  conflict: Conflict,
  verdict: ConflictVerdict,
  note: string,
): Outcome<ConflictView, CallFault> {
  const { conflicts, deliveries, audit, clock, actor, sync } = parts;
  const refused = whyNotSettled(conflict, verdict);
  if (refused !== null) return fault("bad_input", refused);
  const row = deliveries.get(conflict.deliveryId);
  if (row === undefined) return fault("bad_input", "The call of this conflict is no longer there.");
  const events = movesOf(row.state);
  if (events === null) return fault("busy", "The call is on its way just now. Try again in a moment.");
  const at = clock.now();
  conflicts.settle(conflict.id, { state: stateOfVerdict[verdict], at, by: actor, note });
  const entry = {
    at,
    tenant: row.tenant,
    callId: row.callRowId,
    deliveryId: row.id,
    integrationId: row.integrationId,
    operation: "conflict.settle",
    outcome: "info",
    summary: `${actor} decided about ${conflict.field}: ${decisions[verdict]}${note === "" ? "" : ` Note: ${note}`}`,
    terms: termsOf(row),
    payload: { pushed: { field: conflict.field, ours: conflict.ours, theirs: conflict.theirs, verdict } },
  } as const;
  if (verdict === "keep_theirs") audit.append([entry]);
  // A record of an older version than wanted is rewritten, after it was read once more.
  else
    deliveries.apply([
      { id: row.id, events, patch: { ...againNow(row, at), sentRevision: row.wantedRevision - 1 }, audit: [entry] },
    ]);
  sync.wake();
  const settled = conflicts.get(conflict.id);
  if (settled === undefined) throw new Error("a conflict that was settled is gone");
  return { ok: true, value: toConflictView(parts, settled) };
}

/** A person pressed a button: the call goes first. */
const againNow = ({ state }: DeliveryRow, at: number): DeliveryChange["patch"] =>
  state === "delivered" || state === "queued" ? { lane: 0, dueAt: at } : {};

const decisions: Readonly<Record<ConflictVerdict, string>> = {
  keep_theirs: "what the CRM holds stays, now and later.",
  use_ours: "our value is written over what the CRM held, if it still holds that.",
};

function whyNotSettled({ id, state, settledBy, appliedAt, field }: Conflict, verdict: ConflictVerdict): string | null {
  if (state === "passed")
    return `Conflict ${id} has passed: ${field} changed again, holds our value, or its record is gone. "conflicts list" shows what is open.`;
  if (state === stateOfVerdict[verdict]) return `Conflict ${id} was decided so already, by ${settledBy ?? "somebody"}.`;
  if (appliedAt !== null) return `Conflict ${id} was decided and carried out already: our value was written.`;
  return null;
}
