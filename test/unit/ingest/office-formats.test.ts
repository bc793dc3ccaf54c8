import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { SourceSettings } from "../../../src-shared/domain/source-settings.ts";
import { parsePath, parseText, settingsOfOffice } from "../../builders/parsed-log.ts";

const fixtures = join(import.meta.dirname, "../../fixtures/call-logs");
const read = (path: string): string => readFileSync(join(fixtures, path), "utf8");
const lines = (...rows: readonly string[]): string => `${rows.join("\n")}\n`;

test("a cdr_custom log as JSON lines, with epochs and numbers for dispositions, is read by names", async () => {
  const row = JSON.stringify({
    clid: '"Bob ""B"" Sample" <202>',
    src: "202",
    dst: "907700900456",
    dcontext: "from-internal",
    channel: "PJSIP/202-00000001",
    dstchannel: "PJSIP/voip-trunk-00000002",
    lastapp: "Dial",
    lastdata: "PJSIP/07700900456@voip-trunk,60",
    start: 1748845342,
    answer: 1748845350,
    end: 1748845400,
    duration: 58,
    billsec: 50,
    disposition: 8,
    uniqueid: "1748845342.7",
  });
  const { calls, summary } = await parseText(lines(row, row.replaceAll(".7", ".8")));
  expect(summary.format).toBe("asterisk-cdr-custom");
  expect(calls[0]).toMatchObject({
    callId: "1748845342.7",
    direction: "outbound",
    to: "+447700900456",
    startedAt: "2025-06-02T06:22:22Z",
    durationSeconds: 50,
  });
});

test("a cdr_custom log with quotes and separators of its own is read", async () => {
  const row = (id: string): string =>
    [
      '"J "JD" Doe" <03023125073>',
      "03023125073",
      "08999998102",
      "from-trunk",
      "PJSIP/voip-trunk-1",
      "PJSIP/204-2",
      "Dial",
      "PJSIP/204;30;tr",
      "2025-06-02 08:22:22",
      "2025-06-02 08:22:38",
      "2025-06-02 08:35:33",
      "791",
      "775",
      "ANSWERED",
      "DOCUMENTATION",
      "",
      id,
      "",
    ]
      .map((cell) => `'${cell}'`)
      .join(";") + ";4";
  const quoted = [row("1748845342.1"), row("1748845342.2")];
  const settings: SourceSettings = { region: "DE", timeZone: "Europe/Berlin", outsideLinePrefix: "0" };
  const { calls, summary } = await parseText(lines(...quoted), settings);
  expect(summary).toMatchObject({ format: "asterisk-cdr-custom", rows: 2, calls: 2, skipped: [] });
  expect(calls[0]).toMatchObject({ from: "+493023125073", to: "+498999998102" });
});

test("a cdr_custom log of an own column list is read by the numbers of its columns", async () => {
  const row = "2025-06-02 08:22:22;02079460142;203;PJSIP/voip-trunk-1;PJSIP/203-2;58;50;ANSWERED;1748848942.7";
  const columns = { start: "1", src: "2", dst: "3", channel: "4", dstchannel: "5", duration: "6", billsec: "7" };
  const settings = { ...settingsOfOffice, columns: { ...columns, disposition: "8", uniqueid: "9" } };
  const { calls } = await parseText(lines(row, row.replace(".7", ".8")), settings, "asterisk-cdr-custom");
  expect(calls).toHaveLength(2);
  expect(calls[0]).toMatchObject({
    callId: "1748848942.7",
    from: "+442079460142",
    agent: "ext:203",
    durationSeconds: 50,
  });
});

test("a quote behind a backslash, which PHP does not double, moves no column of a FreePBX export", async () => {
  const header = read("freepbx-cdr-export/cdr__1749031200pbx.example.net.csv").split("\n")[0] ?? "";
  const row =
    '"2025-06-02 09:54:13","""R \\"Roe\\"" <02079460142>",02079460142,202,from-did-direct,PJSIP/voip-trunk-1,PJSIP/202-2,Dial,' +
    '"PJSIP/202,30,tr",32,22,ANSWERED,3,,1748854453.1012,,02079460012,02079460142,"R \\"Roe\\"",,,,,1748854453.1012,,16';
  const { calls, summary } = await parseText(lines(header, row));
  expect(summary.skipped).toEqual([]);
  expect(calls[0]).toMatchObject({
    callId: "1748854453.1012",
    to: "+442079460012",
    agent: "ext:202",
    durationSeconds: 22,
  });
});

