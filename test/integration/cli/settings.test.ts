import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { startSandbox, type RunningSandbox } from "../../../src-main/sandbox/main.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import { createSandboxAdmin } from "../../builders/sandbox-admin.ts";
import { createCli, dropFolder, letSearchCatchUp, makeFolder, type Cli } from "./cli-process.ts";

/** Every command is a process of its own. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let sandbox: RunningSandbox;
let folder: string;
let cli: Cli;

beforeAll(async () => {
  sandbox = await startSandbox({ demo: true });
});
beforeEach(async () => {
  await letSearchCatchUp(sandbox.admin);
  folder = await makeFolder();
  cli = createCli(join(folder, "data"), { KEY: "", TOKEN_OF: "" });
});
afterEach(async () => {
  await dropFolder(folder);
  await fetch(`${sandbox.admin}/reset`, { method: "POST" });
});
afterAll(() => sandbox.close());

function at(crm: CrmType): Cli {
  return createCli(join(folder, "data"), { KEY: sandbox[crm]?.token ?? "" });
}

function connect(crm: CrmType, ...more: readonly string[]) {
  const to = ["connect", crm, "--tenant", "acme", "--base-url", sandbox[crm]?.baseUrl ?? ""];
  return at(crm).json(...to, "--secret-from-env", "KEY", ...more);
}

describe("settings of an integration", () => {
  test("an org of Zoho that takes no fields of ours gets the one that it needs, and connect says so", async () => {
    await createSandboxAdmin(sandbox.admin, "zoho").configure({ fieldsOnCalls: false });
    const connected = await connect("zoho");
    expect(connected.json).toMatchObject({ created: [], note: expect.stringContaining("end of its description") });
    expect(connected.stderr).toContain("takes no field of ours on calls");
    expect((await cli.json("integrations", "list")).json).toMatchObject({
      integrations: [{ settings: { keyIn: "description" } }],
    });
    const again = await connect("zoho", "--settings", '{"keyIn":"field"}');
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("keyIn cannot change") });
  });

  test("are given at connect, shown by list and check, changed, and taken back to their defaults", async () => {
    const file = join(folder, "zoho.json");
    await writeFile(file, JSON.stringify({ trigger: ["workflow"], requestsPerMinute: 60 }));
    const connected = await connect("zoho", "--settings", `@${file}`);
    expect(connected, connected.stderr).toMatchObject({ code: 0, json: { details: { plan: expect.any(String) } } });
    expect(connected.json["limits"]).toContainEqual(expect.objectContaining({ name: "minute", limit: 60 }));
    const stored = { trigger: "workflow", requestsPerMinute: "60" };
    expect((await cli.json("integrations", "list")).json).toMatchObject({ integrations: [{ settings: stored }] });
    const checked = await at("zoho").json("integrations", "check", "1");
    expect(checked, checked.stderr).toMatchObject({ code: 0, json: { ok: true, settings: stored } });
    expect(checked.stderr).toContain("Settings: trigger=workflow requestsPerMinute=60.");
    const changed = await cli.json(
      "integrations",
      "set",
      "1",
      "--settings",
      '{"requestsPerMinute":null,"trigger":"all"}',
    );
    expect(changed, changed.stderr).toMatchObject({ code: 0, json: { integration: { settings: { trigger: "all" } } } });
    expect(changed.json).toMatchObject({ integration: { settings: { trigger: "all" } }, note: null });
    const again = await connect("zoho");
    expect(again, again.stderr).toMatchObject({ code: 0, json: { updated: true } });
    expect((await cli.json("integrations", "list")).json).toMatchObject({
      integrations: [{ settings: { trigger: "all" } }],
    });
  });

  test.each([
    ['{"trigger":"everything"}', "trigger: takes none, all"],
    ["@nowhere.json", "nowhere.json cannot be read"],
  ])("that make no sense are refused by name, before anybody signs in: %s", async (settings, words) => {
    const before = await createSandboxAdmin(sandbox.admin, "zoho").requests();
    const refused = await connect("zoho", "--settings", settings);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
    expect(await createSandboxAdmin(sandbox.admin, "zoho").requests()).toBe(before);
  });

  test("the key's field cannot change once the account is connected; a new account may name its own", async () => {
    const connected = await connect("hubspot", "--settings", '{"keyProperty":"our_key"}');
    expect(connected, connected.stderr).toMatchObject({ code: 0, json: { created: ["our_key"] } });
    const set = await cli.json("integrations", "set", "1", "--settings", '{"keyProperty":"other_key"}');
    expect(set).toMatchObject({ code: 2, stderr: expect.stringContaining("keyProperty cannot change") });
    const again = await connect("hubspot", "--settings", '{"keyProperty":"other_key"}');
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("keyProperty cannot change") });
    // Connected once more without a word about it, nothing else is made.
    expect(await connect("hubspot")).toMatchObject({ code: 0, json: { created: [], found: ["our_key"] } });
  });

  test("call logs switched on bring their fields into the contract: the next call has one", async () => {
    expect(await connect("pipedrive")).toMatchObject({ code: 0 });
    const set = await cli.json("integrations", "set", "1", "--settings", '{"callLogs":true}');
    expect(set, set.stderr).toMatchObject({ code: 0, json: { note: null } });
    const row = "14/06/2025,12:01:10,+447700900134,+442079460010,In,0:02:15,Answered,Alice Example,W-1";
    await writeFile(
      join(folder, "calls.csv"),
      `Date,Time,Caller,Callee,Direction,Duration,Result,Agent,Call ID\n${row}\n`,
    );
    await cli.json("import", join(folder, "calls.csv"), "--tenant", "acme", "--country", "GB");
    await at("pipedrive").json("sync", "--until-idle", "--max-seconds", "60");
    expect(await createSandboxAdmin(sandbox.admin, "pipedrive").records("callLogs")).toHaveLength(1);
  });
});

describe("connect", () => {
  const header = "Date,Time,Caller,Callee,Direction,Duration,Result,Agent,Call ID\n";
  const toRow = (day: string, id: string) =>
    `${day},12:01:10,+447700900134,+442079460010,In,0:02:15,Answered,Alice Example,${id}\n`;

  test("names the account, its limits, and counts its own requests in the budget of the day", async () => {
    const connected = await connect("hubspot");
    expect(connected.stderr).toMatch(/Account: HubSpot portal \d+/);
    expect(connected.stderr).toContain("Limits:");
    const sent = await createSandboxAdmin(sandbox.admin, "hubspot").requests();
    const used = async (): Promise<unknown> => {
      const { json } = await cli.json("status");
      return (json as { integrations: { budget: { day: { used: number } } }[] }).integrations[0]?.budget.day.used;
    };
    expect(await used()).toBe(sent);
    await at("hubspot").json("integrations", "check", "1");
    const later = await createSandboxAdmin(sandbox.admin, "hubspot").requests();
    expect(later).toBeGreaterThan(sent);
    expect(await used()).toBe(later);
  });

  test("what is missing is told before anything is written, and nothing is connected", async () => {
    await createSandboxAdmin(sandbox.admin, "hubspot").configure({ scopes: ["crm.objects.contacts.read"] });
    const refused = await connect("hubspot");
    expect(refused.code).toBe(1);
    for (const scope of ["contacts.write", "companies.read", "owners.read"])
      expect(refused.stderr).toContain(`crm.objects.${scope}`);
    expect((await cli.json("integrations", "list")).json).toEqual({ integrations: [] });
  });

  test("Salesforce without the key field gets a folder that an administrator deploys, with plain steps", async () => {
    await createSandboxAdmin(sandbox.admin, "salesforce").configure({ keyField: null });
    const refused = await connect("salesforce");
    expect(refused.code).toBe(1);
    const steps = /deploys (\S+) \(steps in its README\)/.exec(refused.stderr)?.[1] ?? "";
    expect(steps).toContain(join(folder, "data", "setup", "salesforce-key-field"));
    const { readFile } = await import("node:fs/promises");
    expect(await readFile(join(steps, "README.md"), "utf8")).toContain("sf project deploy start");
    const field = join(steps, "force-app/main/default/objects/Activity/fields/CallLedger_Key__c.field-meta.xml");
    expect(await readFile(field, "utf8")).toContain("<unique>true</unique>");
  });

  test("calls that were read before go to the new account, those before --since do not", async () => {
    expect(await connect("hubspot")).toMatchObject({ code: 0, json: { backfilled: 0 } });
    const days = ["13/06/2025", "14/06/2025", "15/06/2025", "16/06/2025"];
    const rows = days.map((day, n) => toRow(day, `W-${n}`)).join("");
    await writeFile(join(folder, "calls.csv"), header + rows);
    await cli.json("import", join(folder, "calls.csv"), "--tenant", "acme", "--country", "GB", "--timezone", "UTC");
    const connected = await connect("salesforce", "--since", "2025-06-15");
    expect(connected, connected.stderr).toMatchObject({ code: 0, json: { backfilled: 2 } });
    const { json } = await cli.json("status");
    const { integrations } = json as { integrations: { crm: string; deliveries: Record<string, number> }[] };
    expect(integrations.find(({ crm }) => crm === "salesforce")?.deliveries).toMatchObject({ queued: 2 });
    // Connected again, nothing is queued twice; from an earlier day on, the others follow.
    expect(await connect("salesforce")).toMatchObject({ code: 0, json: { backfilled: 0 } });
    expect(await connect("salesforce", "--since", "2025-06-14")).toMatchObject({ code: 0, json: { backfilled: 1 } });
    await at("salesforce").json("sync", "--until-idle", "--max-seconds", "60");
    expect(await createSandboxAdmin(sandbox.admin, "salesforce").records("Task")).toHaveLength(3);
  });
});
