import { expect, test } from "vitest";
import { parseText, type Parsed } from "../../builders/parsed-log.ts";

const header = ["Time", "Call From", "Call To", "Talk Duration", "Status", "Communication Type"];
const rows = [
  ["2025-06-13 09:15:02", "Müller & Co <07700900123>", "Bob<202>", "00:00:20", "ANSWERED", "Inbound"],
  ["2025-06-13 09:16:02", "Bob<202>", "07700900124", "", "BUSY", "Outbound"],
];
const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const toRows = (open: string, close: string, cells: readonly (readonly string[])[]): string =>
  cells.map((row) => `<tr>${row.map((cell) => `${open}${escape(cell)}${close}`).join("\n")}</tr>`).join("\n");
const page =
  `<!DOCTYPE html>\n<html><head><title>CDR</title><style>td{color:red}</style></head><body><h1>Calls</h1>` +
  `<table border=1><thead>${toRows("<th>", "</th>", [header])}</thead><tbody>${toRows("<td nowrap>", "</td>", rows)}</tbody></table></body></html>`;

const toFacts = ({ calls, summary }: Parsed) => ({ format: summary.format, calls, skipped: summary.skipped.length });
const csv = [header, ...rows].map((row) => row.map((cell) => `"${cell}"`).join(",")).join("\n");

test.each([
  ["UTF-8", page],
  ["UTF-8 with a mark", `\uFEFF${page}`],
  ["Windows-1252", Buffer.from(page, "latin1")],
  ["UTF-16", Buffer.from(`\uFEFF${page}`, "utf16le")],
  ["with elements that nobody ended", page.replaceAll("</td>", "").replaceAll("</tr>", "")],
])("a web page with a table that is called a spreadsheet is read as the table: %s", async (_name, content) => {
  expect(toFacts(await parseText(content))).toEqual(toFacts(await parseText(csv)));
});

test("a spreadsheet of 2003 as XML is read, also where it leaves empty cells out", async () => {
  const toCell = (cell: string, at: number): string =>
    cell === "" ? "" : `<Cell ss:Index="${at + 1}"><Data ss:Type="String">${escape(cell)}</Data></Cell>`;
  const book =
    `<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" ` +
    `xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="CDR"><Table>` +
    [header, ...rows].map((row) => `<Row>${row.map(toCell).join("")}</Row>`).join("\n") +
    "</Table></Worksheet></Workbook>";
  expect(toFacts(await parseText(book))).toEqual(toFacts(await parseText(csv)));
});

test("a page without a table, and one whose table holds no calls, are refused as no call log", async () => {
  for (const text of [
    "<html><body><p>Sign in</p></body></html>",
    "<html><table><tr><td>milk</td></tr></table></html>",
  ]) {
    await expect(parseText(text)).rejects.toThrow("no call log");
  }
});
