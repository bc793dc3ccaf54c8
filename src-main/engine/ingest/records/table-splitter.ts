import type { TextChunk } from "../bytes/text-chunks.ts";
import type { LogRecord, TableLayout } from "./log-record.ts";
import { cutAtPlaces } from "./fixed-places.ts";
import { createCellSplitter } from "./split-cells.ts";

/** A place in the file where a record starts, so that reading can go on from there. */
export type Checkpoint = Readonly<{ offset: number; line: number }>;

export type TableSplitter = Readonly<{
  /** Records that the chunk completes, in order of lines. Pass `null` once at the end of the file. */
  push(chunk: TextChunk | null): readonly LogRecord[];
  /** Behind the last complete record. */
  checkpoint(): Checkpoint;
}>;

/** A quoted cell that runs further than this is a lost quote, not a long remark. */
const maxQuotedLines = 20;
const maxQuotedChars = 64 * 1024;

type Asked = Readonly<{ layout: TableLayout; start: Checkpoint; isWholeRow: (cells: readonly string[]) => boolean }>;

type Found = Readonly<{ record: LogRecord; next: number; lines: number }>;

/** Nearly every line starts with a visible character, so that nothing is trimmed on the way. */
const isBlank = (line: string): boolean => !(line.charCodeAt(0) > 32) && line.trim() === "";

/**
 * Splits chunks of lines into records. A quoted cell may go on over lines where the layout says so; when a following line
 * alone is a whole row, or the cell runs too far, the first line is given as broken (`open_quote`) and reading goes on
 * behind it.
 */
export function createTableSplitter({ layout, start, isWholeRow }: Asked): TableSplitter {
  const { delimiter, multiline, wrapped, spans } = layout;
  let pending = "";
  let pendingLine = start.line;
  let checkpoint: Checkpoint = start;

  const splitter = createCellSplitter(delimiter);

  const toCells = (raw: string): readonly string[] => {
    if (spans !== undefined) return cutAtPlaces(raw, spans);
    const cells = splitter.split(raw);
    return wrapped && cells.length === 1 && !splitter.isOpen() ? splitter.split(cells[0] ?? "") : cells;
  };

  /** The record that starts with an open quote at `from`: joined with further lines, broken, or `undefined` when more text is needed. */
  const joinQuoted = (text: string, from: number, line: number, isEnd: boolean): Found | undefined => {
    const first = text.indexOf("\n", from);
    const broken = (next: number, lines: number): Found => ({
      record: {
        line,
        raw: text.slice(from, next).slice(0, 1000),
        cells: [],
        fault: "open_quote",
        terminated: first >= 0,
      },
      next,
      lines,
    });
    if (first < 0) return isEnd ? broken(text.length, 1) : undefined;
    let end = first;
    for (let lines = 1; lines <= maxQuotedLines && end - from <= maxQuotedChars; lines += 1) {
      const nextStart = end + 1;
      if (nextStart >= text.length) return isEnd ? broken(first + 1, 1) : undefined;
      const found = text.indexOf("\n", nextStart);
      if (found < 0 && !isEnd) return undefined;
      const nextEnd = found < 0 ? text.length : found;
      const following = toCells(text.slice(nextStart, nextEnd));
      if (!splitter.isOpen() && isWholeRow(following)) return broken(nextStart, lines);
      end = nextEnd;
      // Without a quote in it, the line closes none.
      const quote = text.indexOf('"', nextStart);
      if (quote < 0 || quote >= nextEnd) continue;
      const raw = text.slice(from, nextEnd);
      const cells = toCells(raw);
      if (!splitter.isOpen()) {
        const record: LogRecord = { line, raw, cells, fault: null, terminated: found >= 0 };
        return { record, next: found < 0 ? text.length : found + 1, lines: lines + 1 };
      }
    }
    return broken(first + 1, 1);
  };

  const drain = (text: string, isEnd: boolean): LogRecord[] => {
    const records: LogRecord[] = [];
    let at = 0;
    while (at < text.length) {
      const found = text.indexOf("\n", at);
      if (found < 0 && !isEnd) break;
      const raw = text.slice(at, found < 0 ? text.length : found);
      let next = found < 0 ? text.length : found + 1;
      let lines = 1;
      if (!isBlank(raw)) {
        const cells = toCells(raw);
        if (splitter.isOpen() && multiline) {
          const joined = joinQuoted(text, at, pendingLine, isEnd);
          if (joined === undefined) break;
          ({ next, lines } = joined);
          records.push(joined.record);
        } else {
          const fault = splitter.isOpen() ? "open_quote" : null;
          records.push({ line: pendingLine, raw, cells, fault, terminated: found >= 0 });
        }
      }
      at = next;
      pendingLine += lines;
    }
    pending = at === 0 ? text : text.slice(at);
    return records;
  };

  const pushOversize = (chunk: TextChunk): LogRecord[] => {
    const before = pending === "" ? [] : drain(pending, true);
    const record: LogRecord = { line: chunk.line, raw: chunk.text, cells: [], fault: "oversize", terminated: true };
    pendingLine = chunk.line + chunk.lines;
    checkpoint = { offset: chunk.end, line: pendingLine };
    return [...before, record];
  };

  return {
    push: (chunk) => {
      if (chunk === null) return drain(pending, true);
      if (chunk.oversize) return pushOversize(chunk);
      const records = drain(pending === "" ? chunk.text : pending + chunk.text, false);
      if (pending === "") checkpoint = { offset: chunk.end, line: chunk.line + chunk.lines };
      else if (pendingLine >= chunk.line) {
        checkpoint = { offset: chunk.offsetOfLine(pendingLine - chunk.line), line: pendingLine };
      }
      return records;
    },
    checkpoint: () => checkpoint,
  };
}
