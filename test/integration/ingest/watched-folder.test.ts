import { readdirSync, statSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { toAsteriskLog } from "../../builders/asterisk-row.ts";
import { createWatchRig, type WatchRig } from "../../builders/watch-rig.ts";

// On a computer that does ten other things a process takes long to begin.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let rig: WatchRig;

beforeEach(async () => {
  rig = await createWatchRig();
});
afterEach(() => rig.close());

const log = (...calls: readonly number[]): string =>
  toAsteriskLog(calls.map((call) => ({ uniqueid: `${1_748_849_536 + call}.${call}` })));

const hasCalls = (count: number) => () => rig.calls().length >= count;

test("a file is read once it stayed the same for a while, and again when it has grown", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "Master.csv", text: log(1, 2) });
  await rig.pass(2000);
  expect(rig.calls()).toHaveLength(0);
  await rig.until(hasCalls(2));
  await rig.write({ do: "append", name: "Master.csv", text: log(3) });
  await rig.until(hasCalls(3));
  await rig.pass(60_000);
  expect(rig.readings().map(({ name, rows }) => [name, rows])).toEqual([
    ["Master.csv", 2],
    ["Master.csv", 1],
  ]);
});

/** What must never happen: rows read twice, or calls changed by reading them again. */
function expectOnce(calls: number): void {
  expect(rig.calls()).toHaveLength(calls);
  expect(rig.calls().every(({ revision, legs }) => revision === 1 && legs === 1)).toBe(true);
}
const rowsRead = (): number => rig.readings().reduce((sum, { rows }) => sum + rows, 0);

test("a file that is written to at every look is read all the same", async () => {
  await rig.watch();
  for (let call = 1; rig.calls().length === 0 && call < 100; call += 1) {
    await rig.write({ do: "append", name: "Master.csv", text: log(call) });
    await rig.pass(1000);
  }
  expect(rig.calls().length).toBeGreaterThan(0);
});

test("the settle time of a source is its own", async () => {
  await rig.watch({ watch: { settleSeconds: 30 } });
  await rig.write({ do: "write", name: "Master.csv", text: log(1) });
  await rig.pass(25_000);
  expect(rig.calls()).toHaveLength(0);
  await rig.until(hasCalls(1));
});

test("a half line waits for its end, and is taken when nobody finishes it", async () => {
  await rig.watch();
  const [first, second] = [log(1), log(2)];
  // As new as the clock of the test, which is not that of the disk.
  await rig.write({ do: "write", name: "Master.csv", text: first + second.slice(0, 60) });
  await rig.write({ do: "touch", name: "Master.csv", at: rig.clock.now() });
  await rig.until(hasCalls(1));
  await rig.write({ do: "append", name: "Master.csv", text: second.slice(60) });
  await rig.write({ do: "touch", name: "Master.csv", at: rig.clock.now() });
  await rig.until(hasCalls(2));
  await rig.write({ do: "append", name: "Master.csv", text: log(3).trimEnd() });
  await rig.write({ do: "touch", name: "Master.csv", at: rig.clock.now() });
  await rig.pass(5 * 60_000);
  expectOnce(2);
  await rig.until(hasCalls(3));
  expectOnce(3);
});

test("a half line on a share whose clock is an hour ahead is taken as soon", async () => {
  await rig.watch({ watch: { networkShare: true } });
  await rig.write({ do: "write", name: "Master.csv", text: log(1, 2).trimEnd() });
  await rig.write({ do: "touch", name: "Master.csv", at: rig.clock.now() + 3_600_000 });
  await rig.until(hasCalls(1));
  await rig.pass(11 * 60_000);
  expectOnce(2);
});

test("what is being written, hidden or empty is left alone without a word", async () => {
  await rig.watch();
  const names = ["a.tmp", "b.part", "c.crdownload", ".hidden.csv", "~$d.csv", "Thumbs.db", "e.csv.lock", "f.filepart"];
  for (const name of names) await rig.write({ do: "write", name, text: log(1) });
  await rig.write({ do: "write", name: "empty.csv", text: "" });
  await rig.write({ do: "write", name: "good.csv", text: log(2) });
  await rig.until(hasCalls(1));
  await rig.pass(30_000);
  expect(rig.readings().map(({ name }) => name)).toEqual(["good.csv"]);
  expect(rig.troubles()).toEqual([]);
  await rig.write({ do: "append", name: "empty.csv", text: log(3) });
  await rig.write({ do: "rename", name: "c.crdownload", to: "c.csv" });
  await rig.until(hasCalls(3));
});

