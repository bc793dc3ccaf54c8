import type { TableLayout } from "./log-record.ts";

/** First and last place of a field in a line, 1-based. */
export type Span = readonly [number, number];

const range = /^\s*(\d{1,4})\s*(?:-|–|\.\.)\s*(\d{1,4})\s*$/;
const single = /^\s*(\d{1,4})\s*$/;

/** Reads `21-38`, `21..38` or a single place; null for any other text, and where the last place lies before the first. */
export function readSpan(text: string): Span | null {
  const [, first = "", last = first] = range.exec(text) ?? single.exec(text) ?? [];
  const span: Span = [Number(first), Number(last)];
  return first !== "" && span[0] > 0 && span[1] >= span[0] ? span : null;
}

/** Fields and their places in lines of a fixed width, as the setting `columns` names them. */
export type Places = Readonly<{ fields: readonly string[]; spans: readonly Span[] }>;

/** The places that `columns` names; null where it names columns by header or number, or nothing. */
export function readPlaces(columns: Readonly<Record<string, string>> | undefined): Places | null {
  const told = Object.entries(columns ?? {});
  // Numbers alone are those of columns.
  if (!told.some(([, text]) => range.test(text))) return null;
  const spans = told.map(([, text]) => readSpan(text));
  const known = spans.filter((span) => span !== null);
  return known.length === spans.length ? { fields: told.map(([field]) => field), spans: known } : null;
}

/** Lines of a fixed width: a cell for each span. No line holds the delimiter. */
export const toPlacesLayout = (spans: readonly Span[]): TableLayout => ({
  delimiter: "\u001f",
  wrapped: false,
  multiline: false,
  spans,
});

export const cutAtPlaces = (line: string, spans: readonly Span[]): readonly string[] =>
  spans.map(([first, last]) => line.slice(first - 1, last));
