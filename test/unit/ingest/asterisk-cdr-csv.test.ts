import { expect, test } from "vitest";
import {
  internalRow,
  outboundRow,
  toAsteriskLine,
  toAsteriskLog,
  type AsteriskRow,
} from "../../builders/asterisk-row.ts";
import { parseText, settingsOfOffice } from "../../builders/parsed-log.ts";

const one = async (row: AsteriskRow, settings = settingsOfOffice, columns: 16 | 17 | 18 | 21 = 18) => {
  const { calls, summary } = await parseText(toAsteriskLog([row], columns), settings, "asterisk-cdr-csv");
  expect(summary.skipped).toEqual([]);
  const [call] = calls;
  if (call === undefined) throw new Error("no call");
  return call;
};

const skipsOf = async (text: string) => {
  const { calls, summary } = await parseText(text);
  expect(summary.rows).toBe(calls.reduce((sum, { legs }) => sum + legs, 0) + summary.skipped.length);
  return { calls, skipped: summary.skipped.map(({ line, reason }) => ({ line, reason })), details: summary.skipped };
};

test.each([16, 17, 18, 21] as const)("rows of %i columns are read", async (columns) => {
  const call = await one({}, settingsOfOffice, columns);
  expect(call).toMatchObject({ direction: "inbound", from: "+447700900134", durationSeconds: 429, agent: "ext:202" });
  expect(call.callId).toBe(columns === 16 ? null : "1748849536.1003");
});

test("a last column of 17 that is a userfield is no key", async () => {
  const text = `${toAsteriskLine({}, 16)},"customer 12"\n`;
  const { calls } = await parseText(text);
  expect(calls[0]?.callId).toBeNull();
});

test("times are local or UTC as the epoch in the uniqueid proves, row by row", async () => {
  const local = { start: "2025-06-02 08:32:16", uniqueid: "1748849536.1003" };
  const utc = { start: "2025-06-02 07:32:16", uniqueid: "1748849536.1004" };
  const { calls } = await parseText(toAsteriskLog([local, utc]));
  expect(calls.map(({ startedAt }) => startedAt)).toEqual(["2025-06-02T07:32:16Z", "2025-06-02T07:32:16Z"]);
});

test("a transfer more than an hour into a call of a UTC log keeps UTC", async () => {
  const first = { start: "2025-06-02 07:32:16", duration: 4000, billsec: 3990, uniqueid: "1748849536.1" };
  const second = { ...first, start: "2025-06-02 08:38:56", dcontext: "from-internal-xfer", duration: 60, billsec: 60 };
  const { calls } = await parseText(toAsteriskLog([first, second]));
  expect(calls).toMatchObject([{ startedAt: "2025-06-02T07:32:16Z", durationSeconds: 4050, legs: 2 }]);
});

test("a server in another zone than the office is told by its epochs", async () => {
  const rows = [0, 60, 120].map((later) => ({
    start: `2025-06-02 0${Math.floor((32 + later / 60) / 60) + 9}:${32 + later / 60}:16`,
    uniqueid: `${1748849536 + later}.${later}`,
  }));
  const { calls } = await parseText(toAsteriskLog(rows));
  expect(calls.map(({ startedAt }) => startedAt)).toEqual([
    "2025-06-02T07:32:16Z",
    "2025-06-02T07:33:16Z",
    "2025-06-02T07:34:16Z",
  ]);
});

test("logTimeZone overrules what the epochs say", async () => {
  const call = await one({ start: "2025-06-02 08:32:16" }, { ...settingsOfOffice, logTimeZone: "UTC" });
  expect(call.startedAt).toBe("2025-06-02T08:32:16Z");
});

test("the two hours of an autumn night are told apart by the epoch", async () => {
  const first = Date.UTC(2025, 9, 26, 0, 30) / 1000;
  const rows = [
    { start: "2025-10-26 01:30:00", uniqueid: `${first}.1` },
    { start: "2025-10-26 01:30:00", uniqueid: `${first + 3600}.2` },
  ];
  const { calls } = await parseText(toAsteriskLog(rows));
  expect(calls.map(({ startedAt }) => startedAt)).toEqual(["2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z"]);
  expect(calls.every(({ startedAtAlternatives }) => startedAtAlternatives === undefined)).toBe(true);
});

