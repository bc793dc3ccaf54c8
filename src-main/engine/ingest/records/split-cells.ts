const QUOTE = 34;
const SPACE = 32;

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
  const separator = delimiter.charCodeAt(0);
  const toCell = (close: number, end: number, isDoubled: boolean, open: boolean): QuotedCell => {
    const text = line.slice(start + 1, close);
    return { text: isDoubled ? text.replaceAll('""', '"') : text, end, open };
  };
  let isDoubled = false;
  for (let from = start + 1; ;) {
    const close = line.indexOf('"', from);
    if (close < 0) return toCell(line.length, line.length, isDoubled, true);
    const next = close + 1;
    if (next === line.length || line.charCodeAt(next) === separator) return toCell(close, next, isDoubled, false);
    if (line.charCodeAt(next) === QUOTE) {
      isDoubled = true;
      from = next + 1;
      continue;
    }
    const end = findCellEnd(line, next, delimiter);
    if (end >= 0) return toCell(close, end, isDoubled, false);
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

/** Splits lines by one delimiter, without an object for every line or cell: a large log has twenty million cells. */
export type CellSplitter = Readonly<{
  /** The cells of one line (or of a record that holds line ends within quotes). Never fails. */
  split(line: string): string[];
  /** True when the last cell of the line that was split last is a quoted one that did not end. */
  isOpen(): boolean;
}>;

export function createCellSplitter(delimiter: string): CellSplitter {
  const separator = delimiter.charCodeAt(0);
  let open = false;
  /** Room for as many cells as the line before had. */
  let room = 0;

  const finish = (cells: string[], count: number, isOpen: boolean): string[] => {
    if (cells.length !== count) cells.length = count;
    room = count;
    open = isOpen;
    return cells;
  };

  const splitQuoted = (line: string): string[] => {
    const cells = Array.from<string>({ length: room });
    let count = 0;
    let at = 0;
    for (;;) {
      // The plain cases stay free of further calls.
      if (line.charCodeAt(at) === QUOTE) {
        const close = line.indexOf('"', at + 1);
        if (close >= 0 && line.charCodeAt(close + 1) === separator) {
          cells[count++] = line.slice(at + 1, close);
          at = close + 2;
          continue;
        }
      }
      const quote = findOpeningQuote(line, at, delimiter);
      if (quote >= 0) {
        const cell = readQuoted(line, quote, delimiter);
        cells[count++] = cell.text;
        if (cell.open || cell.end >= line.length) return finish(cells, count, cell.open);
        at = cell.end + delimiter.length;
        continue;
      }
      const next = line.indexOf(delimiter, at);
      cells[count++] = next < 0 ? line.slice(at) : line.slice(at, next);
      if (next < 0) return finish(cells, count, false);
      at = next + delimiter.length;
    }
  };

  return {
    split: (line) => {
      open = false;
      return line.includes('"') ? splitQuoted(line) : line.split(delimiter);
    },
    isOpen: () => open,
  };
}
