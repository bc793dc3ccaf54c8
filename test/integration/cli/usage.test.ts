import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSandbox, type RunningSandbox } from "../../../src-main/sandbox/main.ts";
import { createCli, demoLogs, dropFolder, makeFolder, type Cli, type Ended } from "./cli-process.ts";

let cli: Cli;
let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
  const folder = await makeFolder();
  cli = createCli(join(folder, "data"), { TEST_KEY: sandbox.hubspot?.token ?? "", WRONG_KEY: "pat-nobody" });
  await cli.run(
    "connect",
    "hubspot",
    "--tenant",
    "acme",
    "--base-url",
    sandbox.hubspot?.baseUrl ?? "",
    "--secret-from-env",
    "TEST_KEY",
  );
  await mkdir(join(folder, "files"));
  await writeFile(
    join(folder, "files", "picture.csv"),
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]),
  );
  await writeFile(join(folder, "files", "shopping.csv"), "milk,bread\neggs,flour\n");
});
afterAll(async () => {
  await sandbox.close();
  await dropFolder(join(cli.dataDir, ".."));
});

const file = (name: string) => join(cli.dataDir, "..", "files", name);

/** One clear sentence on stderr, nothing of the code's inside. */
function expectOneSentence(ended: Ended, words: string): void {
  expect(ended.stderr).toContain(words);
  expect(ended.stderr).not.toMatch(/\n\s+at |node:internal|Error:/);
  expect(ended.stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(ended.stdout).toBe("");
}

test.each([
  ["an unknown command", ["impport"], "Did you mean import?"],
  ["a command of a later version", ["bulk", "x.db"], "Unknown command 'bulk'."],
  [
    "an unknown command of a group",
    ["integrations", "puase", "1"],
    "Commands of integrations: list, check, sign-in, set, pause",
  ],
  ["an unknown option", ["status", "--jsno"], "--json"],
  ["a missing argument", ["why"], "Missing required argument"],
  ["a missing option", ["import", "x.csv"], "--tenant"],
  ["an option without its value", ["import", "x.csv", "--tenant"], "--tenant"],
  ["no command", [], "Which command?"],
  ["a number that is none", ["sync", "--max-seconds", "soon"], "--max-seconds takes a whole number"],
  ["an integration that is no number", ["integrations", "pause", "sales"], "An integration is a number"],
  ["an unknown CRM", ["connect", "crmx", "--tenant", "a", "--secret-from-env", "A"], "salesforce, hubspot"],
  ["no way to the secret", ["connect", "hubspot", "--tenant", "acme"], "CALLLEDGER_TOKEN or on standard input"],
  [
    "a secret that is not set",
    ["connect", "hubspot", "--tenant", "acme", "--secret-from-env", "NOT_SET"],
    "NOT_SET is not set",
  ],
  [
    "an address that is none",
    ["connect", "hubspot", "--tenant", "acme", "--secret-from-env", "TEST_KEY", "--base-url", "hubspot"],
    "--base-url takes an address",
  ],
  [
    "an unknown policy",
    ["connect", "hubspot", "--tenant", "acme", "--secret-from-env", "TEST_KEY", "--unknown-caller", "drop"],
    "hold",
  ],
  [
    "a tenant with a space",
    ["connect", "hubspot", "--tenant", "Acme Ltd", "--secret-from-env", "TEST_KEY"],
    "letters, digits",
  ],
])("%s is refused with 2", async (_what, args, words) => {
  const ended = await cli.run(...args);
  expectOneSentence(ended, words);
  expect(ended.code).toBe(2);
});

test("an unknown tenant is refused with those that are known", async () => {
  const ended = await cli.run("import", demoLogs, "--tenant", "acne");
  expectOneSentence(ended, "There is no tenant acne. Known: acme.");
  expect(ended.code).toBe(2);
});

test("an unknown integration is refused with those that are connected", async () => {
  const ended = await cli.run("integrations", "pause", "77");
  expectOneSentence(ended, "There is no integration 77. Connected: 1");
  expect(ended.code).toBe(2);
});

test("an unknown format is refused with those that are known", async () => {
  const ended = await cli.run("import", demoLogs, "--tenant", "acme", "--format", "asterix");
  expectOneSentence(ended, "asterisk-cdr-csv");
  expect(ended.code).toBe(2);
});

test.each([
  ["a file that is not there", "nothing.csv", "nothing.csv"],
  ["a picture", "picture.csv", "picture.csv"],
  ["a table of something else", "shopping.csv", "shopping.csv"],
])("%s is refused with its name and the reason", async (_what, name, words) => {
  const ended = await cli.run("import", file(name), "--tenant", "acme");
  expectOneSentence(ended, words);
  expect(ended.code).toBe(2);
  const parsed = await cli.run("calls", "parse", file(name));
  expectOneSentence(parsed, words);
  expect(parsed.code).toBe(2);
});

test("a CRM that is not there fails with 1 and says what to check", async () => {
  const ended = await cli.run(
    "connect",
    "hubspot",
    "--tenant",
    "acme",
    "--base-url",
    "http://127.0.0.1:9",
    "--secret-from-env",
    "TEST_KEY",
  );
  expectOneSentence(ended, "HubSpot at 127.0.0.1:9 cannot be reached");
  expect(ended.code).toBe(1);
});

test("a key that the CRM does not know fails with 1 and is not repeated", async () => {
  const ended = await cli.run(
    "connect",
    "hubspot",
    "--tenant",
    "acme",
    "--base-url",
    sandbox.hubspot?.baseUrl ?? "",
    "--secret-from-env",
    "WRONG_KEY",
  );
  expectOneSentence(ended, "no longer accepts our sign-in");
  expect(ended.stderr).not.toContain("pat-nobody");
  expect(ended.code).toBe(1);
});

test("an error is JSON too where JSON is asked for", async () => {
  const ended = await cli.json("integrations", "pause", "77");
  expect(ended.code).toBe(2);
  expect(ended.json["error"]).toMatchObject({ code: "bad_input", message: expect.stringContaining("77") });
});

test("reading a folder that holds no ledger says how to begin", async () => {
  const empty = createCli(join(cli.dataDir, "..", "empty"));
  const ended = await empty.run("status");
  expectOneSentence(ended, "connect");
  expect(ended.code).toBe(2);
});

test("global options stand anywhere", async () => {
  const elsewhere = createCli(join(cli.dataDir, "..", "empty"));
  const first = await elsewhere.run("--data", cli.dataDir, "--json", "integrations", "list");
  expect(first).toMatchObject({ code: 0, json: { integrations: [{ id: 1 }] } });
  const last = await elsewhere.run("integrations", "list", "--json", "--data", cli.dataDir);
  expect(last).toMatchObject({ code: 0, json: { integrations: [{ id: 1 }] } });
});

test("help teaches by example, for the program and for every command", async () => {
  const top = await cli.run("--help");
  expect(top).toMatchObject({ code: 0, stderr: "" });
  expect(top.stdout).toContain("callledger import");
  const commands = [...top.stdout.matchAll(/^ {2}([a-z]+) .*/gm)]
    .map(([, name]) => name ?? "")
    .filter((name) => !["help", "callledger", "export"].includes(name));
  expect(commands).toEqual(
    expect.arrayContaining(["connect", "import", "calls", "sync", "run", "why", "dead", "sandbox"]),
  );
  const helps = await Promise.all(commands.map((name) => cli.run(name, "--help")));
  for (const help of helps) {
    expect(help.code).toBe(0);
    expect(help.stdout).toMatch(/Examples?:\n {2}.*callledger /);
  }
}, 120_000);
