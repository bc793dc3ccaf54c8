import { expect, test } from "vitest";
import { toAsteriskLine } from "../../builders/asterisk-row.ts";
import { parseText, settingsOfOffice } from "../../builders/parsed-log.ts";
import type { SourceSettings } from "../../../src-shared/domain/source-settings.ts";

const lines = (...rows: readonly string[]): string => `${rows.join("\n")}\n`;
const american: SourceSettings = { region: "US", timeZone: "America/New_York", extensionLengths: [3, 4] };
const sid = (letter: string): string => `CA${letter.repeat(32)}`;

test("Twilio's bulk export and its API list fold like its table", async () => {
  const call = (facts: object) => ({
    account_sid: "AC1",
    sid: sid("a"),
    parent_call_sid: null,
    from: "+12025550123",
    to: "+12025550100",
    direction: "inbound",
    status: "completed",
    start_time: "2025-06-02T13:15:32Z",
    duration: "60",
    ...facts,
  });
  const calls = [
    call({}),
    call({ sid: sid("b"), parent_call_sid: sid("a"), to: "client:alice", direction: "outbound-dial", duration: "50" }),
    call({ sid: sid("c"), start_time: "Mon, 02 Jun 2025 14:15:32 +0000", from: "+266696687" }),
  ];
  const wanted = [
    { callId: sid("a"), status: "answered", durationSeconds: 50, agent: "client:alice", legs: 2 },
    { callId: sid("c"), status: "missed", from: null, startedAt: "2025-06-02T14:15:32Z", agent: null },
  ];
  for (const text of [lines(...calls.map((each) => JSON.stringify(each))), JSON.stringify({ page: 0, calls })]) {
    const parsed = await parseText(text, american);
    expect(parsed.summary).toMatchObject({ format: "twilio-call-log-csv", rows: 3, calls: 2, skipped: [] });
    expect(parsed.calls).toMatchObject(wanted);
  }
});

test("Twilio's console names directions in words and puts the time before its zone and the date", async () => {
  const { calls } = await parseText(
    lines(
      "Direction,From,To,Status,Start Time,Duration,Call Sid",
      `Outgoing API,+12025550100,+12025550177,Completed,16:55:20 PDT 2025-06-02,30,${sid("a")}`,
      `Incoming,+12025550199,+12025550100,No Answer,11:55:20 PM EST 2025-12-02,0,${sid("b")}`,
    ),
    american,
  );
  expect(calls).toMatchObject([
    { direction: "outbound", status: "answered", startedAt: "2025-06-02T23:55:20Z", durationSeconds: 30 },
    { direction: "inbound", status: "missed", startedAt: "2025-12-03T04:55:20Z" },
  ]);
});

test("the UCM's API in JSON groups the parts of a call under its main record", async () => {
  const part = (facts: object) => ({
    AcctId: "101",
    src: "07700900123",
    dst: "6500",
    channel: "PJSIP/trunk_1-0001",
    dstchannel: "PJSIP/203-0002",
    lastapp: "Queue",
    lastdata: "6500",
    start: "2025-06-02 08:16:49",
    answer: "2025-06-02 08:16:55",
    end: "2025-06-02 08:18:00",
    duration: "71",
    billsec: "65",
    disposition: "ANSWERED",
    uniqueid: "1748848609.1",
    userfield: "Inbound",
    session: "1748848609-101",
    ...facts,
  });
  const outgoing = { src: "203", dst: "907700900199", channel: "PJSIP/203-3", dstchannel: "PJSIP/trunk_1-4" };
  const single = { lastapp: "Dial", disposition: "NO ANSWER", billsec: "0", userfield: "Outbound", session: "s-2" };
  const root = [
    { acctid: "101", main_cdr: part({}), sub_cdr_1: part({ AcctId: "102", dstanswer: "203" }) },
    part({ AcctId: "103", ...outgoing, ...single, lastdata: "PJSIP/07700900199@trunk_1", uniqueid: "1748848609.9" }),
  ];
  const { calls, summary } = await parseText(JSON.stringify({ cdr_root: root }, null, 1));
  expect(summary).toMatchObject({ format: "grandstream-ucm-cdr-csv", rows: 3, calls: 2, skipped: [] });
  expect(calls).toMatchObject([
    { callId: "1748848609-101", status: "answered", durationSeconds: 65, agent: "ext:203", legs: 2 },
    { callId: "s-2", direction: "outbound", status: "missed", to: "+447700900199", agent: "ext:203" },
  ]);
});

