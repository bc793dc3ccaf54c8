import { expect, test } from "vitest";
import type { CallJson } from "../../../src-main/engine/ingest/call-json.ts";
import type { SourceSettings } from "../../../src-shared/domain/source-settings.ts";
import { toAsteriskLine } from "../../builders/asterisk-row.ts";
import { parseText, settingsOfOffice } from "../../builders/parsed-log.ts";

const lines = (...rows: readonly string[]): string => `${rows.join("\n")}\n`;

/** What a call comes to, in one line: direction, status, parties, seconds, agent, legs. */
const toShort = ({ direction, status, from, to, durationSeconds, agent, legs }: CallJson): string =>
  `${direction} ${status} ${from} > ${to} ${durationSeconds}s ${agent} ${legs}`;

const read = async (text: string, settings: SourceSettings = settingsOfOffice): Promise<readonly string[]> =>
  (await parseText(text, settings)).calls.map(toShort);

const header =
  "calldate,clid,src,dst,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,uniqueid,linkedid";
const row = (start: string, dst: string, ends: string, app: string, length: number, talk: number): string =>
  `"2025-06-02 ${start}","""J"" <07700900123>",07700900123,${dst},${ends},${app},,${length},${talk},ANSWERED,1748848609.1,1748848609.1`;

test("a queue's row that repeats the talk of its agent counts once, without the waiting", async () => {
  const queue = row("08:16:49", "600", "PJSIP/voip-trunk-1,Local/203@from-queue-1;1", "Queue", 71, 71);
  const agent = row("08:16:52", "600", "Local/203@from-queue-1;2,PJSIP/203-2", "Dial", 68, 65);
  const second = row("08:18:00", "204", "PJSIP/voip-trunk-1,PJSIP/204-9", "Dial", 60, 60);
  const from = "inbound answered +447700900123 > ext:600";
  expect(await read(lines(header, second, agent, queue))).toEqual([`${from} 125s ext:204 3`]);
  // Where the agent has no row the queue's tells of the talk, also before a transfer.
  expect(await read(lines(header, second, queue))).toEqual([`${from} 131s ext:204 2`]);
  expect(await read(lines(header, queue))).toEqual([`${from} 71s ext:203 1`]);
});

test("Asterisk's own log counts a queue's row and its agent's once too", async () => {
  const call = { uniqueid: "1748848609.1", dst: "600" };
  const queue = toAsteriskLine({ ...call, lastapp: "Queue", dstchannel: "Local/203@q-1;1", duration: 71, billsec: 71 });
  const agent = toAsteriskLine({
    ...call,
    start: "2025-06-02 08:16:52",
    duration: 68,
    billsec: 65,
    dstchannel: "PJSIP/203-2",
  });
  const both = await read(lines(queue.replace(/"2025-06-02 \d\d:\d\d:\d\d"/, '"2025-06-02 08:16:49"'), agent));
  expect(both).toHaveLength(1);
  expect(both[0]).toContain(" 65s ");
});

test("days that a spreadsheet wrote into a FreePBX export are exact to the minute", async () => {
  const text = lines(header, row("08:16:49", "203", "PJSIP/voip-trunk-1,PJSIP/203-2", "Dial", 71, 65));
  const { calls } = await parseText(text.replace("2025-06-02 08:16:49", "13/06/2025 08:16"));
  expect(calls).toMatchObject([{ startedAt: "2025-06-13T07:16:00Z", startedAtPrecision: "minute" }]);
});

const cucmHeader =
  "cdrRecordType,globalCallID_callId,dateTimeOrigination,dateTimeConnect,callingPartyNumber,originalCalledPartyNumber,finalCalledPartyNumber,duration,origDeviceName,destDeviceName,outpulsedCalledPartyNumber";
const cucm = (final: string, device: string, outpulsed = "", origination = 1_748_848_609): string =>
  `1,7,${origination},1748848615,07700900123,203,${final},60,SIP-TRUNK-1,${device},${outpulsed}`;

