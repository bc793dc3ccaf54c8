import { Parser } from "htmlparser2";

/** The attributes of one element. `isWhole` false: the text ended within it. */
export type XmlItem = Readonly<{ text: string; line: number; isWhole: boolean }>;

/** More than any element of a call holds. */
const keptTail = 64 * 1024;

/** Goes through an XML text piece by piece and gives the attributes of every element of that name, as a JSON object. */
export function createXmlWalk(element: string, onItem: (item: XmlItem) => void) {
  let line = 1;
  let tail = "";
  let found: string[] = [];
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        if (name === element) found.push(JSON.stringify(attributes));
      },
    },
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
      parser.end();
      flush();
      if (tail.trimStart().startsWith(`<${element}`)) onItem({ text: tail.trim(), line, isWhole: false });
    },
  };
}