test("without an epoch a repeated hour names both instants, unless the end tells", async () => {
  const open = { start: "2025-10-26 01:30:00", answer: "", end: "2025-10-26 01:40:00", duration: 600, billsec: 590 };
  const told = { start: "2025-10-26 01:50:00", answer: "", end: "2025-10-26 02:10:00", duration: 1200, billsec: 1190 };
  const { calls } = await parseText(toAsteriskLog([open, told], 16));
  expect(calls[0]).toMatchObject({
    startedAt: "2025-10-26T00:30:00Z",
    startedAtAlternatives: ["2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z"],
  });
  expect(calls[1]?.startedAt).toBe("2025-10-26T01:50:00Z");
  expect(calls[1]?.startedAtAlternatives).toBeUndefined();
});

test("an hour that the clock skipped in spring is shifted forward", async () => {
  const { calls } = await parseText(toAsteriskLog([{ start: "2025-03-30 01:30:00" }], 16));
  expect(calls[0]?.startedAt).toBe("2025-03-30T01:30:00Z");
});

test("a systemname is part of the id and tells nodes apart", async () => {
  const rows = [{ uniqueid: "pbx-1-1748849536.5" }, { uniqueid: "pbx-2-1748849536.5" }];
  const { calls, read } = await parseText(toAsteriskLog(rows));
  expect(calls.map(({ callId }) => callId)).toEqual(["pbx-1-1748849536.5", "pbx-2-1748849536.5"]);
  expect(read.map(({ node }) => node)).toEqual(["pbx-1", "pbx-2"]);
});

test("legs of an attended transfer share only the linkedid, and the consultation counts once", async () => {
  const rows: readonly AsteriskRow[] = [
    { uniqueid: "1748849536.1", linkedid: "1748849536.1", duration: 310, billsec: 300, sequence: 1 },
    {
      ...internalRow,
      src: "202",
      channel: "PJSIP/202-00000200",
      dst: "205",
      dstchannel: "PJSIP/205-00000201",
      start: "2025-06-02 08:35:26",
      duration: 70,
      billsec: 60,
      uniqueid: "1748849726.9",
      linkedid: "1748849536.1",
      sequence: 2,
    },
    {
      start: "2025-06-02 08:37:26",
      dst: "205",
      dstchannel: "PJSIP/205-00000201",
      duration: 100,
      billsec: 100,
      uniqueid: "1748849536.1",
      linkedid: "1748849536.1",
      sequence: 3,
    },
  ];
  const { calls } = await parseText(toAsteriskLog(rows, 21));
  expect(calls).toMatchObject([
    { callId: "1748849536.1", direction: "inbound", durationSeconds: 400, agent: "ext:205", legs: 3 },
  ]);
});

test("a log whose rows gain columns half-way is read through", async () => {
  const text =
    toAsteriskLog([{}], 18) + toAsteriskLog([{ uniqueid: "1748849537.2", start: "2025-06-02 08:32:17" }], 21);
  const { calls, summary } = await parseText(text);
  expect(calls).toHaveLength(2);
  expect(summary.skipped).toEqual([]);
});

test("trunk names of the settings decide where a name alone does not", async () => {
  const row = { channel: "SIP/alpha-00000001", src: "07700900134", dcontext: "office" };
  expect((await one(row, { ...settingsOfOffice, trunkNames: ["alpha"] })).direction).toBe("inbound");
  const line = { ...outboundRow, dstchannel: "SIP/beta-00000001", lastdata: "" };
  expect((await one(line, { ...settingsOfOffice, trunkNames: ["Beta"] })).direction).toBe("outbound");
});

test("an outgoing call takes the number that was sent, else what was dialled less the outside prefix", async () => {
  expect(await one(outboundRow)).toMatchObject({ direction: "outbound", from: "ext:205", to: "+447700900783" });
  const bare = { ...outboundRow, lastapp: "Congestion", lastdata: "", disposition: "CONGESTION", billsec: 0 };
  expect(await one(bare)).toMatchObject({ direction: "outbound", status: "failed", to: "+447700900783" });
  const old = { ...outboundRow, lastdata: "SIP/voip-trunk/07700900783,60" };
  expect((await one(old)).to).toBe("+447700900783");
});

