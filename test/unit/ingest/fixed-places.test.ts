import { utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createMappingBook } from "../../../src-main/engine/ingest/mapping/mapping-book.ts";
import { proposeMapping } from "../../../src-main/engine/ingest/mapping/propose-mapping.ts";
import { readPlaces, readSpan } from "../../../src-main/engine/ingest/records/fixed-places.ts";
import type { SourceSettings } from "../../../src-shared/domain/source-settings.ts";
import { parseText, readingTime, settingsOfOffice, withFile } from "../../builders/parsed-log.ts";

/** Lines as a serial port of a small office system prints them; no preset knows their places. */
const lines = [
  "\f STATION DETAIL REPORT                       PAGE 1",
  "DATE     TIME  TYP EXT   DIGITS             ELAPSED",
  "-------- ----- --- ----- ------------------ --------",
  "13-06-25 09:15 IN  203   07700900123        00:01:20",
  "13-06-25 09:41 OUT 204   907700900124       00:00:00",
  "13-06-25 23:59 IN  203                      01:02:03",
  "14-06-25 00:02 LOC 203   204                00:00:45",
];
const text = `${lines.join("\r\n")}\r\n`;
const columns = {
  start: "1-8",
  time: "10-14",
  direction: "16-18",
  agent: "20-24",
  remote: "26-43",
  duration: "45-52",
};
const told: SourceSettings = { ...settingsOfOffice, columns, words: { LOC: "internal" }, dateOrder: "DMY" };

test("lines of a fixed width are read by places that the user names", async () => {
  const { calls, summary } = await parseText(text, told);
  expect(summary).toMatchObject({ format: "generic-csv", rows: 7, calls: 4 });
  expect(summary.skipped.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
    "1 page_header",
    "2 page_header",
    "3 page_header",
  ]);
  const place = { startedAtPrecision: "minute", legs: 1 };
  expect(calls).toMatchObject([
    { ...place, direction: "inbound", from: "+447700900123", to: "ext:203", durationSeconds: 80, agent: "ext:203" },
    { ...place, direction: "outbound", from: "ext:204", to: "+447700900124", status: "missed" },
    { ...place, from: null, startedAt: "2025-06-13T22:59:00Z", durationSeconds: 3723 },
    { ...place, direction: "internal", from: "ext:203", to: "ext:204", durationSeconds: 45 },
  ]);
});

test("a line that ends before its last field is cut when it is the last, and told when it is not", async () => {
  const cut = "15-06-25 10:15 IN  203   0770090";
  const last = await parseText(`${text}${cut}`, told);
  expect(last.summary.skipped.at(-1)).toMatchObject({ line: 8, reason: "truncated_tail" });
  const within = await parseText(
    `${text}15-06-25 xx:15 IN  203   07700900123        00:01:20\r\n${lines[3] ?? ""}\r\n`,
    told,
  );
  expect(within.summary.skipped.at(-1)).toMatchObject({ line: 8, reason: "invalid_date" });
  expect(within.summary.calls).toBe(5);
});

test("the order of day and month is asked about in lines of a fixed width as in any table", async () => {
  const open = `${lines.slice(0, 3).join("\n")}\n05-06-25 09:15 IN  203   07700900123        00:01:20\n`;
  const { dateOrder: _order, ...unsettled } = told;
  await expect(parseText(open, unsettled)).rejects.toThrow("can be read in two ways");
});

test("the start of a call whose line tells its end is as much earlier as the call was long", async () => {
  const { calls } = await parseText(text, { ...told, timeOf: "end" });
  expect(calls.map(({ startedAt }) => startedAt)).toEqual([
    "2025-06-13T08:13:40Z",
    "2025-06-13T08:41:00Z",
    "2025-06-13T21:56:57Z",
    "2025-06-13T23:01:15Z",
  ]);
  const table = await parseText(
    "Ended,From,To,Direction,Total Duration,Ring\n2025-06-13 10:15:00,07700900123,203,in,0:01:30,0:00:10\n",
    { ...settingsOfOffice, timeOf: "end", columns: { start: "Ended" } },
  );
  expect(table.calls).toMatchObject([{ startedAt: "2025-06-13T09:13:30Z", durationSeconds: 80 }]);
});

test("places are ranges, columns are numbers or names", () => {
  expect(readSpan("21-38")).toEqual([21, 38]);
  expect(readSpan(" 21 .. 38 ")).toEqual([21, 38]);
  expect(readSpan("19")).toEqual([19, 19]);
  for (const wrong of ["", "0-4", "9-3", "1-2-3", "Start", "2025-06-13"]) expect(readSpan(wrong)).toBeNull();
  expect(readPlaces({ start: "1-8", from: "10" })).toEqual({
    fields: ["start", "from"],
    spans: [
      [1, 8],
      [10, 10],
    ],
  });
  for (const named of [undefined, {}, { start: "1", from: "2" }, { start: "1-8", from: "Caller" }]) {
    expect(readPlaces(named)).toBeNull();
  }
});

test("a field that no call has is named, with the fields that there are", async () => {
  const wrong = { ...told, columns: { ...columns, colour: "50-60" } };
  await expect(parseText(text, wrong, "generic-csv")).rejects.toThrow('"columns" has no field "colour"');
});

test("a mapping shows the calls of places that are being tried, and guesses none beside them", async () => {
  const proposal = await withFile(
    text,
    (path) => {
      utimesSync(path, readingTime / 1000, readingTime / 1000);
      const mappings = createMappingBook(join(path, "..", "mappings"));
      return proposeMapping({ path, settings: told, clock: { now: () => readingTime }, mappings });
    },
    "smdr.txt",
  );
  expect(proposal.settings.columns).toEqual(columns);
  expect(proposal.columns.map(({ field }) => field).toSorted()).toEqual(Object.keys(columns).toSorted());
  expect(proposal.calls).toHaveLength(4);
  expect(proposal.fingerprint).toBeNull();
});
