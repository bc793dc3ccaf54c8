import type { Answer, ConnectorFault } from "../../../src-shared/domain/fault.ts";
import { verdicts } from "../../../src-shared/domain/fault.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { untilEvent } from "../../../src-shared/domain/delivery.ts";
import { type Reason, reasonTexts, toBlockSentence } from "../../../src-shared/domain/reason.ts";
import { linkStep } from "../../../src-shared/domain/step.ts";
import { nextRetryDelay } from "../../../src-shared/domain/retry-policy.ts";
import type { WriteOutcome } from "../ports/connector.ts";
import type { AuditDraft } from "../ports/audit-log.ts";
import type { DeliveryChange, DeliveryPatch, DeliveryRow } from "../ports/delivery-store.ts";
import { auditOf } from "./delivery-audit.ts";
import { untimed } from "./server-clock.ts";
import type { WritePlan } from "./write-plan.ts";

export type OutcomeContext = Readonly<{
  integration: Integration;
  /** Wall time, epoch ms. */
  now: number;
  random: number;
  /** Deliveries in the same write. */
  batchSize: number;
  /** Wanted revision as stored now; higher than the plan's when the call changed meanwhile. */
  wantedRevision: number;
  /** Whether requests are being cut because the engine stops: what was not sent goes back. */
  stopping: boolean;
}>;

const answerOf = (fault: ConnectorFault): Answer => ("answer" in fault ? fault.answer : {});

/** What happened, as audit fields. */
function saidBy(answer: Answer): Readonly<{ status?: number; code?: string }> {
  return {
    ...(answer.status === undefined ? {} : { status: answer.status }),
    ...(answer.code === undefined ? {} : { code: answer.code }),
  };
}

function toPayload(plan: WritePlan, answered: unknown): Readonly<{ pushed: unknown; answered: unknown }> {
  const { operation, body, links } = plan.item;
  const { conflicts = [], fitted = [] } = plan;
  const edited = conflicts.length === 0 ? {} : { conflicts };
  const changed = fitted.length === 0 ? {} : { fitted };
  return { pushed: { operation, key: plan.key, fields: body, links, ...edited, ...changed }, answered };
}

/** Whether nothing was sent, as the CRM's own description of its fields says that it would refuse it. */
const isUnsent = (fault: ConnectorFault): boolean => fault.kind === "rejected" && fault.unsent === true;

/** What was changed so that the CRM takes it, in words. */
function describeFitted({ fitted = [] }: WritePlan): string {
  const parts = fitted.map(({ field, how, from, to }) =>
    how === "trim"
      ? `${field} cut from ${from.length} to ${to.length} characters`
      : `${field} written as "${to}" for "${from}"`,
  );
  return parts.length === 0 ? "" : ` Made to fit: ${parts.join(", ")}.`;
}

const isChanged = ({ row }: WritePlan, { wantedRevision }: OutcomeContext): boolean =>
  wantedRevision > row.wantedRevision;

const followUp = ({ row }: WritePlan, { integration, now }: OutcomeContext): AuditDraft =>
  auditOf(row, integration, now, {
    operation: "delivery.revise",
    outcome: "info",
    summary: "The call changed meanwhile: the new version follows.",
  });

/** A dead letter: why, grouped by cause, with the CRM's own words. What was refused of an older version says nothing of the newer. */
function reject(
  plan: WritePlan,
  context: OutcomeContext,
  reason: Reason,
  fault: ConnectorFault,
  attempts: number,
): DeliveryChange {
  const { row } = plan;
  const answer = answerOf(fault);
  const cause = "field" in fault ? fault.field : answer.code;
  const detail = answer.message ?? reasonTexts[reason].sentence;
  const crm = crmNames[context.integration.crm];
  const summary = isUnsent(fault)
    ? `Not sent to ${crm}: ${detail}`
    : `${crm} did not take the call: ${reasonTexts[reason].sentence}`;
  const refused = auditOf(row, context.integration, context.now, {
    operation: "delivery.reject",
    outcome: "failed",
    summary,
    reason,
    ...saidBy(answer),
    payload: toPayload(plan, answer),
  });
  if (isChanged(plan, context))
    return {
      id: row.id,
      events: ["reject", "revise"],
      patch: { waitWhy: null },
      audit: [refused, followUp(plan, context)],
    };
  return {
    id: row.id,
    events: ["reject"],
    patch: { reason, causeKey: cause === undefined ? reason : `${reason}:${cause}`, detail, attempts, waitWhy: null },
    audit: [refused],
  };
}