test("links are refused with a visible reason, whatever they lead to", async () => {
  await rig.watch();
  await rig.write({ do: "symlink", name: "passwd.csv", to: "/etc/passwd" });
  await rig.write({ do: "folder", name: "../outside" });
  await rig.write({ do: "write", name: "../outside/Master.csv", text: log(1) });
  await rig.write({ do: "symlink", name: "up.csv", to: "../outside/Master.csv" });
  await rig.write({ do: "symlink", name: "folder", to: "../outside" });
  await rig.write({ do: "symlink", name: "loop", to: "." });
  await rig.write({ do: "write", name: "good.csv", text: log(2) });
  await rig.until(hasCalls(1));
  await rig.pass(20_000);
  expectOnce(1);
  const { folder } = await rig.source();
  expect(folder).toMatchObject({ state: "watched", troubleCount: 4 });
  expect(folder.troubles.map(({ path }) => path).toSorted()).toEqual(["folder", "loop", "passwd.csv", "up.csv"]);
  expect(folder.troubles.every(({ problem }) => problem.includes("It is a link"))).toBe(true);
  expect(rig.troubles()).toHaveLength(4);
});

test("a watched folder that is swapped for a link is refused, and read again when it is itself", async () => {
  await rig.watch();
  await rig.write({ do: "folder", name: "../elsewhere" });
  await rig.write({ do: "write", name: "../elsewhere/secret.csv", text: log(1) });
  await rig.write({ do: "rename", name: "", to: "../logs-before" });
  await rig.write({ do: "symlink", name: "../logs", to: "elsewhere" });
  await rig.until(async () => (await rig.source()).folder.state === "refused");
  await rig.pass(20_000);
  expect(rig.calls()).toHaveLength(0);
  expect((await rig.source()).folder.problem).toContain("is a link to");
  await rig.write({ do: "remove", name: "../logs" });
  await rig.write({ do: "rename", name: "../logs-before", to: "" });
  await rig.until(async () => (await rig.source()).folder.state === "watched");
  expect((await rig.source()).folder.problem).toBeNull();
});

test("a folder that is not there at the start, goes away and comes back says so each time and loses nothing", async () => {
  await rig.watch();
  await rig.stop();
  await rig.write({ do: "rename", name: "", to: "../away" });
  await rig.start();
  await rig.until(async () => (await rig.source()).folder.state === "missing");
  expect((await rig.source()).folder.problem).toContain("is not there");
  await rig.pass(60_000);
  await rig.write({ do: "rename", name: "../away", to: "" });
  await rig.write({ do: "write", name: "Master.csv", text: log(1) });
  await rig.until(hasCalls(1));
  await rig.write({ do: "append", name: "Master.csv", text: log(2) });
  await rig.write({ do: "rename", name: "", to: "../away" });
  await rig.until(async () => (await rig.source()).folder.state === "missing");
  await rig.write({ do: "rename", name: "../away", to: "" });
  await rig.until(hasCalls(2));
  const states = rig.events.flatMap((event) => (event.event === "source:state" ? [event.state] : []));
  expect(states).toEqual(["watched", "missing", "watched", "missing", "watched"]);
  expectOnce(2);
});

test("a disk that was taken out leaves an empty folder, and its files are known when it is back", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "Master.csv", text: log(1, 2) });
  await rig.until(hasCalls(2));
  await rig.write({ do: "rename", name: "Master.csv", to: "../Master.csv" });
  await rig.pass(30_000);
  await rig.write({ do: "rename", name: "../Master.csv", to: "Master.csv" });
  await rig.pass(30_000);
  expectOnce(2);
  expect(rig.readings()).toHaveLength(1);
});

