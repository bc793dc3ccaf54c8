import fc from "fast-check";
import { expect, test } from "vitest";
import { LogRefusedError } from "../../src-main/engine/ingest/log-refused.ts";
import { toAsteriskLine } from "../builders/asterisk-row.ts";
import { parseText, settingsOfOffice } from "../builders/parsed-log.ts";

const asterisk = Buffer.from(
  Array.from({ length: 6 }, (_, at) => toAsteriskLine({ uniqueid: `174884953${at}.1` })).join("\n"),
);
const table = Buffer.from(
  "Date,Time,Caller,Callee,Direction,Duration,Result,Agent,Call ID\n" +
    '13/06/2025,08:37:07,+447700900826,+442079460012,In,0:01:33,Answered,"Muster, Carla",C-1\n' +
    "14/06/2025,09:07:43,+441614960114,+442079460012,In,0:10:02,Answered,Eve,C-2\n" +
    "15/06/2025,09:31:29,201,+447700900134,Out,0:09:14,Answered,Alice,C-3\n",
);

/** Reads any bytes; refused as a whole, or every row accounted for. */
async function check(bytes: Uint8Array, format: string): Promise<void> {
  try {
    const { calls, summary } = await parseText(bytes, settingsOfOffice, format);
    expect(summary.rows).toBe(calls.reduce((sum, { legs }) => sum + legs, 0) + summary.skipped.length);
    for (const call of calls) {
      expect(call.status === "answered" || call.durationSeconds === 0).toBe(true);
      expect(call.startedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    }
  } catch (error) {
    expect(error).toBeInstanceOf(LogRefusedError);
    expect(String(error).length).toBeGreaterThan(20);
  }
}

const formats = fc.constantFrom("auto", "asterisk-cdr-csv", "generic-csv");

test("any bytes are read or refused with a reason, and every row is a leg or skipped", async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), formats, check), { numRuns: 200 });
});

const damage = fc.record({
  at: fc.nat(2000),
  length: fc.nat(12),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc.constantFrom('"', '""', "\n", "\r\n", "\r", ",", ";", "\0", "\uFEFF", "=", "\t", "Totals,,,,").map(Buffer.from),
  ),
});

test.each([
  ["an Asterisk log", asterisk],
  ["a table", table],
])("%s that is damaged anywhere is read or refused, and every row is accounted for", async (_, content) => {
  const damaged = fc.array(damage, { minLength: 1, maxLength: 6 }).map((places) =>
    places.reduce((bytes, { at, length, insert }) => {
      const from = at % bytes.length;
      return Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + length), Buffer.from(" ")]);
    }, content),
  );
  await fc.assert(fc.asyncProperty(damaged, formats, check), { numRuns: 300 });
});

const cell = fc.oneof(
  fc.constantFrom("", "In", "Out", "Answered", "Missed", "2025-06-13 08:37:07", "13/06/2025", "08:37", "Total", "NA"),
  fc.constantFrom("+447700900826", "201", "anonymous", "4.47E+11", "0:01:33", "-5", "PT1M", "45821.35", "1749800227"),
  fc.string({ maxLength: 12, unit: "grapheme" }),
);
const headerWords =
  "Start,Date,Time,From,To,Number,Direction,Duration,Ring Time,Status,Agent,ID,End,Type,Talk Time,Datum,Dauer,x";
const headerCell = fc.constantFrom(...headerWords.split(","));

test("tables of any header and cells are read or refused, and every row is accounted for", async () => {
  const rows = fc
    .tuple(
      fc.array(headerCell, { minLength: 2, maxLength: 9 }),
      fc.array(fc.array(cell, { maxLength: 10 }), { maxLength: 12 }),
    )
    .map(([header, lines]) => [header, ...lines].map((cells) => cells.join(",")).join("\n"));
  await fc.assert(fc.asyncProperty(rows.map(Buffer.from), formats, check), { numRuns: 300 });
});