test("an emergency call keeps its short code", async () => {
  const row = { ...outboundRow, dst: "9999", lastdata: "PJSIP/999@voip-trunk,60" };
  expect(await one(row)).toMatchObject({ direction: "outbound", to: "999" });
});

test.each([
  ["anonymous", '"Anonymous" <anonymous>'],
  ["", '"" <>'],
  ["Restricted", '"Restricted" <Restricted>'],
  ["unknown", '"unknown" <unknown>'],
])("a withheld caller %j is null", async (src, clid) => {
  expect((await one({ src, clid })).from).toBeNull();
});

test("an empty source falls back to the number of the caller id", async () => {
  expect((await one({ src: "", clid: '"Test Clinic" <07700900134>' })).from).toBe("+447700900134");
});

test.each(["BackGround", "Playback", "WaitExten", "Queue"])("only %s answered: the call is missed", async (lastapp) => {
  const call = await one({ lastapp, dstchannel: "", lastdata: "custom/menu" });
  expect(call).toMatchObject({ status: "missed", durationSeconds: 0, agent: null });
});

test("a mailbox is voicemail without talk", async () => {
  const call = await one({ lastapp: "VoiceMail", dstchannel: "", lastdata: "204@default,u" });
  expect(call).toMatchObject({ status: "voicemail", durationSeconds: 0, agent: null });
});

test.each([
  ["BUSY", "busy", "missed"],
  ["FAILED", "failed", "missed"],
  ["CONGESTION", "failed", "missed"],
  ["NO ANSWER", "missed", "missed"],
])("%s is %s going out and %s coming in", async (disposition, out, coming) => {
  const ended = { disposition, answer: "", billsec: 0 };
  expect((await one({ ...outboundRow, ...ended })).status).toBe(out);
  expect((await one(ended)).status).toBe(coming);
});

test("a second trunk that rings after a failed one makes the call missed, not failed", async () => {
  const failed = { ...outboundRow, disposition: "CONGESTION", answer: "", billsec: 0, duration: 1 };
  const rang = { ...failed, dstchannel: "PJSIP/backup-trunk-00000127", disposition: "NO ANSWER", duration: 20 };
  const { calls } = await parseText(toAsteriskLog([failed, rang]));
  expect(calls).toMatchObject([{ status: "missed", legs: 2, direction: "outbound" }]);
});

test("a ring group is one call of the one who answered", async () => {
  const rang = { dstchannel: "PJSIP/201-00000001", disposition: "NO ANSWER", answer: "", billsec: 0, duration: 11 };
  const { calls } = await parseText(toAsteriskLog([rang, {}]));
  expect(calls).toMatchObject([{ status: "answered", agent: "ext:202", durationSeconds: 429, legs: 2 }]);
});

test("a queue member behind a Local channel is the agent", async () => {
  const call = await one({ dstchannel: "Local/204@from-queue-0000001a;1", lastapp: "Queue", lastdata: "support" });
  expect(call.agent).toBe("ext:204");
});

test("a call that is sent on to a mobile is answered there", async () => {
  const row = { dst: "s", dstchannel: "PJSIP/voip-trunk-00000130", lastdata: "PJSIP/07700900999@voip-trunk,60" };
  expect(await one(row)).toMatchObject({ direction: "inbound", status: "answered", agent: "+447700900999" });
});

test("rows that account logs copy are duplicates wherever they stand", async () => {
  const other = { uniqueid: "1748849600.7", start: "2025-06-02 08:33:20", src: "07700900201" };
  const { calls, skipped } = await skipsOf(toAsteriskLog([{}, other, other, {}]));
  expect(calls).toHaveLength(2);
  expect(skipped).toEqual([
    { line: 3, reason: "duplicate" },
    { line: 4, reason: "duplicate" },
  ]);
});

test("identical rows without a uniqueid are calls of their own", async () => {
  const { calls, skipped } = await skipsOf(toAsteriskLog([{}, {}], 16));
  expect(calls).toHaveLength(2);
  expect(skipped).toEqual([]);
});

test("a quote, a comma and a semicolon in a name do not shift columns", async () => {
  const call = await one({ clid: '"O\'Neill, Bob ""The; Boss""" <07700900134>' });
  expect(call).toMatchObject({ from: "+447700900134", durationSeconds: 429 });
});