test("a 3CX log of few fields is found by the places that the settings name", async () => {
  const columns = { historyid: "1", "time-start": "2", duration: "3", "from-no": "4", "to-no": "5" };
  const { calls, summary } = await parseText(
    lines(
      "Call 5,2025/06/02 07:19:42,00:01:00,07700900456,Ext.202",
      "Call 6,2025/06/02 07:29:42,00:00:00,Ext.202,07700900456",
    ),
    { ...settingsOfOffice, columns },
  );
  expect(summary.format).toBe("3cx-cdr-log");
  expect(calls).toMatchObject([
    { direction: "inbound", status: "answered", durationSeconds: 60, agent: "ext:202" },
    { direction: "outbound", status: "missed", agent: "ext:202" },
  ]);
});

const zoomHeader = "Call ID,Direction,From Name,From Number,To Name,To Number,Result,Date & Time,Duration,Site,Path";

test.each([
  ["Jun 02, 2025 09:15:32 AM", "2025-06-02T13:15:32Z"],
  ["Mon, Jun 2, 2025, 9:15:32\u202fAM", "2025-06-02T13:15:32Z"],
  ["13/06/2025, 9:15:32 p. m.", "2025-06-14T01:15:32Z"],
  ["2 juin 2025 à 09:15:32", "2025-06-02T13:15:32Z"],
  ["2025年6月2日 09:15:32", "2025-06-02T13:15:32Z"],
  ["2025/6/2 9:15:32", "2025-06-02T13:15:32Z"],
  ["02-Jun-2025 12:15:32 AM", "2025-06-02T04:15:32Z"],
])("the date %s of a language of its own is read", async (date, startedAt) => {
  const row = `z1,Inbound,J Doe,+12025550123,Ann,Ext. 203,Answered,"${date}",00:01:20,Main,`;
  const { calls } = await parseText(lines(zoomHeader, row), american);
  expect(calls).toMatchObject([{ callId: "z1", startedAt }]);
});

test("a call for help goes out, though its number has the form of an extension", async () => {
  const row = (to: string) => `z-${to},Outbound,Ann,203,,${to},Answered,2025-06-02 10:03:00,32,Main,`;
  const { calls } = await parseText(lines(zoomHeader, row("911"), row("204")), american);
  expect(calls).toMatchObject([
    { direction: "outbound", from: "ext:203", to: "911" },
    { direction: "internal", from: "ext:203", to: "ext:204" },
  ]);
});

test("an extension behind a star is no part of the caller's number", async () => {
  const header = "Type,Direction,From,To,Extension,Date,Time,Action,Action Result,Duration";
  const row = "Voice,Incoming,(202) 555-0123 * 12,(202) 555-0100,203 - Ann,Mon 06/02/2025,9:16 PM,Phone Call,Missed,-";
  const { calls } = await parseText(lines(header, row), american);
  expect(calls).toMatchObject([{ from: "+12025550123", startedAt: "2025-06-03T01:16:00Z", agent: null }]);
});

test("whatever application answers without a channel at the other end, no person was reached", async () => {
  for (const lastapp of ["AMD", "SayNumber", "MyMenu", ""]) {
    const row = { lastapp, dstchannel: "", dst: "s", uniqueid: "1748848942.1" };
    const { calls } = await parseText(lines(toAsteriskLine(row)));
    expect({ lastapp, status: calls[0]?.status, talk: calls[0]?.durationSeconds }).toEqual({
      lastapp,
      status: "missed",
      talk: 0,
    });
  }
});

test("a webhook that never tells of an answer is believed by its status and length", async () => {
  const event = (id: string, status: string, duration: number): string =>
    JSON.stringify({
      event: "call.completed",
      data: {
        id,
        direction: "outbound",
        status,
        from: "203",
        to: "+447700900123",
        started_at: 1_748_848_609,
        duration,
        ended_at: 1_748_848_679,
      },
    });
  const { calls } = await parseText(lines(event("a", "completed", 60), event("b", "no-answer", 0)));
  expect(calls).toMatchObject([
    { callId: "a", status: "answered", durationSeconds: 60 },
    { callId: "b", status: "missed", durationSeconds: 0 },
  ]);
});

