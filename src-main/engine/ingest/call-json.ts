import type { CallRecord } from "../../../src-shared/domain/call-record.ts";

/** A call as `calls parse` prints it. */
export type CallJson = Readonly<{
  callId: string | null;
  direction: CallRecord["direction"];
  status: CallRecord["status"];
  from: string | null;
  to: string | null;
  startedAt: string;
  startedAtPrecision?: "minute";
  startedAtAlternatives?: readonly string[];
  durationSeconds: number;
  agent: string | null;
  legs: number;
}>;

const toSecond = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** The public form of a call: the log's own id, times as ISO 8601 in UTC, precision and alternatives where they apply. */
export function toCallJson(record: CallRecord): CallJson {
  return {
    callId: record.logId,
    direction: record.direction,
    status: record.status,
    from: record.from,
    to: record.to,
    startedAt: toSecond(record.startedAt),
    ...(record.startedAtPrecision === "minute" ? { startedAtPrecision: "minute" as const } : {}),
    ...(record.startedAtAlternatives.length > 0
      ? { startedAtAlternatives: record.startedAtAlternatives.map(toSecond) }
      : {}),
    durationSeconds: record.durationSeconds,
    agent: record.agent,
    legs: record.legs,
  };
}
