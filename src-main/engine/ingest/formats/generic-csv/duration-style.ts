import type { SourceSettings } from "../../../../../src-shared/domain/source-settings.ts";
import type { LogRecord } from "../../records/log-record.ts";
import { readHeaderNote } from "../../records/header-words.ts";
import { readDuration, type DurationStyle, type DurationUnit } from "../../time/duration.ts";
import { readTimeCell, resolveMoment, type TimeCell } from "../../time/timestamp.ts";
import type { TimeZone } from "../../time/time-zone.ts";
import type { DateOrder } from "../../time/wall-time.ts";
import type { Columns } from "./plan.ts";
import { isStatus, type ValueMeaning } from "./value-words.ts";

export type StyleQuestion = Readonly<{
  rows: readonly LogRecord[];
  header: readonly string[];
  columns: Columns;
  order: DateOrder;
  zone: TimeZone;
}>;

const durationColumn = ({ talk, duration }: Columns): number => (talk >= 0 ? talk : duration);

const cellOf = (row: LogRecord, index: number): string => (index < 0 ? "" : (row.cells[index] ?? ""));

/** Seconds from start to end of the rows that tell both, with the text of their duration. */
function readSpans({ rows, columns, order, zone }: StyleQuestion): readonly Readonly<{ text: string; span: number }>[] {
  if (columns.end < 0 || columns.start < 0) return [];
  return rows.flatMap((row) => {
    const at = (cell: TimeCell | null, time: TimeCell | null): number | null =>
      cell === null ? null : (resolveMoment({ main: cell, time }, { order, zone })?.at ?? null);
    const start = at(readTimeCell(cellOf(row, columns.start)), readTimeCell(cellOf(row, columns.time)));
    const end = at(readTimeCell(cellOf(row, columns.end)), null);
    const text = cellOf(row, durationColumn(columns));
    return start === null || end === null || text === "" ? [] : [{ text, span: (end - start) / 1000 }];
  });
}

/** How often a style makes lengths that fit between start and end, and nearly fill it. */
function countFits(spans: readonly Readonly<{ text: string; span: number }>[], style: DurationStyle): number {
  const slack = style.unit === "min" || style.colonIsHours ? 61 : 3;
  return spans.filter(({ text, span }) => {
    const seconds = readDuration(text, style);
    return seconds !== null && seconds > 0 && seconds <= span + slack && seconds >= span / 3 - slack;
  }).length;
}

/** The style that the settings name, or null. */
export function readToldStyle({ durationUnit }: SourceSettings): DurationStyle | null {
  if (durationUnit === undefined) return null;
  const units: Readonly<Record<typeof durationUnit, DurationStyle>> = {
    seconds: { unit: "s", colonIsHours: false },
    milliseconds: { unit: "ms", colonIsHours: false },
    minutes: { unit: "min", colonIsHours: false },
    "m:ss": { unit: "s", colonIsHours: false },
    "h:mm": { unit: "s", colonIsHours: true },
  };
  return units[durationUnit];
}

/** Decides what the duration column counts: the header's unit, else what fits between start and end, else seconds and `m:ss`. */
export function decideDurationStyle(question: StyleQuestion): DurationStyle {
  const header = question.header[durationColumn(question.columns)] ?? "";
  const note = readHeaderNote(header).unit;
  const told = /h{1,2}:mm(?!:?ss)/i.test(header) && !/mm:ss/i.test(header);
  const spans = readSpans(question);
  const units: readonly DurationUnit[] = note === null ? ["s", "ms", "min"] : [note];
  const styles = units.flatMap((unit) => [
    { unit, colonIsHours: told },
    { unit, colonIsHours: true },
  ]);
  const fallback: DurationStyle = { unit: note ?? "s", colonIsHours: told };
  return styles.reduce<DurationStyle>(
    (best, style) => (countFits(spans, style) > countFits(spans, best) ? style : best),
    fallback,
  );
}

/**
 * Whether a duration beside a ring column includes the ringing. Rows that nobody answered tell: there the duration is the
 * ringing, or nothing.
 */
export function holdsRing(
  question: StyleQuestion,
  style: DurationStyle,
  readWord: (cell: string) => ValueMeaning,
): boolean {
  const { rows, columns, header } = question;
  if (columns.talk >= 0 || columns.duration < 0 || columns.ring < 0) return false;
  let including = 0;
  let apart = 0;
  for (const row of rows) {
    const ring = readDuration(cellOf(row, columns.ring), style) ?? 0;
    const length = readDuration(cellOf(row, columns.duration), style) ?? 0;
    const meaning = readWord(cellOf(row, columns.status));
    if (ring <= 0 || !isStatus(meaning)) continue;
    if (length > 0 && length < ring) apart += 1;
    else if (meaning !== "answered" && length === 0) apart += 1;
    else if (meaning !== "answered") including += 1;
  }
  if (including === apart) return /total|gesamt|totale/i.test(header[columns.duration] ?? "") || including === 0;
  return including > apart;
}
