import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { startSandbox, type RunningSandbox } from "../../../src-main/sandbox/main.ts";
import { listenIn, readEverything } from "../../builders/eavesdrop.ts";
import { hasKeyring, startKeyring, type Keyring } from "../../builders/keyring.ts";
import { createSandboxAdmin, type SandboxAdmin } from "../../builders/sandbox-admin.ts";
import {
  createCli,
  dropFolder,
  letSearchCatchUp,
  makeFolder,
  type Cli,
  type Ended,
  type Running,
} from "../cli/cli-process.ts";

/** Every command is a process of its own. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const calls =
  "Date,Time,Caller,Callee,Direction,Duration,Result,Agent,Call ID\n14/06/2025,12:01:10,+447700900134,+442079460010,In,0:02:15,Answered,Alice Example,W-1\n";
const neverThere = { CALLLEDGER_KEYCHAIN: "on", DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent/bus", DISPLAY: "" };

let sandbox: RunningSandbox;
let hubspotKey: string;
let app: Readonly<{ clientId: string; clientSecret: string; refreshToken: string }>;
let salesforce: SandboxAdmin;
let folder: string;
let heard: string[];
let started: Running[];

beforeAll(async () => {
  sandbox = await startSandbox({ demo: true });
  await letSearchCatchUp(sandbox.admin);
  salesforce = createSandboxAdmin(sandbox.admin, "salesforce");
  hubspotKey = sandbox.hubspot?.token ?? "";
  const access = sandbox.salesforce;
  app = {
    clientId: access?.["clientId"] ?? "",
    clientSecret: access?.["clientSecret"] ?? "",
    refreshToken: access?.["refreshToken"] ?? "",
  };
});
beforeEach(async () => {
  folder = await makeFolder();
  heard = [];
  started = [];
});
afterEach(async () => {
  for (const { child } of started) child.kill("SIGKILL");
  await Promise.all(started.map(({ ended }) => ended));
  await dropFolder(folder);
});
afterAll(() => sandbox.close());

/** A command line in a session; everything that it ever says is kept. */
function openCli(env: Readonly<Record<string, string>>): Cli {
  const cli = createCli(join(folder, "data"), env);
  const kept = async (ended: Promise<Ended>): Promise<Ended> => {
    const { stdout, stderr } = await ended;
    heard.push(stdout, stderr);
    return ended;
  };
  return {
    ...cli,
    start: (...args) => {
      const running = cli.start(...args);
      void kept(running.ended);
      started.push(running);
      return running;
    },
    run: (...args) => kept(cli.run(...args)),
    json: (...args) => kept(cli.json(...args)),
    pipe: (input, ...args) => kept(cli.pipe(input, ...args)),
  };
}

const connectTo = (crm: "hubspot" | "salesforce"): string[] => [
  "connect",
  crm,
  "--tenant",
  "acme",
  "--base-url",
  sandbox[crm]?.baseUrl ?? "",
];

/** Writes something else over every credential in the keyring, in a process of its session. */
async function damageEntries({ env }: Keyring): Promise<void> {
  const script = `
    import { createRequire } from "node:module";
    const keytar = createRequire(${JSON.stringify(import.meta.url)})("keytar");
    for (const { account } of await keytar.findCredentials("CallLedger"))
      if (!account.endsWith("/audit")) await keytar.setPassword("CallLedger", account, "damaged");`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], { env: { ...process.env, ...env } });
  const [code] = (await once(child, "exit")) as [number | null];
  expect(code).toBe(0);
}

async function expectNowhere(secrets: readonly string[]): Promise<void> {
  const places = [...heard, await readEverything(join(folder, "data"))].join("\n");
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(8);
    expect(places.includes(secret), `found ${secret.slice(0, 4)}…`).toBe(false);
  }
}

test("without a keychain connect is refused with the fix, and nothing of the credential is kept", async () => {
  const cli = openCli({ ...neverThere, CALLLEDGER_TOKEN: hubspotKey });
  const refused = await cli.json(...connectTo("hubspot"));
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("--secret-from-env NAME");
  if (process.platform === "linux") expect(refused.stderr).toMatch(/gnome-keyring/);
  expect((await cli.json("integrations", "list")).json).toEqual({ integrations: [] });
  await expectNowhere([hubspotKey]);
});