function defer(
  plan: WritePlan,
  context: OutcomeContext,
  patch: DeliveryPatch & { dueAt: number },
  summary: string,
  fault: ConnectorFault,
): DeliveryChange {
  const { row } = plan;
  const nextRetryAt = patch.dueAt === untilEvent ? {} : { nextRetryAt: patch.dueAt };
  const audit = auditOf(row, context.integration, context.now, {
    operation: "delivery.defer",
    outcome: "waiting",
    summary,
    ...nextRetryAt,
    ...saidBy(answerOf(fault)),
    payload: toPayload(plan, fault),
  });
  return { id: row.id, events: ["defer"], patch, audit: [audit] };
}

function deferTransient(
  plan: WritePlan,
  context: OutcomeContext,
  fault: Extract<ConnectorFault, { kind: "transient" }>,
): DeliveryChange {
  const { row } = plan;
  const attempts = row.attempts + 1;
  const firstAttemptAt = row.firstAttemptAt ?? context.now;
  const delay = nextRetryDelay({
    attempts,
    ageMs: context.now - firstAttemptAt,
    random: context.random,
    neverLeft: fault.proof === "never_left",
    ...(fault.retryAfterMs === undefined ? {} : { retryAfterMs: fault.retryAfterMs }),
  });
  const locked = fault.proof === "row_locked";
  if (delay === undefined)
    return reject(plan, context, locked ? "record_locked" : "retries_exhausted", fault, attempts);
  const why = locked ? "the record is locked" : (fault.answer.message ?? "the CRM could not be reached");
  return defer(
    plan,
    context,
    { waitWhy: "retry", dueAt: context.now + delay, attempts, firstAttemptAt },
    `Not sent: ${why}. Tried again by itself.`,
    fault,
  );
}

/** The person is gone: match once more; a second time it is a person's turn. */
function rejectOrMatchAgain(
  plan: WritePlan,
  context: OutcomeContext,
  fault: Extract<ConnectorFault, { kind: "rejected" }>,
): DeliveryChange {
  const { row } = plan;
  if (fault.reason !== "person_deleted" || row.attempts > 0)
    return reject(plan, context, fault.reason, fault, row.attempts + (isUnsent(fault) ? 0 : 1));
  const patch = {
    waitWhy: "retry" as const,
    dueAt: context.now,
    attempts: 1,
    firstAttemptAt: row.firstAttemptAt ?? context.now,
    match: null,
  };
  return defer(plan, context, patch, "The linked record is gone or was merged: matched again.", fault);
}

function lose(plan: WritePlan, context: OutcomeContext, fault: ConnectorFault): DeliveryChange {
  const { row } = plan;
  const known = fault.kind === "already_written";
  const summary = known
    ? "The CRM says that it has a record with our key: read by key."
    : `The answer was lost (${answerOf(fault).message ?? "no answer"}): read by key before anything is sent again.`;
  return {
    id: row.id,
    events: ["lose"],
    patch: {
      nextProbeAt: context.now,
      missingReads: 0,
      firstAttemptAt: row.firstAttemptAt ?? context.now,
      attempts: row.attempts + (verdicts[fault.kind].spendsAttempt ? 1 : 0),
    },
    audit: [
      auditOf(row, context.integration, context.now, {
        operation: "delivery.lose",
        outcome: "waiting",
        summary,
        ...saidBy(answerOf(fault)),
        payload: toPayload(plan, fault),
      }),
    ],
  };
}

function release(row: DeliveryRow, context: OutcomeContext, summary: string): DeliveryChange {
  return {
    id: row.id,
    events: ["release"],
    patch: { dueAt: context.now },
    audit: [
      auditOf(row, context.integration, context.now, { operation: "delivery.release", outcome: "info", summary }),
    ],
  };
}

