import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ReadCall } from "../../src-main/engine/ports/ingest-store.ts";
import { toStoredId } from "../../src-main/engine/ingest/to-read-call.ts";
import { toAsteriskLine, type AsteriskRow } from "../builders/asterisk-row.ts";
import { parsePath, settingsOfOffice } from "../builders/parsed-log.ts";

const uniqueStart = 1_748_849_536;

/** A row of one of a few calls, some of them without key, some repeated. */
const asteriskRow = fc
  .record({ call: fc.nat(5), leg: fc.nat(2), keyless: fc.boolean(), answered: fc.boolean() })
  .map(({ call, leg, keyless, answered }): AsteriskRow => {
    const second = uniqueStart + call * 60;
    const start = new Date((second + leg * 20 + 3600) * 1000).toISOString().slice(0, 19).replace("T", " ");
    return {
      uniqueid: keyless ? "" : `${second}.${call}`,
      start,
      dstchannel: `PJSIP/20${leg}-0000000${leg}`,
      ...(answered ? {} : { disposition: "NO ANSWER", answer: "", billsec: 0 }),
    };
  });

const genericRow = fc
  .record({ minute: fc.nat(9), from: fc.nat(3), seconds: fc.nat(3), id: fc.option(fc.nat(3)) })
  .map(
    ({ minute, from, seconds, id }) =>
      `2025-06-13 08:3${minute}:00,+44770090000${from},201,In,${seconds},${id === null ? "" : `C-${minute}-${id}`}`,
  );
const genericHeader = "Start,From,To,Direction,Duration,ID";

/** Ids and what the calls are, read from files of their own in one folder. */
async function readIds(files: readonly string[], isWhole = true): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "callledger-identity-"));
  try {
    files.forEach((content, at) => writeFileSync(join(folder, `${at}.csv`), content));
    const { read, summary } = await parsePath(folder, settingsOfOffice);
    const legs = read.reduce((sum, { record }) => sum + record.legs, 0);
    expect(summary.rows).toBe(legs + summary.skipped.length);
    const toText = (call: ReadCall): string => JSON.stringify(isWhole ? call.record : call.record.legs);
    return read.map((call) => `${toStoredId("pbx", call)} ${toText(call)}`).toSorted();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("the same rows give the same ids in any order, in one file or in two", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(asteriskRow, { minLength: 2, maxLength: 12 }).chain((rows) =>
        fc.tuple(
          fc.constant(rows),
          fc.shuffledSubarray(rows, { minLength: rows.length }),
          // Without a key only repetitions inside one file are told apart, so that those stay together.
          fc.nat(rows.length),
        ),
      ),
      async ([rows, shuffled, cut]) => {
        const toText = (part: readonly AsteriskRow[]): string => part.map((row) => `${toAsteriskLine(row)}\n`).join("");
        const keyed = (part: readonly AsteriskRow[]): readonly AsteriskRow[] =>
          part.filter(({ uniqueid }) => uniqueid !== "");
        const expected = await readIds([toText(rows)]);
        expect(await readIds([toText(shuffled)])).toEqual(expected);
        if (keyed(rows).length === rows.length && cut > 0 && cut < rows.length) {
          expect(await readIds([toText(rows.slice(0, cut)), toText(rows.slice(cut))])).toEqual(expected);
        }
        expect(await readIds([toText(rows), toText(shuffled)])).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

test("a table's ids do not depend on the order, delimiter, line ends or encoding of its rows", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .array(genericRow, { minLength: 1, maxLength: 10 })
        .chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length }))),
      async ([rows, shuffled]) => {
        const toText = (part: readonly string[]): string => `${[genericHeader, ...part].join("\n")}\n`;
        // Of rows with one id and one start the first in the log is the call's first leg: the id is the same either way.
        expect(await readIds([toText(shuffled)], false)).toEqual(await readIds([toText(rows)], false));
        const expected = await readIds([toText(rows)]);
        expect(await readIds([toText(rows).replaceAll(",", ";").replaceAll("\n", "\r\n")])).toEqual(expected);
        expect(await readIds([`\uFEFF${toText(rows)}`])).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});