test("a rotated log is read on under its new name, and the new one from its start", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "Master.csv", text: log(1, 2) });
  await rig.until(hasCalls(2));
  await rig.write({ do: "append", name: "Master.csv", text: log(3) });
  await rig.write({ do: "rename", name: "Master.csv", to: "Master.csv.1" });
  await rig.write({ do: "write", name: "Master.csv", text: log(4, 5) });
  await rig.until(hasCalls(5));
  await rig.pass(30_000);
  expectOnce(5);
  expect(rowsRead()).toBe(5);
});

test.each(["Master.csv.2026-11-22-10-00-00", "Master.csv-20261122", "old/Master.csv", "Master-3.csv"])(
  "a log that was rotated to %s is known by what it holds",
  async (name) => {
    await rig.watch();
    await rig.write({ do: "folder", name: "old" });
    await rig.write({ do: "write", name: "Master.csv", text: log(1, 2) });
    await rig.until(hasCalls(2));
    await rig.write({ do: "append", name: "Master.csv", text: log(3) });
    await rig.write({ do: "rename", name: "Master.csv", to: name });
    await rig.write({ do: "write", name: "Master.csv", text: log(4) });
    await rig.until(hasCalls(4));
    await rig.pass(30_000);
    expectOnce(4);
    expect(rowsRead()).toBe(4);
  },
);

test("a rotated log that was packed is known by what it holds, and its last rows are read from the archive", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "Master.csv", text: log(1, 2) });
  await rig.until(hasCalls(2));
  await rig.write({ do: "append", name: "Master.csv", text: log(3) });
  await rig.write({ do: "gzip", name: "Master.csv", to: "Master.csv.1.gz" });
  await rig.write({ do: "write", name: "Master.csv", text: log(4) });
  await rig.until(hasCalls(4));
  await rig.write({ do: "copy", name: "Master.csv.1.gz", to: "copy-of-it.gz" });
  await rig.pass(30_000);
  expectOnce(4);
  expect(rowsRead()).toBe(4);
});

test("two rotations while the agent was off lose nothing and repeat nothing", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "Master.csv", text: log(1, 2) });
  await rig.until(hasCalls(2));
  await rig.stop();
  await rig.write({ do: "append", name: "Master.csv", text: log(3) });
  await rig.write({ do: "gzip", name: "Master.csv", to: "Master.csv.2.gz" });
  await rig.write({ do: "write", name: "Master.csv.1", text: log(4, 5) });
  await rig.write({ do: "write", name: "Master.csv", text: log(6) });
  await rig.start();
  await rig.until(hasCalls(6));
  await rig.pass(30_000);
  expectOnce(6);
  expect(rowsRead()).toBe(6);
});

test("an archive that is still being written is told of, and read once it is whole", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "whole.csv", text: log(1, 2, 3) });
  await rig.write({ do: "rename", name: "whole.csv", to: "whole.csv.tmp" });
  await rig.write({ do: "gzip", name: "whole.csv.tmp", to: "calls.csv.gz", part: 60 });
  await rig.until(() => rig.troubles().some((trouble) => trouble.includes("ends in the middle")));
  await rig.write({ do: "gzip", name: "whole.csv.tmp", to: "calls.csv.gz" });
  await rig.until(hasCalls(3));
  await rig.pass(5000);
  expect((await rig.source()).folder.troubleCount).toBe(0);
});

test("copytruncate: what was copied away is known, what comes after is read from the start", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "Master.csv", text: log(1, 2) });
  await rig.until(hasCalls(2));
  await rig.write({ do: "append", name: "Master.csv", text: log(3) });
  await rig.write({ do: "copytruncate", name: "Master.csv", to: "Master.csv.1" });
  await rig.write({ do: "append", name: "Master.csv", text: log(4) });
  await rig.until(hasCalls(4));
  await rig.pass(30_000);
  expectOnce(4);
  expect(rowsRead()).toBe(4);
});

test("copytruncate that is seen only after the log was read anew repeats nothing", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "Master.csv", text: log(1, 2) });
  await rig.until(hasCalls(2));
  await rig.write({ do: "copytruncate", name: "Master.csv", to: "../Master.csv.1" });
  await rig.write({ do: "append", name: "Master.csv", text: log(3) });
  await rig.until(hasCalls(3));
  await rig.write({ do: "rename", name: "../Master.csv.1", to: "Master.csv.1" });
  await rig.pass(30_000);
  expectOnce(3);
  expect(rowsRead()).toBe(3);
});

