import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LogRefusedError } from "../../../../src-main/engine/ingest/log-refused.ts";
import { describeFileError } from "../../../../src-main/engine/ingest/watch/file-problem.ts";
import { createNap } from "../../../../src-main/engine/ingest/watch/nap.ts";
import { watchFolder } from "../../../../src-main/engine/ingest/watch/watch-folder.ts";
import type { NotedFile } from "../../../../src-main/engine/ports/ingest-store.ts";
import { createVirtualClock } from "../../../builders/virtual-clock.ts";

const systemError = (code: string): Error => Object.assign(new Error(`${code}: no`), { code });

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "callledger-looks-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Watches until `enough`; each taking of a file answers with the next of `answers`, then with success. */
async function watchUntil(answers: Error[], enough: (looks: Readonly<{ taken: number }>) => boolean) {
  const clock = createVirtualClock();
  const end = new AbortController();
  const noted = new Map<string, NotedFile>();
  const troubles: string[] = [];
  const at: number[] = [];
  const over = watchFolder({
    path: folder,
    subfolders: true,
    isShare: true,
    clock,
    signal: end.signal,
    memory: {
      recall: (name) => noted.get(name),
      names: () => [...noted.keys()],
      note: (files, gone) => {
        for (const file of files) noted.set(file.path, file);
        for (const name of gone) noted.delete(name);
      },
    },
    onFile: async () => {
      at.push(clock.monotonic());
      const error = answers.shift();
      if (error !== undefined) throw error;
      return { halfLine: false, stopped: false };
    },
    onTrouble: (name, problem) => void troubles.push(`${name}: ${problem}`),
    onFolder: () => undefined,
  });
  for (let step = 0; step < 20_000 && !enough({ taken: at.length }); step += 1) {
    await turn();
    if (!process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq"))) await clock.advance(500);
  }
  end.abort();
  await over;
  return { at, troubles, noted };
}

test.each([
  ["EBUSY", "locked"],
  ["EAGAIN", "locked"],
  ["ETXTBSY", "locked"],
  ["EACCES", "may not read"],
  ["EPERM", "may not read"],
  ["ESTALE", "replaced on the network share"],
  ["EIO", "did not answer"],
  ["ETIMEDOUT", "did not answer"],
  ["EMFILE", "too many files"],
  ["ENOSPC", "make room"],
])(
  "a file that cannot be opened (%s) is told of once in plain words, tried ever more rarely and read at last",
  async (code, words) => {
    writeFileSync(join(folder, "Master.csv"), "x");
    const answers = Array.from({ length: 4 }, () => systemError(code));
    const { at, troubles, noted } = await watchUntil(answers, ({ taken }) => taken === 5);
    expect(at).toHaveLength(5);
    const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(pauses).toEqual(pauses.toSorted((left, right) => left - right));
    expect(troubles).toHaveLength(1);
    expect(troubles[0]).toContain(words);
    expect(troubles[0]).toContain("tried again");
    expect(noted.get("Master.csv")).toMatchObject({ outcome: "read", problem: null });
  },
);

test("what was refused is looked at again after ten minutes, without telling of it again", async () => {
  writeFileSync(join(folder, "unknown.csv"), "x");
  const refusal = () => new LogRefusedError("ask", "Which column is the start?");
  const { at, troubles, noted } = await watchUntil([refusal(), refusal()], ({ taken }) => taken === 3);
  expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(10 * 60_000);
  expect(troubles).toEqual(["unknown.csv: Which column is the start?"]);
  expect(noted.get("unknown.csv")).toMatchObject({ outcome: "read", problem: null });
});

test("each system is told how to allow reading", () => {
  const error = systemError("EACCES");
  expect(describeFileError(error, { platform: "linux" })?.sentence).toContain("chmod o+r");
  expect(describeFileError(error, { platform: "linux", isFolder: true })?.sentence).toContain("chmod o+rx");
  expect(describeFileError(error, { platform: "win32" })?.sentence).toContain("Properties, Security");
  expect(describeFileError(new Error("ours"))).toBeNull();
});

test("a nap ends early when something happens, also when it happened before, but not below its least time", async () => {
  const clock = createVirtualClock();
  const nap = createNap(clock, new AbortController().signal);
  const slept = async (work: Promise<void>): Promise<number> => {
    const from = clock.monotonic();
    let isOver = false;
    void work.then(() => (isOver = true));
    while (!isOver) await clock.advance(100);
    return clock.monotonic() - from;
  };
  expect(await slept(nap.sleep(500, 2000))).toBeGreaterThanOrEqual(2000);
  nap.wake();
  expect(await slept(nap.sleep(500, 2000))).toBeLessThan(1000);
  expect(await slept(nap.sleep(500, 2000))).toBeGreaterThanOrEqual(2000);
  const sleeping = nap.sleep(500, 60_000);
  await clock.advance(1000);
  nap.wake();
  expect(await slept(sleeping)).toBeLessThan(1000);
});
