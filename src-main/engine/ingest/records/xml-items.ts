import { Parser } from "htmlparser2";

/** The attributes of one element. `isWhole` false: the text ended within it. */
export type XmlItem = Readonly<{ text: string; line: number; isWhole: boolean }>;

/** More than any element of a call holds. */
const keptTail = 64 * 1024;

/** An element's values by name: its attributes, and the texts and attributes of what lies within it, joined by dots. */
type Values = Record<string, string>;

/** Lists within an element would otherwise fill the memory. */
const maxValues = 500;

/** Collects the values of every element of that name as they come; what comes first under a name counts. */
function createCollector(element: string, onWhole: (values: Values) => void) {
  let current: Values | null = null;
  let within: string[] = [];
  let text = "";
  const put = (name: string, value: string): void => {
    if (current !== null && current[name] === undefined && Object.keys(current).length < maxValues)
      current[name] = value;
  };
  const finish = (): void => {
    if (current !== null) onWhole(current);
    current = null;
    within = [];
  };
  return {
    open: (name: string, attributes: Readonly<Record<string, string>>): void => {
      text = "";
      if (name === element) {
        // One that was never closed ends where the next begins.
        finish();
        current = { ...attributes };
        return;
      }
      if (current === null) return;
      within.push(name);
      const path = within.join(".");
      for (const [key, value] of Object.entries(attributes)) put(`${path}.${key}`, value);
    },
    text: (part: string): void => {
      if (current !== null && within.length > 0) text += part;
    },
    close: (name: string): void => {
      if (name === element) finish();
      else if (current !== null && within.at(-1) === name) {
        if (text.trim() !== "") put(within.join("."), text.trim());
        within.pop();
      }
      text = "";
    },
    /** The values of an element that is open still, or null. */
    rest: (): Values | null => {
      const left = current;
      current = null;
      return left;
    },
  };
}

/** Goes through an XML text piece by piece and gives the values of every element of that name, as a JSON object. */
export function createXmlWalk(element: string, onItem: (item: XmlItem) => void) {
  let line = 1;
  let tail = "";
  let found: string[] = [];
  const collector = createCollector(element, (values) => found.push(JSON.stringify(values)));
  const parser = new Parser(
    { onopentag: collector.open, ontext: collector.text, onclosetag: collector.close },
    { xmlMode: true, decodeEntities: true },
  );
  const flush = (): void => {
    for (const text of found) onItem({ text, line, isWhole: true });
    found = [];
  };
  return {
    push: (text: string): void => {
      // Line by line, so that each element has the line where it ends: exporters write one in a line.
      for (let from = 0; from < text.length;) {
        const end = text.indexOf("\n", from);
        const part = text.slice(from, end < 0 ? text.length : end + 1);
        parser.write(part);
        flush();
        const close = part.lastIndexOf(">");
        tail = (close < 0 ? tail + part : part.slice(close + 1)).slice(-keptTail);
        if (end >= 0) line += 1;
        from += part.length;
      }
    },
    /** Gives what is left at the end of the text. */
    end: (): void => {
      const rest = collector.rest();
      // Not as JSON: what is cut off is no whole item, though its beginning may read like one.
      if (rest !== null) onItem({ text: `<${element} ${JSON.stringify(rest)}`, line, isWhole: false });
      parser.end();
      flush();
      if (tail.trimStart().startsWith(`<${element}`)) onItem({ text: tail.trim(), line, isWhole: false });
    },
  };
}

const leastValues = 3;
const mostNames = 200;

/** Names of the elements in the beginning of an XML text that hold values, those that come most often first. */
export function findElements(text: string): readonly string[] {
  const counts = new Map<string, number>();
  const open: { name: string; values: number }[] = [];
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        open.push({ name, values: Object.keys(attributes).length });
      },
      onclosetag: () => {
        const closed = open.pop();
        if (closed === undefined) return;
        const parent = open.at(-1);
        if (parent !== undefined) parent.values += 1;
        if (closed.values < leastValues || (counts.size >= mostNames && !counts.has(closed.name))) return;
        counts.set(closed.name, (counts.get(closed.name) ?? 0) + 1);
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.write(text);
  parser.end();
  return [...counts].toSorted((left, right) => right[1] - left[1]).map(([name]) => name);
}
