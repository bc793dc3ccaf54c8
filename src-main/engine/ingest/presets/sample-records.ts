import type { LogSample } from "../formats/log-format.ts";
import { sniffLayout, splitText, type Sniffed } from "../records/delimiter.ts";
import type { LogRecord, TableLayout } from "../records/log-record.ts";

const sniffedChars = 65_536;

type Known = Readonly<{ layouts: Map<string, Sniffed>; records: Map<string, readonly LogRecord[]> }>;

/** Every format looks at the same beginning of a file: it is split once for all that ask alike. */
const bySample = new WeakMap<LogSample, Known>();

function remember<T>(table: Map<string, T>, key: string, make: () => T): T {
  const known = table.get(key);
  if (known !== undefined) return known;
  const made = make();
  table.set(key, made);
  return made;
}

const knownOf = (sample: LogSample): Known => {
  const known = bySample.get(sample) ?? { layouts: new Map(), records: new Map() };
  bySample.set(sample, known);
  return known;
};

const headOf = ({ text }: LogSample): string => text.slice(0, sniffedChars);

/** How the beginning of a file splits, by the delimiter that is told or what splits it best. */
export function sniffSample(sample: LogSample, delimiter: string | undefined): Sniffed {
  return remember(knownOf(sample).layouts, delimiter ?? "", () => sniffLayout(headOf(sample), delimiter));
}

const isFilled = ({ cells }: LogRecord): boolean => cells.some((cell) => cell.trim() !== "");

/** Records of the beginning of a file in that layout, without blank ones. */
export function readSampleRecords(sample: LogSample, layout: TableLayout): readonly LogRecord[] {
  const key = JSON.stringify([layout.delimiter, layout.multiline, layout.wrapped]);
  return remember(knownOf(sample).records, key, () => splitText(headOf(sample), layout).filter(isFilled));
}
