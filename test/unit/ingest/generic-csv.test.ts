import { expect, test } from "vitest";
import { LogRefusedError } from "../../../src-main/engine/ingest/log-refused.ts";
import type { SourceSettings } from "../../../src-shared/domain/source-settings.ts";
import { parseText } from "../../builders/parsed-log.ts";

const settings: SourceSettings = { region: "GB", timeZone: "Europe/London", extensionLengths: [3, 4] };

const header = "Date,Time,Caller,Callee,Direction,Duration,Result,Agent,Call ID";
const row = (day: string, id: string, more = "Answered,Alice Example"): string =>
  `${day},08:37:07,+447700900826,+442079460012,In,0:01:33,${more},${id}`;

const read = async (text: string | Uint8Array, more: SourceSettings = {}) => {
  const { calls, summary, read: stored } = await parseText(text, { ...settings, ...more });
  expect(summary.rows).toBe(calls.reduce((sum, { legs }) => sum + legs, 0) + summary.skipped.length);
  return { calls, stored, skipped: summary.skipped, format: summary.format };
};

const reasons = (skipped: readonly { line?: number | undefined; reason: string }[]) =>
  skipped.map(({ line, reason }) => [line, reason]);

const expected = {
  callId: "C-1",
  direction: "inbound",
  status: "answered",
  from: "+447700900826",
  to: "+442079460012",
  startedAt: "2025-06-13T07:37:07Z",
  durationSeconds: 93,
  agent: "Alice Example",
  legs: 1,
};

const table = `${header}\n${row("13/06/2025", "C-1")}\n`;

test.each([
  [";", ";"],
  ["tab", "\t"],
  ["|", "|"],
])("a table separated by %s is read", async (_, delimiter) => {
  expect((await read(table.replaceAll(",", delimiter))).calls).toEqual([expected]);
});

test("a sep= line decides and is no row", async () => {
  const { calls, skipped } = await read(`sep=;\n${table.replaceAll(",", ";")}`);
  expect(calls).toEqual([expected]);
  expect(skipped).toEqual([]);
});

test("records that are wrapped in quotes as a whole are unwrapped once", async () => {
  const wrapped = table
    .trim()
    .split("\n")
    .map((line) => `"${line}"`)
    .join("\n");
  expect((await read(wrapped)).calls).toEqual([expected]);
});

test.each([
  ["CRLF", "\r\n"],
  ["CR", "\r"],
  ["LF with blank lines", "\n\n"],
])("line ends are %s", async (_, end) => {
  expect((await read(table.replaceAll("\n", end))).calls).toEqual([expected]);
});

test("mixed line ends are all line ends", async () => {
  const text = `${header}\r\n${row("13/06/2025", "C-1")}\r${row("14/06/2025", "C-2")}\n${row("15/06/2025", "C-3")}\r\n`;
  expect((await read(text)).calls).toHaveLength(3);
});

const utf16be = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();

test.each([
  ["UTF-8 with a mark", Buffer.from(`\uFEFF${table}`, "utf8")],
  ["UTF-16 LE with a mark", Buffer.from(`\uFEFF${table}`, "utf16le")],
  ["UTF-16 LE without a mark", Buffer.from(table, "utf16le")],
  ["UTF-16 BE with a mark", utf16be(`\uFEFF${table}`)],
  ["UTF-16 BE without a mark", utf16be(table)],
  ["UTF-8 with single NULs", Buffer.from(`\0${table.replace("+44", "\0+44")}\0`, "utf8")],
])("%s is read", async (_, bytes) => {
  expect((await read(bytes)).calls).toEqual([expected]);
});

test("Windows-1252 is taken where UTF-8 does not hold, and a setting names others", async () => {
  const text = table.replace("Alice Example", "J\u00f6rg M\u00fcller");
  expect((await read(Buffer.from(text, "latin1"))).calls[0]?.agent).toBe("J\u00f6rg M\u00fcller");
  const cyrillic = Buffer.from(table.replace("Alice Example", "@@"), "latin1");
  cyrillic[cyrillic.indexOf("@@")] = 0xcf;
  cyrillic[cyrillic.indexOf("@")] = 0xe0;
  expect((await read(cyrillic, { encoding: "windows-1251" })).calls[0]?.agent).toBe("\u041f\u0430");
});