test("who a CUCM call was sent on to is its agent: a mobile, a conference, another phone", async () => {
  const from = "inbound answered +447700900123 > ext:203 60s";
  expect(await read(lines(cucmHeader, cucm("907700900777", "SIP-TRUNK-1", "07700900777")))).toEqual([
    `${from} +447700900777 1`,
  ]);
  expect(await read(lines(cucmHeader, cucm("907700900777", "SIP-TRUNK-1")))).toEqual([`${from} +447700900777 1`]);
  expect(await read(lines(cucmHeader, cucm("b00123456001", "CFB_2")))).toEqual([`${from} null 1`]);
  expect(await read(lines(cucmHeader, cucm("7001", "SEP1")))).toEqual([`${from} ext:7001 1`]);
});

test("a plus behind a backslash is a plus, and a call that began never has no date", async () => {
  const out = "1,8,1748848609,1748848615,203,\\+442079460012,\\+442079460012,60,SEP1,SIP-TRUNK-1,";
  const { calls, summary } = await parseText(lines(cucmHeader, out, cucm("203", "SEP1", "", 0)));
  expect(calls.map(toShort)).toEqual(["outbound answered ext:203 > +442079460012 60s ext:203 1"]);
  expect(summary.skipped).toMatchObject([{ line: 3, reason: "invalid_date" }]);
});

test("a 3CX log whose parties stand before everything else is understood", async () => {
  const text =
    "Call 5,00000197000D3BC6_1,07700900456,Ext.202,2025/06/02 07:19:42,2025/06/02 07:19:48,2025/06/02 07:26:24,00:06:36,TerminatedBySrc";
  expect(await read(lines(text))).toEqual(["inbound answered +447700900456 > ext:202 396s ext:202 1"]);
});

test("a Panasonic line whose columns stand elsewhere is read by its words", async () => {
  const settings = { ...settingsOfOffice, dateOrder: "DMY" as const };
  const line = (parties: string, length = "0'05 00:01'20"): string => `13/06/25 10:03AM ${parties} ${length}`;
  expect(await read(lines(line("  203   01 <I>07700900123            ")), settings)).toEqual([
    "inbound answered +447700900123 > ext:203 80s ext:203 1",
  ]);
  expect(await read(lines(line("203   0001 <D>02079460012<I>J DOE 07700900123     ")), settings)).toEqual([
    "inbound answered +447700900123 > +442079460012 80s ext:203 1",
  ]);
  expect(await read(lines(line("      01 <I>07700900123       ", "0'05 00:00'00            NA")), settings)).toEqual([
    "inbound missed +447700900123 > null 0s null 1",
  ]);
  expect(await read(lines(line("  203    EXT204               ", "    00:00'20")), settings)).toEqual([
    "internal answered ext:203 > ext:204 20s ext:203 1",
  ]);
  expect(await read(lines(line("  203   01 999                ", "    00:00'20")), settings)).toEqual([
    "outbound answered ext:203 > 999 20s ext:203 1",
  ]);
});

test.each(["*31#07700900124", "#31#07700900124", "*67+447700900124"])(
  "the code before %s hides one's own number and is no part of the other",
  async (dialled) => {
    const text = lines("Start,From,To,Direction,Seconds", `2025-06-13 09:15:02,203,${dialled},out,60`);
    expect(await read(text)).toEqual(["outbound answered ext:203 > +447700900124 60s ext:203 1"]);
  },
);

test("an IP Office call that was sent on to a mobile is answered there", async () => {
  const segment =
    "2025/06/02 08:16:37,00:02:41,5,07700900112,I,203,02079460012,,0,1,0,T9002,Line 1.2,T9001,Line 1.1,0,0,,,,,,,,,,,U,Carla,07700900777";
  expect(await read(lines(segment))).toEqual(["inbound answered +447700900112 > +442079460012 161s +447700900777 1"]);
});
