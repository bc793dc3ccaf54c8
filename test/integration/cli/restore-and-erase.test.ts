import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { restoreLedger, systemClock } from "../../../src-main/engine/main.ts";
import { startSandbox, type RunningSandbox } from "../../../src-main/sandbox/main.ts";
import { createCli, demoLogs, demoReading, dropFolder, letSearchCatchUp, makeFolder, type Cli } from "./cli-process.ts";

/** One life of a data folder: each test stands on what those before it did. */
let sandbox: RunningSandbox;
let cli: Cli;
let backup: string;

beforeAll(async () => {
  sandbox = await startSandbox({ demo: true });
  await letSearchCatchUp(sandbox.admin);
  cli = createCli(await makeFolder(), { TEST_HUBSPOT_KEY: sandbox.hubspot?.token ?? "" });
  const base = ["--tenant", "acme", "--base-url", sandbox.hubspot?.baseUrl ?? "", "--unknown-caller", "log"];
  await cli.json("connect", "hubspot", ...base, "--secret-from-env", "TEST_HUBSPOT_KEY");
  await cli.json("import", demoLogs, "--tenant", "acme", ...demoReading);
});
afterAll(async () => {
  await sandbox.close();
  await dropFolder(cli.dataDir);
});

async function remoteKeys(): Promise<readonly string[]> {
  const response = await fetch(`${sandbox.admin}/hubspot/records/calls`);
  const records = (await response.json()) as readonly Readonly<{ properties: Readonly<Record<string, string>> }>[];
  return records.map(({ properties }) => properties["callledger_key"] ?? "");
}

const counts = async () => (await cli.json("status")).json["deliveries"] as Readonly<Record<string, number>>;

test("restore puts a backup from before everything was sent in place, and nothing is written twice", async () => {
  const made = await cli.json("backup");
  backup = String(made.json["file"]);
  expect((await cli.json("sync", "--until-idle", "--max-seconds", "60")).code).toBe(0);
  const keys = await remoteKeys();
  const { delivered } = await counts();
  expect(delivered).toBeGreaterThan(20);

  const restored = await cli.json("restore", backup);
  expect(restored.stderr).toContain("The backup is in place");
  expect(restored).toMatchObject({ code: 0, json: { uncertain: expect.any(Number), keptAs: expect.any(String) } });
  expect(await counts()).toMatchObject({ uncertain: restored.json["uncertain"], delivered: 0, queued: 0 });

  // Once more, as if it had been two minutes ago: the quiet time that begins with a restore is over.
  const ago = { ...systemClock, now: () => Date.now() - 125_000 };
  restoreLedger({ dataDir: cli.dataDir, file: backup, clock: ago });
  expect((await cli.json("sync", "--until-idle", "--max-seconds", "60")).code).toBe(0);
  expect(await counts()).toMatchObject({ delivered, uncertain: 0, queued: 0 });
  expect([...(await remoteKeys())].toSorted()).toEqual([...keys].toSorted());
}, 120_000);

test("restore refuses a folder in use, a missing file and what is no ledger, each with the way out", async () => {
  const holder = cli.start("run");
  await holder.said("Ctrl+C");
  const inUse = await cli.json("restore", backup);
  expect(inUse).toMatchObject({ code: 1, json: { error: { code: "busy" } } });
  holder.child.kill("SIGTERM");
  await holder.ended;
  expect(await cli.json("restore", join(cli.dataDir, "missing.db"))).toMatchObject({ code: 2 });
  const junk = await cli.json("restore", join(demoLogs, (await readdir(demoLogs))[0] ?? ""));
  expect(junk.code).toBe(2);
  expect(junk.stderr).toMatch(/ledger/);
});

test("erase finds one person's calls, names the records that stay in the CRM, and leaves nothing here", async () => {
  const calls = (await cli.json("audit", "search", "call")).json["entries"] as readonly Readonly<{ summary: string }>[];
  expect(calls.length).toBeGreaterThan(0);
  const number = "07700 900134";
  const found = await cli.json("erase", "--number", number, "--country", "GB", "--dry-run");
  expect(found).toMatchObject({ code: 0, json: { erased: false } });
  expect(Number(found.json["calls"])).toBeGreaterThan(0);
  expect(Number(found.json["recordCount"])).toBeGreaterThan(0);
  expect(found.json["backups"]).not.toEqual([]);

  const erased = await cli.json("erase", "--number", number, "--country", "GB", "--with-backups");
  expect(erased).toMatchObject({ code: 0, json: { erased: true, calls: found.json["calls"], backups: [] } });
  expect(erased.stderr).toContain("for you to delete there");
  const again = await cli.json("erase", "--number", "+447700900134", "--dry-run");
  expect(again.json).toMatchObject({ calls: 0, auditEntries: 0, recordCount: 0 });
  expect((await cli.json("audit", "verify")).code).toBe(0);
  expect((await cli.json("statement")).json).toMatchObject({ balanced: true });
});

test("a damaged file is told with the way out; restore puts the newest backup in its place and keeps the file", async () => {
  const file = join(cli.dataDir, "callledger.db");
  const bytes = await readFile(file);
  bytes.fill(0xff, 0, 4_096);
  await writeFile(file, bytes);
  const refused = await cli.json("retention", "show");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/is damaged.*The newest backup is backups\/.*"callledger restore"/);
  const restored = await cli.json("restore");
  expect(restored).toMatchObject({ code: 0, json: { passedOver: [], unread: null } });
  expect(basename(String(restored.json["file"]))).toMatch(/-after-erasure\.db$/);
  expect(restored.stderr).toContain("import them again");
  expect(await readFile(String(restored.json["keptAs"]))).toEqual(bytes);
});

test("retention tells, sets and does what is kept how long", async () => {
  const set = await cli.json("retention", "set", "--audit-days", "30", "--detail-days", "forever", "--backups", "3");
  const settings = { auditDays: 30, detailDays: null, backups: 3 };
  expect(set).toMatchObject({ code: 0, json: { settings } });
  expect(set.stderr).toContain("The audit log is kept for 30 days; details of finished work for good.");
  const ran = { settings, lastRunAt: expect.any(Number), droppedDays: 0, done: expect.any(Object) };
  expect(await cli.json("retention", "run")).toMatchObject({ code: 0, json: ran });
});

test("erase refuses what is no whole number and an unknown country, and needs a number", async () => {
  expect(await cli.json("erase", "--number", "07700900134")).toMatchObject({ code: 2 });
  expect(await cli.json("erase", "--number", "07700900134", "--country", "QQ")).toMatchObject({ code: 2 });
  expect(await cli.json("erase")).toMatchObject({ code: 2 });
});
