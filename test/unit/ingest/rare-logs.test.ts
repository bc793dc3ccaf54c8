import { expect, test } from "vitest";
import type { SourceSettings } from "../../../src-shared/domain/source-settings.ts";
import type { CallJson } from "../../../src-main/engine/ingest/call-json.ts";
import { parseText, settingsOfOffice } from "../../builders/parsed-log.ts";

const lines = (...rows: readonly string[]): string => `${rows.join("\n")}\n`;
const american: SourceSettings = { region: "US", timeZone: "America/New_York", extensionLengths: [3, 4] };

/** What a call comes to, in one line: direction, status, parties, seconds, agent, legs. */
const toShort = ({ direction, status, from, to, durationSeconds, agent, legs }: CallJson): string =>
  `${direction} ${status} ${from} > ${to} ${durationSeconds}s ${agent} ${legs}`;

async function read(text: string, settings: SourceSettings = settingsOfOffice): Promise<readonly string[]> {
  const { calls, summary } = await parseText(text, settings);
  expect(summary.rows).toBe(calls.reduce((sum, { legs }) => sum + legs, 0) + summary.skipped.length);
  return calls.map(toShort);
}

test("a 3CX log parted by semicolons keeps its columns behind a chain that holds some", async () => {
  const row = (id: string): string =>
    `Call 5,${id},00:06:36,2025/06/02 07:19:42,2025/06/02 07:19:48,2025/06/02 07:26:24,TerminatedBySrc,07700900456,Ext.800,` +
    "10000,800,,ReplacedDst,Ext.202,202,,,,,Chain: 07700900456;Ext.800;Ext.202;,Line,Queue,Extension,A,Q,C,0";
  const wanted = (id: string) => ({ callId: id, direction: "inbound", to: "ext:800", agent: "ext:202" });
  for (const delimiter of [",", ";", "\t"]) {
    const text = lines(row("0000_1"), row("0000_2")).replaceAll(",", delimiter);
    expect((await parseText(text)).calls, delimiter).toMatchObject([wanted("0000_1"), wanted("0000_2")]);
  }
  // Without the last semicolon the chain ends where a type begins.
  const open = lines(row("0000_1").replace("Ext.202;,", "Ext.202,"), row("0000_2")).replaceAll(",", ";");
  expect((await parseText(open)).calls[0]).toMatchObject(wanted("0000_1"));
});

test("who is put into a conference talks to people, also where the log names no one", async () => {
  const cx =
    "Call 5,0000_5,00:00:20,2025/06/02 07:27:42,2025/06/02 07:27:48,2025/06/02 07:28:08,TerminatedBySrc,Ext.203,Ext.700,203,700,700,," +
    "Ext.700,700,,,,,Chain: Ext.203;Ext.700;,Extension,ConfPlace,ConfPlace,A,C,,0";
  expect(await read(lines(cx))).toEqual(["internal answered ext:203 > ext:700 20s ext:203 1"]);
  const segment = (talk: string, goesOn: 0 | 1, device: string): string =>
    `2025/06/02 08:16:37,${talk},5,07700900112,I,203,02079460012,,0,1000001,${goesOn},${device},T9001,Line 1.1,0,0,,,,,,,,,,,,,`;
  expect(await read(lines(segment("00:01:00", 1, "E203,Carla"), segment("00:00:30", 0, "V9550,CO Channel 1")))).toEqual(
    ["inbound answered +447700900112 > +442079460012 90s ext:203 2"],
  );
  expect(await read(lines(segment("00:00:30", 0, "V9501,VM Channel 1")))).toEqual([
    "inbound voicemail +447700900112 > +442079460012 0s null 1",
  ]);
  const yeastar = "Time,Call From,Call To,Talk Duration,Status,Communication Type";
  expect(await read(lines(yeastar, "2025-06-13 09:15:02,Bob<202>,Conference 6400,00:00:10,ANSWERED,Internal"))).toEqual(
    ["internal answered ext:202 > ext:6400 10s ext:202 1"],
  );
});

const webex =
  "Start time,Duration,Calling number,Called number,User,Correlation ID,Direction,Call type,Answered,User type,Call outcome,Call outcome reason";

