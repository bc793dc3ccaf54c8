import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startSandbox, type RunningSandbox } from "../../../src-main/sandbox/main.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import { formsOf, listenIn, readEverything } from "../../builders/eavesdrop.ts";
import { hasKeyring, startKeyring, type Keyring } from "../../builders/keyring.ts";
import { createSandboxAdmin } from "../../builders/sandbox-admin.ts";
import { createCli, dropFolder, letSearchCatchUp, makeFolder, type Ended, type Running } from "../cli/cli-process.ts";

/** Every command is a process of its own. */
vi.setConfig({ testTimeout: 400_000, hookTimeout: 60_000 });

const calls =
  "Date,Time,Caller,Callee,Direction,Duration,Result,Agent,Call ID\n14/06/2025,12:01:10,+447700900134,+442079460010,In,0:02:15,Answered,Alice Example,W-1\n";

/** Throws where nobody catches, with the request that was just made, while the file is there. */
const crashing = `
import { channel } from "node:diagnostics_channel";
import { existsSync } from "node:fs";
channel("undici:request:create").subscribe(({ request }) => {
  if (!existsSync(process.env.CRASH_WHEN)) return;
  setImmediate(() => {
    throw Object.assign(new Error("lost while sending " + JSON.stringify(request.headers)), { request });
  });
});
`;

let sandbox: RunningSandbox;
let folder: string;
let heard: string[];
let started: Running[];

beforeEach(async () => {
  sandbox = await startSandbox({ demo: true });
  await letSearchCatchUp(sandbox.admin);
  folder = await makeFolder();
  heard = [];
  started = [];
});
afterEach(async () => {
  for (const { child } of started) child.kill("SIGKILL");
  await Promise.all(started.map(({ ended }) => ended));
  await sandbox.close();
  await dropFolder(folder);
});

const access = (crm: CrmType): Readonly<Record<string, string>> => sandbox[crm] ?? {};
const admin = (crm: CrmType) => createSandboxAdmin(sandbox.admin, crm);
function appOf(crm: CrmType) {
  const { clientId = "", clientSecret = "" } = access(crm);
  return { clientId, clientSecret };
}

/** All that is in the keyring, field by field. */
async function harvest({ env }: Keyring): Promise<readonly (readonly [string, string])[]> {
  const script = `
    import { createRequire } from "node:module";
    const keytar = createRequire(${JSON.stringify(import.meta.url)})("keytar");
    const found = await keytar.findCredentials("CallLedger");
    process.stdout.write(JSON.stringify(found.filter(({ account }) => !account.endsWith("/audit")).map(({ password }) => password)));`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], { env: { ...process.env, ...env } });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
  await once(child, "close");
  const entries = (JSON.parse(text) as string[]).map((entry) => JSON.parse(entry) as { credential: object });
  return entries.flatMap(({ credential }) => Object.entries(credential) as [string, string][]);
}

const secretFields = new Set([
  "token",
  "accessToken",
  "refreshToken",
  "clientSecret",
  "privateKey",
  "grantCode",
  "codeVerifier",
]);

