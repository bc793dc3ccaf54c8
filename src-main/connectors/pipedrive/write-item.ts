import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { StepName, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import { toWireValue, type WireValue } from "./activity.ts";

export const failed = (
  item: WriteItem,
  fault: ConnectorFault,
  done: readonly StepName[] = [],
  remoteId: string | null = item.remoteId,
): WriteOutcome => ({ done, remoteId, fault, ...("answer" in fault ? { answer: fault.answer } : {}) });

/** A body in Pipedrive's types; what does not fit was refused before. */
export function toWireBody(item: WriteItem): Readonly<Record<string, WireValue>> {
  const entries = Object.entries(item.body ?? {}).flatMap(([field, text]) => {
    const value = toWireValue(field, text);
    return value === undefined ? [] : [[field, value] as const];
  });
  return Object.fromEntries(entries);
}
