import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSandbox, type RunningSandbox } from "../../../src-main/sandbox/main.ts";
import { createCli, demoLogs, demoReading, dropFolder, letSearchCatchUp, makeFolder, type Cli } from "./cli-process.ts";

/** One contract from its default to its edited form: each test stands on what those before it did. */
let sandbox: RunningSandbox;
let cli: Cli;

beforeAll(async () => {
  sandbox = await startSandbox({ demo: true });
  await letSearchCatchUp(sandbox.admin);
  cli = createCli(await makeFolder(), { TEST_HUBSPOT_KEY: sandbox.hubspot?.token ?? "" });
  const base = ["--tenant", "acme", "--base-url", sandbox.hubspot?.baseUrl ?? "", "--unknown-caller", "log"];
  await cli.json("connect", "hubspot", ...base, "--secret-from-env", "TEST_HUBSPOT_KEY");
  await cli.json("import", join(demoLogs, "Master.csv"), "--tenant", "acme", ...demoReading);
});
afterAll(async () => {
  await sandbox.close();
  await dropFolder(cli.dataDir);
});

const place = (name: string): string => join(cli.dataDir, name);

test("ownership show tells every field, whose it is and what is written", async () => {
  const shown = await cli.json("ownership", "show", "1");
  expect(shown).toMatchObject({ code: 0, json: { integrationId: 1, isDefault: true } });
  expect(shown.json["fields"]).toContainEqual({
    object: "calls",
    field: "hs_call_duration",
    own: "agent",
    value: "durationSeconds as milliseconds",
    note: "",
  });
  expect(shown.stderr).toMatch(/hubspot_owner_id\s+fill-blank/);
});

test("an edited contract is used, previewed on a real call, and is what reaches the CRM", async () => {
  const { stdout } = await cli.run("ownership", "show", "1", "--yaml");
  const edited = stdout
    .replace('"{direction:capital} call, {status}"', '"Phone: {status}"')
    .replace("hs_call_body:", "hs_call_body_gone:");
  await writeFile(place("contract.yaml"), edited.replace(/ {6}hs_call_body_gone:[\s\S]*?notes stay\.\n/, ""));
  const set = await cli.json("ownership", "set", "1", place("contract.yaml"));
  expect(set).toMatchObject({ code: 0, json: { isDefault: false } });

  const preview = await cli.json("ownership", "preview", "1", "1748849536.1003");
  expect(preview.code).toBe(0);
  expect(preview.json["fields"]).toContainEqual({ field: "hs_call_title", value: "Phone: answered" });
  expect(JSON.stringify(preview.json["fields"])).not.toContain("hs_call_body");

  expect((await cli.json("sync", "--until-idle", "--max-seconds", "60")).code).toBe(0);
  const response = await fetch(`${sandbox.admin}/hubspot/records/calls`);
  const calls = (await response.json()) as readonly Readonly<{ properties: Readonly<Record<string, string>> }>[];
  const written = calls.find(({ properties }) => properties["callledger_key"] === preview.json["key"]);
  expect(written?.properties["hs_call_title"]).toBe("Phone: answered");
  expect(calls.every(({ properties }) => (properties["hs_call_body"] ?? "") === "")).toBe(true);
  const audit = await cli.json("audit", "search", "ownership.set");
  expect(audit.json["entries"]).toHaveLength(1);
}, 90_000);

test("ownership set refuses a damaged file with its lines, and one that would lose the key of calls", async () => {
  await writeFile(
    place("bad.yaml"),
    "version: 1\ncrm: hubspot\nobjects:\n  calls:\n    fields:\n      x: { own: ours }\n",
  );
  const bad = await cli.json("ownership", "set", "1", place("bad.yaml"));
  expect(bad).toMatchObject({ code: 2, stderr: expect.stringMatching(/line 6/) });
  const text = await readFile(place("contract.yaml"), "utf8");
  await writeFile(place("keyless.yaml"), text.replace("{ from: key }", "{ from: callId }"));
  const keyless = await cli.json("ownership", "set", "1", place("keyless.yaml"));
  expect(keyless).toMatchObject({ code: 2, stderr: expect.stringContaining("callledger_key") });
  expect(await cli.json("ownership", "set", "1", place("none.yaml"))).toMatchObject({ code: 2 });
  expect(await cli.json("ownership", "set", "1")).toMatchObject({ code: 2 });
  expect(await cli.json("ownership", "show", "9")).toMatchObject({ code: 2 });
});