test("a FreePBX recording's name tells the direction where the devices leave it open", async () => {
  const head =
    "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,amaflags,accountcode,uniqueid,userfield,did,recordingfile,linkedid";
  const row = (id: string, src: string, dst: string, ends: string, file: string): string =>
    `"2025-06-02 08:16:49","""J"" <${src}>",${src},${dst},custom,${ends},Dial,,71,65,ANSWERED,3,,${id},,,${file},${id}`;
  const { calls } = await parseText(
    lines(
      head,
      row("1748848609.1", "1001", "202", "PJSIP/acme-1,PJSIP/202-2", "in-202-1001-20250602-081649-1748848609.1.wav"),
      row(
        "1748848609.2",
        "202",
        "1471",
        "PJSIP/202-1,PJSIP/acme-2",
        "2025/06/02/out-1471-202-20250602-081649-1748848609.2.wav",
      ),
      row("1748848609.3", "1001", "202", "PJSIP/acme-1,PJSIP/202-2", ""),
    ),
    { ...settingsOfOffice, extensionLengths: [3, 4] },
  );
  expect(calls.map(({ direction }) => direction)).toEqual(["inbound", "outbound", "internal"]);
});

test("an older FreePBX export without linkedid folds by uniqueid, and days of an Excel copy are put in order", async () => {
  const header =
    "calldate;clid;src;dst;dcontext;channel;dstchannel;lastapp;lastdata;duration;billsec;disposition;amaflags;accountcode;uniqueid;userfield";
  const row = (date: string, id: string): string =>
    `${date};"""Mary Major"" <02079460101>";02079460101;202;from-did-direct;PJSIP/voip-trunk-1;PJSIP/202-2;Dial;PJSIP/202;32;22;ANSWERED;3;;${id};`;
  const { calls } = await parseText(
    lines(header, row("13/06/2025 09:54:13", "a.1"), row("02/06/2025 09:54:13", "b.2")),
  );
  expect(calls.map(({ startedAt }) => startedAt)).toEqual(["2025-06-13T08:54:13Z", "2025-06-02T08:54:13Z"]);
});

test("an Issabel report in Spanish is read, also with bare numbers as duration", async () => {
  const header =
    '"Fecha","Fuente","Grupo de Timbrado","Destino","Canal Origen","Código de Cuenta","Canal Destino","Estado","Duración","UniqueID"';
  const row =
    '"2025-06-02 15:13:50","07700900377","600 - Soporte","203","PJSIP/voip-trunk-1","","PJSIP/203-2","ANSWERED","65","1748873630.1042"';
  const { calls, summary } = await parseText(lines(header, row));
  expect(summary.format).toBe("issabel-cdr-report");
  expect(calls[0]).toMatchObject({ to: "ext:600", agent: "ext:203", durationSeconds: 65 });
});

test("rows of the UCM's API, whose caller id and data have no quotes, are put together again", async () => {
  const [header = "", first = ""] = read("grandstream-ucm-cdr-csv/Master_20250602.csv").split("\n");
  const bare = first
    .replace('"""0639981289"" <0639981289>"', '"Doe, J" <0639981289>')
    .replace('"PJSIP/204,30,tr"', "PJSIP/204,30,tr");
  const settings: SourceSettings = { region: "FR", timeZone: "Europe/Paris" };
  const { calls, summary } = await parseText(lines(header, bare), settings);
  expect(summary.skipped).toEqual([]);
  expect(calls[0]).toMatchObject({ callId: "1748845454417-101", agent: "ext:204", durationSeconds: 622 });
});

const uuidA = "954b6260-48b6-4491-a8df-6645b33a75b8";
const uuidB = "14e0b3f1-0616-4cc8-8a69-43e1f99c0c0d";
const switchRow = (name: string, destination: string, own: string, partner: string, start: string): string =>
  `"${name}","02079460142","${destination}","public","${start}","2025-06-02 08:16:49","2025-06-02 08:30:42","${833 + 49 - Number(start.slice(-2))}","833","NORMAL_CLEARING","${own}","${partner}", ""`;