test("a 3CX log of a single call, as the mode of a file for each call writes it, is read", async () => {
  const row =
    "Call 1,00000197000D3BC6_3401,00:06:36,2025/06/02 07:19:42,2025/06/02 07:19:48,2025/06/02 07:26:24,TerminatedBySrc," +
    "07700900456,Ext.800,10000,800,,ReplacedDst,Ext.202,202,,,,,Chain: 07700900456;Ext.800;Ext.201;Ext.202;,Line,Queue,Extension,,,,0";
  const { calls, summary } = await parseText(`${row}\r\n`);
  expect(summary.format).toBe("3cx-cdr-log");
  expect(calls).toMatchObject([{ direction: "inbound", to: "ext:800", agent: "ext:202", durationSeconds: 396 }]);
});

test("a table without lengths has them from start or answer to end", async () => {
  const table = (header: string, ...cells: readonly string[]) =>
    parseText(lines(`Start,${header},From,To,Direction,Status`, ...cells.map((row) => `2025-06-13 09:15:00,${row}`)));
  const ended = await table(
    "End",
    "2025-06-13 09:16:30,07700900123,203,in,answered",
    "2025-06-13 09:15:40,07700900124,203,in,missed",
  );
  expect(ended.calls).toMatchObject([
    { status: "answered", durationSeconds: 90 },
    { status: "missed", durationSeconds: 0 },
  ]);
  const answered = await table(
    "Answered at,End",
    "2025-06-13 09:15:20,2025-06-13 09:16:30,07700900123,203,in,answered",
  );
  expect(answered.calls).toMatchObject([{ status: "answered", durationSeconds: 70 }]);
});

/** A line with texts at places, 1-based, right-aligned to their last place. */
function toPlaces(...parts: readonly (readonly [number, string])[]): string {
  return parts.reduce((line, [last, text]) => line.padEnd(last - text.length) + text, "");
}

const office: SourceSettings = { ...settingsOfOffice, year: 2025, dateOrder: "MDY" };

test.each([
  [
    "printer",
    ["0613", toPlaces([4, "0915"], [9, "0052"], [11, "9"], [19, "101"], [35, "203"], [41, "7001"])],
    toPlaces([4, "1030"], [9, "0100"], [11, "7"], [15, "9"], [19, "102"], [35, "07700900123"], [41, "203"]),
  ],
  [
    "expanded, which has the places of int-isdn in one line",
    ["0613", toPlaces([4, "0915"], [9, "0052"], [11, "9"], [21, "101"], [37, "203"], [48, "07700900124"])],
    toPlaces([4, "1030"], [9, "0100"], [11, "7"], [16, "9"], [21, "102"], [37, "07700900123"], [48, "203"]),
  ],
  [
    "59-char",
    ["0613", toPlaces([4, "0915"], [8, "0052"], [9, "9"], [15, "101"], [30, "203"], [35, "7001"])],
    toPlaces([4, "1030"], [8, "0100"], [9, "7"], [12, "9"], [15, "102"], [30, "07700900123"], [35, "203"]),
  ],
  [
    "int-direct, with dates of its own",
    [toPlaces([6, "130625"], [11, "0915"], [16, "0052"], [18, "9"], [25, "101"], [44, "203"], [50, "7001"])],
    toPlaces([6, "130625"], [11, "1030"], [16, "0100"], [18, "7"], [25, "102"], [44, "07700900123"], [50, "203"]),
  ],
])("Avaya's layout %s is found by its places", async (_name, head, outgoing) => {
  const { calls, summary } = await parseText(lines(...head, outgoing, outgoing.replace("1030", "1130")), office);
  expect(summary.format).toBe("avaya-cm-cdr");
  // The time is that of the end, lengths are hours, minutes and tenths.
  expect(calls).toMatchObject([
    { direction: "inbound", to: "ext:203", startedAt: "2025-06-13T08:09:48Z", durationSeconds: 312, agent: "ext:203" },
    {
      direction: "outbound",
      from: "ext:203",
      to: "+447700900123",
      startedAt: "2025-06-13T09:20:00Z",
      durationSeconds: 600,
    },
    { direction: "outbound", startedAt: "2025-06-13T10:20:00Z" },
  ]);
});

