import type { CallFact, CallFacts } from "../../../src-shared/domain/mapping.ts";
import type { DeliveryRow } from "../ports/delivery-store.ts";

/** The party outside the house: the caller of an inbound call, the number dialled otherwise. Null when it was withheld or lost. */
export function otherParty(row: DeliveryRow): string | null {
  return row.call.direction === "inbound" ? row.call.from : row.call.to;
}

/** What the mapping may use of a call. */
export function toFacts(row: DeliveryRow, key: string, ownerId: string | null): CallFacts {
  const { call } = row;
  const other = otherParty(row);
  const facts: Partial<Record<CallFact, string>> = {
    key,
    callId: row.callId,
    system: call.system,
    direction: call.direction,
    status: call.status,
    startedAt: String(call.startedAt),
    endedAt: String(call.startedAt + call.durationSeconds * 1_000),
    durationSeconds: String(call.durationSeconds),
    legs: String(call.legs),
  };
  if (call.logId !== null) facts.logId = call.logId;
  if (call.from !== null) facts.from = call.from;
  if (call.to !== null) facts.to = call.to;
  if (other !== null) facts.otherParty = other;
  if (call.agent !== null) facts.agent = call.agent;
  if (ownerId !== null) facts.ownerId = ownerId;
  return facts;
}