test("FreeSWITCH rows with quotes in a name, of the built-in template and as SQL are read", async () => {
  const row = switchRow('Bob "The, Man" Sample', "442079460012", uuidA, uuidB, "2025-06-02 08:16:41");
  for (const line of [row, `INSERT INTO cdr VALUES (${row});`]) {
    const { calls, summary } = await parseText(lines(line));
    expect(summary).toMatchObject({ format: "freeswitch-cdr-csv", skipped: [] });
    expect(calls[0]).toMatchObject({ callId: uuidA, from: "+442079460142", durationSeconds: 833 });
  }
});

test("both legs of a FreeSWITCH call make one call in either order of their rows", async () => {
  const a = switchRow("J Doe", "442079460012", uuidA, uuidB, "2025-06-02 08:16:41");
  const b = switchRow("J Doe", "203", uuidB, uuidA, "2025-06-02 08:16:43");
  const parsed = [await parseText(lines(a, b)), await parseText(lines(b, a))];
  for (const { calls } of parsed) {
    expect(calls).toEqual([
      expect.objectContaining({ callId: uuidA, to: "+442079460012", durationSeconds: 833, legs: 2 }),
    ]);
  }
  expect(parsed[0]?.read[0]?.logKey).toBe(parsed[1]?.read[0]?.logKey);
});

test("a FusionPBX export is read by its header", async () => {
  const text = lines(
    "xml_cdr_uuid,direction,caller_id_name,caller_id_number,destination_number,start_stamp,answer_stamp,end_stamp,duration,billsec,hangup_cause",
    `${uuidA},outbound,Bob Sample,202,07700900708,2025-06-02 09:43:48,2025-06-02 09:43:57,2025-06-02 09:47:01,193,184,NORMAL_CLEARING`,
  );
  const { calls } = await parseText(text);
  expect(calls[0]).toMatchObject({ callId: uuidA, direction: "outbound", agent: "ext:202", durationSeconds: 184 });
});

