import { LogRefusedError } from "../log-refused.ts";
import { readCellStyle, readPattern, type CellStyle } from "./cell-text.ts";
import { createXmlPart } from "./xml-part.ts";
import type { ZipParts } from "./zip-parts.ts";

export type Sheet = Readonly<{ name: string; part: string }>;

/** What the sheets of a workbook share. */
export type WorkbookParts = Readonly<{
  /** Sheets that are shown, in their order. */
  sheets: readonly Sheet[];
  strings: readonly string[];
  styles: readonly CellStyle[];
  is1904: boolean;
}>;

const maxStrings = 2_000_000;
const maxStringChars = 128 * 1024 * 1024;

const isTrue = (text: string | undefined): boolean => text === "1" || text === "true";

/** `xl/worksheets/sheet1.xml` of a target that is relative to `xl/` or begins at the top. */
const toPart = (target: string): string => (target.startsWith("/") ? target.slice(1) : `xl/${target}`);

/** Reads names of sheets, texts and styles in one pass; null when the archive is no workbook. */
export async function readWorkbookParts(zip: ZipParts): Promise<WorkbookParts | null> {
  const named: { name: string; id: string }[] = [];
  const targets = new Map<string, string>();
  const strings: string[] = [];
  const patterns = new Map<number, string>();
  const formats: number[] = [];
  let is1904 = false;
  let isWorkbook = false;
  let chars = 0;

  const workbook = () =>
    createXmlPart({
      open: (name, attributes) => {
        if (name === "workbookPr") is1904 = isTrue(attributes["date1904"]);
        if (name !== "sheet" || (attributes["state"] ?? "visible") !== "visible") return;
        const id = Object.entries(attributes).find(([key]) => key.endsWith(":id"))?.[1] ?? "";
        named.push({ name: attributes["name"] ?? "", id });
      },
    });
  const relations = () =>
    createXmlPart({
      open: (name, attributes) => {
        const { Id: id, Target: target } = attributes;
        if (name === "Relationship" && id !== undefined && target !== undefined) targets.set(id, toPart(target));
      },
    });
  const sharedStrings = () => {
    let text = "";
    let isText = false;
    let isReading = false;
    return createXmlPart({
      open: (name) => {
        if (name === "si") text = "";
        // How a text is read aloud stands beside it in some languages; it is no part of it.
        if (name === "rPh") isReading = true;
        isText = name === "t" && !isReading;
      },
      text: (part) => {
        if (isText) text += part;
      },
      close: (name) => {
        if (name === "t") isText = false;
        if (name === "rPh") isReading = false;
        if (name !== "si") return;
        chars += text.length;
        if (strings.length >= maxStrings || chars > maxStringChars) {
          throw new LogRefusedError(
            "binary",
            "The workbook holds too many texts. Save the sheet with the calls as CSV.",
          );
        }
        strings.push(text);
      },
    });
  };
  const styleSheet = () => {
    let isCells = false;
    return createXmlPart({
      open: (name, attributes) => {
        if (name === "numFmt") patterns.set(Number(attributes["numFmtId"]), attributes["formatCode"] ?? "General");
        if (name === "cellXfs") isCells = true;
        if (name === "xf" && isCells) formats.push(Number(attributes["numFmtId"] ?? 0));
      },
      close: (name) => {
        if (name === "cellXfs") isCells = false;
      },
    });
  };

  await zip.read((name) => {
    if (name === "xl/workbook.xml") {
      isWorkbook = true;
      return workbook();
    }
    if (name === "xl/_rels/workbook.xml.rels") return relations();
    if (/^xl\/sharedstrings\.xml$/i.test(name)) return sharedStrings();
    return name === "xl/styles.xml" ? styleSheet() : null;
  });
  if (!isWorkbook) return null;
  const sheets = named.flatMap(({ name, id }) => {
    const part = targets.get(id);
    return part === undefined ? [] : [{ name, part }];
  });
  return { sheets, strings, styles: formats.map((id) => readCellStyle(readPattern(id, patterns))), is1904 };
}
