import { readdirSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { examineLog } from "../../../src-main/engine/ingest/doctor/examine-log.ts";
import { sourceSettings, type SourceSettings } from "../../../src-shared/domain/source-settings.ts";
import { findingCode, type Examination, type FindingCode } from "../../../src-shared/ipc/doctor-views.ts";
import { readingTime, settingsOfOffice, withFile } from "../../builders/parsed-log.ts";

const header = "Call ID,Start,From,To,Direction,Seconds,Agent";
type Row = Readonly<Partial<Record<"id" | "start" | "from" | "to" | "way" | "seconds" | "agent", string>>>;

/** Rows a day apart at ten in the morning, each with an id of its own. */
const toRow = (row: Row, at: number): string =>
  [
    row.id ?? `c-${at}`,
    row.start ?? `2025-06-${String((at % 28) + 1).padStart(2, "0")} 10:0${at % 10}:00`,
    row.from ?? "07700900123",
    row.to ?? "203",
    row.way ?? "in",
    row.seconds ?? "60",
    row.agent ?? "Carla",
  ].join(",");

const table = (...rows: readonly Row[]): string => `${[header, ...rows.map(toRow)].join("\n")}\n`;
const many = (count: number, make: (at: number) => Row = () => ({})): readonly Row[] =>
  Array.from({ length: count }, (_, at) => make(at));

const day = 86_400_000;

type Ask = Readonly<{ settings?: SourceSettings; writtenAt?: number; now?: number; format?: string; maxRows?: number }>;

const examine = (content: string | Uint8Array, ask: Ask = {}): Promise<Examination> =>
  withFile(content, (path) => {
    const { settings = settingsOfOffice, now = readingTime, writtenAt = now - day, format = "auto" } = ask;
    utimesSync(path, writtenAt / 1000, writtenAt / 1000);
    const limit = ask.maxRows === undefined ? {} : { maxRows: ask.maxRows };
    return examineLog({ path, format, settings, clock: { now: () => now }, ...limit });
  });

type Case = Readonly<{
  code: FindingCode;
  what: string;
  content: string | Uint8Array;
  ask?: Ask;
  level: "stop" | "warning" | "note";
  line?: number;
  field?: string;
  count?: number;
  says: string;
}>;

const fixtures = join(import.meta.dirname, "../../fixtures/call-logs");
const freepbx = readFileSync(join(fixtures, "freepbx-cdr-export/cdr__1749031200pbx.example.net.csv"), "utf8").split(
  "\n",
);
const freepbxRows = (count: number): string =>
  `${freepbx[0] ?? ""}\n${Array.from({ length: count }, (_, at) => (freepbx[1] ?? "").replaceAll(/\b17\d{8}\.\d+/g, `1748854453.${at}`)).join("\n")}\n`;

const cases: readonly Case[] = [
  { code: "empty", what: "an empty file", content: "", level: "stop", says: "empty" },
  {
    code: "binary",
    what: "a picture with the name of a table",
    content: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]),
    level: "stop",
    says: "PNG image",
  },
  { code: "not_a_log", what: "a shopping list", content: "milk,2\nbread,1\n", level: "stop", says: "no call log" },
  {
    code: "question",
    what: "dates that can be read both ways",
    content: table(
      { start: "12/11/2025 10:00:00" },
      { start: "11/12/2025 10:00:00" },
      { start: "12/11/2025 11:00:00" },
    ),
    level: "stop",
    says: "can be read in two ways",
  },
  {
    code: "unusable_settings",
    what: "a country that does not exist",
    content: table({}),
    ask: { settings: { region: "XX" } },
    level: "stop",
    says: "XX",
  },
  {
    code: "half_written",
    what: "a row that is still being written",
    content: `${table(...many(3))}c-9,2025-06-04 10`,
    ask: { writtenAt: readingTime - 60_000 },
    level: "warning",
    line: 5,
    says: "still being written",
  },
  {
    code: "cut_tail",
    what: "a file that was cut long ago",
    content: `${table(...many(3))}c-9,2025-06-04 10`,
    level: "warning",
    line: 5,
    says: "was cut",
  },
  {
    code: "partial_export",
    what: "a FreePBX report of exactly a hundred rows",
    content: freepbxRows(100),
    level: "warning",
    count: 100,
    says: "exactly 100 rows",
  },
  {
    code: "scientific_numbers",
    what: "a number as a power of ten",
    content: table({}, { from: "4.42079E+11" }, { from: "4.42079460012E+11" }),
    level: "warning",
    line: 3,
    field: "From",
    count: 2,
    says: '"4.42079E+11": 1 of them have lost digits',
  },
  {
    code: "hidden_cells",
    what: "a column that was too narrow",
    content: table({}, { from: "########" }),
    level: "warning",
    line: 3,
    field: "From",
    says: "too narrow",
  },
  {
    code: "lost_zeros",
    what: "numbers without their zero",
    content: table(...many(4, (at) => ({ from: `770090012${at}` }))),
    level: "warning",
    line: 2,
    field: "From",
    count: 4,
    says: '"7700900120"',
  },
  {
    code: "lost_plus",
    what: "numbers that lost their plus among others that kept it",
    content: table({ from: "+447700900123" }, { from: "447700900124" }),
    level: "note",
    line: 3,
    field: "From",
    says: '"447700900124"',
  },
  {
    code: "mixed_dates",
    what: "dates of which a spreadsheet understood some",
    content: table(...many(6, (at) => ({ start: at < 3 ? `2025-0${at + 1}-06 10:00` : `${at + 13}/06/2025 10:00` }))),
    level: "warning",
    field: "Start",
    count: 3,
    says: "in two ways",
  },
  {
    code: "mixed_encoding",
    what: "letters of two encodings",
    content: Buffer.concat([
      Buffer.from(table({ agent: "Müller" })),
      Buffer.from(`${toRow({ agent: "Müller" }, 7)}\n`, "latin1"),
    ]),
    level: "warning",
    line: 2,
    says: "Letters are damaged",
  },
  {
    code: "future_calls",
    what: "calls that have not happened yet",
    content: table(...many(3), { start: "2026-11-21 20:00:00" }, { start: "2027-11-21 20:00:00" }),
    level: "warning",
    line: 5,
    count: 2,
    says: "2 calls lie in the future",
  },
  {
    code: "newer_than_file",
    what: "a call that began after the file was written",
    content: table({ start: "2025-06-10 12:00:00" }),
    ask: { writtenAt: Date.UTC(2025, 5, 10, 9) },
    level: "warning",
    line: 2,
    says: "2 hours after the file was written",
  },
  {
    code: "odd_hours",
    what: "an office that telephones all night",
    content: table(
      ...many(40, (at) => ({ start: `2025-06-13 ${String((20 + (at % 9)) % 24).padStart(2, "0")}:${10 + at}:00` })),
    ),
    level: "warning",
    says: "nearly all would be by day",
  },
  {
    code: "clock_jump",
    what: "a clock that was set back",
    content: table(
      ...many(20, (at) => ({ start: at === 12 ? "2025-01-01 10:00:00" : `2025-06-${10 + (at % 20)} 10:00:00` })),
    ),
    level: "warning",
    line: 14,
    count: 1,
    says: "jumps against its order 1 time",
  },
  {
    code: "bad_rows",
    what: "a row that is none",
    content: table({}, { seconds: "soon" }, {}),
    level: "warning",
    line: 3,
    count: 1,
    says: '1 of 3 rows cannot be read, the first in line 3: Seconds "soon"',
  },
  {
    code: "totals_rows",
    what: "a row of totals",
    content: `${table({})}Totals,,,,,60,\n`,
    level: "note",
    line: 3,
    says: "adds up",
  },
  {
    code: "repeated_headers",
    what: "the header again",
    content: `${table({})}${header}\n`,
    level: "note",
    line: 3,
    says: "again",
  },
  {
    code: "double_rows",
    what: "the same row twice",
    content: table({ id: "a" }, { id: "b" }) + table({ id: "a" }).split("\n")[1] + "\n",
    level: "note",
    line: 4,
    says: "more than once",
  },
  {
    code: "unfinished_calls",
    what: "a call that is going on",
    content: "Call ID,Start,From,To,Direction,Seconds,Status\na,2025-06-02 10:00:00,07700900123,203,in,0,ringing\n",
    level: "note",
    line: 2,
    says: "was not over",
  },
  {
    code: "no_call_ids",
    what: "a log without ids",
    content: "Start,From,To,Direction,Seconds\n2025-06-02 10:00:00,07700900123,203,in,60\n",
    level: "note",
    says: "has no call ids",
  },
];

