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

/** Asking field by field costs several times as much as the text itself: only where the text seems to hold a secret. */
function toText(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  return anySecret.test(text) ? JSON.stringify(value, hideSecrets) : text;
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}… [${text.length - limit} characters left out]`;
}

/**
 * What was pushed and answered as JSON of at most `payloadLimit` characters, or null where there is nothing. A larger
 * one keeps the beginning of both sides as text and says so in `truncated`.
 */
export function toPayloadText(payload: AuditDraft["payload"]): string | null {
  if (payload === undefined) return null;
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

/** The values of a payload's text. The names of fields are left out: nearly every entry has the same ones. */
export const toValues = (payload: string): string =>
  payload.replace(/"(?:[^"\\]|\\.)*":/g, " ").slice(0, searchedLimit);