test("a truncated file is read from its start, and rows that are known are counted as repeated", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "calls.csv", text: log(1, 2, 3) });
  await rig.until(hasCalls(3));
  await rig.write({ do: "write", name: "calls.csv", text: log(2, 4) });
  await rig.until(hasCalls(4));
  expectOnce(4);
  expect(rig.readings().at(-1)).toMatchObject({ rows: 2, legs: 1, calls: 1 });
});

test("a file that is replaced by renaming over it gives what is new, whether it goes on or begins anew", async () => {
  await rig.watch();
  await rig.write({ do: "replace", name: "export.csv", text: log(1, 2) });
  await rig.until(hasCalls(2));
  await rig.write({ do: "replace", name: "export.csv", text: log(1, 2, 3) });
  await rig.until(hasCalls(3));
  await rig.write({ do: "replace", name: "export.csv", text: log(7, 8) });
  await rig.until(hasCalls(5));
  expectOnce(5);
  expect(rowsRead()).toBe(5);
});

test("a file that is written over in place, as long as before, is read again", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "export.csv", text: log(1, 2) });
  await rig.until(hasCalls(2));
  await rig.write({ do: "overwrite", name: "export.csv", text: log(3, 4) });
  await rig.until(hasCalls(4));
  expectOnce(4);
});

test("the same file under another name, or moved to a sub-folder, gives nothing again", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "calls.csv", text: log(1, 2) });
  await rig.until(hasCalls(2));
  await rig.write({ do: "copy", name: "calls.csv", to: "copy of calls.csv" });
  await rig.write({ do: "folder", name: "done" });
  await rig.write({ do: "rename", name: "calls.csv", to: "done/calls.csv" });
  await rig.pass(60_000);
  expectOnce(2);
  expect(rig.readings()).toHaveLength(1);
});

test("a file that is taken away before it was read stops nothing", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "a.csv", text: log(1) });
  await rig.pass(1500);
  await rig.write({ do: "remove", name: "a.csv" });
  await rig.write({ do: "write", name: "b.csv", text: log(2) });
  await rig.until(hasCalls(1));
  expect(rig.calls().map(({ logKey }) => logKey)).toEqual(["1748849538.2"]);
});

test("files of sub-folders are read, day by day, unless the source says otherwise", async () => {
  await rig.watch();
  await rig.write({ do: "folder", name: "2025-06-01" });
  await rig.write({ do: "write", name: "2025-06-01/a.csv", text: log(1) });
  await rig.until(hasCalls(1));
  await rig.write({ do: "folder", name: "2025-06-02/deep" });
  await rig.write({ do: "write", name: "2025-06-02/deep/b.csv", text: log(2) });
  await rig.until(hasCalls(2));
  expectOnce(2);
});

test("a source without sub-folders reads only what lies in the folder itself", async () => {
  await rig.watch({ watch: { subfolders: false } });
  await rig.write({ do: "folder", name: "sub" });
  await rig.write({ do: "write", name: "sub/a.csv", text: log(1) });
  await rig.write({ do: "write", name: "b.csv", text: log(2) });
  await rig.until(hasCalls(1));
  await rig.pass(30_000);
  expectOnce(1);
});

test("a network share is looked at without events, and a file has to stay the same for longer", async () => {
  await rig.watch({ watch: { networkShare: true } });
  await rig.pass(20_000);
  await rig.write({ do: "write", name: "Master.csv", text: log(1) });
  await rig.pass(9000);
  expect(rig.calls()).toHaveLength(0);
  await rig.until(hasCalls(1));
  expectOnce(1);
});