describe.skipIf(!hasKeyring)("with a keychain", () => {
  let keyring: Keyring;
  beforeEach(async () => {
    keyring = await startKeyring(join(folder, "home"));
    await mkdir(join(folder, "tmp"));
  });
  afterEach(() => keyring.stop());

  const open = (env: Readonly<Record<string, string>> = {}) => {
    const cli = createCli(join(folder, "data"), { ...keyring.env, TMPDIR: join(folder, "tmp"), ...env });
    const hear = async (ended: Promise<Ended>): Promise<Ended> => {
      const { stdout, stderr } = await ended;
      heard.push(stdout, stderr);
      return ended;
    };
    return {
      start: (...args: string[]) => {
        const running = cli.start(...args);
        started.push(running);
        return { ...running, ended: hear(running.ended) };
      },
      run: (...args: string[]) => hear(cli.run(...args)),
      json: (...args: string[]) => hear(cli.json(...args)),
      pipe: (input: string, ...args: string[]) => hear(cli.pipe(input, ...args)),
    };
  };
  const to = (crm: CrmType, tenant = "acme") => {
    return ["connect", crm, "--tenant", tenant, "--base-url", access(crm)["baseUrl"] ?? ""];
  };

  /** A sign-in in the browser whose code is exchanged slowly, so that code and verifier can be seen in the keyring. */
  async function signIn(secrets: Map<string, string>): Promise<void> {
    await admin("salesforce").faults([{ match: { path: "/oauth2/token" }, kind: "delay", delayMs: 4_000, times: 1 }]);
    const cli = open({ CALLLEDGER_TOKEN: JSON.stringify(appOf("salesforce")) });
    const running = cli.start(...to("salesforce"), "--sign-in", "--no-browser", "--json");
    let said = "";
    running.child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    await running.said("Waiting for the sign-in");
    const page = /Sign in on this page: (\S+)/.exec(said)?.[1] ?? "";
    const consent = await fetch(page, { redirect: "manual" });
    await fetch(consent.headers.get("location") ?? "", { redirect: "manual" });
    while (!secrets.has("codeVerifier")) {
      for (const [name, value] of await harvest(keyring)) if (name !== "clientId") secrets.set(name, value);
      if (running.child.exitCode !== null) throw new Error(`it ended before its code was seen: ${said}`);
      await sleep(20);
    }
    expect(await running.ended).toMatchObject({ code: 0 });
    await admin("salesforce").faults();
  }

  test("whatever happens, secrets are in the keychain, in the message that hands them over, and nowhere else", async () => {
    const crms: readonly CrmType[] = ["salesforce", "hubspot", "zoho", "pipedrive"];
    const secrets: string[] = crms.map((crm) => appOf(crm).clientSecret);
    const collect = async () => {
      const found = await harvest(keyring);
      secrets.push(...found.filter(([name]) => secretFields.has(name)).map(([, value]) => value));
    };
    const crashWhen = join(folder, "crash-now");
    await writeFile(join(folder, "crash.mjs"), crashing);
    const agent = open({
      NODE_OPTIONS: `--import=${pathToFileURL(join(folder, "crash.mjs")).href}`,
      CRASH_WHEN: crashWhen,
    }).start("run");
    await agent.said("Running on");
    const between = await listenIn(join(folder, "data"), join(folder, "between.sock"));
    const cli = open();

    const signedIn = new Map<string, string>();
    await signIn(signedIn);
    secrets.push(signedIn.get("grantCode") ?? "", signedIn.get("codeVerifier") ?? "");
    for (const crm of ["hubspot", "zoho", "pipedrive"] as const) {
      const { refreshToken = "" } = access(crm);
      const connected = await cli.pipe(JSON.stringify({ ...appOf(crm), refreshToken }), ...to(crm));
      expect(connected, connected.stderr).toMatchObject({ code: 0 });
    }
    const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const privateKey = keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const certificate = keys.publicKey.export({ type: "spki", format: "pem" });
    await admin("salesforce").configure({ appCertificate: certificate });
    const jwt = { clientId: appOf("salesforce").clientId, username: "integration@example.com.sandbox", privateKey };
    const connected = await cli.pipe(JSON.stringify(jwt), ...to("salesforce", "other"));
    expect(connected, connected.stderr).toMatchObject({ code: 0 });
    // A line of the key's text is enough to know it by.
    secrets.push(privateKey.split("\n")[3] ?? "", privateKey.split("\n")[9] ?? "");
    await collect();

    await writeFile(join(folder, "calls.csv"), calls);
    await cli.json("import", join(folder, "calls.csv"), "--tenant", "acme", "--country", "GB");
    await cli.json("sync", "--until-idle", "--max-seconds", "60");
    await admin("salesforce").advance(7_300_000);
    for (const id of ["1", "2", "3", "4", "5"]) {
      const checked = await cli.json("integrations", "check", id);
      expect(checked, checked.stderr).toMatchObject({ json: { ok: true } });
    }
    await collect();
    for (const crm of crms) await admin(crm).configure({ refreshTokenRevoked: true });
    await admin("salesforce").advance(7_300_000);
    for (const id of ["1", "2", "3", "4"])
      expect(await cli.json("integrations", "check", id)).toMatchObject({ code: 1 });

    await admin("salesforce").advance(7_300_000);
    await writeFile(crashWhen, "now");
    await cli.run("integrations", "check", "5");
    const crashed = await agent.ended;
    expect(crashed).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Something went wrong inside CallLedger"),
    });
    expect(crashed.stderr).toContain("lost while sending");
    between.server.close();

    for (const command of [
      ["support"],
      ["support", "--output", join(folder, "data", "support.json")],
      ["status"],
      ["integrations", "list"],
      ["audit", "search", ""],
      ["audit", "export", "--format", "jsonl"],
      ["why", "W-1"],
      ["dead", "list"],
      ["backup"],
    ]) {
      expect(await cli.json(...command)).toMatchObject({ code: 0 });
    }
    for (const command of [["support"], ["status"], ["integrations", "list"], ["why", "W-1"]])
      await cli.run(...command);
    const supported = await cli.json("support");
    expect(JSON.stringify(supported.json["log"])).toContain("engine.crash");
    expect(supported.json).toMatchObject({
      integrations: expect.arrayContaining([expect.objectContaining({ state: "blocked" })]),
    });

    await collect();
    const places = {
      "what was said": heard.join("\n"),
      "the data folder": await readEverything(join(folder, "data")),
      "temporary files": await readEverything(join(folder, "tmp")),
      "the talk between processes": between
        .lines()
        .filter((line) => !/^\{"id":\d+,"call":"integrations:connect"/.test(line))
        .join("\n"),
    };
    expect(between.lines().length).toBeGreaterThan(20);
    expect(new Set(secrets).size).toBeGreaterThan(12);
    for (const secret of new Set(secrets)) {
      expect(secret.length).toBeGreaterThan(11);
      for (const form of formsOf(secret))
        for (const [place, text] of Object.entries(places))
          expect(text.includes(form), `${secret.slice(0, 6)}… is in ${place}`).toBe(false);
    }
  });
});