test("German headers and values are understood", async () => {
  const text =
    "Datum;Uhrzeit;Anrufer;Angerufene Nummer;Richtung;Gespr\u00e4chsdauer;Ergebnis;Mitarbeiter;Anruf-ID\n" +
    "02.06.2025;09:15:00;+4930231250;+4940669690;eingehend;00:02:05;angenommen;Eva Muster;A-1\n" +
    "03.06.2025;10:00:00;201;+4940669691;ausgehend;00:00:00;besetzt;Eva Muster;A-2\n";
  const { calls } = await read(text, { region: "DE", timeZone: "Europe/Berlin" });
  expect(calls).toMatchObject([
    {
      callId: "A-1",
      direction: "inbound",
      status: "answered",
      durationSeconds: 125,
      startedAt: "2025-06-02T07:15:00Z",
    },
    { callId: "A-2", direction: "outbound", status: "busy", from: "ext:201", agent: "Eva Muster" },
  ]);
});

test("French headers and values are understood", async () => {
  const text =
    "Date;Heure;Appelant;Appel\u00e9;Sens;Dur\u00e9e;Statut;Poste\n" +
    "02/06/2025;09:15:00;01 99 00 12 34;201;entrant;65;r\u00e9pondu;201\n" +
    "02/06/2025;09:20:00;num\u00e9ro masqu\u00e9;201;entrant;0;manqu\u00e9;\n";
  const { calls } = await read(text, { region: "FR", timeZone: "Europe/Paris" });
  expect(calls).toMatchObject([
    { status: "answered", from: "+33199001234", to: "ext:201", agent: "ext:201", durationSeconds: 65 },
    { status: "missed", from: null, agent: null },
  ]);
});

test("report titles above the header and totals below the rows are told from rows", async () => {
  const text = `Call report\nfor Test Clinic\n\n${table}${row("14/06/2025", "C-2")}\nTotals,,,,,0:03:06,,,\n`;
  const { calls, skipped } = await read(text);
  expect(calls).toHaveLength(2);
  expect(reasons(skipped)).toEqual([[7, "totals_row"]].map(([line, reason]) => [line, reason]));
});

test.each(["Total", "TOTALS:", "Summe", "Gesamt", "Totaux", "Grand total", "Totale"])(
  "%s begins a row of totals",
  async (label) => {
    const { calls, skipped } = await read(`${table}${label},,,,,0:03:06,,,\n`);
    expect(calls).toHaveLength(1);
    expect(reasons(skipped)).toEqual([[3, "totals_row"]]);
  },
);

test("a header that comes again is listed, not read", async () => {
  const { calls, skipped } = await read(`${table}${header}\n${row("14/06/2025", "C-2")}\n`);
  expect(calls).toHaveLength(2);
  expect(reasons(skipped)).toEqual([[3, "repeated_header"]]);
});

test("a quoted cell may hold line ends, delimiters and doubled quotes", async () => {
  const agent = '"Example, ""Al""\nAlice"';
  const text = `${header}\n${row("13/06/2025", "C-1", `Answered,${agent}`)}\n${row("14/06/2025", "C-2")}\n`;
  const { calls, skipped } = await read(text);
  expect(calls).toMatchObject([{ agent: 'Example, "Al"\nAlice' }, { callId: "C-2" }]);
  expect(skipped).toEqual([]);
});

test("a lost quote costs one row, not the rest of the file", async () => {
  const broken = row("13/06/2025", "C-2").replace("In,", '"In,');
  const text = `${header}\n${row("13/06/2025", "C-1")}\n${broken}\n${row("14/06/2025", "C-3")}\n${row("15/06/2025", "C-4")}\n`;
  const { calls, skipped } = await read(text);
  expect(calls.map(({ callId }) => callId)).toEqual(["C-1", "C-3", "C-4"]);
  expect(reasons(skipped)).toEqual([[3, "malformed"]]);
});

test("empty cells at the end are no columns, a short row is malformed unless only optional columns miss", async () => {
  const tableWithTail = "Date,Caller,Callee,Direction,Duration,Result,Agent";
  const line = "2025-06-13 08:37:07,+447700900826,+442079460012,In,93,Answered";
  const text = `${tableWithTail}\n${line},Alice Example,,,\n${line.replace("08:37", "08:38")}\n2025-06-13 08:39:00,+447700900826\n${line},Bob,extra\n`;
  const { calls, skipped } = await read(text);
  expect(calls.map(({ agent }) => agent)).toEqual(["Alice Example", null]);
  expect(reasons(skipped)).toEqual([
    [4, "malformed"],
    [5, "malformed"],
  ]);
  expect(skipped[0]?.detail).toBe("2 columns instead of 7");
});

