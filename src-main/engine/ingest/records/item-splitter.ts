import type { TextBlock } from "../bytes/text-blocks.ts";
import { createJsonWalk } from "./json-items.ts";
import type { LogRecord, TableLayout } from "./log-record.ts";
import type { Checkpoint } from "./table-splitter.ts";
import { createXmlWalk } from "./xml-items.ts";

export type ItemLayout = NonNullable<TableLayout["items"]>;

/** The parts of an item: the entries of the list of that name, else the objects whose names begin with one of several. */
export function listParts(item: unknown, parts: string): readonly unknown[] {
  if (typeof item !== "object" || item === null) return [];
  const entries: readonly (readonly [string, unknown])[] = Object.entries(item);
  const list = entries.find(([key]) => key === parts)?.[1];
  if (Array.isArray(list)) return list;
  const beginnings = parts.split(",");
  return entries.flatMap(([key, value]) => {
    const isPart = typeof value === "object" && value !== null && !Array.isArray(value);
    return isPart && beginnings.some((beginning) => key.startsWith(beginning)) ? [value] : [];
  });
}

type Found = Readonly<{ text: string; line: number; isWhole: boolean }>;

/** Parts of an item that are rows of their own, one where it has none. */
function countParts(text: string, parts: string): number {
  try {
    return Math.max(1, listParts(JSON.parse(text), parts).length);
  } catch {
    // What does not parse is one row; its reader says so.
    return 1;
  }
}

/**
 * Gives the items of a document that holds many: objects of a JSON array, elements of an XML list. The first cell is the
 * item's text, the second the number of its part. Every record has a line of its own, later than the one before, although
 * several may share a physical line, because rows are known by line when reading goes on.
 */
export function createItemSplitter(items: ItemLayout, start: Checkpoint) {
  let found: Found[] = [];
  let last = 0;
  const take = (item: Found): void => {
    found.push(item);
  };
  const walk =
    items.kind === "xml"
      ? createXmlWalk(items.element, take)
      : createJsonWalk({ isItems: (path) => path === items.path, onItem: take });

  const toRecords = (): readonly LogRecord[] => {
    const records: LogRecord[] = [];
    for (const { text, line, isWhole } of found) {
      const parts = items.kind === "json" && items.parts !== undefined ? countParts(text, items.parts) : 1;
      for (let part = 0; part < parts; part += 1) {
        last = Math.max(last + 1, line);
        const raw = parts === 1 ? text : `${text}\u001f${part}`;
        records.push({ line: last, raw, cells: [text, String(part)], fault: null, terminated: isWhole });
      }
    }
    found = [];
    return records;
  };

  return {
    push: (block: TextBlock | null): readonly LogRecord[] => {
      if (block === null) walk.end();
      else walk.push(block.text);
      return toRecords();
    },
    /** A document is read from its beginning: within it no place says where one is. */
    checkpoint: (): Checkpoint => start,
  };
}
