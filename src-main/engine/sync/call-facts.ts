import type { CallFacts } from "../../../src-shared/domain/mapping.ts";
import type { DeliveryRow } from "../ports/delivery-store.ts";

/** The party outside the house: the caller of an inbound call, the number dialled otherwise. Null when it was withheld or lost. */
export function otherParty(row: DeliveryRow): string | null {
  return row.call.direction === "inbound" ? row.call.from : row.call.to;
}

/** What the mapping may use of a call. */
export function toFacts(row: DeliveryRow, key: string, ownerId: string | null): CallFacts {
  const { call } = row;
  const other = otherParty(row);
  return {
    key,
    callId: row.callId,
    system: call.system,
    direction: call.direction,
    status: call.status,
    startedAt: String(call.startedAt),
    endedAt: String(call.startedAt + call.durationSeconds * 1_000),
    durationSeconds: String(call.durationSeconds),
    legs: String(call.legs),
    ...(call.logId === null ? {} : { logId: call.logId }),
    ...(call.from === null ? {} : { from: call.from }),
    ...(call.to === null ? {} : { to: call.to }),
    ...(other === null ? {} : { otherParty: other }),
    ...(call.agent === null ? {} : { agent: call.agent }),
    ...(ownerId === null ? {} : { ownerId }),
  };
}
