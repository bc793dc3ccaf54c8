import { recordStep } from "../../../src-shared/domain/step.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { type FieldMode, filterBody, hasLines, ruleOf } from "../../../src-shared/domain/ownership.ts";
import { nextRetryDelay } from "../../../src-shared/domain/retry-policy.ts";
import type { ProbeFinding } from "../ports/connector.ts";
import type { DeliveryChange, DeliveryRow } from "../ports/delivery-store.ts";
import { auditOf } from "./delivery-audit.ts";
import { type PlanContext, isEmpty, linksLeft, linksOutdated, toConflictDrafts, wantedOf } from "./write-plan.ts";

export type ProbeContext = Readonly<{
  integration: Integration;
  /** Wall time, epoch ms. */
  now: number;
  /**
   * When the read began, by the earliest that the CRM's time may have been, epoch ms: what the CRM did while the answer was on
   * its way may not be in it.
   */
  readAt: number;
  /** The latest that it may be at the CRM now, epoch ms. The send was stamped by it. */
  serverLatest: number;
  random: number;
  quietTimeMs: number;
  /** Whether the CRM itself refuses a second record with our key. */
  hasUniqueKey: boolean;
  plan: PlanContext;
}>;

/** Between two reads that must both say missing, ms. */
const secondReadGapMs = 5_000;

type Found = Extract<ProbeFinding, { kind: "found" }>;
type Values = Readonly<Record<string, string>>;

/** The record under the field contract: what is left to write, and what somebody else changed. */
function compare(row: DeliveryRow, found: Found, ours: Values, context: ProbeContext) {
  const { contract, object } = context.plan;
  return filterBody({
    contract,
    object,
    operation: "update",
    wanted: wantedOf(row, context.plan),
    remote: found.fields,
    pushed: { ...row.pushed, ...ours },
    settled: row.settled,
  });
}

/**
 * What our write put into the record, as far as that is certain. A record that is there proves a first write with all
 * of its fields, whatever they hold by now: what differs, or is empty, was changed by somebody. An update may not have been
 * executed: of it counts what the record holds, and what that proves.
 */
function ourValues(row: DeliveryRow, found: Found, context: ProbeContext): Values {
  const attempted = wantedOf(row.attemptedCall === null ? row : { ...row, call: row.attemptedCall }, context.plan);
  const wasUpdate = row.stepsDone.includes(recordStep);
  return {
    ...(wasUpdate ? emptiedValues(row, found, attempted, context) : attempted),
    ...heldValues(found, attempted, context),
    ...heldValues(found, wantedOf(row, context.plan), context),
  };
}

const modeOf = (field: string, { plan }: ProbeContext): FieldMode | undefined =>
  ruleOf(plan.contract, plan.object, field)?.own;

/** What the CRM holds as `values` have it, or with their lines in it: certain to be ours, or equal to ours. */
function heldValues(found: Found, values: Values, context: ProbeContext): Values {
  return Object.fromEntries(
    Object.entries(values).flatMap(([field, value]): readonly (readonly [string, string])[] => {
      const held = found.fields[field] ?? "";
      const isAdded = modeOf(field, context) === "append" && value !== "" && hasLines(held, value);
      return found.fields[field] === value || isAdded ? [[field, held]] : [];
    }),
  );
}

/**
 * Fields that were empty before our last update, are empty now, and that it filled: another field tells that it was
 * executed, as it holds the new value, and none tells the opposite by holding the one of before.
 */
function emptiedValues(row: DeliveryRow, found: Found, attempted: Values, context: ProbeContext): Values {
  const changes = Object.entries(attempted)
    .map(([field, value]) => ({ field, value, before: row.pushed[field] ?? "", held: found.fields[field] ?? "" }))
    .filter(({ field, value, before }) => modeOf(field, context) === "agent" && value !== before);
  const isExecuted =
    changes.some(({ value, held }) => held !== "" && held === value) &&
    !changes.some(({ before, held }) => held !== "" && held === before);
  const emptied = changes.filter(
    ({ field, before, held }) => before === "" && held === "" && Object.hasOwn(found.fields, field),
  );
  return isExecuted ? Object.fromEntries(emptied.map(({ field, value }) => [field, value])) : {};
}

function settleFound(row: DeliveryRow, found: Found, context: ProbeContext): DeliveryChange {
  const { integration, now } = context;
  // An update whose answer was lost may not have been executed.
  const ours = ourValues(row, found, context);
  const { body: left, conflicts } = compare(row, found, ours, context);
  const wasUpdate = row.stepsDone.includes(recordStep);
  const sentRevision = wasUpdate
    ? isEmpty(left)
      ? row.wantedRevision
      : (row.sentRevision ?? 0)
    : (row.lastAttemptRevision ?? row.wantedRevision);
  const stepsLeft =
    sentRevision < row.wantedRevision ||
    row.match === null ||
    linksLeft(row).length > 0 ||
    linksOutdated(row).length > 0;
  const edits = conflicts.map(({ field }) => field);
  const kept =
    edits.length === 0 ? "" : ` It differs from what we would write and is left as it is: ${edits.join(", ")}.`;
  const rest = stepsLeft ? " Its remaining steps follow." : "";
  const summary = `Found by key: ${crmNames[integration.crm]} has the call (record ${found.remoteId}).${kept}${rest}`;
  const audit = auditOf(row, integration, now, {
    operation: stepsLeft ? "delivery.resume" : "delivery.found",
    outcome: stepsLeft ? "waiting" : "ok",
    summary,
    payload: { answered: found },
  });
  const common = {
    remoteId: found.remoteId,
    sentRevision,
    nextProbeAt: null,
    missingReads: 0,
    rescues: 0,
    reason: null,
    dueAt: now,
  };
  return {
    id: row.id,
    events: [stepsLeft ? "resume" : "found"],
    patch: stepsLeft
      ? common
      : {
          ...common,
          deliveredAt: now,
          attempts: 0,
          firstAttemptAt: null,
          detail: null,
          causeKey: null,
          giveUpAt: null,
        },
    stepsDone: [recordStep],
    pushed: ours,
    conflicts: toConflictDrafts(conflicts, found),
    audit: [audit],
  };
}