test.each([
  ["white space in a token", "a-token-of-two words", "white space"],
  ["JSON that breaks off", '{"clientSecret":"planted-client-secret"', "none"],
  ["JSON of something else", '{"clientSecret":["planted-client-secret"]}', "clientSecret"],
  ["nothing", "  \n", "CALLLEDGER_TOKEN"],
])("%s is refused with 2, in words that do not repeat it", async (_what, input, words) => {
  const cli = openCli(neverThere);
  const refused = await cli.pipe(input, ...connectTo("hubspot"));
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
  expect(refused.stdout + refused.stderr).not.toMatch(/planted|a-token-of-two/);
});

test.each([
  ["salesforce", { refreshToken: "planted-refresh-token" }],
  ["pipedrive", { clientSecret: "planted-secret", refreshToken: "planted-refresh-token" }],
  ["hubspot", { clientSecret: "planted-secret", grantCode: "planted-code", redirectUri: "http://localhost:1/x" }],
  ["zoho", { clientSecret: "planted-secret", grantCode: "planted-code" }],
])(
  "%s: a variable does not take a credential that may rotate, and nothing is asked of the CRM",
  async (crm, fields) => {
    const cli = openCli({ KEY: JSON.stringify({ clientId: "app", ...fields }) });
    const refused = await cli.json("connect", crm, "--tenant", "acme", "--secret-from-env", "KEY");
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("may rotate") });
    await expectNowhere(["planted-refresh-token", "planted-secret", "planted-code"]);
  },
);

