import { chownSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { toAsteriskLog } from "../../builders/asterisk-row.ts";
import { startFileWriter, type FileWriter } from "../../builders/file-writer.ts";
import { createWatchedAgent, type WatchedAgent } from "../../builders/watched-agent.ts";

let agent: WatchedAgent;
let writer: FileWriter;

beforeEach(async () => {
  agent = createWatchedAgent();
  writer = await startFileWriter();
});
afterEach(async () => {
  await writer.stop();
  agent.close();
});

const log = (...calls: readonly number[]): string =>
  toAsteriskLog(calls.map((call) => ({ uniqueid: `${1_748_849_536 + call}.${call}` })));

const folderView = z.looseObject({
  state: z.string(),
  problem: z.string().nullable(),
  troubles: z.array(z.object({ path: z.string(), problem: z.string() })),
});
const listed = z.looseObject({ sources: z.array(z.looseObject({ folder: folderView })) });
const readFolder = async (): Promise<z.infer<typeof folderView>> => {
  const [source] = listed.parse(await agent.cli("source", "list")).sources;
  if (source === undefined) throw new Error("there is no source");
  return source.folder;
};

/** A user of this computer that may read what others are allowed to: none but root can start one, and root reads everything. */
const other = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

function giveTo(path: string, user: Readonly<{ uid: number; gid: number }>): void {
  chownSync(path, user.uid, user.gid);
  for (const name of readdirSync(path)) chownSync(join(path, name), user.uid, user.gid);
}

test("a file that this user may not read is explained with the fix, listed with its source, and read once it is allowed", async () => {
  await agent.addSource();
  await writer.order({ do: "write", path: join(agent.logs, "secret.csv"), text: log(1) });
  await writer.order({ do: "mode", path: join(agent.logs, "secret.csv"), mode: 0o600 });
  if (other === undefined) await writer.order({ do: "mode", path: join(agent.logs, "secret.csv"), mode: 0 });
  else giveTo(agent.dataDir, other);
  await writer.order({ do: "write", path: join(agent.logs, "open.csv"), text: log(2) });
  const running = agent.start(other);
  try {
    await agent.until(() => agent.tables().calls === 1, running);
    await expect
      .poll(async () => (await readFolder()).troubles, { timeout: 60_000 })
      .toMatchObject([{ path: "secret.csv", problem: expect.stringContaining("chmod o+r") }]);
    await writer.order({ do: "mode", path: join(agent.logs, "secret.csv"), mode: 0o644 });
    await agent.until(() => agent.tables().calls === 2, running);
  } finally {
    running.child.kill("SIGTERM");
  }
  const { stderr } = await running.finished;
  expect(stderr).toContain("secret.csv");
  expect((await readFolder()).troubles).toEqual([]);
}, 180_000);

test("a folder that this user may not read says so with the fix, in the list and in the status", async () => {
  await agent.addSource();
  await writer.order({ do: "mode", path: agent.logs, mode: other === undefined ? 0 : 0o700 });
  if (other !== undefined) giveTo(agent.dataDir, other);
  const running = agent.start(other);
  try {
    await expect.poll(async () => (await readFolder()).state, { timeout: 60_000 }).toBe("unreadable");
    expect((await readFolder()).problem).toContain("chmod o+rx");
    expect(await agent.cli("status")).toMatchObject({ sources: 1, folders: [{ state: "unreadable" }] });
    await writer.order({ do: "mode", path: agent.logs, mode: 0o755 });
    await writer.order({ do: "write", path: join(agent.logs, "calls.csv"), text: log(1) });
    await agent.until(() => agent.tables().calls === 1, running);
  } finally {
    running.child.kill("SIGTERM");
    await running.finished;
  }
  expect((await readFolder()).state).toBe("watched");
}, 180_000);

test("a file that is taken away while it is read is read to its end", async () => {
  await agent.addSource();
  const file = join(agent.logs, "Master.csv");
  const calls = Array.from({ length: 30_000 }, (_, call) => call);
  writeFileSync(`${file}.tmp`, log(...calls));
  await writer.order({ do: "rename", path: `${file}.tmp`, to: file });
  const running = agent.start();
  try {
    await agent.until(() => agent.tables().calls > 0, running);
    await writer.order({ do: "remove", path: file });
    expect(agent.tables().calls).toBeLessThan(30_000);
    await agent.until(() => agent.tables().calls === 30_000, running);
  } finally {
    running.child.kill("SIGTERM");
    await running.finished;
  }
  const { rows, once } = agent.tables();
  expect({ rows, once }).toEqual({ rows: 30_000, once: 30_000 });
}, 180_000);

test("the options of source add are kept with the source and told back", async () => {
  await agent.addSource(["--no-subfolders", "--network-share"]);
  const listing = await agent.cli("source", "list");
  expect(listing).toMatchObject({
    sources: [
      {
        settings: { watch: { subfolders: false, networkShare: true, settleSeconds: 0.2 } },
        folder: { state: "unseen", problem: null, troubleCount: 0 },
      },
    ],
  });
  await expect(agent.addSource(["--settle", "soon"])).rejects.toThrow("--settle takes seconds");
});
