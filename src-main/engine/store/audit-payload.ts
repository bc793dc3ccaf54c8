import type { AuditDraft } from "../ports/audit-log.ts";

/** Largest payload kept with an entry, characters of JSON. */
export const payloadLimit = 16_384;
/** Characters kept of a larger one. Escaping may double them. */
const excerptLimit = 8_000;
/** Fields that hold credentials. Nobody should hand them over; this is the last door. */
const secretNames =
  "authorization|proxy-authorization|cookie|set-cookie|x-api-key|api[_-]?token|api[_-]?key|access[_-]?token|refresh[_-]?token|client[_-]?secret|private[_-]?key|password|token";
const secretField = new RegExp(`^(?:${secretNames})$`, "i");
const anySecret = new RegExp(`"(?:${secretNames})":"`, "i");

function hideSecrets(field: string, value: unknown): unknown {
  return secretField.test(field) && typeof value === "string" ? "[removed]" : value;
}

const toText = (value: unknown): string => JSON.stringify(value, hideSecrets) ?? "";

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}… [${text.length - limit} characters left out]`;
}

/**
 * What was pushed and answered as JSON of at most `payloadLimit` characters, without secrets. A larger one keeps the beginning
 * of both sides as text and says so in `truncated`.
 */
function toBoundedText(payload: NonNullable<AuditDraft["payload"]>): string {
  const whole = toText(payload);
  if (whole.length <= payloadLimit) return whole;
  const [pushed, answered] = [toText(payload.pushed), toText(payload.answered)];
  const half = excerptLimit / 2;
  const forPushed = Math.max(half, excerptLimit - answered.length);
  const forAnswered = Math.max(half, excerptLimit - pushed.length);
  return JSON.stringify({ truncated: true, pushed: cut(pushed, forPushed), answered: cut(answered, forAnswered) });
}

/** Characters of a payload's values by which its entry is found. */
const searchedLimit = 1_000;

function collect(value: unknown, into: unknown[]): void {
  if (typeof value === "object" && value !== null) for (const each of Object.values(value)) collect(each, into);
  else if (value !== null && value !== undefined && !into.includes(value)) into.push(value);
}

/** The values of a payload, each once. The names of fields are left out: nearly every entry has the same ones. */
function toValues(payload: unknown): string {
  const values: unknown[] = [];
  collect(payload, values);
  return values.join(" ").slice(0, searchedLimit);
}

/**
 * What is kept of a payload, null where there is nothing, and the words by which it is found: never more than what is kept.
 * Asking field by field for secrets costs several times as much as the text itself, so that is for those that seem to hold some.
 */
export function readPayload(payload: AuditDraft["payload"]): Readonly<{ text: string | null; words: string }> {
  if (payload === undefined) return { text: null, words: "" };
  const plain = JSON.stringify(payload);
  if (plain.length <= payloadLimit && !anySecret.test(plain)) return { text: plain, words: toValues(payload) };
  const text = toBoundedText(payload);
  return { text, words: toValues(JSON.parse(text)) };
}