test.each([
  ["Failure", "NoAnswer", "missed"],
  ["Refusal", "CallRejected", "missed"],
  ["Refusal", "UnallocatedNumber", "failed"],
  ["Failure", "DestinationOutOfOrder", "failed"],
  ["Failure", "UserBusy", "busy"],
  ["Success", "Normal", "missed"],
])("a Webex call that ends in %s for the reason %s is %s", async (outcome, reason, status) => {
  const row = `2025-06-02T15:00:00.100Z,0,201,+447700900123,Alice,k1,ORIGINATING,SIP_NATIONAL,false,User,${outcome},${reason}`;
  expect(await read(lines(webex, row))).toEqual([`outbound ${status} ext:201 > +447700900123 0s Alice 1`]);
});

test("what a CUCM sends through a gateway goes out, though the number looks like an extension", async () => {
  const header =
    "cdrRecordType,globalCallID_callId,dateTimeOrigination,dateTimeConnect,callingPartyNumber,originalCalledPartyNumber,finalCalledPartyNumber,duration,origDeviceName,destDeviceName";
  const row = (id: number, device: string): string => `1,${id},1748848609,1748848615,203,9999,9999,60,SEP1,${device}`;
  expect(await read(lines(header, row(1, "GW-PSTN"), row(2, "S0/SU1/DS1-0@gw.example.com"), row(3, "SEP2")))).toEqual([
    "outbound answered ext:203 > 999 60s ext:203 1",
    "outbound answered ext:203 > 999 60s ext:203 1",
    "internal answered ext:203 > ext:9999 60s ext:203 1",
  ]);
});

test("a FreeSWITCH name that holds the mark between columns moves none", async () => {
  const id = "954b6260-48b6-4491-a8df-6645b33a7501";
  const row = (name: string): string =>
    [
      name,
      "07700900123",
      "203",
      "public",
      "2025-06-02 08:16:49",
      "2025-06-02 08:16:55",
      "2025-06-02 08:18:00",
      "71",
      "65",
    ]
      .concat("NORMAL_CLEARING", id, id.replace("954", "964"), "", "PCMA", "PCMA")
      .map((cell) => `"${cell}"`)
      .join(",");
  expect(await read(lines(row('Smith","John')))).toEqual(["inbound answered +447700900123 > ext:203 65s null 1"]);
});

test("the number of a line is no caller of an Avaya call that came in", async () => {
  const toPlaces = (...parts: readonly (readonly [number, string])[]): string =>
    parts.reduce((line, [last, text]) => line.padEnd(last - text.length) + text, "");
  const row = (calling: string): string =>
    toPlaces([4, "0915"], [9, "0052"], [11, "9"], [21, "101"], [37, "203"], [48, calling]);
  const settings = { ...settingsOfOffice, year: 2025, dateOrder: "MDY" as const };
  expect(await read(lines("0613", row("7001"), row("7700900124"), row("")), settings)).toEqual([
    "inbound answered null > ext:203 312s ext:203 1",
    "inbound answered +447700900124 > ext:203 312s ext:203 1",
    "inbound answered null > ext:203 312s ext:203 1",
  ]);
});

test("calls that a FRITZ!Box is just having are not over", async () => {
  const header = "Typ;Datum;Name;Rufnummer;Landes-/Ortsnetzbereich;Nebenstelle;Eigene Rufnummer;Dauer";
  const row = (type: number): string => `${type};03.06.25 11:33;;02214710052;;Büro;08999998100;0:01`;
  const { summary } = await parseText(lines("sep=;", header, row(9), row(11), row(1)), {
    region: "DE",
    timeZone: "Europe/Berlin",
  });
  expect(summary.skipped.map(({ reason }) => reason)).toEqual(["in_progress", "in_progress"]);
  expect(summary.calls).toBe(1);
});