test("the last row counts when it is whole, and is a truncated tail when it is cut", async () => {
  const whole = `${header}\n${row("13/06/2025", "C-1")}\n${row("14/06/2025", "C-2")}`;
  expect((await read(whole)).calls).toHaveLength(2);
  for (const cut of [6, 20, 60, 75]) {
    const { calls, skipped } = await read(whole.slice(0, whole.lastIndexOf("\n") + cut));
    expect(calls.map(({ callId }) => callId)).toEqual(["C-1"]);
    expect(reasons(skipped)).toEqual([[3, "truncated_tail"]]);
  }
  const open = await read(whole.replace("C-2", '"C-2'));
  expect(reasons(open.skipped)).toEqual([[3, "truncated_tail"]]);
});

test("dates are read day first or month first by the whole column, in one order", async () => {
  const monthFirst = `${header}\n${row("06/05/2025", "C-1")}\n${row("06/13/2025", "C-2")}\n`;
  expect((await read(monthFirst)).calls.map(({ startedAt }) => startedAt.slice(0, 10))).toEqual([
    "2025-06-05",
    "2025-06-13",
  ]);
  const dayFirst = `${header}\n${row("06/05/2025", "C-1")}\n${row("13/06/2025", "C-2")}\n`;
  expect((await read(dayFirst)).calls[0]?.startedAt.slice(0, 10)).toBe("2025-05-06");
});

test("a date far down the file decides for the rows above", async () => {
  const rows = Array.from({ length: 2000 }, (_, at) => row("06/05/2025", `C-${at}`)).join("\n");
  const { calls } = await read(`${header}\n${rows}\n${row("06/13/2025", "C-last")}\n`);
  expect(calls[0]?.startedAt.slice(0, 10)).toBe("2025-06-05");
});

test("the order in which the rows are sorted decides where the numbers do not", async () => {
  const text = `${header}\n${row("11/05/2025", "C-1")}\n${row("12/05/2025", "C-2")}\n${row("01/06/2025", "C-3")}\n${row("02/06/2025", "C-4")}\n`;
  expect((await read(text)).calls[0]?.startedAt.slice(0, 10)).toBe("2025-05-11");
});

test.each([
  ["Mon 02/06/2025", "2025-06-02"],
  ["Fri, 06/02/2026", "2026-02-06"],
  ["Mo. 02/06/2025", "2025-06-02"],
  ["Tue 02/11/2025", "2025-02-11"],
])("the day of the week decides where the numbers of %s do not", async (date, day) => {
  const { calls } = await parseText(`Start,From,To,Direction,Seconds\n"${date} 10:15:00",07700900123,203,in,60\n`);
  expect(calls[0]?.startedAt.slice(0, 10)).toBe(day);
});

test("dates that can be read in two ways are asked about, naming column and option", async () => {
  const text = `${header}\n${row("05/06/2025", "C-1")}\n${row("05/06/2025", "C-2")}\n`;
  const refused = await read(text).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(LogRefusedError);
  expect(refused).toMatchObject({ code: "ask" });
  expect(String(refused)).toContain('"Date"');
  expect(String(refused)).toContain(`--assume '{"dateOrder":"DMY"}'`);
  expect((await read(text, { dateOrder: "MDY" })).calls[0]?.startedAt.slice(0, 10)).toBe("2025-05-06");
});