describe.skipIf(!hasKeyring)("with a keychain", () => {
  let keyring: Keyring;
  const home = () => join(folder, "home");
  const session = (env: Readonly<Record<string, string>> = {}) => openCli({ ...keyring.env, ...env });

  beforeEach(async () => {
    keyring = await startKeyring(home());
  });
  afterEach(() => keyring.stop());

  test("a key from the environment goes into the keychain, later commands find it there, and removing takes it away", async () => {
    const connected = await session({ CALLLEDGER_TOKEN: hubspotKey }).json(...connectTo("hubspot"));
    expect(connected, connected.stderr).toMatchObject({ code: 0, json: { integrationId: 1 } });
    const cli = session();
    expect((await cli.json("integrations", "check", "1")).json).toMatchObject({ ok: true });
    expect(await cli.json("integrations", "remove", "1")).toMatchObject({ code: 0 });
    await expectNowhere([hubspotKey]);
    // The next integration of this ledger finds nothing of it.
    const again = await session().pipe(hubspotKey, ...connectTo("hubspot"));
    expect(again, again.stderr).toMatchObject({ code: 0, json: { integrationId: 2 } });
  });

  test("a rotating sign-in survives one start after another; a lost answer ends it with a reason, and connecting again mends it", async () => {
    await salesforce.configure({ rotateRefreshTokens: true });
    const cli = session();
    const connected = await cli.pipe(JSON.stringify(app), ...connectTo("salesforce"));
    expect(connected, connected.stderr).toMatchObject({ code: 0 });
    for (let turn = 0; turn < 2; turn += 1) {
      await salesforce.advance(7_200_000);
      expect((await cli.json("integrations", "check", "1")).json).toMatchObject({ ok: true });
    }
    await salesforce.advance(7_200_000);
    await salesforce.faults([{ match: { path: "/oauth2/token" }, kind: "drop-after", times: 1 }]);
    expect((await cli.json("integrations", "check", "1")).json).toMatchObject({ ok: false });
    const refused = await cli.json("integrations", "check", "1");
    expect(refused.stderr).toContain("no longer accepts our sign-in");
    expect(refused).toMatchObject({ code: 1, json: { ok: false } });
    const listed = () => cli.json("integrations", "list");
    expect((await listed()).json).toMatchObject({
      integrations: [{ state: "blocked", blockedReason: "auth_revoked" }],
    });
    const again = await cli.pipe(sandbox.salesforce?.token ?? "", ...connectTo("salesforce"));
    expect(again, again.stderr).toMatchObject({ code: 0, json: { integrationId: 1, updated: true } });
    expect((await listed()).json).toMatchObject({ integrations: [{ state: "active", blockedReason: null }] });
    await expectNowhere([app.refreshToken, app.clientSecret, sandbox.salesforce?.token ?? ""]);
  });

  test("a keyring that is locked stops the integration and asks; unlocked, everything is there again", async () => {
    await session().pipe(hubspotKey, ...connectTo("hubspot"));
    await keyring.stop();
    keyring = await startKeyring(home(), { locked: true });
    const checked = await session().json("integrations", "check", "1");
    expect(checked.stderr).toContain("Unlock it");
    expect(checked).toMatchObject({ code: 1, json: { ok: false } });
    expect((await session().json("integrations", "list")).json).toMatchObject({
      integrations: [{ state: "blocked", blockedReason: "auth_revoked" }],
    });
    const refused = await session().pipe(hubspotKey, ...connectTo("hubspot"));
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("unlock") });
    await keyring.stop();
    keyring = await startKeyring(home());
    expect((await session().json("integrations", "check", "1")).json).toMatchObject({ ok: true });
    expect((await session().json("integrations", "list")).json).toMatchObject({ integrations: [{ state: "active" }] });
    await expectNowhere([hubspotKey]);
  });

  test("an entry that cannot be read any more stops the integration and asks to connect again; its calls wait", async () => {
    await session().pipe(hubspotKey, ...connectTo("hubspot"));
    await damageEntries(keyring);
    await writeFile(join(folder, "calls.csv"), calls);
    await session().json("import", join(folder, "calls.csv"), "--tenant", "acme", "--country", "GB");
    const synced = await session().json("sync", "--until-idle", "--max-seconds", "20");
    expect(synced, synced.stderr).toMatchObject({ code: 0, json: { delivered: 0, dead: 0 } });
    const listed = await session().json("integrations", "list");
    expect(listed.json).toMatchObject({ integrations: [{ state: "blocked", blockedReason: "auth_revoked" }] });
    const checked = await session().json("integrations", "check", "1");
    expect(checked).toMatchObject({ code: 1, stderr: expect.stringContaining("Connect the CRM again") });
    expect(await session().pipe(hubspotKey, ...connectTo("hubspot"))).toMatchObject({ code: 0 });
    const again = await session().json("sync", "--until-idle", "--max-seconds", "60");
    expect(again, again.stderr).toMatchObject({ code: 0, json: { delivered: 1 } });
  });

  test("planted secrets are in the one message that hands them over, and nowhere else", async () => {
    const planted = {
      clientId: "planted-app-of-nobody",
      clientSecret: "planted-client-secret-4711",
      refreshToken: "planted-refresh-token-0815",
      privateKey: "-----BEGIN PRIVATE KEY-----planted-private-key-2342-----END PRIVATE KEY-----",
      username: "nobody@example.com",
    };
    const secrets = [planted.clientSecret, planted.refreshToken, "planted-private-key-2342", hubspotKey];
    const cli = session();
    const agent = cli.start("run");
    await agent.said("Running on");
    const between = await listenIn(cli.dataDir, join(folder, "between.sock"));
    try {
      const good = await cli.pipe(hubspotKey, ...connectTo("hubspot"));
      expect(good.stderr).toContain("Handed over");
      expect(good, good.stderr).toMatchObject({ code: 0 });
      // No app, no certificate, no key: all of them are refused, at the CRM or before.
      const { privateKey: _key, username: _user, ...oauth } = planted;
      for (const credential of [planted, oauth, { token: planted.refreshToken }])
        expect(await cli.pipe(JSON.stringify(credential), ...connectTo("salesforce"))).toMatchObject({ code: 1 });
      await writeFile(join(folder, "calls.csv"), calls);
      await cli.json("import", join(folder, "calls.csv"), "--tenant", "acme", "--country", "GB");
      expect(await cli.json("sync", "--until-idle", "--max-seconds", "60")).toMatchObject({ code: 0 });
      expect((await cli.json("integrations", "check", "1")).json).toMatchObject({ ok: true });
      expect(await cli.json("backup")).toMatchObject({ code: 0 });
    } finally {
      between.server.close();
    }
    const telling = between.lines().filter((line) => secrets.some((secret) => line.includes(secret)));
    expect(telling.length).toBe(4);
    for (const line of telling)
      expect(JSON.parse(line)).toMatchObject({ call: "integrations:connect", input: { secret: { kind: "keychain" } } });
    expect(between.lines().length).toBeGreaterThan(12);
    agent.child.kill("SIGTERM");
    await agent.ended;
    for (const command of [["audit", "search", ""], ["status"], ["integrations", "list"], ["why", "W-1"]])
      await cli.json(...command);
    await cli.json("audit", "export");
    await expectNowhere(secrets);
    await rm(join(folder, "between.sock"), { force: true });
  });
});