test("two calls of one minute that ended differently are two, whatever order a later export has them in", async () => {
  const header = "Type,Direction,From,To,Extension,Date,Time,Action,Action Result,Duration";
  const row = (result: string): string =>
    `Voice,Outgoing,(202) 555-0100,(202) 555-0123,203 - Ann,Mon 06/02/2025,9:16 AM,VoIP Call,${result},0:00:00`;
  const first = await parseText(lines(header, row("Busy"), row("No Answer")), american);
  expect(first.calls.map(({ status, legs }) => `${status} ${legs}`)).toEqual(["busy 1", "missed 1"]);
  const second = await parseText(lines(header, row("No Answer"), row("Busy")), american);
  const keys = ({ read: calls }: typeof first): readonly string[] => calls.map(({ logKey }) => logKey).toSorted();
  expect(keys(second)).toEqual(keys(first));
});

test.each(["13-06-2025", "2025-06-13", "13.06.2025", "06-13-2025"])(
  "the date %s with its time beside it is no zone",
  async (date) => {
    const text = lines(
      "Datum;Tijd;Van;Naar;Richting;Gespreksduur",
      `${date};09:15:02;07700900123;203;Inkomend;00:01:20`,
    );
    const { calls } = await parseText(text);
    expect(calls).toMatchObject([{ startedAt: "2025-06-13T08:15:02Z", durationSeconds: 80 }]);
  },
);

test("a remark of many pages in the first row hides no column", async () => {
  const row = (remark: string): string => `2025-06-13 09:15:02,07700900123,203,in,80,"${remark}"`;
  expect(
    await read(lines("Start,From,To,Direction,Seconds,Notes", row("x".repeat(50_000)), row("short"))),
  ).toHaveLength(1);
});

test("how an 8x8 call ended is told by its last leg", async () => {
  const header =
    "Call ID,Start Time,Answered Time,Disconnected Time,Direction,Caller,Callee,Last Leg Disposition,Talk Time,Call Time";
  const row = (id: string, end: string, talk: string): string =>
    `${id},06/13/2025 09:15:02 AM,,06/13/2025 09:17:10 AM,Incoming,+12025550123,203,${end},${talk},00:02:08`;
  const text = lines(
    header,
    row("1", "Connected", "00:01:00"),
    row("2", "Voicemail", "00:00:10"),
    row("3", "Abandoned", "00:00:00"),
  );
  expect(await read(text, american)).toEqual([
    "inbound answered +12025550123 > ext:203 60s ext:203 1",
    "inbound voicemail +12025550123 > ext:203 0s null 1",
    "inbound missed +12025550123 > ext:203 0s null 1",
  ]);
});

const oneStart = async (start: string): Promise<string | undefined> =>
  (await parseText(lines("Start,From,To,Direction,Seconds", `"${start}",07700900123,203,in,60`))).calls[0]?.startedAt;

test.each([
  ["2025-06-13 13:15:02 PM", "2025-06-13T12:15:02Z"],
  ["2025-06-13 00:15:02 AM", "2025-06-12T23:15:02Z"],
  ["2025-06-13 0:15:02 PM", "2025-06-13T11:15:02Z"],
  ["Fri Jun 13 09:15:02 2025", "2025-06-13T08:15:02Z"],
  ["Fri Jun 13 09:15:02 UTC 2025", "2025-06-13T09:15:02Z"],
  ["13/Jun/2025:09:15:02 +0200", "2025-06-13T07:15:02Z"],
  ["13/Jun/2025 09:15:02", "2025-06-13T08:15:02Z"],
])("the time %s, as some systems write it, is read", async (text, startedAt) => {
  expect(await oneStart(text)).toBe(startedAt);
});

test("an hour past noon is never before noon", async () => {
  await expect(oneStart("2025-06-13 13:15:02 AM")).rejects.toThrow("no call log");
});

test("seconds with marks between thousands are as many, minutes with decimals are none of them", async () => {
  const talk = async (header: string, cell: string): Promise<number | undefined> =>
    (await parseText(lines(`Start;From;To;Direction;${header}`, `2025-06-13 09:15;07700900123;203;in;${cell}`)))
      .calls[0]?.durationSeconds;
  expect(await talk("Seconds", "1,200")).toBe(1200);
  expect(await talk("Seconds", "65,5")).toBe(65);
  expect(await talk("Duration (min)", "1,333")).toBe(80);
});