function settleDeleted(row: DeliveryRow, remoteId: string | null, context: ProbeContext): DeliveryChange {
  const summary = "Somebody deleted the call's record in the CRM. It is not written again.";
  return {
    id: row.id,
    events: ["found", "vanish"],
    conflicts: [],
    patch: {
      ...(remoteId === null ? {} : { remoteId }),
      nextProbeAt: null,
      reason: "record_deleted",
      causeKey: "record_deleted",
      detail: summary,
    },
    audit: [
      auditOf(row, context.integration, context.now, {
        operation: "delivery.vanish",
        outcome: "failed",
        summary,
        reason: "record_deleted",
      }),
    ],
  };
}

function keepUncertain(
  row: DeliveryRow,
  context: ProbeContext,
  waitMs: number,
  missingReads: number,
  summary: string,
): DeliveryChange {
  const nextProbeAt = context.now + waitMs;
  return {
    id: row.id,
    events: ["defer"],
    patch: { nextProbeAt, missingReads },
    audit: [
      auditOf(row, context.integration, context.now, {
        operation: "delivery.probe",
        outcome: "waiting",
        summary,
        nextRetryAt: nextProbeAt,
      }),
    ],
  };
}

function sendAgain(row: DeliveryRow, context: ProbeContext): DeliveryChange {
  const { now } = context;
  const firstAttemptAt = row.firstAttemptAt ?? now;
  const delay =
    row.attempts === 0
      ? 0
      : nextRetryDelay({ attempts: row.attempts, ageMs: now - firstAttemptAt, random: context.random });
  if (delay === undefined) {
    const summary = "The CRM does not have the call, and every try failed.";
    const audit = auditOf(row, context.integration, now, {
      operation: "delivery.reject",
      outcome: "failed",
      summary,
      reason: "retries_exhausted",
    });
    return {
      id: row.id,
      events: ["missing", "claim", "reject"],
      patch: { nextProbeAt: null, reason: "retries_exhausted", causeKey: "retries_exhausted", detail: summary },
      audit: [audit],
    };
  }
  const audit = auditOf(row, context.integration, now, {
    operation: "delivery.missing",
    outcome: "waiting",
    summary: "The CRM does not have the call: it is sent again.",
    nextRetryAt: now + delay,
  });
  return {
    id: row.id,
    events: ["missing"],
    patch: { nextProbeAt: null, missingReads: 0, dueAt: now + delay, firstAttemptAt },
    audit: [audit],
  };
}

function settleMissing(row: DeliveryRow, context: ProbeContext): DeliveryChange {
  // A send stamped in the future means that one of the clocks jumped: it counts as sent just now.
  const age = row.lastSentAt === null ? Number.POSITIVE_INFINITY : Math.max(0, context.readAt - row.lastSentAt);
  if (age < context.quietTimeMs) {
    const waitMs = Math.min(context.quietTimeMs, context.quietTimeMs - age + 1_000);
    const kept = keepUncertain(
      row,
      context,
      waitMs,
      0,
      "Not there yet; the CRM may still be at work. Read again after the quiet time.",
    );
    // The quiet time begins now, once: a stamp that stays ahead would make it begin anew with every read.
    const isAhead = row.lastSentAt !== null && row.lastSentAt > context.serverLatest;
    return isAhead ? { ...kept, patch: { ...kept.patch, lastSentAt: context.serverLatest } } : kept;
  }
  const missingReads = row.missingReads + 1;
  if (!context.hasUniqueKey && missingReads < 2)
    return keepUncertain(
      row,
      context,
      secondReadGapMs,
      missingReads,
      "Not there; read once more, since the CRM would not refuse a second record.",
    );
  return row.stepsDone.includes(recordStep) ? settleDeleted(row, row.remoteId, context) : sendAgain(row, context);
}

/** One delivery's change for what a read by key found. Pure: the caller stores it. */
export function toProbeChange(row: DeliveryRow, finding: ProbeFinding, context: ProbeContext): DeliveryChange {
  switch (finding.kind) {
    case "found":
      return settleFound(row, finding, context);
    case "deleted":
      return settleDeleted(row, finding.remoteId, context);
    case "missing":
      return settleMissing(row, context);
    case "unclear": {
      const audit = auditOf(row, context.integration, context.now, {
        operation: "delivery.unclear",
        outcome: "failed",
        summary: `The CRM cannot tell whether it has the call: ${finding.detail}`,
        reason: "outcome_unknown",
      });
      return {
        id: row.id,
        events: ["unclear"],
        patch: { nextProbeAt: null, reason: "outcome_unknown", causeKey: "outcome_unknown", detail: finding.detail },
        audit: [audit],
      };
    }
  }
}

/** The probe itself failed: nothing was learnt. */
export function toProbeDeferral(
  row: DeliveryRow,
  context: Pick<ProbeContext, "integration" | "now">,
  waitMs: number,
  why: string,
): DeliveryChange {
  const nextProbeAt = context.now + waitMs;
  const audit = auditOf(row, context.integration, context.now, {
    operation: "delivery.probe",
    outcome: "waiting",
    summary: `Could not read the call by key: ${why} Tried again by itself.`,
    nextRetryAt: nextProbeAt,
  });
  return { id: row.id, events: ["defer"], patch: { nextProbeAt }, audit: [audit] };
}
