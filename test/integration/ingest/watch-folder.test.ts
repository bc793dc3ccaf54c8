import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchFolder } from "../../../src-main/engine/ingest/watch-folder.ts";
import { toAsteriskLog } from "../../builders/asterisk-row.ts";
import { createImportRig, type ImportRig } from "../../builders/import-rig.ts";

type Watch = Readonly<{
  folder: string;
  taken: string[];
  errors: { path: string; message: string }[];
  looks: () => number;
  /** Lets the watch look so many times. */
  look: (times: number) => Promise<void>;
  stop: () => Promise<void>;
}>;

let rig: ImportRig;
let watch: Watch;

function startWatch(events = false): Watch {
  const folder = join(rig.folder, "logs");
  mkdirSync(folder, { recursive: true });
  const taken: string[] = [];
  const errors: { path: string; message: string }[] = [];
  const end = new AbortController();
  let looks = 0;
  const over = watchFolder({
    path: folder,
    clock: rig.clock,
    signal: end.signal,
    events,
    onFile: async (path) => {
      const name = path.slice(folder.length + 1);
      await rig.import(join("logs", name), { watched: true });
      taken.push(name);
    },
    onError: (error, path) => errors.push({ path, message: String(error) }),
    onLook: () => {
      looks += 1;
    },
  });
  return {
    folder,
    taken,
    errors,
    looks: () => looks,
    look: async (times) => {
      for (let time = 0; time < times; time += 1) {
        const before = looks;
        await vi.waitFor(
          async () => {
            if (looks === before) await rig.clock.advance(500);
            expect(looks).toBeGreaterThan(before);
          },
          { interval: 1 },
        );
      }
    },
    stop: async () => {
      end.abort();
      await over;
    },
  };
}

beforeEach(() => {
  rig = createImportRig();
  watch = startWatch();
});
afterEach(async () => {
  await watch.stop();
  rig.close();
});

const log = (...calls: readonly number[]): string =>
  toAsteriskLog(calls.map((call) => ({ uniqueid: `${1_748_849_536 + call}.${call}` })));
const write = (name: string, content: string): void => writeFileSync(join(watch.folder, name), content);

test("a file is read once it looked the same twice, and again when it has grown", async () => {
  write("Master.csv", log(1, 2));
  await watch.look(1);
  expect(watch.taken).toEqual([]);
  await watch.look(6);
  expect(watch.taken).toEqual(["Master.csv"]);
  // Another process writes, as a phone system does.
  execFileSync("sh", ["-c", `printf '%s' "$1" >> "$2"`, "sh", log(3), join(watch.folder, "Master.csv")]);
  await watch.look(8);
  expect(watch.taken).toEqual(["Master.csv", "Master.csv"]);
  expect(rig.calls()).toHaveLength(3);
});

test("what is being written, hidden, empty, a folder or a link is left alone", async () => {
  for (const name of ["a.tmp", "b.part", "c.crdownload", ".hidden.csv", "~$d.csv", "Thumbs.db", "e.csv.lock"]) {
    write(name, log(1));
  }
  write("empty.csv", "");
  mkdirSync(join(watch.folder, "folder.csv"));
  writeFileSync(join(rig.folder, "outside.csv"), log(1));
  symlinkSync(join(rig.folder, "outside.csv"), join(watch.folder, "link.csv"));
  write("good.csv", log(2));
  await watch.look(8);
  expect(watch.taken).toEqual(["good.csv"]);
  expect(watch.errors).toEqual([]);
});

test("a file that is no call log is told of once and stops nothing", async () => {
  write("a-bad.csv", "hello\n");
  write("b-good.csv", log(1));
  await watch.look(12);
  expect(watch.taken).toEqual(["b-good.csv"]);
  expect(watch.errors).toHaveLength(1);
  expect(watch.errors[0]?.message).toContain("no call log");
  write("a-bad.csv", log(2));
  await watch.look(8);
  expect(watch.taken).toEqual(["b-good.csv", "a-bad.csv"]);
});

test("a log that is written to at every look is read all the same", async () => {
  let content = log(1);
  for (let call = 2; call < 30; call += 1) {
    write("Master.csv", content);
    await watch.look(1);
    content += log(call);
  }
  expect(watch.taken.length).toBeGreaterThan(0);
});

test("a rotated log is finished under its new name before or after the new one, nothing twice", async () => {
  write("Master.csv", log(1, 2));
  await watch.look(6);
  writeFileSync(join(watch.folder, "Master.csv"), log(1, 2, 3));
  renameSync(join(watch.folder, "Master.csv"), join(watch.folder, "Master.csv.1"));
  write("Master.csv", log(4, 5));
  await watch.look(8);
  expect(rig.calls()).toHaveLength(5);
  expect(rig.calls().every(({ revision }) => revision === 1)).toBe(true);
});

test("a folder that is gone is told of once, and watched on when it is back", async () => {
  await watch.look(1);
  rmSync(watch.folder, { recursive: true });
  await watch.look(4);
  expect(watch.errors).toHaveLength(1);
  expect(watch.errors[0]?.path).toBe(watch.folder);
  mkdirSync(watch.folder);
  write("Master.csv", log(1));
  await watch.look(8);
  expect(watch.taken).toEqual(["Master.csv"]);
});

test("events of the file system do no harm beside the looks", async () => {
  await watch.stop();
  watch = startWatch(true);
  write("Master.csv", log(1));
  await watch.look(10);
  expect(watch.taken).toEqual(["Master.csv"]);
  expect(rig.calls()).toHaveLength(1);
});