test("a column of numbers counts before one of names, whatever both are called", async () => {
  const header = "Date,From,From Number,To,To Number,Direction,Duration";
  expect(await read(lines(header, "2025-06-13 09:15:02,J Doe,07700900123,Ann,203,in,80"))).toEqual([
    "inbound answered +447700900123 > ext:203 80s ext:203 1",
  ]);
});

test("a table of a header alone is empty, and says so", async () => {
  await expect(parseText("Start,From,To,Direction,Seconds\n")).rejects.toThrow("holds its header and no call");
});

test("FreeSWITCH statements of SQL are read, however they end", async () => {
  const id = "954b6260-48b6-4491-a8df-6645b33a7501";
  const values =
    `"J","07700900123","203","public","2025-06-02 08:16:49","2025-06-02 08:16:55","2025-06-02 08:18:00","71","65",` +
    `"NORMAL_CLEARING","${id}","${id.replace("954", "964")}",""`;
  for (const end of [");", ")", " ) ;"]) {
    expect(await read(lines(`INSERT INTO cdr VALUES (${values}${end}`)), end).toHaveLength(1);
  }
});

test("a number that a spreadsheet took for a formula is the number", async () => {
  const text = lines("Start,From,To,Direction,Seconds", "2025-06-13 09:15:02,=07700900123,203,in,60");
  expect(await read(text)).toEqual(["inbound answered +447700900123 > ext:203 60s ext:203 1"]);
});

test("JustCall's columns in UTC count before those in the zone of the user", async () => {
  const header =
    "Call ID,Contact Number,JustCall Number,Agent Name,Call Date,Call Time,Call Date (UTC),Call Time (UTC),Direction,Call Type,Total Duration,Talk Time";
  const row = "1,442079460101,442079460011,Bob,2025-06-04,00:07:32,2025-06-03,23:07:32,Outgoing,Answered,67,60";
  const { calls } = await parseText(lines(header, row));
  expect(calls).toMatchObject([{ startedAt: "2025-06-03T23:07:32Z" }]);
});

test("an end that is a time of day alone is that of the night after, where it is earlier than the start", async () => {
  const header = "Date,Start Time,End Time,From,To,Direction";
  const text = lines(
    header,
    "13/06/2025,23:59:30,00:01:30,07700900123,203,in",
    "14/06/2025,09:00:00,09:01:00,203,07700900124,out",
  );
  expect(await read(text)).toEqual([
    "inbound answered +447700900123 > ext:203 120s ext:203 1",
    "outbound answered ext:203 > +447700900124 60s ext:203 1",
  ]);
});

test("a call between two extensions is internal, whatever its table calls it; one for help goes out", async () => {
  const row = (second: number, to: string, way: string): string => `2025-06-13 09:15:0${second},203,${to},${way},30`;
  const text = lines(
    "Start,From,To,Direction,Seconds",
    row(1, "204", "out"),
    row(2, "204", "in"),
    row(3, "999", "out"),
  );
  expect(await read(text)).toEqual([
    "internal answered ext:203 > ext:204 30s ext:203 1",
    "internal answered ext:203 > ext:204 30s ext:203 1",
    "outbound answered ext:203 > 999 30s ext:203 1",
  ]);
});

test("the row of a queue that waited for its agent is not talk beside the agent's", async () => {
  const header = "Call ID,Start,From,To,Direction,Seconds,Status,Agent";
  const row = (second: string, to: string, seconds: number, status: string, agent: string): string =>
    `1,2025-06-13 09:15:${second},07700900123,${to},in,${seconds},${status},${agent}`;
  const queue = row("02", "600", 75, "answered", "");
  const rest = [row("10", "201", 0, "no answer", "Ann"), row("17", "202", 60, "answered", "Bob")];
  expect(await read(lines(header, queue, ...rest))).toEqual(["inbound answered +447700900123 > ext:600 60s Bob 3"]);
  expect(await read(lines(header, queue))).toEqual(["inbound answered +447700900123 > ext:600 75s ext:600 1"]);
});
