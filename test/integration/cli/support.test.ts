import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { startSandbox, type RunningSandbox } from "../../../src-main/sandbox/main.ts";
import { supportReport } from "../../../src-shared/ipc/support-views.ts";
import { createSandboxAdmin } from "../../builders/sandbox-admin.ts";
import { createCli, dropFolder, makeFolder, type Cli } from "./cli-process.ts";

/** Every command is a process of its own. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let sandbox: RunningSandbox;
let folder: string;
let cli: Cli;

beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(async () => {
  folder = await makeFolder();
  cli = createCli(join(folder, "data"), { KEY: sandbox.hubspot?.token ?? "" });
});
afterEach(() => dropFolder(folder));
afterAll(() => sandbox.close());

test("callledger support tells versions, states, settings and the last failures, and nobody's name or key", async () => {
  const to = ["connect", "hubspot", "--tenant", "test-clinic", "--base-url", sandbox.hubspot?.baseUrl ?? ""];
  expect(await cli.json(...to, "--secret-from-env", "KEY", "--label", "Front desk")).toMatchObject({ code: 0 });
  await createSandboxAdmin(sandbox.admin, "hubspot").configure({ plainTokenRevoked: true });
  expect(await cli.json("integrations", "check", "1")).toMatchObject({ code: 1 });
  const file = join(folder, "support.json");
  expect(await cli.json("support", "--output", file)).toMatchObject({ code: 0, json: { file } });
  const text = await readFile(file, "utf8");
  const report = supportReport.parse(JSON.parse(text));
  expect(report).toMatchObject({
    versions: { callledger: expect.stringMatching(/^\d/), node: process.versions.node },
    integrations: [{ id: 1, crm: "hubspot", state: "blocked", blockedReason: "auth_revoked", secret: "env" }],
    audit: { problem: null, chain: "sha256" },
    failures: [{ operation: "integration.block", integrationId: 1, reason: "auth_revoked" }],
  });
  for (const word of ["test-clinic", "Front desk", "HubSpot portal", sandbox.hubspot?.token ?? "", "KEY"])
    expect(text).not.toContain(word);
  expect((await cli.run("support")).stdout).toContain("Integration 1: hubspot, blocked (auth_revoked)");
  const again = await cli.json("support", "--output", file);
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("exists") });
});
