import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSandbox, type RunningSandbox } from "../../../src-main/sandbox/main.ts";
import { createCli, demoLogs, demoReading, dropFolder, letSearchCatchUp, makeFolder, type Cli } from "./cli-process.ts";

/** One way through, in the order people go: each test stands on what those before it did. */
let sandbox: RunningSandbox;
let cli: Cli;

beforeAll(async () => {
  sandbox = await startSandbox({ demo: true });
  await letSearchCatchUp(sandbox.admin);
  cli = createCli(await makeFolder(), { TEST_HUBSPOT_KEY: sandbox.hubspot?.token ?? "" });
});
afterAll(async () => {
  await sandbox.close();
  await dropFolder(cli.dataDir);
});

type Group = Readonly<{ id: string; crm: string; reason: string; count: number }>;
type Delivery = Readonly<{
  crm: string;
  key: string;
  state: string;
  reason: string | null;
  remoteId: string | null;
  headline: string;
  timeline: readonly unknown[];
}>;

async function remoteCalls(): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const response = await fetch(`${sandbox.admin}/hubspot/records/calls`);
  return (await response.json()) as readonly Readonly<Record<string, unknown>>[];
}

const connectArgs = () => [
  "connect",
  "hubspot",
  "--tenant",
  "acme",
  "--base-url",
  sandbox.hubspot?.baseUrl ?? "",
  "--secret-from-env",
  "TEST_HUBSPOT_KEY",
];

test("connect signs in, sets up the key field and adds the integration", async () => {
  const ended = await cli.json(...connectArgs());
  expect(ended.stderr).toContain("Connected HubSpot account");
  expect(ended.code).toBe(0);
  expect(ended.json).toMatchObject({ integrationId: 1, updated: false, created: ["callledger_key"] });
});

test("connecting the same account again updates it", async () => {
  const { code, json } = await cli.json(...connectArgs(), "--label", "Sales HubSpot");
  expect(code).toBe(0);
  expect(json).toMatchObject({ integrationId: 1, updated: true, created: [] });
  const list = await cli.json("integrations", "list");
  expect(list.json["integrations"]).toMatchObject([{ id: 1, crm: "hubspot", label: "Sales HubSpot", state: "active" }]);
});

test("a dry run says what an import would do and writes nothing", async () => {
  const dry = await cli.json("import", demoLogs, "--tenant", "acme", ...demoReading, "--dry-run");
  expect(dry.code).toBe(0);
  expect(dry.json).toMatchObject({ dryRun: true, files: 2 });
  expect(Number(dry.json["calls"])).toBeGreaterThan(40);
  const status = await cli.json("status");
  expect(status.json["deliveries"]).toMatchObject({ queued: 0 });
});

test("import accounts for every row", async () => {
  const { code, json, stderr } = await cli.json("import", demoLogs, "--tenant", "acme", ...demoReading);
  expect(stderr).toContain("rows =");
  expect(code).toBe(0);
  const skipped = Object.values(json["skipped"] as Record<string, number>).reduce((sum, count) => sum + count, 0);
  expect(json["rows"]).toBe(Number(json["legs"]) + skipped);
  expect(json["skipped"]).toMatchObject({ duplicate: 2, invalid_date: 1, malformed: 1 });
  expect(json["excluded"]).toMatchObject({ internal: 4, withheld: 4 });
});

test("the same files again add nothing", async () => {
  const { code, json } = await cli.json("import", demoLogs, "--tenant", "acme", ...demoReading);
  expect(code).toBe(0);
  expect(json).toMatchObject({ calls: 0, deliveries: 0 });
});

test("sync brings every call to the CRM once, holds strangers and names what is refused", async () => {
  const { code, json } = await cli.json("sync", "--until-idle", "--max-seconds", "60");
  expect(code).toBe(0);
  expect(json).toMatchObject({ rateLimited: 0 });
  expect(Number(json["waiting"])).toBeGreaterThan(0);
  expect(Number(json["dead"])).toBeGreaterThan(0);
  const records = await remoteCalls();
  expect(records).toHaveLength(Number(json["delivered"]));
  const keys = new Set(records.map((record) => JSON.stringify(record["callledger_key"] ?? record)));
  expect(keys.size).toBe(records.length);
});

test("status shows the account, its budget and the queue", async () => {
  const { code, json } = await cli.json("status");
  expect(code).toBe(0);
  const [integration] = json["integrations"] as readonly { budget: Record<string, { limit: number; used: number }> }[];
  expect(integration).toMatchObject({ id: 1, crm: "hubspot", state: "active" });
  expect(Object.keys(integration?.budget ?? {})).not.toHaveLength(0);
  expect(json["deliveries"]).toMatchObject({ queued: 0, sending: 0, uncertain: 0 });
});