test.each([
  ["1749800227", "2025-06-13T07:37:07Z"],
  ["1749800227123", "2025-06-13T07:37:07Z"],
  ["1749800227123456", "2025-06-13T07:37:07Z"],
  ["2025-06-13T08:37:07+01:00", "2025-06-13T07:37:07Z"],
  ["2025-06-13T07:37:07.999Z", "2025-06-13T07:37:07Z"],
  ["20250613T073707Z", "2025-06-13T07:37:07Z"],
  ["2025/06/13 08:37:07", "2025-06-13T07:37:07Z"],
  ["13.06.2025 08:37:07", "2025-06-13T07:37:07Z"],
  ["13/06/25 08:37:07", "2025-06-13T07:37:07Z"],
  ["13/06/2025, 8:37:07 AM", "2025-06-13T07:37:07Z"],
  ["13/06/2025 8:37:07\u202fa.\u00a0m.", "2025-06-13T07:37:07Z"],
  ["13 Jun 2025 08:37:07", "2025-06-13T07:37:07Z"],
  ["Jun 13, 2025 8:37:07 AM", "2025-06-13T07:37:07Z"],
  ["Fri, 13 Jun 2025 07:37:07 +0000", "2025-06-13T07:37:07Z"],
  ["Fri 13/06/2025 08:37:07", "2025-06-13T07:37:07Z"],
  ["13. Juni 2025 08:37:07", "2025-06-13T07:37:07Z"],
  ["45821.3591087963", "2025-06-13T07:37:07Z"],
  ["\u0661\u0663/\u0660\u0666/\u0662\u0660\u0662\u0665 \u0660\u0668:\u0663\u0667:\u0660\u0667", "2025-06-13T07:37:07Z"],
])("a start of %j is understood", async (start, startedAt) => {
  const text = `Start Time\tFrom\tTo\tDirection\tDuration\n${start}\t+447700900826\t201\tinbound\t93\n`;
  const { calls } = await read(text);
  expect(calls[0]).toMatchObject({ startedAt, to: "ext:201" });
});

test("twelve at night and at noon, and minutes without seconds", async () => {
  const text =
    "Start,From,To,Direction,Duration\n13/06/2025 12:05 AM,+447700900826,201,In,0\n13/06/2025 12:05 PM,+447700900826,201,In,0\n";
  const { calls } = await read(text);
  expect(calls).toMatchObject([
    { startedAt: "2025-06-12T23:05:00Z", startedAtPrecision: "minute" },
    { startedAt: "2025-06-13T11:05:00Z", startedAtPrecision: "minute" },
  ]);
});

test("a column that says UTC is UTC", async () => {
  const text = "Start Time (UTC),From,To,Direction,Duration\n2025-06-13 08:37:07,+447700900826,201,In,5\n";
  expect((await read(text)).calls[0]?.startedAt).toBe("2025-06-13T08:37:07Z");
});

test("a repeated hour names both instants unless the end tells, a skipped one moves forward", async () => {
  const text =
    "Start,End,From,To,Direction,Duration\n" +
    "2025-10-26 01:30:00,,+447700900826,201,In,60\n" +
    "2025-10-26 01:50:00,2025-10-26 02:10:00,+447700900826,201,In,1200\n" +
    "2025-03-30 01:30:00,,+447700900826,201,In,60\n";
  const { calls } = await read(text);
  expect(calls[0]?.startedAtAlternatives).toEqual(["2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z"]);
  expect(calls[1]).toMatchObject({ startedAt: "2025-10-26T01:50:00Z" });
  expect(calls[2]).toMatchObject({ startedAt: "2025-03-30T01:30:00Z" });
});

test.each([
  ["93", 93],
  ["1:33", 93],
  ["0:01:33", 93],
  ["00:01'33", 93],
  ["1 min 33 sec", 93],
  ["1m 33s", 93],
  ["PT1M33S", 93],
  ["93s (1m 33s)", 93],
  ["93.7", 93],
])("a duration of %j is %i seconds", async (text, seconds) => {
  const { calls } = await read(
    `Start\tFrom\tTo\tDirection\tDuration\n2025-06-13 08:37:07\t+447700900826\t201\tIn\t${text}\n`,
  );
  expect(calls[0]).toMatchObject({ status: "answered", durationSeconds: seconds });
});

test("the unit of a duration is the header's, or what fits between start and end", async () => {
  const minutes = "Start,From,To,Direction,Duration (min)\n2025-06-13 08:37:07,+447700900826,201,In,1.5\n";
  expect((await read(minutes)).calls[0]?.durationSeconds).toBe(90);
  const millis =
    "Start,End,From,To,Direction,Duration\n2025-06-13 08:37:00,2025-06-13 08:38:40,+447700900826,201,In,93000\n";
  expect((await read(millis)).calls[0]?.durationSeconds).toBe(93);
});

