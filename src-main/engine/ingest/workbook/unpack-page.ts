import type { FileHandle } from "node:fs/promises";
import { Parser } from "htmlparser2";
import { readTextBlocks } from "../bytes/text-blocks.ts";
import { decodeText, detectEncoding, type TextEncoding } from "../bytes/text-encoding.ts";
import { openUnseenFile } from "../bytes/unseen-file.ts";
import { LogRefusedError } from "../log-refused.ts";
import type { Unpacked } from "./unpack-workbook.ts";

const startBytes = 64;
/** Behind a byte order mark and blanks, in one or two bytes a character. */
const beginsAsMarkup = /^[\u00ef\u00bb\u00bf\u00fe\u00ff\0\s]*</;
const probedBytes = 64 * 1024;
/** More columns than any table of calls has. */
const maxCells = 1000;

/** A web page with a table, or a spreadsheet of 2003 as XML: what web pages of phone systems save with the ending `.xls`. */
function holdsTable(text: string): boolean {
  if (!/^\uFEFF?\s*</.test(text)) return false;
  // Pages of Google Voice are calls themselves.
  if (/class="(?:haudio|hChatLog)/i.test(text)) return false;
  if (text.includes("urn:schemas-microsoft-com:office:spreadsheet")) return true;
  return /<table[\s>]/i.test(text) && /<t[dh][\s>]/i.test(text);
}

/** The encoding of a file that is a page with a table, or null for any other. */
async function readPageEncoding(handle: FileHandle): Promise<TextEncoding | null> {
  // Nearly no log begins like markup, and there may be thousands of small files.
  const start = Buffer.alloc(startBytes);
  await handle.read(start, 0, startBytes, 0);
  if (!beginsAsMarkup.test(start.toString("latin1"))) return null;
  const probe = Buffer.alloc(probedBytes);
  const { bytesRead } = await handle.read(probe, 0, probedBytes, 0);
  const bytes = probe.subarray(0, bytesRead);
  try {
    const encoding = detectEncoding(bytes);
    return holdsTable(decodeText(encoding, bytes.subarray(encoding.bomLength))) ? encoding : null;
  } catch (error) {
    // What is no text is told of by who reads the text.
    if (error instanceof LogRefusedError) return null;
    throw error;
  }
}

const rowNames = new Set(["tr", "row"]);
const cellNames = new Set(["td", "th", "cell"]);
const localName = (name: string): string => name.slice(name.indexOf(":") + 1).toLowerCase();
const quote = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

/** Goes through a page and gives the cells of each row; a table within a cell has rows of its own. */
function createRowWalk(onRow: (cells: readonly string[]) => void): Parser {
  const rows: string[][] = [];
  let text: string | null = null;
  const endCell = (): void => {
    const cells = rows.at(-1);
    if (text !== null && cells !== undefined && cells.length < maxCells)
      cells.push(text.replaceAll(/\s+/g, " ").trim());
    text = null;
  };
  const endRow = (): void => {
    endCell();
    const cells = rows.pop();
    if (cells !== undefined && cells.length > 0) onRow(cells);
  };
  return new Parser(
    {
      onopentag: (full, attributes) => {
        const name = localName(full);
        if (rowNames.has(name)) rows.push([]);
        else if (cellNames.has(name)) {
          endCell();
          // The XML of spreadsheets leaves empty cells out and says where the next one is.
          const index = Number(attributes["ss:index"] ?? attributes["ss:Index"] ?? 0);
          const cells = rows.at(-1);
          while (cells !== undefined && cells.length + 1 < Math.min(index, maxCells)) cells.push("");
          text = "";
        } else if (name === "br" && text !== null) text += " ";
      },
      ontext: (part) => {
        if (text !== null) text += part;
      },
      onclosetag: (full) => {
        const name = localName(full);
        if (rowNames.has(name)) endRow();
        else if (cellNames.has(name)) endCell();
      },
    },
    { decodeEntities: true },
  );
}

/**
 * The rows of the tables of a web page, or of an XML spreadsheet, as text (UTF-8, commas, every cell quoted); null for a file
 * that is neither. Line N is the N-th row.
 */
export async function unpackPage(page: FileHandle): Promise<Unpacked | null> {
  const encoding = await readPageEncoding(page);
  if (encoding === null) return null;
  const handle = await openUnseenFile();
  try {
    let lines: string[] = [];
    const walk = createRowWalk((cells) => lines.push(`${cells.map(quote).join(",")}\n`));
    for await (const { text } of readTextBlocks(page, { encoding, offset: encoding.bomLength })) {
      walk.write(text);
      if (lines.length > 0) await handle.appendFile(lines.join(""));
      lines = [];
    }
    walk.end();
    if (lines.length > 0) await handle.appendFile(lines.join(""));
    return { handle, remarks: [] };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
