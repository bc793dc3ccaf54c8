const QUOTE = 34;
const SPACE = 32;

/** `open`: a quoted cell did not end; its text runs to the end of the line. */
export type SplitLine = Readonly<{ cells: string[]; open: boolean }>;

/** True where a quote at `at` ends its cell: only blanks lie between it and the next delimiter or the end. */
function findCellEnd(line: string, from: number, delimiter: string): number {
  let at = from;
  while (at < line.length && line.charCodeAt(at) === SPACE && delimiter !== " ") at += 1;
  if (at >= line.length) return line.length;
  return line.startsWith(delimiter, at) ? at : -1;
}

type QuotedCell = Readonly<{ text: string; end: number; open: boolean }>;

/**
 * Reads a cell whose opening quote is at `start`. A doubled quote stands for one; a quote that neither ends the cell nor
 * is doubled is kept as it is, because some systems write names without escaping.
 */
function readQuoted(line: string, start: number, delimiter: string): QuotedCell {
  let text = "";
  let from = start + 1;
  for (;;) {
    const close = line.indexOf('"', from);
    if (close < 0) return { text: text + line.slice(from), end: line.length, open: true };
    const next = close + 1;
    if (next === line.length || line.startsWith(delimiter, next)) {
      return { text: text === "" ? line.slice(from, close) : text + line.slice(from, close), end: next, open: false };
    }
    if (line.charCodeAt(next) === QUOTE) {
      text += line.slice(from, next);
      from = next + 1;
      continue;
    }
    const end = findCellEnd(line, next, delimiter);
    if (end >= 0) return { text: text + line.slice(from, close), end, open: false };
    text += line.slice(from, next);
    from = next;
  }
}

/** Where the cell's opening quote is, or -1 when the cell is not quoted. Blanks may stand before it. */
function findOpeningQuote(line: string, start: number, delimiter: string): number {
  let at = start;
  if (line.charCodeAt(at) === QUOTE) return at;
  while (line.charCodeAt(at) === SPACE && delimiter !== " ") at += 1;
  return line.charCodeAt(at) === QUOTE ? at : -1;
}

/** Splits one line (or a record that holds line ends within quotes) into its cells. Never fails. */
export function splitCells(line: string, delimiter: string): SplitLine {
  if (!line.includes('"')) return { cells: line.split(delimiter), open: false };
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    const quote = findOpeningQuote(line, at, delimiter);
    if (quote >= 0) {
      const cell = readQuoted(line, quote, delimiter);
      cells.push(cell.text);
      if (cell.open || cell.end >= line.length) return { cells, open: cell.open };
      at = cell.end + delimiter.length;
      continue;
    }
    const next = line.indexOf(delimiter, at);
    cells.push(next < 0 ? line.slice(at) : line.slice(at, next));
    if (next < 0) return { cells, open: false };
    at = next + delimiter.length;
  }
}
