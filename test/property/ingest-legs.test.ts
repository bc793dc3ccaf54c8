import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sourceSettings, type SourceSettings } from "../../src-shared/domain/source-settings.ts";
import { createImportRig, type StoredCall } from "../builders/import-rig.ts";

const folder = join(import.meta.dirname, "../fixtures/call-logs");

type Log = Readonly<{ format: string; head: readonly string[]; rows: readonly string[]; settings: SourceSettings }>;

/** A log whose rows are legs with a key: lines of the header, and the others. Rows of it without key would need their file. */
function readLog(format: string, name: string, headLines: number): Log {
  const path = join(folder, format, name);
  const { assume, encoding } = JSON.parse(readFileSync(`${path}.expected.json`, "utf8")) as {
    assume: unknown;
    encoding?: string;
  };
  const text = readFileSync(path, /1252|8859/.test(encoding ?? "") ? "latin1" : "utf8").replace(/^\uFEFF/, "");
  const lines = text.split(/\r\n?|\n/).filter((line) => line !== "");
  // A few rows may leave the order of day and month open, which would be asked about.
  const settings = sourceSettings.parse({ dateOrder: "DMY", ...(assume as object) });
  const head = lines.slice(0, headLines);
  return { format, head, rows: lines.slice(headLines).filter((row) => !/^"?Totals/.test(row)), settings };
}

const logs: readonly Log[] = [
  readLog("asterisk-cdr-csv", "Master.csv", 0),
  readLog("asterisk-cdr-custom", "Master.csv", 0),
  readLog("freepbx-cdr-export", "cdr__1749031200pbx.example.net.csv", 1),
  readLog("grandstream-ucm-cdr-csv", "Master_20250602.csv", 1),
  readLog("3cx-cdr-log", "cdr.log", 0),
  readLog("3cx-call-log-csv", "CallLogLastWeek_0602_demo.csv", 1),
  readLog("cisco-cucm-cdr", "cdr_StandAloneCluster_01_202506020915_1042", 2),
  readLog("webex-calling-cdr", "Calling Detailed Call History Report.csv", 1),
  readLog("avaya-ipoffice-smdr", "SMDR20250602.csv", 0),
  readLog("yeastar-cdr-csv", "CDR_20250602.csv", 1),
  readLog("dialpad-calls-csv", "calls-2025-06.csv", 1),
  readLog("twilio-call-log-csv", "call-log-20250602.csv", 1),
  readLog("teams-direct-routing", "DirectRouting.calls.2025-06-09.csv", 1),
  readLog("generic-csv", "calls.csv", 1),
];

/** What a call is to the CRMs. How often it was revised on the way is history. */
const toFacts = ({ revision: _revision, settlesAt: _settlesAt, ...facts }: StoredCall): string => JSON.stringify(facts);

/** Imports the parts of a log one after another into a ledger of their own. */
async function importParts(
  { format, head, settings }: Log,
  parts: readonly (readonly string[])[],
): Promise<readonly string[]> {
  const rig = createImportRig();
  try {
    for (const [at, rows] of parts.entries()) {
      rig.write(`part-${at}.csv`, `${[...head, ...rows].join("\n")}\n`);
      const { rows: read, legs, skipped } = await rig.import(`part-${at}.csv`, { format, settings });
      expect(read).toBe(legs + Object.values(skipped).reduce((sum, count) => sum + count, 0));
    }
    return rig.calls().map(toFacts).toSorted();
  } finally {
    rig.close();
  }
}

/** The rows in any order, in one to four files. Formats that settle something by their rows need a few in each. */
const splits = (rows: readonly string[]): fc.Arbitrary<readonly (readonly string[])[]> =>
  fc
    .tuple(
      fc.shuffledSubarray([...rows], { minLength: rows.length }),
      fc.array(fc.integer({ min: 3, max: rows.length - 3 }), { maxLength: 3 }),
    )
    .map(([shuffled, cuts]) => {
      const places = [0, ...new Set(cuts)].toSorted((left, right) => left - right);
      return places.map((from, at) => shuffled.slice(from, places[at + 1] ?? shuffled.length));
    });

test.each(logs)("$format: legs give the same calls and keys in whatever order and files they come", async (log) => {
  const expected = await importParts(log, [log.rows]);
  await fc.assert(
    fc.asyncProperty(splits(log.rows), async (parts) => {
      expect(await importParts(log, parts)).toEqual(expected);
    }),
    { numRuns: 6, seed: 20_260_601 },
  );
});