test("why tells the story of a delivered call, by the log's own id", async () => {
  const { code, json, stderr } = await cli.json("why", "1748849536.1003");
  expect(code).toBe(0);
  const [delivery] = json["deliveries"] as readonly Delivery[];
  expect(delivery).toMatchObject({ crm: "hubspot", state: "delivered", reason: null });
  expect(delivery?.key).toMatch(/^cl_[a-z2-7]{26}$/);
  expect(delivery?.remoteId).toMatch(/\d/);
  expect(delivery?.timeline.length).toBeGreaterThan(0);
  expect(stderr).toContain("Priya Example");
  expect(stderr).toContain("2 Jun 2025, 08:32:16 (Europe/London)");
});

test("why tells for whom a held call waits", async () => {
  const { code, stdout } = await cli.run("why", "C-010291");
  expect(code).toBe(0);
  expect(stdout).toContain("Held: nobody in HubSpot has +447700900598");
});

test("why tells the switch of a call that policy left out", async () => {
  const { code, stdout } = await cli.run("why", "C-010193");
  expect(code).toBe(0);
  expect(stdout).toContain("Left out by policy: both ends are own extensions");
});

test("why lists the calls that a number may mean, and ends with 2", async () => {
  const { code, json } = await cli.json("why", "+447700900134");
  expect(code).toBe(2);
  expect((json["candidates"] as readonly unknown[]).length).toBeGreaterThan(5);
  const nobody = await cli.json("why", "no-such-call");
  expect(nobody).toMatchObject({ code: 2, json: { candidates: [] } });
});

test("one number in five spellings is one person", async () => {
  const ids = ["C-010305", "C-010312", "C-010319", "C-010326", "C-010333"];
  const stories = await Promise.all(ids.map((id) => cli.run("why", id)));
  for (const { stdout } of stories) expect(stdout).toContain("+447700900134 is Priya Example");
});

test(
  "dead letters are grouped by cause; a group is shown, replayed and acknowledged",
  { timeout: 120_000 },
  async () => {
    const list = await cli.json("dead", "list");
    const groups = list.json["groups"] as readonly Group[];
    const refused = groups.find(({ reason }) => reason !== "ambiguous_match");
    expect(refused).toMatchObject({ crm: "hubspot", count: 1 });
    const group = refused?.id ?? "";
    const shown = await cli.run("dead", "show", group);
    expect(shown.stdout).toContain("1748938620.1060");
    expect(shown.stdout).toContain("What to do:");
    expect((await cli.json("dead", "replay", group, "--note", "tried once more")).json).toEqual({ replayed: 1 });
    const again = await cli.json("sync", "--until-idle", "--max-seconds", "60");
    expect(again.json).toMatchObject({ delivered: 0 });
    const ack = await cli.json("dead", "ack", group, "--note", "a very long call");
    expect(ack).toMatchObject({ json: { acknowledged: 1, number: expect.any(Number) } });
    expect(ack.stderr).toContain(`callledger dead undo ${String(ack.json["number"])}`);
    const story = await cli.json("why", "1748938620.1060");
    expect((story.json["deliveries"] as readonly Delivery[])[0]?.headline).toContain("a very long call");
    expect(await cli.run("dead", "ack", group)).toMatchObject({ code: 2 });
  },
);

test(
  "the history tells what was done with dead letters; an acknowledgement is taken back",
  { timeout: 120_000 },
  async () => {
    const history = await cli.json("dead", "history");
    expect(history.json).toMatchObject({
      runs: [
        { kind: "acknowledge", note: "a very long call", moved: 1, acknowledged: 1 },
        { kind: "replay", note: "tried once more", moved: 1, failed: 1 },
      ],
    });
    const [last] = history.json["runs"] as readonly Readonly<{ id: number; target: string }>[];
    const [number, group] = [String(last?.id), last?.target ?? ""];
    expect(await cli.json("dead", "undo", number, "--note", "it matters")).toMatchObject({ json: { replayed: 1 } });
    expect(await cli.run("dead", "undo", number)).toMatchObject({ code: 2 });
    await cli.json("sync", "--until-idle", "--max-seconds", "60");
    expect((await cli.json("dead", "ack", group, "--note", "a very long call")).json).toMatchObject({
      acknowledged: 1,
    });
  },
);

