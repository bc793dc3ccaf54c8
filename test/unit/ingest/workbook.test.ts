import { readFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync, type Zippable } from "fflate";
import { expect, test } from "vitest";
import { examineLog } from "../../../src-main/engine/ingest/doctor/examine-log.ts";
import { splitText, sniffLayout } from "../../../src-main/engine/ingest/records/delimiter.ts";
import { createImportRig } from "../../builders/import-rig.ts";
import { parseText, readingTime, settingsOfOffice, withFile } from "../../builders/parsed-log.ts";

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** A cell: a shared text, a number with a style, or one of the rarer kinds as XML. */
type Cell = string | Readonly<{ number: number | string; style?: number }> | Readonly<{ xml: string }> | null;
type SheetOf = Readonly<{ name: string; rows: readonly (readonly Cell[] | null)[]; state?: string }>;

/** Styles: 0 General, 1 a date, 2 `[h]:mm:ss`, 3 eleven digits, 4 a text, 5 day and month of Germany, 6 `h:mm`. */
const formats = ["General", "dd/mm/yyyy hh:mm", "[h]:mm:ss", "00000000000", "@", "dd.mm.yy", "h:mm"] as const;

const column = (at: number): string => String.fromCodePoint(65 + at);

function toSheetXml(rows: SheetOf["rows"], strings: string[]): string {
  const toCell = (cell: Cell, row: number, at: number): string => {
    const reference = `${column(at)}${row}`;
    if (cell === null) return "";
    if (typeof cell === "string") {
      strings.push(cell);
      return `<c r="${reference}" t="s"><v>${strings.length - 1}</v></c>`;
    }
    if ("xml" in cell) return cell.xml.replace("<c", `<c r="${reference}"`);
    return `<c r="${reference}" s="${cell.style ?? 0}"><v>${cell.number}</v></c>`;
  };
  const lines = rows.map((cells, at) =>
    cells === null
      ? ""
      : `<row r="${at + 1}">${cells.map((cell, index) => toCell(cell, at + 1, index)).join("")}</row>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${lines.join("")}</sheetData></worksheet>`;
}

/** A workbook as spreadsheets write it; `more` are further parts. */
function toWorkbook(sheets: readonly SheetOf[], more: Zippable = {}, is1904 = false): Uint8Array {
  const strings: string[] = [];
  const parts = sheets.map(({ rows }) => toSheetXml(rows, strings));
  const list = sheets.map(
    ({ name, state }, at) =>
      `<sheet name="${escape(name)}" sheetId="${at + 1}"${state === undefined ? "" : ` state="${state}"`} r:id="rId${at + 1}"/>`,
  );
  const relations = sheets.map((_, at) => `<Relationship Id="rId${at + 1}" Target="worksheets/sheet${at + 1}.xml"/>`);
  const styles = formats.map((code, at) => `<numFmt numFmtId="${200 + at}" formatCode="${escape(code)}"/>`);
  const xfs = formats.map((_, at) => `<xf numFmtId="${at === 0 ? 0 : 200 + at}"/>`);
  return zipSync({
    "[Content_Types].xml": strToU8("<Types/>"),
    // Sheets before what they share, as some programs write them.
    ...Object.fromEntries(parts.map((xml, at) => [`xl/worksheets/sheet${at + 1}.xml`, strToU8(xml)])),
    "xl/workbook.xml": strToU8(
      `<workbook xmlns:r="r"><workbookPr date1904="${is1904 ? 1 : 0}"/><sheets>${list.join("")}</sheets></workbook>`,
    ),
    "xl/_rels/workbook.xml.rels": strToU8(`<Relationships>${relations.join("")}</Relationships>`),
    "xl/styles.xml": strToU8(
      `<styleSheet><numFmts>${styles.join("")}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${xfs.join("")}</cellXfs></styleSheet>`,
    ),
    "xl/sharedStrings.xml": strToU8(
      `<sst>${strings.map((text) => `<si><r><t>${escape(text.slice(0, 2))}</t></r><r><t xml:space="preserve">${escape(text.slice(2))}</t></r><rPh><t>x</t></rPh></si>`).join("")}</sst>`,
    ),
    ...more,
  });
}

const header = ["Call ID", "Start", "From", "To", "Direction", "Talk Time", "Agent"] as const;
/** 13 June 2025 10:15:30 as a spreadsheet counts days. */
const serial = 45_821 + (10 * 3600 + 15 * 60 + 30) / 86_400;

test("dates are exact whatever the sheet shows, numbers have all their digits, lengths are as shown", async () => {
  const rows = [
    [...header],
    [
      "a",
      { number: serial, style: 1 },
      { number: "4.42079460012E+11" },
      { number: 203 },
      "in",
      { number: 90 / 86_400, style: 2 },
      "Ann & Bob <x>",
    ],
    [
      "b",
      { number: serial + 1, style: 5 },
      { number: 7_700_900_123, style: 3 },
      { number: 203, style: 4 },
      "in",
      { number: 61 },
      { xml: '<c t="inlineStr"><is><t>Müller</t></is></c>' },
    ],
    ["c", "2025-06-15 10:00:00", "+447700900124", "203", "in", "0:00:05", { xml: '<c t="b"><v>1</v></c>' }],
    null,
    [
      "d",
      { xml: '<c t="d"><v>2025-06-16T10:00:00</v></c>' },
      { xml: '<c t="str"><f>1+1</f><v>07700900125</v></c>' },
      "203",
      "in",
      { number: 7 },
      { xml: '<c t="e"><v>#REF!</v></c>' },
    ],
  ];
  const { calls, summary } = await parseText(toWorkbook([{ name: "Calls", rows }]));
  expect(summary).toMatchObject({ format: "generic-csv", rows: 4, calls: 4, skipped: [] });
  expect(calls).toMatchObject([
    {
      callId: "a",
      from: "+442079460012",
      startedAt: "2025-06-13T09:15:30Z",
      durationSeconds: 90,
      agent: "Ann & Bob <x>",
    },
    { callId: "b", from: "+447700900123", startedAt: "2025-06-14T09:15:30Z", durationSeconds: 61, agent: "Müller" },
    { callId: "c", startedAt: "2025-06-15T09:00:00Z", durationSeconds: 5, agent: "TRUE" },
    { callId: "d", from: "+447700900125", startedAt: "2025-06-16T09:00:00Z", durationSeconds: 7 },
  ]);
});

test("the line of a bad row is the number beside it in the sheet", async () => {
  const rows = [
    ["Report"],
    null,
    [...header],
    ["a", "soon", "07700900123", "203", "in", { number: 5 }, "Ann"],
    ["b", "2025-06-15 10:00:00", "07700900123", "203", "in", { number: 5 }, "Ann"],
  ];
  const { summary } = await parseText(toWorkbook([{ name: "Calls", rows }]));
  expect(summary.skipped).toMatchObject([{ line: 4, reason: "invalid_date" }]);
});

test("a workbook of a Macintosh counts its days from 1904", async () => {
  const rows = [
    [...header],
    ["a", { number: serial - 1462, style: 1 }, "07700900123", "203", "in", { number: 5 }, "Ann"],
  ];
  const { calls } = await parseText(toWorkbook([{ name: "Calls", rows }], {}, true));
  expect(calls).toMatchObject([{ startedAt: "2025-06-13T09:15:30Z" }]);
});

test("sheets with the same header are one table; hidden sheets and those with other columns are not read, and the doctor says so", async () => {
  const row = (id: string, day: number) => [
    id,
    `2025-06-${day} 10:00:00`,
    "07700900123",
    "203",
    "in",
    { number: 5 },
    "Ann",
  ];
  const book = toWorkbook([
    {
      name: "Sums",
      rows: [
        ["Month", "Calls", "Minutes"],
        ["June", { number: 2 }, { number: 1 }],
      ],
    },
    { name: "May", rows: [[...header], row("a", 10), row("b", 11)] },
    { name: "June", rows: [["Report of June"], [...header], row("c", 12)] },
    { name: "Old", state: "hidden", rows: [[...header], row("z", 13)] },
  ]);
  expect((await parseText(book)).calls.map(({ callId }) => callId)).toEqual(["a", "b", "c"]);
  const { findings } = await withFile(book, (path) =>
    examineLog({ path, format: "auto", settings: settingsOfOffice, clock: { now: () => readingTime } }),
  );
  expect(findings.find(({ code }) => code === "other_sheets")?.says).toBe(
    'Of the workbook\'s sheets "May", "June" is read; "Sums" has other columns and is not.',
  );
});

test("a log that was saved as a workbook gives the calls of its text", async () => {
  const path = join(
    import.meta.dirname,
    "../../fixtures/call-logs/zoom-phone-call-log/call_log_2025_06_02_2025_06_08.csv",
  );
  const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  const rows = splitText(text, sniffLayout(text).layout).map(({ cells }) => cells);
  const settings = { region: "US", timeZone: "America/New_York" };
  const [plain, book] = [
    await parseText(text, settings),
    await parseText(toWorkbook([{ name: "Log", rows }]), settings),
  ];
  expect(book.summary.format).toBe("zoom-phone-call-log");
  expect(book.calls).toEqual(plain.calls);
});

test("a workbook that was read adds nothing when it is read again", async () => {
  const rig = createImportRig();
  try {
    const rows = [[...header], ["a", "2025-06-13 10:00:00", "07700900123", "203", "in", { number: 5 }, "Ann"]];
    rig.write("calls.xlsx", toWorkbook([{ name: "Calls", rows }]));
    expect(await rig.import("calls.xlsx", { format: "auto" })).toMatchObject({ calls: 1 });
    expect(await rig.import("calls.xlsx", { format: "auto" })).toMatchObject({ unchanged: true, calls: 0 });
  } finally {
    rig.close();
  }
});

const bomb = (): Uint8Array => {
  // Blanks that pack to a thousandth.
  const sheet: SheetOf = { name: "S", rows: [] };
  return toWorkbook([sheet], { "xl/worksheets/sheet1.xml": [new Uint8Array(64 * 1024 * 1024).fill(32), { level: 1 }] });
};

test.each([
  ["a zip bomb", bomb, "made to fill the memory"],
  [
    "names that lead out of the archive",
    () => toWorkbook([{ name: "S", rows: [[...header]] }], { "../../etc/passwd": strToU8("x") }),
    "lead outside",
  ],
  [
    "an absolute name",
    () => toWorkbook([{ name: "S", rows: [[...header]] }], { "/etc/passwd": strToU8("x") }),
    "lead outside",
  ],
  ["a zip archive without a log", () => zipSync({ "photo.png": strToU8("x") }), 'It holds "photo.png"'],
  [
    "a zip archive of logs of several kinds",
    () => zipSync({ "a.csv": strToU8("Start,From\n1,2\n"), "b.csv": strToU8("From,Start\n2,1\n") }),
    'several files with different columns: "a.csv", "b.csv"',
  ],
  [
    "an archive whose only log is a picture",
    () => zipSync({ log: Buffer.from([0x89, 0x50, 0x4e, 0x47, 1]) }),
    "PNG image",
  ],
  [
    "a workbook without a table",
    () => toWorkbook([{ name: "S", rows: [["only", "two"]] }]),
    "No sheet of the workbook holds a table",
  ],
  [
    "a workbook that is cut",
    () => toWorkbook([{ name: "S", rows: [[...header], ["a", "b", "c", "d", "e", "f", "g"]] }]).subarray(0, 700),
    "damaged",
  ],
] as const)("%s is refused with its reason", async (_name, make, says) => {
  await expect(parseText(make())).rejects.toThrow(says);
});
