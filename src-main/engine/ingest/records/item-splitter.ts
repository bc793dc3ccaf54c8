import type { TextBlock } from "../bytes/text-blocks.ts";
import { createJsonWalk } from "./json-items.ts";
import type { LogRecord, TableLayout } from "./log-record.ts";
import type { Checkpoint } from "./table-splitter.ts";
import { createXmlWalk } from "./xml-items.ts";

export type ItemLayout = NonNullable<TableLayout["items"]>;

type Found = Readonly<{ text: string; line: number; isWhole: boolean }>;

/** Parts of an item that are rows of their own: as many as its list of that name has, one where it has none. */
function countParts(text: string, name: string): number {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null) return 1;
    const list: unknown = Object.entries(parsed).find(([key]) => key === name)?.[1];
    return Array.isArray(list) ? Math.max(1, list.length) : 1;
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