test("a FusionPBX call came to the number that was dialled, at the epoch that needs no zone", async () => {
  const header =
    "direction,extension,caller_id_number,caller_destination,destination_number,start_stamp,start_epoch,duration,billsec,hangup_cause,xml_cdr_uuid,bridge_uuid";
  const id = "954b6260-48b6-4491-a8df-6645b33a7501";
  const row = `inbound,203,07700900123,02079460012,203,2025-06-02 01:00:00,1748851200,70,60,NORMAL_CLEARING,${id},${id.replace("954", "955")}`;
  const { calls } = await parseText(lines(header, row));
  expect(calls).toMatchObject([{ to: "+442079460012", agent: "ext:203", startedAt: "2025-06-02T08:00:00Z" }]);
});

test("a Mitel line with ANI and DNIS has the caller and the number dialled behind everything else", async () => {
  const row = (digits: string): string =>
    ` 06/02 08:16  00:05:20 T101 005 ${digits.padEnd(26)} A 203`.replace("08:16  ", "08:16 ").padEnd(90);
  const settings = { ...settingsOfOffice, year: 2025 };
  const { calls, summary } = await parseText(
    lines(`${row("0012")}   07700900123 02079460012`, row("07700900124")),
    settings,
  );
  expect(summary).toMatchObject({ format: "mitel-smdr", skipped: [] });
  expect(calls).toMatchObject([
    { from: "+447700900123", to: "+442079460012", agent: "ext:203" },
    { from: "+447700900124", to: "ext:203" },
  ]);
});

test("who dialled through RingCentral is shown by the extension where the log has it", async () => {
  const record = {
    id: "r2",
    sessionId: "101",
    startTime: "2025-06-02T13:16:32.123Z",
    duration: 10,
    type: "Voice",
    direction: "Outbound",
    result: "No Answer",
    from: { extensionNumber: "203", name: "Ann", phoneNumber: "+12025550100" },
    to: { phoneNumber: "+12025550199" },
  };
  const { calls } = await parseText(JSON.stringify({ records: [record] }), american);
  expect(calls).toMatchObject([{ direction: "outbound", from: "ext:203", to: "+12025550199", agent: "ext:203" }]);
});

test("a Panasonic log whose dates begin with the year is told by the part that does not change", async () => {
  const row = (date: string): string => `${date} 22:03   203   01 ${"<I>02079460123".padEnd(25)} 0'05 00:05'20`;
  const dates = ["25/06/12", "25/06/13", "25/06/14"];
  const { calls } = await parseText(lines(...dates.map(row)));
  expect(calls.map(({ startedAt }) => startedAt.slice(0, 10))).toEqual(["2025-06-12", "2025-06-13", "2025-06-14"]);
  const usual = await parseText(lines(...["12/06/25", "13/06/25", "14/06/25"].map(row)));
  expect(usual.calls.map(({ startedAt }) => startedAt.slice(0, 10))).toEqual([
    "2025-06-12",
    "2025-06-13",
    "2025-06-14",
  ]);
});

test("calls that came in or went out are known by the short words of German lists", async () => {
  const { calls } = await parseText(
    "Start;Von;An;Richtung;Dauer (Min)\n13.06.2025 09:15;07700900123;203;kommend;1,5\n13.06.2025 09:16;203;07700900124;gehend;0,25\n",
  );
  expect(calls).toMatchObject([
    { direction: "inbound", durationSeconds: 90 },
    { direction: "outbound", durationSeconds: 15 },
  ]);
});

test("headers that say call before every name, and parties with numbers and names apart, are known", async () => {
  const header =
    "Session Id,From Name,From Number,To Name,To Number,Result,Call Length,Handle Time,Call Start Time,Call Direction,Queue";
  const row = "1,J,(202) 555-0123,Ann,203,Answered,00:01:20,00:01:00,06/13/2025 09:15:32 AM,Inbound,Sales";
  const { calls } = await parseText(lines(header, row), american);
  expect(calls).toMatchObject([
    { callId: "1", from: "+12025550123", to: "ext:203", startedAt: "2025-06-13T13:15:32Z" },
  ]);
});