test("ownership check holds the contract against the CRM's fields", async () => {
  expect(await cli.json("ownership", "check", "1")).toMatchObject({ code: 0, json: { ok: true } });
  const text = await readFile(place("contract.yaml"), "utf8");
  await writeFile(
    place("more.yaml"),
    text.replace("  contacts:\n", '      no_such_property: { own: agent, value: { const: "x" } }\n  contacts:\n'),
  );
  expect((await cli.json("ownership", "set", "1", place("more.yaml"))).code).toBe(0);
  const checked = await cli.json("ownership", "check", "1");
  expect(checked).toMatchObject({ code: 1, stderr: expect.stringContaining("no_such_property") });
});

test("ownership export is a page to sign off, and --default takes the first contract back", async () => {
  const file = place("contract.md");
  expect((await cli.json("ownership", "export", "1", "--output", file)).code).toBe(0);
  expect(await readFile(file, "utf8")).toContain("# What CallLedger writes to HubSpot");
  expect(await cli.json("ownership", "export", "1", "--output", file)).toMatchObject({ code: 2 });
  expect(await cli.json("ownership", "set", "1", "--default")).toMatchObject({ code: 0, json: { isDefault: true } });
});

test("conflicts list, show and settle: what a colleague changed is decided by a person, once", async () => {
  const log = async (seconds: number): Promise<void> => {
    const row = `2026-06-01T09:00:00Z,+442079460901,02079460010,Inbound,${seconds},Answered,K-1,`;
    const file = place(`log-${seconds}.csv`);
    await writeFile(file, `Start Time,Caller,Callee,Direction,Duration,Result,Call ID,Agent\n${row}\n`);
    const read = await cli.json("import", file, "--tenant", "acme", "--country", "GB", "--timezone", "Europe/London");
    expect(read.code).toBe(0);
    expect((await cli.json("sync", "--until-idle", "--max-seconds", "60")).code).toBe(0);
  };
  await log(61);
  const { json: story } = await cli.json("why", "K-1");
  const [delivery] = story["deliveries"] as readonly Readonly<{ remoteId: string }>[];
  const path = `${sandbox.admin}/hubspot/records/calls/${delivery?.remoteId ?? ""}`;
  const edit = { method: "PATCH", body: JSON.stringify({ hs_call_title: "Hot lead" }) };
  expect((await fetch(path, { ...edit, headers: { "content-type": "application/json" } })).ok).toBe(true);
  await log(62);

  const listed = await cli.json("conflicts", "list");
  expect(listed).toMatchObject({
    code: 0,
    json: { conflicts: [{ id: 1, field: "hs_call_title", theirs: "Hot lead", state: "open" }], next: null },
  });
  expect(listed.stderr).toContain("What to do: callledger conflicts settle 1 --keep-theirs, or --use-ours");
  expect((await cli.run("statement")).stdout).toContain("wait for a decision: 1");

  expect(await cli.json("conflicts", "settle", "1")).toMatchObject({ code: 2 });
  expect(await cli.json("conflicts", "settle", "1", "--use-ours", "--note", "agreed")).toMatchObject({
    code: 0,
    json: { state: "used_ours", note: "agreed", appliedAt: null },
  });
  expect((await cli.json("sync", "--until-idle", "--max-seconds", "60")).code).toBe(0);
  const shown = await cli.json("conflicts", "show", "1");
  expect(shown).toMatchObject({ code: 0, json: { state: "used_ours", appliedAt: expect.stringMatching(/Z$/) } });
  expect((await cli.json("conflicts", "list", "--all", "--integration", "1", "--limit", "1")).json).toMatchObject({
    next: 1,
  });
}, 90_000);