test("restarts at any time read nothing twice and open nothing that has not changed", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "Master.csv", text: log(1, 2) });
  await rig.until(hasCalls(2));
  for (let round = 3; round < 7; round += 1) {
    await rig.stop();
    await rig.write({ do: "append", name: "Master.csv", text: log(round) });
    await rig.start();
    await rig.until(hasCalls(round));
  }
  await rig.pass(30_000);
  expectOnce(6);
  expect(rowsRead()).toBe(6);
  await rig.stop();
  // Would be told of if it were opened.
  if (process.getuid?.() !== 0) await rig.write({ do: "mode", name: "Master.csv", mode: 0 });
  await rig.start();
  await rig.pass(30_000);
  expect(rig.troubles()).toEqual([]);
});

test("a clock that is set back or ahead hides no file and repeats none", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "Master.csv", text: log(1) });
  await rig.until(hasCalls(1));
  const day = 86_400_000;
  for (const [call, jump] of [
    [2, -day],
    [3, 7 * day],
    [4, -6 * day],
  ] as const) {
    rig.clock.jumpWall(jump);
    await rig.write({ do: "append", name: "Master.csv", text: log(call) });
    await rig.until(hasCalls(call));
  }
  await rig.write({ do: "write", name: "old.csv", text: log(5) });
  await rig.write({ do: "touch", name: "old.csv", at: Date.UTC(2001, 1, 1) });
  await rig.write({ do: "write", name: "future.csv", text: log(6) });
  await rig.write({ do: "touch", name: "future.csv", at: Date.UTC(2045, 1, 1) });
  await rig.until(hasCalls(6));
  await rig.pass(60_000);
  expectOnce(6);
  expect(rowsRead()).toBe(6);
});

test("after a long sleep of the computer everything is looked at again", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "Master.csv", text: log(1) });
  await rig.until(hasCalls(1));
  await rig.write({ do: "append", name: "Master.csv", text: log(2, 3) });
  await rig.clock.advance(9 * 3_600_000);
  await rig.until(hasCalls(3));
  expectOnce(3);
});

test("a file that is no call log is told of once, listed with its source, and read when it has become one", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "notes.csv", text: "hello\n" });
  await rig.write({ do: "write", name: "good.csv", text: log(1) });
  await rig.until(hasCalls(1));
  await rig.pass(60_000);
  expect(rig.troubles()).toHaveLength(1);
  expect((await rig.source()).folder.troubles).toMatchObject([{ path: "notes.csv" }]);
  await rig.stop();
  await rig.start();
  await rig.pass(60_000);
  expect(rig.troubles()).toHaveLength(1);
  await rig.write({ do: "write", name: "notes.csv", text: log(2) });
  await rig.until(hasCalls(2));
  await rig.until(async () => (await rig.source()).folder.troubleCount === 0, "no trouble is listed any more");
});

test("files are left as they are: not moved, not changed, not deleted", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "Master.csv", text: log(1) });
  await rig.write({ do: "touch", name: "Master.csv", at: Date.UTC(2025, 5, 1) });
  const before = statSync(`${rig.folder}/Master.csv`);
  await rig.until(hasCalls(1));
  const after = statSync(`${rig.folder}/Master.csv`);
  expect(readdirSync(rig.folder)).toEqual(["Master.csv"]);
  expect([after.ino, after.mtimeMs, after.ctimeMs, after.size]).toEqual([
    before.ino,
    before.mtimeMs,
    before.ctimeMs,
    before.size,
  ]);
});

test("one file per call, in folders by day, gives every call once", async () => {
  await rig.watch({}, { format: "auto" });
  const text = log(0).replaceAll(/1748849536\.0/g, "17488{n}.{n}");
  await rig.write({ do: "many", name: "day-1/call-{n}.csv", text, from: 10_000, count: 120 });
  await rig.write({ do: "many", name: "day-2/call-{n}.csv", text, from: 20_000, count: 80 });
  await rig.until(hasCalls(200));
  await rig.pass(30_000);
  expectOnce(200);
  expect(rowsRead()).toBe(200);
});

test("rows that come while the folder is watched are urgent, a file that was there is not", async () => {
  await rig.watch();
  await rig.write({ do: "write", name: "Master.csv", text: log(1) });
  await rig.until(hasCalls(1));
  await rig.write({ do: "append", name: "Master.csv", text: log(2) });
  await rig.until(hasCalls(2));
  expect(rig.calls().map(({ lane }) => lane)).toEqual([1, 0]);
});
