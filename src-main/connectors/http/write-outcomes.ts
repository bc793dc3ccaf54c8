import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { StepName, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import { toAnswer } from "./bounded-answer.ts";

/** Outcomes of a write, by key. */
export type Outcomes = ReadonlyMap<string, WriteOutcome>;

/** An item that came to nothing, or to no more than `done`. */
export const failed = (
  item: WriteItem,
  fault: ConnectorFault,
  done: readonly StepName[] = [],
  remoteId: string | null = item.remoteId,
): WriteOutcome => ({ done, remoteId, fault, ...("answer" in fault ? { answer: fault.answer } : {}) });

/** The same outcome for every item of a request that failed as a whole. */
export const failAll = (items: readonly WriteItem[], fault: ConnectorFault): Outcomes =>
  new Map(items.map((item) => [item.key, failed(item, fault)]));

/** After such a fault nothing more is sent: the next request would meet the same. */
export const stopsAll = (fault: ConnectorFault): boolean =>
  fault.kind === "blocked" ||
  fault.kind === "rate_limited" ||
  fault.kind === "paced" ||
  (fault.kind === "transient" && fault.proof === "never_left");

/** What a write would be refused for, seen before it is sent: a mistake of ours, or of the contract where a field is named. */
export const ourMistake = (message: string, field?: string): ConnectorFault => ({
  kind: "rejected",
  reason: field === undefined ? "our_bug" : "mapping_error",
  ...(field === undefined ? {} : { field }),
  answer: toAnswer({ message }),
});

/** What every CRM needs of an item: the id of a record that is there, and a body where one is written. */
export function findMissingPart(item: WriteItem): ConnectorFault | null {
  if (item.operation !== "create" && item.remoteId === null) return ourMistake("The record's id is not known.");
  if (item.operation !== "link" && item.body === null) return ourMistake("There is no body to write.");
  return null;
}

/** A first write without our key in its field: a call could be written twice. */
export function findMissingKey(
  item: WriteItem,
  keyField: string,
  holds: (text: string, key: string) => boolean = (text, key) => text === key,
): ConnectorFault | null {
  const { operation, body, key } = item;
  const text = body !== null && Object.hasOwn(body, keyField) ? body[keyField] : undefined;
  if (operation !== "create" || (text !== undefined && holds(text, key))) return null;
  const message = `The field contract must write the key to ${keyField}; without it a call could be written twice.`;
  return ourMistake(message, keyField);
}

/** Items that may be sent, and the outcomes of those that may not. Throws when two items share a key: a bug. */
export function setAsideUnfit(
  items: readonly WriteItem[],
  findFlaw: (item: WriteItem) => ConnectorFault | null,
): Readonly<{ fit: readonly WriteItem[]; outcomes: Map<string, WriteOutcome> }> {
  if (new Set(items.map(({ key }) => key)).size !== items.length) throw new Error("two items of a write share a key");
  const outcomes = new Map<string, WriteOutcome>();
  const fit = items.filter((item) => {
    const flaw = findFlaw(item);
    if (flaw !== null) outcomes.set(item.key, failed(item, flaw));
    return flaw === null;
  });
  return { fit, outcomes };
}

export function* chunk<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