function faultChange(plan: WritePlan, context: OutcomeContext, fault: ConnectorFault): DeliveryChange {
  switch (fault.kind) {
    case "blocked":
      return defer(
        plan,
        context,
        { waitWhy: "auth", dueAt: untilEvent },
        `Waits: ${toBlockSentence(fault.reason, fault.answer.message)}`,
        fault,
      );
    case "rate_limited":
      return defer(
        plan,
        context,
        { waitWhy: "pace", dueAt: context.now + fault.retryAfterMs },
        "Waits: the CRM takes no more calls for now.",
        fault,
      );
    case "paced":
      if (context.stopping) return release(plan.row, context, "Not sent: the engine stops.");
      if (fault.window === untimed)
        return release(plan.row, context, "Not sent: a clock jumped, so the CRM is asked for its time first.");
      return defer(
        plan,
        context,
        { waitWhy: "pace", dueAt: context.now + fault.waitMs },
        "Waits: our share of the CRM's limit is used up.",
        fault,
      );
    case "transient":
      return deferTransient(plan, context, fault);
    case "rejected":
      return rejectOrMatchAgain(plan, context, fault);
    case "batch_too_large":
      if (context.batchSize > 1)
        return release(plan.row, context, "Not sent: the batch was too large; a smaller one follows.");
      return reject(plan, context, "too_large", fault, plan.row.attempts + 1);
    case "already_written":
    case "response_lost":
      return lose(plan, context, fault);
  }
}

/** What the CRM holds for certain after this outcome: steps, id, pushed values. */
function certainties(
  plan: WritePlan,
  outcome: WriteOutcome,
): Pick<DeliveryChange, "stepsDone" | "pushed"> & { patch: DeliveryPatch } {
  const wroteRecord = plan.item.body !== null && outcome.done.includes("record");
  const pushed = { ...plan.settledFields, ...(wroteRecord ? plan.item.body : {}) };
  return {
    stepsDone: outcome.done,
    patch: {
      ...(outcome.remoteId === null ? {} : { remoteId: outcome.remoteId }),
      ...(wroteRecord ? { sentRevision: plan.row.wantedRevision } : {}),
    },
    ...(Object.keys(pushed).length > 0 ? { pushed } : {}),
  };
}

function accept(plan: WritePlan, outcome: WriteOutcome, context: OutcomeContext): DeliveryChange {
  const { row } = plan;
  const newer = isChanged(plan, context);
  const edited = (plan.conflicts ?? []).map(({ field }) => field);
  const kept = edited.length === 0 ? "" : ` Edited in the CRM and left as it is: ${edited.join(", ")}.`;
  const remoteId = outcome.remoteId ?? row.remoteId;
  const summary = `${crmNames[context.integration.crm]} has the call (record ${remoteId ?? "unknown"}).${kept}${describeFitted(plan)}`;
  const at = context.now;
  const audits = [
    auditOf(row, context.integration, at, {
      operation: "delivery.accept",
      outcome: "ok",
      summary,
      ...saidBy(outcome.answer ?? {}),
      payload: toPayload(plan, { remoteId, done: outcome.done, ...outcome.answer }),
    }),
  ];
  if (newer) audits.push(followUp(plan, context));
  return {
    id: row.id,
    events: newer ? ["accept", "revise"] : ["accept"],
    patch: {
      remoteId,
      sentRevision: row.wantedRevision,
      deliveredAt: at,
      attempts: 0,
      firstAttemptAt: null,
      rescues: 0,
      missingReads: 0,
      reason: null,
      causeKey: null,
      detail: null,
      waitWhy: null,
      giveUpAt: null,
      dueAt: at,
    },
    audit: audits,
  };
}

/** One delivery's change for what its write did. Pure: the caller stores it. */
export function toChange(plan: WritePlan, outcome: WriteOutcome, context: OutcomeContext): DeliveryChange {
  const certain = certainties(plan, outcome);
  const change = outcome.fault === null ? accept(plan, outcome, context) : faultChange(plan, context, outcome.fault);
  return {
    ...change,
    ...(certain.stepsDone === undefined ? {} : { stepsDone: certain.stepsDone }),
    ...(certain.pushed === undefined ? {} : { pushed: certain.pushed }),
    ...(plan.conflicts === undefined ? {} : { conflicts: plan.conflicts }),
    ...(outcome.fault === null ? { stepsUndone: (plan.item.unlinks ?? []).map(linkStep) } : {}),
    patch: { ...certain.patch, ...change.patch },
  };
}