test("the statement of the day balances", { timeout: 120_000 }, async () => {
  const { code, json, stderr } = await cli.json("statement");
  expect(code).toBe(0);
  expect(json).toMatchObject({ balanced: true, skipped: { invalid_date: 1 } });
  expect(stderr).toContain("31/06/2025");
  const looked = await cli.json("statement", "--read-back", "5");
  expect(looked, looked.stderr).toMatchObject({ code: 0, json: { balanced: true, silent: [] } });
  const kinds = (looked.json["checks"] as readonly Readonly<{ kind: string }>[]).map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(["read_back", "copies"]));
  expect(looked.stderr).toMatch(/5 calls read back, nothing is wrong/);
  const empty = await cli.json("statement", "--date", "2001-01-01");
  expect(empty.json).toMatchObject({ rows: 0, calls: 0, balanced: true });
});

test("the audit is found by number and by id, verifies, and exports", async () => {
  const byNumber = await cli.json("audit", "search", "07700900134", "--limit", "5");
  expect((byNumber.json["entries"] as readonly unknown[]).length).toBeGreaterThan(0);
  expect(await cli.json("audit", "verify")).toMatchObject({ code: 0, json: { ok: true } });
  const file = join(cli.dataDir, "audit.csv");
  expect(await cli.json("audit", "export", "--output", file)).toMatchObject({ code: 0 });
  const csv = await readFile(file, "utf8");
  expect(csv).toMatch(/^\uFEFFid,at,tenant/);
  expect(csv).not.toContain(sandbox.hubspot?.token ?? "-");
  expect(await cli.run("audit", "export", "--output", file)).toMatchObject({ code: 2 });
  const lines = await cli.run("audit", "export", "--format", "jsonl");
  for (const line of lines.stdout.trimEnd().split("\n")) expect(JSON.parse(line)).toHaveProperty("operation");
});

test("a paused account sends nothing until it is resumed", async () => {
  expect(await cli.json("integrations", "pause", "1", "--note", "clean-up")).toMatchObject({ code: 0 });
  expect((await cli.json("status")).json["integrations"]).toMatchObject([{ state: "paused" }]);
  expect((await cli.json("sync", "--until-idle")).json).toMatchObject({ apiCalls: 0, reason: "idle" });
  expect(await cli.json("integrations", "resume", "1")).toMatchObject({ code: 0 });
  const check = await cli.json("integrations", "check", "1");
  expect(check).toMatchObject({ code: 0, json: { ok: true } });
});

test("calls that are too short or before the start date are left out, and the statement says which", async () => {
  const second = connectArgs().with(3, "beta");
  expect(await cli.json(...second, "--since", "2025-06-14", "--label", "Beta")).toMatchObject({ code: 0 });
  const settings = ["--country", "GB", "--assume", '{"exclude":{"shorterThanSeconds":120}}'];
  const { code, json } = await cli.json("import", join(demoLogs, "calls.csv"), "--tenant", "beta", ...settings);
  expect(code).toBe(0);
  const excluded = json["excluded"] as Record<string, number>;
  expect(excluded["too_short"]).toBeGreaterThan(0);
  const { json: statement } = await cli.json("statement");
  expect(statement["balanced"]).toBe(true);
  const byIntegration = statement["byIntegration"] as readonly {
    label: string;
    beforeStart: number;
    eligible: number;
  }[];
  const beta = byIntegration.find(({ label }) => label === "Beta");
  expect(beta?.beforeStart).toBeGreaterThan(0);
  expect(json["deliveries"]).toBe(beta?.eligible);
  const candidates = (await cli.json("why", "C-010144")).json["candidates"];
  expect(candidates).toMatchObject([{ tenant: "beta" }, { tenant: "acme" }]);
  const { stdout } = await cli.run("why", "C-010144", "--tenant", "beta");
  expect(stdout).toContain("Not for Beta: it takes calls from 14 Jun 2025, 00:00:00 on");
});

test("a backup is one file, and never written over another", async () => {
  const file = join(cli.dataDir, "copy.db");
  const made = await cli.json("backup", "--to", file);
  expect(made).toMatchObject({ code: 0, json: { file } });
  expect((await readFile(file)).subarray(0, 15).toString("latin1")).toBe("SQLite format 3");
  expect(await cli.run("backup", "--to", file)).toMatchObject({ code: 2 });
});

test("a removed account is out of every list, and what it was sent stays", async () => {
  expect((await cli.json("integrations", "remove", "1")).json).toEqual({ removed: 1 });
  expect((await cli.json("integrations", "list")).json).toMatchObject({ integrations: [{ id: 2 }] });
  const story = await cli.json("why", "1748849536.1003");
  expect(story.json["deliveries"]).toMatchObject([{ crm: "hubspot", state: "delivered" }]);
  expect(await cli.run("integrations", "remove", "1")).toMatchObject({ code: 2 });
  expect((await cli.json("audit", "verify")).json).toMatchObject({ ok: true });
});