test("talk counts before a total, and ringing is taken off a total", async () => {
  const both = "Start,From,To,Direction,Duration,Talk Time\n2025-06-13 08:37:07,+447700900826,201,In,120,93\n";
  expect((await read(both)).calls[0]?.durationSeconds).toBe(93);
  const ring =
    "Start,From,To,Direction,Result,Ring Time,Total Duration\n" +
    "2025-06-13 08:37:07,+447700900826,201,In,Answered,7,100\n2025-06-13 08:38:07,+447700900826,201,In,Missed,20,20\n";
  expect((await read(ring)).calls).toMatchObject([{ durationSeconds: 93 }, { status: "missed", durationSeconds: 0 }]);
});

test("impossible values are listed with column and value", async () => {
  const text =
    "Start,From,To,Direction,Duration,ID\n" +
    "2025-06-13 08:37:07,+447700900826,201,In,-5,1\n" +
    "2025-06-13 08:37:07,+447700900826,201,In,99999999,2\n" +
    "2025-06-13 08:37:07,+447700900826,201,In,soon,3\n" +
    "2025-02-30 08:37:07,+447700900826,201,In,5,4\n" +
    "2099-06-13 08:37:07,+447700900826,201,In,5,5\n" +
    "1990-06-13 08:37:07,+447700900826,201,In,5,6\n" +
    "2025-06-13 08:37:07,+447700900826,201,Sideways,5,7\n" +
    ",+447700900826,201,In,5,8\n" +
    "2025-06-13 08:37:07,+447700900826,201,In,5,9\n";
  const { calls, skipped } = await read(text);
  expect(calls.map(({ callId }) => callId)).toEqual(["9"]);
  expect(skipped.map(({ reason }) => reason)).toEqual([
    "malformed",
    "malformed",
    "malformed",
    "invalid_date",
    "invalid_date",
    "invalid_date",
    "malformed",
    "invalid_date",
  ]);
  expect(skipped[0]?.detail).toBe('Duration "-5" is no possible length of a call');
  expect(skipped[2]?.detail).toBe('Duration "soon" is no duration');
  expect(skipped[6]?.detail).toBe('Direction "Sideways" is not known');
});

test("faxes are no calls and calls in progress wait", async () => {
  const text =
    "Start,From,To,Type,Duration,Status\n2025-06-13 08:37:07,+447700900826,201,Fax,5,Received\n" +
    "2025-06-13 08:37:07,+447700900826,201,Inbound,5,In Progress\n2025-06-13 08:37:07,+447700900826,201,Inbound,5,Answered\n";
  const { skipped } = await read(text);
  expect(skipped.map(({ reason }) => reason)).toEqual(["non_call", "in_progress"]);
});

test("without a direction the own side tells it", async () => {
  const text =
    "Start,From,To,Duration\n" +
    "2025-06-13 08:37:07,201,+447700900826,5\n2025-06-13 08:38:07,+447700900826,201,5\n2025-06-13 08:39:07,201,202,5\n" +
    "2025-06-13 08:40:07,+442079460011,+447700900826,5\n2025-06-13 08:41:07,+447700900111,+447700900826,5\n";
  const { calls, skipped } = await read(text, { ownNumbers: ["020 7946 0011"] });
  expect(calls.map(({ direction }) => direction)).toEqual(["outbound", "inbound", "internal", "outbound"]);
  expect(reasons(skipped)).toEqual([[6, "malformed"]]);
});

test("a table without a header is understood by its values", async () => {
  const lines = [
    "2025-06-13 08:37:07,+447700900826,+442079460012,In,93,Answered",
    "2025-06-13 09:37:07,201,+447700900134,Out,0,Busy",
    "2025-06-13 10:37:07,+447700900377,+442079460012,In,0,Missed",
  ];
  const { calls } = await read(`${lines.join("\n")}\n`);
  expect(calls).toMatchObject([
    { direction: "inbound", status: "answered", durationSeconds: 93, callId: null },
    { direction: "outbound", status: "busy", from: "ext:201" },
    { direction: "inbound", status: "missed" },
  ]);
});

test("columns can be named by header or by number", async () => {
  const named = "when,who,whom,way,len\n2025-06-13 08:37:07,+447700900826,201,In,93\n";
  const columns = { start: "when", from: "who", to: "whom", direction: "way", duration: "len" };
  expect((await read(named, { columns })).calls).toMatchObject([{ durationSeconds: 93, direction: "inbound" }]);
  await expect(read(named, { columns: { start: "nowhere" } })).rejects.toThrow(/no such column.*when, who/s);
  const bare = "x,2025-06-13 08:37:07,+447700900826,201,In,93\n";
  const numbered = { start: "2", from: "3", to: "4", direction: "5", duration: "6" };
  expect((await read(bare, { columns: numbered })).calls).toMatchObject([{ to: "ext:201", durationSeconds: 93 }]);
});