test("bad rows are listed with line, column and value, and the others are read", async () => {
  const good = toAsteriskLine();
  const lines = [
    good,
    toAsteriskLine({ billsec: "-5", uniqueid: "1748849536.2" }),
    toAsteriskLine({ duration: 999_999_999, uniqueid: "1748849536.3" }),
    toAsteriskLine({ start: "2025-13-45 08:00:00", uniqueid: "1748849536.4" }),
    toAsteriskLine({ start: "2031-01-01 08:00:00", uniqueid: "1924934400.5" }),
    toAsteriskLine({ start: "1980-01-01 08:00:00", uniqueid: "1748849536.6" }),
    toAsteriskLine({ disposition: "MAYBE", uniqueid: "1748849536.7" }),
    '"","07700900134","02079460011"',
    '"","07700900134","02079460011,"from-trunk","',
    "",
    "garbage",
    toAsteriskLine({ uniqueid: "1748849540.9", start: "2025-06-02 08:32:20" }),
  ];
  const { calls, skipped, details } = await skipsOf(`${lines.join("\n")}\n`);
  expect(calls.map(({ callId }) => callId)).toEqual(["1748849536.1003", "1748849540.9"]);
  expect(skipped).toEqual([
    { line: 2, reason: "malformed" },
    { line: 3, reason: "malformed" },
    { line: 4, reason: "invalid_date" },
    { line: 5, reason: "invalid_date" },
    { line: 6, reason: "invalid_date" },
    { line: 7, reason: "malformed" },
    { line: 8, reason: "malformed" },
    { line: 9, reason: "malformed" },
    { line: 11, reason: "malformed" },
  ]);
  expect(details[0]?.detail).toContain('billsec "-5"');
  expect(details[2]?.detail).toContain('start "2025-13-45 08:00:00"');
});

test.each([
  ["in a time", (line: string) => line.slice(0, 160)],
  ["behind the sixteenth column", (line: string) => line.slice(0, line.indexOf(',"1748849600'))],
  ["within the uniqueid", (line: string) => line.slice(0, line.indexOf("1748849600") + 4)],
  ["behind the uniqueid", (line: string) => line.slice(0, line.lastIndexOf(","))],
])("a last row that is cut %s is a truncated tail", async (_, cut) => {
  const last = toAsteriskLine({ uniqueid: "1748849600.7", start: "2025-06-02 08:33:20" });
  const { calls, skipped } = await skipsOf(toAsteriskLog([{}]) + cut(last));
  expect(calls).toHaveLength(1);
  expect(skipped).toEqual([{ line: 2, reason: "truncated_tail" }]);
});

test("a complete last row without a line end counts", async () => {
  const { calls, skipped } = await skipsOf(toAsteriskLine());
  expect(calls).toHaveLength(1);
  expect(skipped).toEqual([]);
});

test("a header that somebody put in is no row, and listed when it comes again", async () => {
  const header =
    "accountcode,src,dst,dcontext,clid,channel,dstchannel,lastapp,lastdata,start,answer,end,duration,billsec,disposition,amaflags,uniqueid,userfield";
  const { calls, skipped } = await skipsOf(`${header}\n${toAsteriskLine()}\n${header}\n`);
  expect(calls).toHaveLength(1);
  expect(skipped).toEqual([{ line: 3, reason: "repeated_header" }]);
});

test("a semicolon log and records wrapped in quotes are read", async () => {
  const semicolons = toAsteriskLine()
    .replaceAll('","', '";"')
    .replaceAll('",,"', '";;"')
    .replace('",440,429,"', '";440;429;"');
  expect((await skipsOf(`${semicolons}\n`)).calls).toHaveLength(1);
  const wrapped = `"${toAsteriskLine().replaceAll('"', '""')}"\n`;
  expect((await skipsOf(wrapped)).calls).toHaveLength(1);
});

test("what was sent on the line keeps its first digit though it looks like the outside prefix", async () => {
  const row = { ...outboundRow, dst: "00012025550119", lastdata: "PJSIP/0012025550119@voip-trunk,60" };
  const call = await one(row, { ...settingsOfOffice, region: "DE", outsideLinePrefix: "0" });
  expect(call.to).toBe("+12025550119");
});
