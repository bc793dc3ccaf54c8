import { parse } from "csv-parse/sync";

export const columnDelimiters = {
  COMMA: ",",
  TAB: "\t",
  PIPE: "|",
  SEMICOLON: ";",
  CARET: "^",
  BACKQUOTE: "`",
} as const;
export type ColumnDelimiter = keyof typeof columnDelimiters;
export type LineEnding = "LF" | "CRLF";

export type CsvShape = { readonly columnDelimiter: ColumnDelimiter; readonly lineEnding: LineEnding };
export type CsvTable = { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] };

const lineEndings: Readonly<Record<LineEnding, string>> = { LF: "\n", CRLF: "\r\n" };

/** A table with its header line, or why the text is none. */
export function parseCsv(
  text: string,
  { columnDelimiter, lineEnding }: CsvShape,
): { readonly ok: true; readonly table: CsvTable } | { readonly ok: false; readonly message: string } {
  try {
    const [header = [], ...rows] = parse(text, {
      bom: true,
      delimiter: columnDelimiters[columnDelimiter],
      record_delimiter: lineEndings[lineEnding],
      skip_empty_lines: true,
    });
    return { ok: true, table: { header, rows } };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : "the upload is no CSV" };
  }
}

/** Every value in quotes, as the vendor's result files have them. */
export function toCsv(header: readonly string[], rows: readonly (readonly string[])[], shape: CsvShape): string {
  const ending = lineEndings[shape.lineEnding];
  const line = (values: readonly string[]): string =>
    values.map((value) => `"${value.replaceAll('"', '""')}"`).join(columnDelimiters[shape.columnDelimiter]);
  return `${[header, ...rows].map(line).join(ending)}${ending}`;
}