test("a leg file that is there twice, or half-written, is counted once and told", async () => {
  const folder = mkdtempSync(join(tmpdir(), "callledger-legs-"));
  try {
    const source = join(fixtures, "freeswitch-xml-cdr");
    const name = readdirSync(source).find((file) => file.startsWith("a_")) ?? "";
    const text = readFileSync(join(source, name), "utf8");
    writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, `error-${name}`), text);
    writeFileSync(join(folder, `half-${name}`), text.slice(0, Math.floor(text.length * 0.7)));
    const { summary } = await parsePath(folder);
    expect(summary).toMatchObject({ rows: 3, calls: 1 });
    expect(summary.skipped.map(({ reason }) => reason).toSorted()).toEqual(["duplicate", "truncated_tail"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a 3CX record with a comma in the bill's name and early queue calls is read", async () => {
  const [first = ""] = read("3cx-cdr-log/cdr.log").split("\r\n");
  const cells = first.split(",");
  const withName = [...cells.slice(0, 18), "Smith", " Sons", ...cells.slice(19)].join(",");
  const types = cells.indexOf("Line");
  const early = [...cells.slice(0, types), "0", ...cells.slice(types, -1)].join(",");
  for (const line of [withName, early]) {
    const { calls } = await parseText(lines(line));
    expect(calls[0]).toMatchObject({ direction: "inbound", from: "+447700900456", to: "ext:202", agent: "ext:202" });
  }
});

test("fields of a 3CX record in an order of the administrator's are found by what they look like", async () => {
  const row =
    "Call 265500;00000197000D3BC6_3401;2025/06/02 07:19:42;2025/06/02 07:19:48;2025/06/02 07:26:24;00:06:36;TerminatedBySrc;07700900456;Ext.202";
  const { calls } = await parseText(lines(row, row.replace("_3401", "_3402")));
  expect(calls[0]).toMatchObject({
    callId: "00000197000D3BC6_3401",
    direction: "inbound",
    agent: "ext:202",
    durationSeconds: 396,
    startedAt: "2025-06-02T07:19:42Z",
  });
});

test("rows of a 3CX report that go on with a broken row are told, not given to the call above", async () => {
  const [header = "", first = ""] = read("3cx-call-log-csv/CallReport-v18.csv").split("\n");
  const broken = first.replace("Answered", "Pickled");
  const goesOn = ",,Bob Sample (202),Answered,00:00:02,00:06:36,00:06:38,,Terminated by Bob Sample (202),";
  const { calls, summary } = await parseText(lines(header, first, broken, goesOn, goesOn));
  expect(calls).toHaveLength(1);
  expect(calls[0]).toMatchObject({ legs: 1 });
  expect(summary.skipped.map(({ reason }) => reason)).toEqual(["malformed", "orphan_leg", "orphan_leg"]);
});

test("equal legs of one 3CX report call are two legs, in this report and in the next", async () => {
  const [header = "", first = ""] = read("3cx-call-log-csv/CallReport-v18.csv").split("\n");
  const unanswered = ",,Bob Sample (202),Unanswered,00:00:05,,00:00:05,,Not answered,";
  const text = lines(header, first, unanswered, unanswered);
  const { calls } = await parseText(text);
  expect(calls[0]).toMatchObject({ legs: 3 });
});

test("the same call id on two call managers, or used again after a reset, is another call", async () => {
  const [names = "", types = "", first = ""] = read("cisco-cucm-cdr/cdr_StandAloneCluster_01_202506020915_1042").split(
    "\n",
  );
  const otherNode = first.replace("1,1,1549001", "1,2,1549001");
  const later = first
    .replaceAll("1748849236", "1748949236")
    .replaceAll("1748849256", "1748949256")
    .replaceAll("1748849770", "1748949770");
  const { calls, summary } = await parseText(lines(names, types, first, otherNode, later, first, names, types));
  expect(calls.map(({ callId }) => callId)).toEqual(["1-1549001", "2-1549001", "1-1549001"]);
  expect(summary.skipped.map(({ reason }) => reason)).toEqual(["duplicate", "repeated_header"]);
});

test("an IP Office log with NULs, split dates, a header and 35 columns is read", async () => {
  const [first = "", second = ""] = read("avaya-ipoffice-smdr/SMDR20250602.csv").split("\r\n");
  const split = second.replace(" ", ",");
  const text = `Call Start,Connected Time,Ring Time,Caller,Direction\r\n\0\0${first},192.0.2.1,1,192.0.2.2,2,x\r\n\0${split}\r\n`;
  const { calls, summary } = await parseText(text);
  expect(summary).toMatchObject({ format: "avaya-ipoffice-smdr", rows: 2, skipped: [] });
  expect(calls.map(({ durationSeconds }) => durationSeconds)).toEqual([161, 376]);
});

test("an IP Office id that begins anew after a restart is another call", async () => {
  const [first = ""] = read("avaya-ipoffice-smdr/SMDR20250602.csv").split("\r\n");
  const { calls } = await parseText(lines(first, first.replace("08:16:37", "09:00:00")));
  expect(calls).toHaveLength(2);
});

const us: SourceSettings = { region: "US", timeZone: "America/New_York", extensionLengths: [3, 4] };

test("TELESEER and international ISDN records of an Avaya get their date from the line above, and their year as set", async () => {
  const pad = (parts: readonly (readonly [number, string])[]): string =>
    parts.reduce((line, [at, text]) => line.padEnd(at - 1).slice(0, at - 1) + text, "");
  const out = (time: string): string =>
    pad([
      [4, time],
      [8, "0"],
      [9, "03"],
      [11, "5"],
      [12, "7"],
      [19, "     2125550112"],
      [34, "  203"],
      [56, "012"],
    ]);
  const text = lines("1231", out("2356"), "0101", out("0010"));
  const { calls, summary } = await parseText(text, { ...us, year: 2024 });
  expect(summary.skipped.map(({ reason }) => reason)).toEqual(["date_record", "date_record"]);
  expect(calls.map(({ startedAt }) => startedAt)).toEqual(["2025-01-01T04:52:30Z", "2025-01-01T05:06:30Z"]);
  expect(calls[0]).toMatchObject({ direction: "outbound", from: "ext:203", to: "+12125550112", durationSeconds: 210 });
  const isdn = (time: string): string =>
    pad([
      [1, time],
      [6, "0"],
      [7, "03"],
      [9, "5"],
      [11, "9"],
      [13, "0012"],
      [23, "            203"],
      [39, "2125550112"],
    ]);
  const second = await parseText(lines("0602", isdn("0900"), "   012 034", isdn("0930"), "   012 034"), {
    ...us,
    year: 2025,
  });
  expect(second.summary).toMatchObject({ rows: 3, calls: 2 });
  expect(second.calls[0]).toMatchObject({ direction: "inbound", from: "+12125550112", agent: "ext:203" });
});

test("a layout of the user's own makes calls of an Avaya log", async () => {
  const columns = { time: "1-4", "sec-dur": "6-10", "cond-code": "12", "dialed-num": "14-24", "calling-num": "26-36" };
  const text = lines("0602", "0824 00173 9         202  3125550120", "0912 00755 7 17025550163         205");
  const { calls } = await parseText(text, { ...us, columns, year: 2025 }, "avaya-cm-cdr");
  expect(calls.map(({ direction, startedAt }) => [direction, startedAt])).toEqual([
    ["inbound", "2025-06-02T12:21:07Z"],
    ["outbound", "2025-06-02T12:59:25Z"],
  ]);
});

test("Panasonic lines with CR ends, masks, pauses and a changed clock are read or told", async () => {
  const text = [
    "06/13/25 08:52AM   202 01 <I>5125550107             0'06 00:07'18               ",
    "06/13/25 09:13AM   202 01 3055550109P123                 00:08'18               ",
    "06/13/25 09:20AM   203 01 305555....                     00:01'00               ",
    "**/**/** **:**     203 01 3055550109                     00:01'00               ",
    "06/13/25 10:00AM   203    Timed Reminder                                        ",
    "06/13/25 10:30AM   203 01 <I>                       0'10 00:00'00            NA ",
  ].join("\r");
  const { calls, summary } = await parseText(text, us);
  expect(calls.map(({ to, from }) => from ?? to)).toEqual(["+15125550107", "ext:202", "ext:203", "ext:203"]);
  expect(calls.map(({ to }) => to)).toEqual(["ext:202", "+13055550109", null, "ext:203"]);
  expect(summary.skipped.map(({ reason }) => reason)).toEqual(["invalid_date", "non_call"]);
});

test("a Panasonic KX-TEA prints the start of a call", async () => {
  const row = `13/06/25 22:03   203   01 ${"<I>02079460123".padEnd(25)} 0'05 00:05'20\n`;
  const starts = async (settings: SourceSettings): Promise<readonly string[]> =>
    (await parseText(row, settings)).calls.map(({ startedAt }) => startedAt);
  expect(await starts(settingsOfOffice)).toEqual(["2025-06-13T20:57:35Z"]);
  expect(await starts({ ...settingsOfOffice, timeOf: "start" })).toEqual(["2025-06-13T21:03:00Z"]);
});

test("Mitel lines of a twelve-hour clock over the turn of a year get the year from when the file was written", async () => {
  const [line = ""] = read("mitel-smdr/smdr_mitel.txt").split("\r\n");
  const at = (date: string, time: string): string => line.replace("06/02", date).replace("08:33 ", time);
  const { calls } = await parseText(lines(at("12/31", "11:50P"), at("01/01", "12:10 ")), {
    ...settingsOfOffice,
    year: 2024,
  });
  expect(calls.map(({ startedAt }) => startedAt)).toEqual(["2024-12-31T23:50:00Z", "2025-01-01T12:10:00Z"]);
});

test("a Yeastar export with other columns in another order is read by name", async () => {
  const text = lines(
    "Time,ID,Call To,Call From,Talk Duration,Status,Communication Type",
    '"06/13/2025 02:30:32 PM",20250613143032-00024,"Bob, Sample<202>",Eve<07700900134>,00:01:05,ANSWERED,Inbound',
  );
  const { calls } = await parseText(text);
  expect(calls[0]).toMatchObject({ callId: "20250613143032-00024", agent: "ext:202", durationSeconds: 65 });
  expect(calls[0]?.startedAt).toBe("2025-06-13T13:30:32Z");
});

test("a Webex row that a later report repeats with more columns is known by its Report ID", async () => {
  const [header = "", first = ""] = read("webex-calling-cdr/Calling Detailed Call History Report.csv").split("\n");
  const folder = mkdtempSync(join(tmpdir(), "callledger-webex-"));
  try {
    writeFileSync(join(folder, "a.csv"), lines(header, first));
    writeFileSync(join(folder, "b.csv"), lines(`New,${header.replace("\uFEFF", "")}`, `x,${first}`));
    const { calls, summary } = await parsePath(folder);
    expect(calls).toEqual([expect.objectContaining({ legs: 1, durationSeconds: 222 })]);
    expect(summary.skipped).toEqual([expect.objectContaining({ reason: "duplicate", file: "b.csv" })]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