test("rows without an id get a key of their fields, and identical rows are calls of their own", async () => {
  const line = "2025-06-13 08:37:07,+447700900826,201,In,93";
  const { calls, stored } = await read(`Start,From,To,Direction,Duration\n${line}\n${line}\n`);
  expect(calls).toHaveLength(2);
  expect(calls[0]?.callId).toBeNull();
  expect(stored[0]?.logKey).toMatch(/^h-[0-9a-f]{40}$/);
  expect(stored[0]?.logKey).not.toBe(stored[1]?.logKey);
});

test("the same id with more in it is the same call, told once", async () => {
  const missed = "2025-06-13 08:37:07,+447700900826,201,In,0,Missed,,C-1";
  const final = "2025-06-13 08:37:07,+447700900826,201,In,93,Answered,Alice Example,C-1";
  for (const lines of [
    [missed, final],
    [final, missed],
  ]) {
    const { calls, skipped } = await read(`Start,From,To,Direction,Duration,Status,Agent,ID\n${lines.join("\n")}\n`);
    expect(calls).toMatchObject([{ status: "answered", durationSeconds: 93, agent: "Alice Example", legs: 2 }]);
    expect(skipped).toEqual([]);
  }
});

test("a queue row beside its agent's row counts once, a row after a transfer is added", async () => {
  const rows = [
    "2025-06-13 08:37:07,+447700900826,600,In,93,Answered,Queue,C-1",
    "2025-06-13 08:37:07,+447700900826,201,In,93,Answered,Alice Example,C-1",
    "2025-06-13 08:39:00,+447700900826,202,In,40,Answered,Bob Sample,C-1",
  ];
  const { calls } = await read(`Start,From,To,Direction,Duration,Status,Agent,ID\n${rows.join("\n")}\n`);
  expect(calls).toMatchObject([{ durationSeconds: 133, agent: "Bob Sample", to: "ext:600", legs: 3 }]);
});

test("an id that begins again the next day names another call", async () => {
  const text =
    "Start,From,To,Direction,Duration,ID\n2025-06-13 08:37:07,+447700900826,201,In,93,1\n2025-06-14 08:30:00,+447700900827,201,In,93,1\n";
  expect((await read(text)).calls).toHaveLength(2);
});

test("numbers that a spreadsheet damaged are restored or given up, never guessed", async () => {
  const text =
    "Start\tFrom\tTo\tDirection\tDuration\n" +
    ["7700900112", "4.47700900123E+11", "4,47700900123E+11", "4.477E+11", "########", '="07700900134"', "'07700900134"]
      .map((from, at) => `2025-06-13 08:37:0${at}\t${from}\t201\tIn\t9`)
      .join("\n");
  const { calls } = await read(`${text}\n`);
  const restored = ["+447700900112", "+447700900123", "+447700900123", null, null, "+447700900134", "+447700900134"];
  expect(calls.map(({ from }) => from)).toEqual(restored);
});

test("a list of one outside number and a kind of call is read", async () => {
  const text =
    "Date,Type,Phone Number,Duration\n2025-06-13 08:37:07,Incoming,+447700900826,93\n" +
    "2025-06-13 08:38:07,Outgoing,+447700900827,20\n2025-06-13 08:39:07,Missed,+447700900828,0\n";
  const { calls } = await read(text);
  expect(calls).toMatchObject([
    { direction: "inbound", from: "+447700900826", to: null },
    { direction: "outbound", from: null, to: "+447700900827" },
    { direction: "inbound", status: "missed", from: "+447700900828" },
  ]);
});

test.each([
  ["prose", "Dear team,\nplease find the calls attached.\nRegards\n"],
  ["a table of something else", "Product,Price,Stock\nChair,10,4\nTable,20,2\n"],
  ["JSON", '{"a": 1, "b": [1, 2, 3]}\n'],
  ["one word", "hello"],
])("%s is refused as no call log", async (_, text) => {
  await expect(read(text)).rejects.toBeInstanceOf(LogRefusedError);
});
