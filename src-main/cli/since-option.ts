import { dayBounds } from "../../src-shared/domain/local-time.ts";
import { badUsage } from "./cli-fault.ts";

const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);

/** A day as a person names it (`2026-01-01`), checked. */
export function toDay(name: string, text: string): string {
  if (!isDay(text)) throw badUsage(`${name} takes a day such as 2026-01-31, not ${text}.`);
  return text;
}

/** A day, or a time with its offset, as epoch ms: a day begins at midnight in the zone given. */
export function toSince(text: string, timeZone: string): number {
  if (isDay(text)) return dayBounds(text, timeZone).from;
  const at = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/i.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw badUsage(`--since takes a day such as 2026-01-31, or a time such as 2026-01-31T08:00:00Z, not ${text}.`);
  return at;
}
