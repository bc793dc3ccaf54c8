import { toNumberCell, type CellStyle } from "./cell-text.ts";
import type { WorkbookParts } from "./workbook-parts.ts";
import { createXmlPart } from "./xml-part.ts";

/** A row of a sheet; `number` is the one that the spreadsheet shows beside it. */
export type SheetRow = Readonly<{ number: number; cells: readonly string[] }>;

const plain: CellStyle = { kind: "plain", pattern: "General" };
/** Spreadsheets have no more. */
const maxColumns = 16_384;
const maxCellChars = 32_767;

/** 0-based column of a reference such as `AB12`, or -1. */
function toColumn(reference: string): number {
  let column = 0;
  for (const letter of reference) {
    const value = letter.charCodeAt(0) - 64;
    if (value < 1 || value > 26) break;
    column = column * 26 + value;
  }
  return column - 1;
}

/** Reads a sheet's XML as it comes and gives its rows, cells as text: exact where the sheet only shows a part. */
export function createSheetReader(
  { strings, styles, is1904 }: WorkbookParts,
  onRow: (row: SheetRow) => void,
): (chunk: Uint8Array, isEnd: boolean) => void {
  let number = 0;
  let cells: string[] = [];
  let column = -1;
  let type = "n";
  let style = plain;
  let text = "";
  let isValue = false;

  const toText = (): string => {
    if (type === "s") return strings[Number(text)] ?? "";
    if (type === "b") return text === "1" ? "TRUE" : "FALSE";
    if (type === "d") return text.replace("T", " ").replace(/Z$/, "");
    return type === "n" ? toNumberCell(text, style, is1904) : text;
  };

  return createXmlPart({
    open: (name, attributes) => {
      if (name === "row") {
        const told = Number(attributes["r"]);
        number = Number.isSafeInteger(told) && told > number ? told : number + 1;
        cells = [];
        column = -1;
      } else if (name === "c") {
        const told = toColumn(attributes["r"] ?? "");
        column = told >= 0 ? told : column + 1;
        type = attributes["t"] ?? "n";
        style = styles[Number(attributes["s"] ?? -1)] ?? plain;
        text = "";
      } else if (name === "v" || name === "t") isValue = true;
    },
    text: (part) => {
      if (isValue && text.length < maxCellChars) text += part;
    },
    close: (name) => {
      if (name === "v" || name === "t") isValue = false;
      else if (name === "c" && column < maxColumns && text !== "") {
        while (cells.length < column) cells.push("");
        cells[column] = toText();
      } else if (name === "row" && cells.length > 0) onRow({ number, cells });
    },
  });
}
