import type { LogRecord } from "./log-record.ts";
import type { Checkpoint, TableSplitter } from "./table-splitter.ts";

/** A larger document is no record of one call. */
const maxDocumentChars = 8 * 1024 * 1024;

function isWholeJson(text: string): boolean {
  if (!/[}\]]\s*$/.test(text.slice(-64))) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Name of the outermost element: declarations, comments and a document type may stand before it. */
const outermost = /^\uFEFF?\s*(?:<\?[^>]*\?>\s*|<!--[\s\S]*?-->\s*|<!doctype[^>]*>\s*)*<([a-z_][\w.:-]*)/i;

function isWholeMarkup(text: string): boolean {
  const name = outermost.exec(text)?.[1];
  if (name === undefined) return false;
  const end = text.trimEnd();
  return end
    .slice(-name.length - 8)
    .replaceAll(/\s+/g, "")
    .toLowerCase()
    .endsWith(`</${name.toLowerCase()}>`);
}

/**
 * Collects whole documents out of chunks of lines: a record is given as soon as the value or element is complete, at the end
 * of the file also what is not (`terminated` false). Its text is the only cell.
 */
export function createDocumentSplitter(kind: "json" | "markup", start: Checkpoint): TableSplitter {
  const isWhole = kind === "json" ? isWholeJson : isWholeMarkup;
  let text = "";
  let line = start.line;
  let isOversize = false;
  let checkpoint = start;

  const take = (terminated: boolean): readonly LogRecord[] => {
    const blank = text.length - text.trimStart().length;
    const first = line + (text.slice(0, blank).split("\n").length - 1);
    const raw = text.trim();
    text = "";
    if (raw === "") return [];
    if (!isOversize) return [{ line: first, raw, cells: [raw], fault: null, terminated }];
    isOversize = false;
    return [{ line: first, raw: raw.slice(0, 1000), cells: [], fault: "oversize", terminated: true }];
  };

  return {
    push: (chunk) => {
      if (chunk === null) return take(false);
      isOversize ||= chunk.oversize || text.length + chunk.text.length > maxDocumentChars;
      // Of what is too long only the beginning is kept, until the file ends.
      if (!isOversize || text === "") text += chunk.text;
      if (isOversize || !isWhole(text)) return [];
      const records = take(true);
      line = chunk.line + chunk.lines;
      checkpoint = { offset: chunk.end, line };
      return records;
    },
    checkpoint: () => checkpoint,
  };
}
