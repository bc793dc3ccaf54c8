import { copyFileSync, renameSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { IngestBatch } from "../../../src-main/engine/ports/ingest-store.ts";
import { toAsteriskLine, toAsteriskLog, type AsteriskRow } from "../../builders/asterisk-row.ts";
import { createImportRig, type ImportRig } from "../../builders/import-rig.ts";

let rig: ImportRig;
beforeEach(() => {
  rig = createImportRig();
});
afterEach(() => rig.close());

const firstSecond = 1_748_849_536;

/** Rows of calls a minute apart. */
const callRow = (call: number, more: AsteriskRow = {}): AsteriskRow => {
  const second = firstSecond + call * 60;
  const start = new Date((second + 3600) * 1000).toISOString().slice(0, 19).replace("T", " ");
  return { uniqueid: `${second}.${call}`, start, ...more };
};
const log = (from: number, to: number): string =>
  toAsteriskLog(Array.from({ length: to - from }, (_, at) => callRow(from + at)));
const keys = (): readonly string[] => rig.calls().map(({ logKey }) => logKey);
const nothing = { rows: 0, legs: 0, calls: 0, revised: 0, skipped: {} };

test("a file is read once: the same file again, touched or under another name reads nothing", async () => {
  rig.write("Master.csv", log(0, 50));
  expect(await rig.import("Master.csv")).toMatchObject({
    rows: 50,
    legs: 50,
    calls: 50,
    unchanged: false,
    stopped: false,
  });
  expect(await rig.import("Master.csv")).toMatchObject({ ...nothing, unchanged: true });
  utimesSync(join(rig.folder, "Master.csv"), new Date(), new Date());
  expect(await rig.import("Master.csv")).toMatchObject({ ...nothing, unchanged: true });
  copyFileSync(join(rig.folder, "Master.csv"), join(rig.folder, "Copy of Master.csv"));
  expect(await rig.import("Copy of Master.csv")).toMatchObject({ ...nothing, unchanged: true });
  expect(rig.calls()).toHaveLength(50);
});

test("a file that grew is read on where it ended, also by a new process", async () => {
  rig.write("Master.csv", log(0, 30));
  await rig.import("Master.csv");
  rig.append("Master.csv", log(30, 45));
  rig = rig.reopen();
  expect(await rig.import("Master.csv")).toMatchObject({ rows: 15, legs: 15, calls: 15, skipped: {} });
  expect(await rig.import("Master.csv")).toMatchObject({ unchanged: true });
  expect(rig.calls()).toHaveLength(45);
});

test("a later copy of a log that grew is read from where the first ended", async () => {
  rig.write("monday.csv", log(0, 30));
  await rig.import("monday.csv");
  rig.write("tuesday.csv", log(0, 40));
  expect(await rig.import("tuesday.csv")).toMatchObject({ rows: 10, calls: 10, skipped: {} });
});

test("a renamed file is the same, and what takes its name is read from its start", async () => {
  rig.write("Master.csv", log(0, 30));
  await rig.import("Master.csv");
  rig.append("Master.csv", log(30, 35));
  renameSync(join(rig.folder, "Master.csv"), join(rig.folder, "Master.csv.1"));
  rig.write("Master.csv", log(35, 40));
  expect(await rig.import("Master.csv.1")).toMatchObject({ rows: 5, calls: 5 });
  expect(await rig.import("Master.csv")).toMatchObject({ rows: 5, calls: 5 });
  expect(rig.calls()).toHaveLength(40);
});

test("a truncated file is read from its start, and what is known is a duplicate", async () => {
  rig.write("Master.csv", log(0, 30));
  await rig.import("Master.csv");
  rig.write("Master.csv", log(20, 25) + log(40, 42));
  expect(await rig.import("Master.csv")).toMatchObject({ rows: 7, legs: 2, calls: 2, skipped: { duplicate: 5 } });
});

test("a file that was changed in its middle is read again", async () => {
  rig.write("Master.csv", log(0, 60));
  await rig.import("Master.csv");
  const changed = log(0, 60).replace(toAsteriskLine(callRow(30)), toAsteriskLine(callRow(30, { billsec: 428 })));
  rig.write("Master.csv", changed);
  utimesSync(join(rig.folder, "Master.csv"), new Date(2030, 0), new Date(2030, 0));
  const result = await rig.import("Master.csv");
  expect(result).toMatchObject({ rows: 60, unchanged: false, skipped: { duplicate: 59 } });
});

test("copies of the same rows in another file are duplicates", async () => {
  rig.write("Master.csv", log(0, 30));
  rig.write("sales.csv", log(10, 20));
  await rig.import("Master.csv");
  expect(await rig.import("sales.csv")).toMatchObject({ rows: 10, legs: 0, calls: 0, skipped: { duplicate: 10 } });
});

test("rows = legs + skipped, and bad rows keep line and reason", async () => {
  rig.write(
    "Master.csv",
    `${log(0, 2)}rubbish\n${log(1, 2)}${toAsteriskLine(callRow(3, { billsec: "x" }))}\n${log(4, 5)}`,
  );
  const result = await rig.import("Master.csv");
  expect(result).toMatchObject({ rows: 6, legs: 3, calls: 3, skipped: { malformed: 2, duplicate: 1 } });
  expect(result.skippedRows).toMatchObject([
    { line: 3, reason: "malformed", detail: "1 columns instead of at least 16" },
    { line: 5, reason: "malformed", detail: 'billsec "x" is no number of seconds' },
  ]);
});

test("legs of one call that lie far apart fold through the store", async () => {
  const first = toAsteriskLine(callRow(0, { duration: 40, billsec: 30 }));
  const later = toAsteriskLine(
    callRow(0, { start: "2025-06-02 11:32:16", dstchannel: "PJSIP/205-00000200", duration: 60, billsec: 60 }),
  );
  rig.write("Master.csv", `${first}\n${log(1, 3000)}${later}\n`);
  expect(await rig.import("Master.csv")).toMatchObject({ rows: 3001, legs: 3001, calls: 3000, revised: 1 });
  expect(rig.calls()[0]).toMatchObject({ legs: 2, seconds: 90, agent: "ext:205" });
});

test("legs that lie near are one call at once, across commits too", async () => {
  const rows = Array.from({ length: 3000 }, (_, at) => [
    callRow(at, { disposition: "NO ANSWER", answer: "", billsec: 0, dstchannel: "PJSIP/201-00000001" }),
    callRow(at - 100),
  ])
    .flat()
    .filter((row) => (row.uniqueid ?? "") >= `${firstSecond}`);
  rig.write("Master.csv", toAsteriskLog(rows));
  const result = await rig.import("Master.csv");
  expect(result).toMatchObject({ rows: rows.length, calls: 3000, revised: 0 });
  expect(rig.calls().filter(({ legs }) => legs === 2)).toHaveLength(2900);
});

test("a last line without end waits in a watched file and counts in an import", async () => {
  const half = toAsteriskLine(callRow(1)).slice(0, 150);
  rig.write("Master.csv", log(0, 1) + half);
  utimesSync(join(rig.folder, "Master.csv"), new Date(rig.clock.now()), new Date(rig.clock.now()));
  expect(await rig.import("Master.csv", { watched: true })).toMatchObject({ rows: 1, skipped: {} });
  rig.append("Master.csv", `${toAsteriskLine(callRow(1)).slice(150)}\n`);
  expect(await rig.import("Master.csv", { watched: true })).toMatchObject({ rows: 1, calls: 1, skipped: {} });
  expect(rig.calls()).toHaveLength(2);
});

test("a half line that nobody finishes is taken after ten minutes", async () => {
  rig.write("Master.csv", log(0, 1) + toAsteriskLine(callRow(1)));
  const written = rig.clock.now();
  utimesSync(join(rig.folder, "Master.csv"), new Date(written), new Date(written));
  expect(await rig.import("Master.csv", { watched: true })).toMatchObject({ rows: 1 });
  expect(await rig.import("Master.csv", { watched: true })).toMatchObject({ unchanged: true });
  await rig.clock.advance(11 * 60_000);
  expect(await rig.import("Master.csv", { watched: true })).toMatchObject({ rows: 1, calls: 1 });
});

test("a whole last row without line end is not counted again when the file goes on", async () => {
  rig.write("Master.csv", log(0, 2).trimEnd());
  expect(await rig.import("Master.csv")).toMatchObject({ rows: 2, calls: 2 });
  rig.append("Master.csv", `\n${log(2, 4)}`);
  expect(await rig.import("Master.csv")).toMatchObject({ rows: 2, calls: 2, skipped: {} });
});

test("a cut last row is a truncated tail, and the whole row that comes later is read", async () => {
  const whole = log(0, 2);
  rig.write("Master.csv", whole.slice(0, -40));
  expect(await rig.import("Master.csv")).toMatchObject({ rows: 2, calls: 1, skipped: { truncated_tail: 1 } });
  rig.write("Master.csv", whole + log(2, 3));
  expect(await rig.import("Master.csv")).toMatchObject({ rows: 2, calls: 2, skipped: {} });
  expect(rig.calls()).toHaveLength(3);
});

test("calls that ended just now settle in a watched file; older and imported ones do not wait", async () => {
  const now = rig.clock.now();
  const recent = new Date(now - 90_000 + 3_600_000).toISOString().slice(0, 19).replace("T", " ");
  const second = Math.floor((now - 90_000) / 1000);
  const row = { uniqueid: `${second}.1`, start: recent, duration: 60, billsec: 50 };
  rig.write("Master.csv", log(0, 1) + toAsteriskLog([row]));
  await rig.import("Master.csv", { watched: true });
  expect(rig.calls().map(({ settlesAt }) => settlesAt)).toEqual([null, now + 60_000]);
});

const keylessHeader = "Start,From,To,Direction,Duration\n";
const keylessRow = (minute: number): string => `2025-06-13 08:${10 + minute}:00,+447700900826,201,In,93\n`;

test("a call that its log says is over does not settle, one that goes on does", async () => {
  const now = rig.clock.now();
  const start = new Date(now - 90_000 + 3_600_000).toISOString().slice(0, 19).replace("T", " ").replaceAll("-", "/");
  const segment = (id: number, continuation: 0 | 1): string =>
    `${start},00:00:30,5,07700900123,I,203,02079460012,,0,${id},${continuation},E203,Carla,T9001,Line 1.1,0,0,,,,,,,,,,,,,\r\n`;
  rig.write("smdr.csv", segment(1_000_001, 1) + segment(1_000_002, 1) + segment(1_000_002, 0));
  await rig.import("smdr.csv", { watched: true });
  expect(rig.calls().map(({ settlesAt }) => settlesAt)).toEqual([now + 60_000, null]);
});

test("rows without key keep their keys when the file grows, repetitions included", async () => {
  rig.write("calls.csv", keylessHeader + keylessRow(1) + keylessRow(2) + keylessRow(2));
  expect(await rig.import("calls.csv")).toMatchObject({ rows: 3, calls: 3 });
  rig.append("calls.csv", keylessRow(2) + keylessRow(3));
  expect(await rig.import("calls.csv")).toMatchObject({ rows: 2, calls: 2, skipped: {} });
  const grown = keys();
  const other = createImportRig();
  try {
    other.write("whole.csv", keylessHeader + [1, 2, 2, 2, 3].map(keylessRow).join(""));
    await other.import("whole.csv");
    expect(other.calls().map(({ logKey }) => logKey)).toEqual(grown);
  } finally {
    other.close();
  }
});

test("what was settled about a table holds for the rows that come later", async () => {
  const header = "Date;Time;From;To;Direction;Duration;ID\n";
  rig.write("calls.csv", `${header}13/06/2025;08:10:00;+447700900826;201;In;93;A\n`);
  await rig.import("calls.csv");
  rig.append("calls.csv", "01/07/2025;08:10:00;+447700900826;201;In;93;B\n");
  await rig.import("calls.csv", { clock: { now: () => Date.UTC(2025, 6, 20), monotonic: () => 0 } });
  expect(rig.calls().map(({ startedAt }) => new Date(startedAt).toISOString().slice(0, 10))).toEqual([
    "2025-06-13",
    "2025-07-01",
  ]);
});

test("the phone system is named after the format where nobody named it", async () => {
  rig.write("Master.csv", log(0, 1));
  expect(await rig.import("Master.csv", { system: null })).toMatchObject({ format: "asterisk-cdr-csv", calls: 1 });
  expect(
    rig.store.ingest.findFiles(
      { tenant: "test-clinic", system: "asterisk-cdr-csv", path: join(rig.folder, "Master.csv"), fileId: null },
      { headHash: "" },
    ),
  ).toHaveLength(1);
});

test("a stopped import says so, and the next one goes on with the same result", async () => {
  rig.write("Master.csv", log(0, 4000));
  const stop = new AbortController();
  const first = await rig.import("Master.csv", { signal: stop.signal, onProgress: () => stop.abort() });
  expect(first).toMatchObject({ stopped: true });
  expect(first.rows).toBeLessThan(4000);
  const second = await rig.import("Master.csv");
  expect(second).toMatchObject({ stopped: false, skipped: {} });
  expect(first.rows + second.rows).toBe(4000);
  expect(rig.calls()).toHaveLength(4000);
});

test("progress tells rows, bytes and rate, up to the whole file", async () => {
  const path = rig.write("Master.csv", log(0, 3000));
  const seen: { rows: number; bytes: number; totalBytes: number }[] = [];
  await rig.import("Master.csv", { onProgress: (progress) => seen.push(progress) });
  expect(seen.length).toBeGreaterThan(2);
  expect(seen.at(-1)).toMatchObject({ rows: 3000, bytes: seen.at(-1)?.totalBytes });
  expect(path).toContain("Master.csv");
});

test("killed before any commit, the next import gives the same calls and the same counts", async () => {
  const noisy = Array.from({ length: 4500 }, (_, at) => [
    callRow(at, { disposition: "NO ANSWER", answer: "", billsec: 0, dstchannel: "PJSIP/201-00000001" }),
    ...(at % 7 === 0 ? [callRow(at, { dstchannel: "PJSIP/202-00000001" })] : []),
    ...(at % 50 === 49 ? [callRow(at - 30, { dstchannel: "PJSIP/203-00000001" })] : []),
    ...(at % 100 === 0 ? [callRow(Math.max(0, at - 5))] : []),
  ]).flat();
  const content = `${toAsteriskLog(noisy)}rubbish\n`;
  const whole = createImportRig();
  whole.write("Master.csv", content);
  const expected = await whole.import("Master.csv");
  const expectedCalls = whole.calls();
  whole.close();
  for (const kill of [1, 2, 4]) {
    const broken = createImportRig();
    try {
      broken.write("Master.csv", content);
      let commits = 0;
      let rows = 0;
      const { ingest } = broken.store;
      const dying = {
        ...ingest,
        commitBatch: (batch: IngestBatch, fold: Parameters<typeof ingest.commitBatch>[1]) => {
          commits += 1;
          if (commits === kill) throw new Error("killed");
          const counts = ingest.commitBatch(batch, fold);
          rows += counts.rows;
          return counts;
        },
      };
      await expect(broken.import("Master.csv", { store: dying })).rejects.toThrow("killed");
      const rest = await broken.import("Master.csv");
      expect(rows + rest.rows).toBe(expected.rows);
      expect(broken.calls()).toEqual(expectedCalls);
    } finally {
      broken.close();
    }
  }
});
