import { z } from "zod";
import { callRecord } from "../../../src-shared/domain/call-record.ts";
import type { Lane } from "../../../src-shared/domain/budget.ts";
import type { DeliveryState, WaitWhy } from "../../../src-shared/domain/delivery.ts";
import type { Settlement } from "../../../src-shared/domain/ownership.ts";
import type { Reason } from "../../../src-shared/domain/reason.ts";
import type { DeliveryRow, Match } from "../ports/delivery-store.ts";
import { type CallColumns, callColumns, toPublicId, toRecord } from "./call-columns.ts";
import { fromJson } from "./json-column.ts";
import { type WrittenColumns, toWritten, writtenColumns, writtenJoin } from "./written-store.ts";

/** A delivery with its call as selected by `deliverySelect`. */
export type DeliveryColumns = CallColumns &
  WrittenColumns &
  Readonly<{
    id: number;
    integrationId: number;
    state: DeliveryState;
    lane: Lane;
    dueAt: number;
    waitWhy: WaitWhy | null;
    giveUpAt: number | null;
    nextProbeAt: number | null;
    wantedRevision: number;
    lastAttemptRevision: number | null;
    sentRevision: number | null;
    attempts: number;
    firstAttemptAt: number | null;
    lastSentAt: number | null;
    rescues: number;
    missingReads: number;
    reason: Reason | null;
    causeKey: string | null;
    detail: string | null;
    remoteId: string | null;
    deliveredAt: number | null;
    note: string | null;
    settled: string;
    attemptedRecord: string | null;
    matchNumber: string | null;
    matchObject: string | null;
    matchPersonId: string | null;
    matchName: string | null;
    matchAlso: string;
    matchRule: string;
    matchEvidence: string;
    matchCandidates: string;
    matchedAt: number;
  }>;

/** Selects deliveries `d` from a table, or from a join with one; a WHERE clause or an order follows. */
export const selectDeliveries = (from: string): string => `SELECT ${callColumns},
  d.id, d.integration_id AS integrationId, d.state, d.lane, d.due_at AS dueAt, d.wait_why AS waitWhy,
  d.give_up_at AS giveUpAt, d.next_probe_at AS nextProbeAt, d.wanted_revision AS wantedRevision,
  d.last_attempt_revision AS lastAttemptRevision, d.sent_revision AS sentRevision, d.attempts,
  d.first_attempt_at AS firstAttemptAt, d.last_sent_at AS lastSentAt, d.rescues, d.missing_reads AS missingReads,
  d.reason, d.cause_key AS causeKey, d.detail, d.remote_id AS remoteId, d.delivered_at AS deliveredAt, d.note,
  ${writtenColumns},
  (SELECT json_group_object(field, json_object('state', state, 'theirs', theirs)) FROM field_conflict
    WHERE delivery_id = d.id AND (state = 'kept_theirs' OR (state = 'used_ours' AND applied_at IS NULL))) AS settled,
  (SELECT record FROM call_revision WHERE call_id = d.call_id AND revision = d.last_attempt_revision) AS attemptedRecord,
  m.number AS matchNumber, m.object AS matchObject, m.person_id AS matchPersonId, m.name AS matchName,
  m.also AS matchAlso, m.rule AS matchRule, m.evidence AS matchEvidence, m.candidates AS matchCandidates,
  m.matched_at AS matchedAt
  FROM ${from} JOIN call c ON c.id = d.call_id JOIN phone_system s ON s.id = c.phone_system_id
  JOIN tenant t ON t.id = s.tenant_id LEFT JOIN delivery_match m ON m.delivery_id = d.id ${writtenJoin}`;
export const deliverySelect: string = selectDeliveries("delivery d");

const links = z.array(z.strictObject({ object: z.string(), id: z.string() }));
const candidates = z.array(z.strictObject({ object: z.string(), id: z.string(), name: z.string(), field: z.string() }));

const settlements = z.record(
  z.string(),
  z.strictObject({ state: z.enum(["kept_theirs", "used_ours"]), theirs: z.string().nullable() }),
);

function toSettled(text: string): DeliveryRow["settled"] {
  return Object.fromEntries(
    Object.entries(fromJson(settlements, text)).map(([field, { state, theirs }]): [string, Settlement] => [
      field,
      state === "kept_theirs" ? { verdict: "keep_theirs" } : { verdict: "use_ours", theirs },
    ]),
  );
}

function toMatch(row: DeliveryColumns): Match | null {
  if (row.matchNumber === null) return null;
  return {
    number: row.matchNumber,
    object: row.matchObject,
    personId: row.matchPersonId,
    name: row.matchName,
    also: fromJson(links, row.matchAlso),
    rule: row.matchRule,
    evidence: row.matchEvidence,
    candidates: fromJson(candidates, row.matchCandidates),
    matchedAt: row.matchedAt,
  };
}

export function toDeliveryRow(row: DeliveryColumns): DeliveryRow {
  const written = toWritten(row);
  return {
    id: row.id,
    integrationId: row.integrationId,
    callRowId: row.callRowId,
    tenant: row.tenant,
    callId: toPublicId(row),
    call: toRecord(row),
    state: row.state,
    lane: row.lane,
    dueAt: row.dueAt,
    waitWhy: row.waitWhy,
    giveUpAt: row.giveUpAt,
    nextProbeAt: row.nextProbeAt,
    wantedRevision: row.wantedRevision,
    sentRevision: row.sentRevision,
    lastAttemptRevision: row.lastAttemptRevision,
    attempts: row.attempts,
    firstAttemptAt: row.firstAttemptAt,
    lastSentAt: row.lastSentAt,
    rescues: row.rescues,
    missingReads: row.missingReads,
    reason: row.reason,
    remoteId: row.remoteId,
    match: toMatch(row),
    stepsDone: written.steps,
    pushed: written.pushed,
    settled: row.settled === "{}" ? {} : toSettled(row.settled),
    attemptedCall:
      row.attemptedRecord === null ? null : { ...fromJson(callRecord, row.attemptedRecord), system: row.system },
  };
}