test.each(cases)("$code: $what is found and explained", async ({ code, content, ask, says, ...wanted }) => {
  const { findings } = await examine(content, ask);
  const found = findings.find((each) => each.code === code);
  const { what: _what, ...place } = wanted;
  expect(found, `found were ${findings.map((each) => each.code).join(", ")}`).toMatchObject(place);
  expect(found?.says).toContain(says);
  expect(found?.does.length).toBeGreaterThan(20);
  for (const text of [found?.says, found?.does]) expect(text).toMatch(/[.?]$/);
});

test("every finding has its case here, but for what only an import or the disk can tell", () => {
  const known = new Set([...cases.map(({ code }) => code), "seen_before", "unreadable", "other_sheets"]);
  expect(findingCode.options.filter((code) => !known.has(code))).toEqual([]);
});

test("a folder, and what is no file at all, is unreadable and says so", async () => {
  const device = process.platform === "win32" ? [] : ["/dev/null"];
  for (const path of [fixtures, ...device]) {
    const ask = { path, format: "auto", settings: settingsOfOffice, clock: { now: () => readingTime } };
    const { findings, format } = await examineLog(ask);
    expect(format).toBeNull();
    expect(findings).toMatchObject([{ code: "unreadable", level: "stop", file: path }]);
    expect(findings[0]?.says).toContain("no regular file");
  }
});

test("logs that are as they should be give no warning", async () => {
  for (const format of readdirSync(fixtures)) {
    for (const name of readdirSync(join(fixtures, format)).filter((each) => each.endsWith(".expected.json"))) {
      const log = join(fixtures, format, name.slice(0, -".expected.json".length));
      if (log.endsWith(format)) continue;
      const { assume } = JSON.parse(readFileSync(join(fixtures, format, name), "utf8")) as { assume: unknown };
      const { findings } = await examine(readFileSync(log), { settings: sourceSettings.parse(assume) });
      expect({ log, warnings: findings.filter(({ level }) => level !== "note") }).toEqual({ log, warnings: [] });
    }
  }
});

test("a long file is looked at up to a bound, and says so", async () => {
  const examined = await examine(table(...many(5000)), { maxRows: 1000 });
  expect(examined).toMatchObject({ format: "generic-csv", isWhole: false });
  expect(examined.rows).toBeGreaterThanOrEqual(1000);
  expect(examined.rows).toBeLessThan(5000);
});

test("warnings come before notes", async () => {
  const { findings } = await examine(`${table({ from: "########" })}Totals,,,,,60,\n`);
  expect(findings.map(({ level }) => level)).toEqual(["warning", "note"]);
});
