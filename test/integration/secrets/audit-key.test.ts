import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { startSandbox, type RunningSandbox } from "../../../src-main/sandbox/main.ts";
import { hasKeyring, startKeyring, type Keyring } from "../../builders/keyring.ts";
import { createCli, dropFolder, makeFolder, type Cli } from "../cli/cli-process.ts";

/** Every command is a process of its own. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const header = "Date,Time,Caller,Callee,Direction,Duration,Result,Agent,Call ID\n";
const row = (id: string) => `14/06/2025,12:01:10,+447700900134,+442079460010,In,0:02:15,Answered,Alice Example,${id}\n`;

let sandbox: RunningSandbox;
let folder: string;

beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => dropFolder(folder));
afterAll(() => sandbox.close());

/** The company that calls are read for. */
async function connect(cli: Cli): Promise<void> {
  const to = ["connect", "hubspot", "--tenant", "acme", "--base-url", sandbox.hubspot?.baseUrl ?? ""];
  expect(await cli.json(...to, "--secret-from-env", "KEY")).toMatchObject({ code: 0 });
}

test("without a keychain the audit's chain is plain, and verify says so", async () => {
  const cli = createCli(join(folder, "data"), { CALLLEDGER_KEYCHAIN: "off", KEY: sandbox.hubspot?.token ?? "" });
  await connect(cli);
  await writeFile(join(folder, "calls.csv"), header + row("W-1"));
  expect(await cli.json("import", join(folder, "calls.csv"), "--tenant", "acme", "--country", "GB")).toMatchObject({
    code: 0,
  });
  const verified = await cli.json("audit", "verify");
  expect(verified).toMatchObject({ code: 0, json: { ok: true, chain: "sha256", unkeyed: 0 } });
  expect(verified.stderr).toContain("no key in a keychain");
});

describe.skipIf(!hasKeyring)("with a keychain", () => {
  let keyring: Keyring;
  const home = () => join(folder, "home");
  const open = (env: Readonly<Record<string, string>> = {}) =>
    createCli(join(folder, "data"), { ...keyring.env, KEY: sandbox.hubspot?.token ?? "", ...env });

  beforeEach(async () => {
    keyring = await startKeyring(home());
  });
  afterEach(() => keyring.stop());

  test("the chain is keyed from the first entry on; without the key nobody can say that it is whole", async () => {
    await connect(open());
    const verified = await open().json("audit", "verify");
    expect(verified, verified.stderr).toMatchObject({ code: 0, json: { ok: true, chain: "hmac", unkeyed: 0 } });
    const unknown = await open({ CALLLEDGER_KEYCHAIN: "off" }).json("audit", "verify");
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("a key that is not at hand") });
  });

  test("a keyring that is locked at the start does not stop the work, and the audit tells which entries lack the key", async () => {
    await writeFile(join(folder, "calls.csv"), header + row("W-1"));
    await writeFile(join(folder, "more.csv"), header + row("W-2"));
    const load = (cli: Cli, file: string) =>
      cli.json("import", join(folder, file), "--tenant", "acme", "--country", "GB");
    await connect(open());
    expect(await load(open(), "calls.csv")).toMatchObject({ code: 0 });
    await keyring.stop();
    keyring = await startKeyring(home(), { locked: true });
    expect(await load(open(), "more.csv")).toMatchObject({ code: 0, json: { calls: 1 } });
    await keyring.stop();
    keyring = await startKeyring(home());
    const verified = await open().json("audit", "verify");
    expect(verified, verified.stderr).toMatchObject({ code: 0, json: { ok: true, chain: "mixed" } });
    expect(verified.json["unkeyed"]).toBeGreaterThan(1);
    expect(verified.stderr).toContain("made while the key was not at hand");
    const found = await open().json("audit", "search", "audit.unkeyed");
    expect(found.json).toMatchObject({ entries: [{ operation: "audit.unkeyed", outcome: "failed" }] });
  });

  test("a look at what an import would do puts nothing into the keychain", async () => {
    await writeFile(join(folder, "calls.csv"), header + row("W-1"));
    const off = open({ CALLLEDGER_KEYCHAIN: "off" });
    await connect(off);
    await off.json("import", join(folder, "calls.csv"), "--tenant", "acme", "--country", "GB");
    await writeFile(join(folder, "more.csv"), header + row("W-2"));
    const dry = ["import", join(folder, "more.csv"), "--tenant", "acme", "--country", "GB", "--dry-run"];
    expect(await open().json(...dry)).toMatchObject({ code: 0 });
    const verified = await open().json("audit", "verify");
    expect(verified).toMatchObject({ code: 0, json: { chain: "sha256" } });
  });
});
