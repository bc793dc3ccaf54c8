/** Columns of a row of `cdr_csv` (asterisk/cdr/cdr_csv.c), in the order in which the module writes them. */
export const column = {
  src: 1,
  dst: 2,
  dcontext: 3,
  clid: 4,
  channel: 5,
  dstchannel: 6,
  lastapp: 7,
  lastdata: 8,
  start: 9,
  end: 11,
  duration: 12,
  billsec: 13,
  disposition: 14,
} as const;

/** Columns that every row has. What follows depends on `loguniqueid`, `loguserfield` and `newcdrcolumns`. */
export const leastColumns = 16;
export const mostColumns = 21;

/** Count of cells without empty ones that a spreadsheet added at the end. */
export function countColumns(cells: readonly string[]): number {
  let count = cells.length;
  while (count > mostColumns && cells[count - 1] === "") count -= 1;
  return count;
}

export type KeyColumns = Readonly<{ uniqueid: number; linkedid: number }>;

const byWidth: Readonly<Record<number, KeyColumns>> = {
  16: { uniqueid: -1, linkedid: -1 },
  17: { uniqueid: 16, linkedid: -1 },
  18: { uniqueid: 16, linkedid: -1 },
  19: { uniqueid: -1, linkedid: 17 },
  20: { uniqueid: 16, linkedid: 18 },
  21: { uniqueid: 16, linkedid: 19 },
};

const none: KeyColumns = { uniqueid: -1, linkedid: -1 };

export const findKeyColumns = (width: number): KeyColumns => byWidth[width] ?? none;

/** True for the names of the columns in place of values: somebody put a header in. */
export const isHeaderRow = (cells: readonly string[]): boolean =>
  /^start$/i.test(cells[column.start] ?? "") && /^src$/i.test(cells[column.src] ?? "");

/** `[systemname-]epoch.counter`: the epoch second is that of the channel's creation. */
export type UniqueId = Readonly<{ node: string; epoch: number }>;

const DOT = ".";
const DASH = 45;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** The parts of a uniqueid, read from its end without a pattern: this runs for every row. Null where it is none. */
export function readUniqueId(text: string): UniqueId | null {
  const dot = text.lastIndexOf(DOT);
  if (dot < 9 || dot === text.length - 1) return null;
  for (let at = dot + 1; at < text.length; at += 1) if (!isDigit(text.charCodeAt(at))) return null;
  let at = dot - 1;
  while (at >= 0 && isDigit(text.charCodeAt(at))) at -= 1;
  const digits = dot - 1 - at;
  if (digits < 9 || digits > 10 || (at >= 0 && (text.charCodeAt(at) !== DASH || at === 0))) return null;
  return { node: at < 0 ? "" : text.slice(0, at), epoch: Number(text.slice(at + 1, dot)) };
}

/** A key as the log writes it, or "" where the cell holds none (or a spreadsheet destroyed it). */
export function readKey(cell: string | undefined): string {
  if (cell === undefined || cell === "") return "";
  const key = cell.trim();
  if (key.length > 10 && !/[eE#]/.test(key)) return key;
  return /^\d+([.,]\d+)?e\+?\d+$/i.test(key) || /^#+$/.test(key) ? "" : key;
}
