import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { toFingerprint } from "../../../src-main/engine/ingest/mapping/header-fingerprint.ts";
import { createMappingBook, type MappingBook } from "../../../src-main/engine/ingest/mapping/mapping-book.ts";
import { proposeMapping } from "../../../src-main/engine/ingest/mapping/propose-mapping.ts";
import type { SourceSettings } from "../../../src-shared/domain/source-settings.ts";
import type { MappingProposal } from "../../../src-shared/ipc/mapping-views.ts";
import { createImportRig } from "../../builders/import-rig.ts";
import { parseText, readingTime, settingsOfOffice, withFile } from "../../builders/parsed-log.ts";

const lines = (...rows: readonly string[]): string => `${rows.join("\n")}\n`;

let folder = "";
let book: MappingBook;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "callledger-mappings-"));
  book = createMappingBook(join(folder, "mappings"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const propose = (text: string, settings: SourceSettings = settingsOfOffice): Promise<MappingProposal> =>
  withFile(text, (path) => proposeMapping({ path, settings, clock: { now: () => readingTime }, mappings: book }));

const ids = ({ questions }: MappingProposal): readonly string[] => questions.map(({ id }) => id);

/** Names that nobody gives to a column; the values tell what they are. */
const unknownTable = lines(
  "Wann;Wer;Wen;Lang;Weg",
  "2025-06-13 09:41:00;07700900123;203;1:30;rein",
  "2025-06-13 14:15:00;204;07700900777;0:10;raus",
  "2025-06-14 15:20:00;07700900124;203;2:00;rein",
);

test("columns that nobody knows by name are proposed by their values, with evidence and confidence", async () => {
  const proposal = await propose(unknownTable);
  expect(proposal.columns.map(({ field, column }) => `${field}=${column}`)).toEqual([
    "from=Wer",
    "to=Wen",
    "start=Wann",
    "duration=Lang",
  ]);
  expect(proposal.columns[0]).toMatchObject({ examples: ["07700900123", "204", "07700900124"] });
  expect(proposal.columns[0]?.evidence.join()).toContain("100 % of its values are telephone numbers");
  for (const { confidence } of proposal.columns) expect(confidence).toBeLessThan(0.6);
  expect(proposal).toMatchObject({ recognised: null, saved: null, fingerprint: toFingerprint(proposal.header) });
  expect(proposal.calls).toMatchObject([
    { line: 2, direction: "inbound", from: "+447700900123", startedAt: "2025-06-13T08:41:00Z", durationSeconds: 90 },
    { line: 3, direction: "outbound", from: "ext:204", to: "+447700900777" },
    { line: 4, direction: "inbound", durationSeconds: 120 },
  ]);
});

test("a table of known names is proposed surely and asks nothing", async () => {
  const proposal = await propose(
    lines(
      "Call ID,Start,From,To,Direction,Talk Time (s),Status",
      "a,2025-06-13 14:15:00,07700900123,203,in,60,answered",
    ),
  );
  expect(proposal.questions).toEqual([]);
  expect(proposal.durationUnit).toMatchObject({ value: "seconds", confidence: 1 });
  expect(proposal.direction).toMatchObject({ value: 'column "Direction"', confidence: 1 });
  expect(proposal.direction.evidence).toEqual(['"in" is inbound (1 rows)']);
  expect(proposal.columns.find(({ field }) => field === "start")?.confidence).toBeGreaterThan(0.9);
});

test("ten calls are shown, never more", async () => {
  const rows = Array.from(
    { length: 40 },
    (_, at) => `c${at},2025-06-13 14:15:${String(at).padStart(2, "0")},07700900123,203,in,60`,
  );
  expect((await propose(lines("Call ID,Start,From,To,Direction,Seconds", ...rows))).calls).toHaveLength(10);
});

test("a date that can be read both ways is asked about, with the option that answers it", async () => {
  const rows = ["12/11/2025 14:00:00,07700900123,203,in,60", "11/12/2025 15:00:00,07700900123,203,in,60"];
  const text = lines("Start,From,To,Direction,Seconds", ...rows, "12/11/2025 16:00:00,07700900123,203,in,60");
  const proposal = await propose(text);
  expect(ids(proposal)).toEqual(["dateOrder"]);
  expect(proposal.dateOrder).toMatchObject({ value: null, confidence: 0 });
  expect(proposal.questions[0]).toMatchObject({
    question: expect.stringContaining('"12/11/2025 14:00:00"') as string,
    blocks: true,
    answers: [{ option: "--date-order DMY" }, { option: "--date-order MDY" }],
  });
  const answered = await propose(text, { ...settingsOfOffice, dateOrder: "MDY" });
  expect(ids(answered)).toEqual([]);
  expect(answered.calls[0]?.startedAt).toBe("2025-12-11T14:00:00Z");
});

const twelveHours = lines(
  "Start,From,To,Direction,Seconds",
  ...["9:41", "10:05", "11:30", "1:15", "2:20", "4:45"].map((time) => `2025-06-13 ${time},07700900123,203,in,60`),
);

test("a clock of twelve hours without AM and PM is asked about before anything is imported, and read as answered", async () => {
  await expect(parseText(twelveHours)).rejects.toMatchObject({ code: "ask" });
  const proposal = await propose(twelveHours);
  expect(ids(proposal)).toEqual(["clock"]);
  expect(proposal.clock).toMatchObject({ value: null });
  const office = await parseText(twelveHours, { ...settingsOfOffice, clock: "12h-office" });
  expect(office.calls.map(({ startedAt }) => startedAt.slice(11, 16))).toEqual([
    "08:41",
    "09:05",
    "10:30",
    "12:15",
    "13:20",
    "15:45",
  ]);
  const written = await parseText(twelveHours, { ...settingsOfOffice, clock: "24h" });
  expect(written.calls.map(({ startedAt }) => startedAt.slice(11, 16))).toContain("00:15");
});

test("words that nobody knows, lengths of two meanings and own numbers are asked about", async () => {
  const table = (rows: readonly string[]) => lines("Start,From,To,Direction,Duration,Status", ...rows);
  const words = await propose(table(["2025-06-13 14:15:00,07700900123,203,hin,60,answered"]));
  expect(words.questions).toMatchObject([
    { id: "words", blocks: true, answers: [{ option: '--word "hin=inbound"' }, {}, {}] },
  ]);
  const told = await propose(table(["2025-06-13 14:15:00,07700900123,203,hin,60,answered"]), {
    ...settingsOfOffice,
    words: { hin: "outbound" },
  });
  expect(told).toMatchObject({ questions: [], calls: [{ direction: "outbound" }] });
  const unit = await propose(table(["2025-06-13 14:15:00,07700900123,203,in,1:30,answered"]));
  expect(unit.questions).toMatchObject([
    { id: "durationUnit", blocks: false, answers: [{ option: "--duration m:ss" }, { option: "--duration h:mm" }] },
  ]);
  const hours = { ...settingsOfOffice, durationUnit: "h:mm" as const };
  const hourly = await propose(table(["2025-06-13 14:15:00,07700900123,203,in,1:30,answered"]), hours);
  expect(hourly.calls[0]?.durationSeconds).toBe(5400);
  const rows = ["02079460012,07700900124", "07700900123,02079460012"].map((sides) => `2025-06-13 14:15:00,${sides},60`);
  const sides = await propose(lines("Start,From,To,Seconds", ...rows));
  expect(sides.questions).toMatchObject([
    { id: "direction", blocks: true, answers: [{ option: '--own-number "02079460012"' }, {}, {}] },
  ]);
});

test("a table without dates asks which column has them", async () => {
  const proposal = await propose(lines("Ref;Rufnr;Menge", "a;07700900123;60", "b;07700900124;61"));
  expect(ids(proposal)).toContain("columns");
  expect(proposal.questions.find(({ id }) => id === "columns")).toMatchObject({ blocks: true });
  expect(proposal.calls).toEqual([]);
});

test("a fingerprint knows the same header in another order and spelling, and no other", () => {
  const names = ["Wann", "Wer", "Länge (s)"];
  expect(toFingerprint(["länge (S)", "WANN", "wer", ""])).toBe(toFingerprint(names));
  expect(toFingerprint([...names, "Notiz"])).not.toBe(toFingerprint(names));
});

test("a log of a known system says so", async () => {
  const path = join(import.meta.dirname, "../../fixtures/call-logs/zoom-phone-call-log");
  const text = readFileSync(join(path, "call_log_2025_06_02_2025_06_08.csv"), "utf8");
  const settings = { region: "US", timeZone: "America/New_York" };
  expect((await propose(text, settings)).recognised).toMatchObject({ format: "zoom-phone-call-log" });
});

async function saveUnknown(): Promise<string> {
  const { header, fingerprint, settings } = await propose(unknownTable, {
    ...settingsOfOffice,
    words: { rein: "inbound" },
  });
  return book.save({ version: 1, name: "old system", fingerprint: fingerprint ?? "", header: [...header], settings });
}

test("a saved mapping is a file for people, and is used by later imports and watched folders whatever the order of columns", async () => {
  const file = await saveUnknown();
  expect(readFileSync(file, "utf8")).toMatch(/^# How CallLedger reads[\s\S]*version: 1\nname: old system\n/);
  expect(await book.list()).toMatchObject([{ name: "old system" }]);
  const rig = createImportRig();
  try {
    const reordered = lines("Weg;Wen;Wer;Lang;Wann", "rein;203;07700900123;1:30;2025-06-13 09:41:00");
    rig.write("other name.csv", reordered);
    await expect(rig.import("other name.csv", { format: "auto" })).rejects.toMatchObject({ code: "unknown_format" });
    const read = await rig.import("other name.csv", { format: "auto", mappings: book, watched: true });
    expect(read).toMatchObject({ format: "generic-csv", rows: 1, legs: 1, calls: 1 });
    expect(rig.calls()).toMatchObject([{ direction: "inbound", seconds: 90 }]);
    expect(await rig.import("other name.csv", { format: "auto", mappings: book })).toMatchObject({ unchanged: true });
  } finally {
    rig.close();
  }
});

test("what a source says itself wins over the mapping, and a named format is left alone", async () => {
  await saveUnknown();
  const rig = createImportRig();
  try {
    rig.write("a.csv", lines("Wann;Wer;Wen;Lang;Weg", "2025-06-13 09:41:00;07700900123;203;1:30;rein"));
    const settings = { ...settingsOfOffice, durationUnit: "h:mm" as const };
    await rig.import("a.csv", { format: "auto", settings, mappings: book });
    expect(rig.calls()).toMatchObject([{ seconds: 5400 }]);
    await expect(rig.import("a.csv", { format: "zoom-phone-call-log", mappings: book })).rejects.toMatchObject({
      code: "unknown_format",
    });
  } finally {
    rig.close();
  }
});

test("a damaged mapping is told with its file, and can be removed", async () => {
  const file = await saveUnknown();
  writeFileSync(file, "version: 2\n");
  await expect(book.list()).rejects.toThrow(file);
  expect(await book.remove("0000000000000000")).toBe(false);
  expect(await book.remove(basename(file, ".yaml"))).toBe(true);
  expect(await book.isEmpty()).toBe(true);
});
