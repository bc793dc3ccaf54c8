import { toCallId } from "../../../src-shared/domain/call-id.ts";
import type { CallDirection, CallRecord, CallStatus } from "../../../src-shared/domain/call-record.ts";
import { fromJson, numberList } from "./json-column.ts";

/** A call's columns as selected by `callColumns`. */
export type CallColumns = Readonly<{
  callRowId: number;
  tenant: string;
  system: string;
  node: string;
  logKey: string;
  keyStartedAt: number;
  storedLogId: string | null;
  direction: CallDirection;
  status: CallStatus;
  fromParty: string | null;
  toParty: string | null;
  startedAt: number;
  startedAtPrecision: CallRecord["startedAtPrecision"];
  startedAtAlternatives: string | null;
  durationSeconds: number;
  agent: string | null;
  legCount: number;
}>;

/** For tables `call c`, `phone_system s` and `tenant t`. */
export const callColumns = `c.id AS callRowId, t.slug AS tenant, s.name AS system, c.node, c.log_key AS logKey,
  c.key_started_at AS keyStartedAt, c.log_id AS storedLogId, c.direction, c.status, c.from_party AS fromParty,
  c.to_party AS toParty, c.started_at AS startedAt, c.started_at_precision AS startedAtPrecision,
  c.started_at_alternatives AS startedAtAlternatives, c.duration_seconds AS durationSeconds, c.agent,
  c.leg_count AS legCount`;

/** How the log's own id is stored beside the key: NULL when they are the same, '' when the log has none. */
export function toStoredLogId(logId: string | null, logKey: string): string | null {
  if (logId === logKey) return null;
  return logId ?? "";
}

function toLogId(stored: string | null, logKey: string): string | null {
  if (stored === null) return logKey;
  return stored === "" ? null : stored;
}

export function toRecord(row: CallColumns): CallRecord & Readonly<{ system: string }> {
  return {
    system: row.system,
    logId: toLogId(row.storedLogId, row.logKey),
    direction: row.direction,
    status: row.status,
    from: row.fromParty,
    to: row.toParty,
    startedAt: row.startedAt,
    startedAtPrecision: row.startedAtPrecision,
    startedAtAlternatives: row.startedAtAlternatives === null ? [] : fromJson(numberList, row.startedAtAlternatives),
    durationSeconds: row.durationSeconds,
    agent: row.agent,
    legs: row.legCount,
  };
}

/** The public id: it keeps the start second under which the call was first stored. */
export function toPublicId(row: CallColumns): string {
  return toCallId({ system: row.system, node: row.node, logKey: row.logKey, startedAt: row.keyStartedAt });
}

/** JSON of the other readings of an ambiguous time; null for nearly all calls. */
export function toAlternatives(alternatives: readonly number[]): string | null {
  return alternatives.length === 0 ? null : JSON.stringify(alternatives);
}
