import type { FileHandle } from "node:fs/promises";
import { openUnseenFile } from "../bytes/unseen-file.ts";
import { LogRefusedError } from "../log-refused.ts";
import { toPlainWord } from "../records/plain-word.ts";
import { createSheetReader, type SheetRow } from "./sheet-rows.ts";
import type { Sheet, WorkbookParts } from "./workbook-parts.ts";
import type { ZipParts } from "./zip-parts.ts";

/** What an archive holds as text, and what is to be known of how it was unpacked, in plain words. */
export type Unpacked = Readonly<{ handle: FileHandle; remarks: readonly string[] }>;

const leastHeaderCells = 3;
const maxSheets = 200;

/** What a sheet holds: its header, as words, and how many rows have something in them. */
type SheetFacts = Readonly<{ sheet: Sheet; header: string; rows: number }>;

const quote = (cell: string): string => `"${cell.replaceAll('"', '""').replaceAll(/[\r\n]+/g, " ")}"`;
const toLine = (cells: readonly string[]): string => `${cells.map(quote).join(",")}\n`;
const toHeader = (cells: readonly string[]): string => cells.map(toPlainWord).join("\u001f");

/** Goes through the rows of all sheets, each as it comes in the archive. */
async function readSheets(
  zip: ZipParts,
  parts: WorkbookParts,
  onRow: (sheet: Sheet, row: SheetRow) => void,
  flush?: () => Promise<void>,
): Promise<void> {
  const byPart = new Map(parts.sheets.slice(0, maxSheets).map((sheet) => [sheet.part, sheet]));
  await zip.read((name) => {
    const sheet = byPart.get(name);
    return sheet === undefined ? null : createSheetReader(parts, (row) => onRow(sheet, row));
  }, flush);
}

async function findFacts(zip: ZipParts, parts: WorkbookParts): Promise<readonly SheetFacts[]> {
  const headers = new Map<Sheet, string>();
  const counts = new Map<Sheet, number>();
  await readSheets(zip, parts, (sheet, { cells }) => {
    counts.set(sheet, (counts.get(sheet) ?? 0) + 1);
    const filled = cells.filter((cell) => cell.trim() !== "").length;
    if (!headers.has(sheet) && filled >= leastHeaderCells) headers.set(sheet, toHeader(cells));
  });
  return parts.sheets.map((sheet) => ({
    sheet,
    header: headers.get(sheet) ?? "",
    rows: headers.has(sheet) ? (counts.get(sheet) ?? 0) : 0,
  }));
}

/** The sheets that are one table: those with the same header as the sheet (or sheets) with most rows. */
function chooseSheets(facts: readonly SheetFacts[]): readonly SheetFacts[] {
  const rows = new Map<string, number>();
  for (const fact of facts) if (fact.rows > 0) rows.set(fact.header, (rows.get(fact.header) ?? 0) + fact.rows);
  const [best] = [...rows].toSorted((left, right) => right[1] - left[1]);
  return best === undefined ? [] : facts.filter(({ header, rows: count }) => count > 0 && header === best[0]);
}

/** Writes the rows of the chosen sheets as one table; line N is row N of the first sheet. */
async function writeTable(zip: ZipParts, parts: WorkbookParts, chosen: readonly SheetFacts[], handle: FileHandle) {
  // Archives keep sheets in any order: each pass writes one.
  let isFirst = true;
  for (const { sheet, header } of chosen) {
    let pending: string[] = [];
    let line = 1;
    let isPast = isFirst;
    const flush = async (): Promise<void> => {
      if (pending.length === 0) return;
      const text = pending.join("");
      pending = [];
      await handle.appendFile(text);
    };
    const only = { ...parts, sheets: [sheet] };
    const addRow = ({ number, cells }: SheetRow): void => {
      if (!isPast) {
        // The header stands above the first sheet already, and titles above it are none of the table.
        isPast = toHeader(cells) === header;
        return;
      }
      for (; isFirst && line < number; line += 1) pending.push("\n");
      pending.push(toLine(cells));
      line += 1;
    };
    await readSheets(zip, only, (_sheet, row) => addRow(row), flush);
    await flush();
    isFirst = false;
  }
}

/**
 * The table of a workbook as text (UTF-8, commas, every cell quoted). Cells are the text that the file holds: numbers with
 * all their digits, dates as `2025-06-13 10:00:00` whatever the sheet shows, lengths as they are shown. Sheets with the same
 * header are one table; others are named in a remark. Throws `LogRefusedError` for what is damaged, hostile or too large.
 */
export async function unpackWorkbook(zip: ZipParts, parts: WorkbookParts): Promise<Unpacked> {
  const chosen = chooseSheets(await findFacts(zip, parts));
  if (chosen.length === 0) throw new LogRefusedError("empty", "No sheet of the workbook holds a table.");
  const left = parts.sheets.filter((sheet) => !chosen.some((each) => each.sheet === sheet)).map(({ name }) => name);
  const handle = await openUnseenFile();
  try {
    await writeTable(zip, parts, chosen, handle);
  } catch (error) {
    await handle.close();
    throw error;
  }
  const names = left.map((name) => JSON.stringify(name)).join(", ");
  const read = chosen.map(({ sheet }) => JSON.stringify(sheet.name)).join(", ");
  return {
    handle,
    remarks:
      left.length === 0 ? [] : [`Of the workbook's sheets ${read} is read; ${names} has other columns and is not.`],
  };
}
