import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startSandbox, type RunningSandbox } from "../../../src-main/sandbox/main.ts";
import { createCli, dropFolder, makeFolder, type Cli } from "./cli-process.ts";

// On a computer that does ten other things a process takes long to begin.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let cli: Cli;
let sandbox: RunningSandbox;
let file = "";

beforeAll(async () => {
  sandbox = await startSandbox();
  const folder = await makeFolder();
  const { baseUrl = "", token = "" } = sandbox.hubspot ?? {};
  cli = createCli(join(folder, "data"), { TEST_KEY: token });
  const where = ["--tenant", "acme", "--base-url", baseUrl, "--secret-from-env", "TEST_KEY"];
  await cli.run("connect", "hubspot", ...where);
  file = join(folder, "export.csv");
  await writeFile(
    file,
    "Call ID,Start,From,To,Direction,Seconds\n" +
      "a,2025-06-13 10:00:00,07700900123,203,in,60\n" +
      "b,2025-06-13 11:00:00,4.42079E+11,203,in,60\n" +
      "c,2025-06-13 12:00:00,07700900124,203,in,6",
  );
});
afterAll(async () => {
  await sandbox.close();
  await dropFolder(join(cli.dataDir, ".."));
});

const reading = ["--tenant", "acme", "--country", "GB", "--timezone", "Europe/London"];

test("a dry run tells what is wrong with a file and what would be done, and stores nothing", async () => {
  const dry = await cli.json("import", file, ...reading, "--dry-run");
  expect(dry).toMatchObject({ code: 0, json: { dryRun: true, rows: 3 } });
  expect(dry.json["findings"]).toMatchObject([
    { code: "scientific_numbers", level: "warning", line: 3, field: "From" },
  ]);
  expect(dry.stderr).toContain("WARNING (export.csv, line 3, From): A spreadsheet wrote 1 number");
  expect((await cli.json("status")).json).toMatchObject({ deliveries: { queued: 0 } });
});

test("a dry run with --plan tells of every call what would become of it, a line of JSON each; it belongs to --dry-run", async () => {
  const dry = await cli.json("import", file, ...reading, "--dry-run", "--plan");
  const lines = dry.stdout.trim().split("\n");
  const planned = lines.slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(planned).toMatchObject([
    { logId: "a", crm: "hubspot", verdict: "hold", number: "+447700900123", schemaReadAt: null },
    { logId: "c", crm: "hubspot", verdict: "hold", evidence: expect.stringContaining("were not read yet") },
  ]);
  expect(dry.json).toMatchObject({ dryRun: true, plan: [{ crm: "hubspot", mirror: "never", requests: 0 }] });
  const told = await cli.run("import", file, ...reading, "--dry-run", "--plan");
  expect(told.stdout).toMatch(
    /^a \(2025-06-13T09:00:00\.000Z inbound answered, \+447700900123\) would wait for somebody/m,
  );
  expect(told.stdout).toMatch(/hs_call_title\s+Inbound call, answered/);
  expect(told.stdout).toContain("Nothing is known of its people yet: callledger mirror sync reads them.");
  expect((await cli.json("status")).json).toMatchObject({ deliveries: { queued: 0 } });
  expect(await cli.json("import", file, ...reading, "--plan")).toMatchObject({ code: 2 });
});

test("an import warns too, and says of a second one how many rows it knew", async () => {
  const first = await cli.json("import", file, ...reading);
  expect(first.json["findings"]).toMatchObject([{ code: "scientific_numbers" }]);
  const again = await cli.json("import", file, ...reading);
  expect(again.json["findings"]).toMatchObject([
    { code: "scientific_numbers" },
    { code: "seen_before", level: "note" },
  ]);
  const longer = join(cli.dataDir, "..", "longer.csv");
  await writeFile(
    longer,
    "Call ID,Start,From,To,Direction,Seconds\n" +
      "a,2025-06-13 10:00:00,07700900123,203,in,60\n" +
      "d,2025-06-14 10:00:00,07700900125,203,in,60\n",
  );
  const overlap = await cli.json("import", longer, ...reading);
  expect(overlap.json).toMatchObject({ calls: 1, skipped: { duplicate: 1 } });
  expect(overlap.stderr).toContain("1 of 2 rows were read before");
});
