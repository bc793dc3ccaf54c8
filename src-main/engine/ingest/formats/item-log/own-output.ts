import { isObject } from "./json-value.ts";

const ownNames = ["callId", "direction", "status", "from", "to", "startedAt", "durationSeconds", "agent", "legs"];

/** True for a call as `calls parse` prints it: a result of reading a log is no log, and would count its calls twice. */
export function isOwnOutput(value: unknown): boolean {
  if (!isObject(value)) return false;
  const names = new Set(Object.keys(value));
  return ownNames.every((name) => names.has(name));
}
