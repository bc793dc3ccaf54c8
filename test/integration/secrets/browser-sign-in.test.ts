import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { startSandbox, type RunningSandbox } from "../../../src-main/sandbox/main.ts";
import { readEverything } from "../../builders/eavesdrop.ts";
import { hasKeyring, startKeyring, type Keyring } from "../../builders/keyring.ts";
import { createSandboxAdmin } from "../../builders/sandbox-admin.ts";
import { createCli, dropFolder, makeFolder, type Cli, type Ended, type Running } from "../cli/cli-process.ts";

/** Every command is a process of its own. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

type Crm = "salesforce" | "hubspot" | "zoho" | "pipedrive";
const crms: readonly Crm[] = ["salesforce", "hubspot", "zoho", "pipedrive"];

let sandbox: RunningSandbox;
let folder: string;
let heard: string[];
let started: Running[];

beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(async () => {
  folder = await makeFolder();
  heard = [];
  started = [];
  for (const crm of crms) await createSandboxAdmin(sandbox.admin, crm).configure({});
});
afterEach(async () => {
  for (const { child } of started) child.kill("SIGKILL");
  await Promise.all(started.map(({ ended }) => ended));
  await fetch(`${sandbox.admin}/reset`, { method: "POST" });
  await dropFolder(folder);
});
afterAll(() => sandbox.close());

const access = (crm: Crm): Readonly<Record<string, string>> => sandbox[crm] ?? {};
const appOf = (crm: Crm): Record<string, string> => {
  const { clientId = "", clientSecret = "" } = access(crm);
  return { clientId, clientSecret };
};

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

type Waiting = Readonly<{ page: URL; running: Running; ended: Promise<Ended> }>;

/** Starts a sign-in and gives the page that the person is sent to. */
function startSignIn(cli: Cli, crm: Crm, ...options: readonly string[]): Promise<Waiting> {
  const args = ["connect", crm, "--tenant", "acme", "--base-url", access(crm)["baseUrl"] ?? "", "--sign-in"];
  return waitForPage(cli.start(...args, "--no-browser", "--json", ...options));
}

const signInAgain = (cli: Cli, id: number): Promise<Waiting> =>
  waitForPage(cli.start("integrations", "sign-in", String(id), "--no-browser", "--json"));

async function waitForPage(running: Running): Promise<Waiting> {
  started.push(running);
  const ended = running.ended.then((end) => {
    heard.push(end.stdout, end.stderr);
    return end;
  });
  let said = "";
  running.child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  await running.said("Waiting for the sign-in");
  const page = /Sign in on this page: (\S+)/.exec(said)?.[1] ?? "";
  return { page: new URL(page), running, ended };
}

/** The browser without a person: follows the page to wherever it leads. */
async function browse(page: URL): Promise<Readonly<{ back: URL; status: number; text: string }>> {
  const consent = await fetch(page, { redirect: "manual" });
  const back = new URL(consent.headers.get("location") ?? "about:blank");
  const answer = await fetch(back, { redirect: "manual" });
  return { back, status: answer.status, text: await answer.text() };
}

test("a sign-in in the browser without a keychain is refused before anybody is sent anywhere", async () => {
  const cli = createCli(join(folder, "data"), {
    CALLLEDGER_KEYCHAIN: "on",
    DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent/bus",
    DISPLAY: "",
    CALLLEDGER_TOKEN: JSON.stringify(appOf("salesforce")),
  });
  const refused = await cli.json("connect", "salesforce", "--tenant", "acme", "--sign-in", "--no-browser");
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("--secret-from-env NAME") });
  expect(refused.stderr).not.toContain("Sign in on this page");
});

test("a sign-in in the browser keeps nothing in a variable", async () => {
  const cli = createCli(join(folder, "data"), { KEY: "x" });
  const refused = await cli.json("connect", "hubspot", "--tenant", "a", "--sign-in", "--secret-from-env", "KEY");
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("keychain") });
});

describe.skipIf(!hasKeyring)("with a keychain", () => {
  let keyring: Keyring;

  beforeEach(async () => {
    keyring = await startKeyring(join(folder, "home"));
  });
  afterEach(() => keyring.stop());

  const session = (crm: Crm, app: Record<string, string> = {}): Cli =>
    createCli(join(folder, "data"), {
      ...keyring.env,
      CALLLEDGER_TOKEN: JSON.stringify({ ...appOf(crm), ...app }),
    });

  async function expectNowhere(secrets: readonly string[]): Promise<void> {
    const places = [...heard, await readEverything(join(folder, "data"))].join("\n");
    for (const secret of secrets.filter((each) => each !== ""))
      expect(places.includes(secret), `found ${secret.slice(0, 5)}…`).toBe(false);
  }

  test.each(crms)("%s: a person signs in, and the sign-in lasts beyond its first access token", async (crm) => {
    const cli = session(crm);
    const { page, ended } = await startSignIn(cli, crm);
    const { back, status, text } = await browse(page);
    expect([status, text]).toEqual([200, expect.stringContaining("You can close this page")]);
    const connected = await ended;
    expect(connected, connected.stderr).toMatchObject({ code: 0, json: { integrationId: 1 } });
    await createSandboxAdmin(sandbox.admin, crm).advance(7_300_000);
    expect((await cli.json("integrations", "check", "1")).json).toMatchObject({ ok: true });
    await expectNowhere([back.searchParams.get("code") ?? "", appOf(crm)["clientSecret"] ?? ""]);
    // The code was spent: nobody who saw the address can use it again.
    const again = createCli(join(folder, "again"), {
      ...keyring.env,
      CALLLEDGER_TOKEN: JSON.stringify({
        ...appOf(crm),
        grantCode: back.searchParams.get("code"),
        redirectUri: `${back.origin}${back.pathname}`,
      }),
    });
    const base = access(crm)["baseUrl"] ?? "";
    const refused = await again.json("connect", crm, "--tenant", "acme", "--base-url", base);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("no longer accepts our sign-in") });
  });

  test("an account that signed us out is signed in to again, with the app from the keychain and nothing else", async () => {
    const cli = session("zoho");
    const { page, ended } = await startSignIn(cli, "zoho");
    await browse(page);
    expect((await ended).json).toMatchObject({ integrationId: 1 });
    await createSandboxAdmin(sandbox.admin, "zoho").configure({ refreshTokenRevoked: true });
    const bare = createCli(join(folder, "data"), keyring.env);
    const again = await signInAgain(bare, 1);
    await createSandboxAdmin(sandbox.admin, "zoho").configure({ refreshTokenRevoked: false });
    await browse(again.page);
    const done = await again.ended;
    expect(done, done.stderr).toMatchObject({ code: 0, json: { integrationId: 1, updated: true } });
    expect((await bare.json("integrations", "check", "1")).json).toMatchObject({ ok: true });
    await expectNowhere([appOf("zoho")["clientSecret"] ?? ""]);
  });

  test("an account that was connected by a key is told to be given another key", async () => {
    const token = access("hubspot")["token"] ?? "";
    const cli = createCli(join(folder, "data"), { ...keyring.env, CALLLEDGER_TOKEN: token });
    await cli.json("connect", "hubspot", "--tenant", "acme", "--base-url", access("hubspot")["baseUrl"] ?? "");
    const refused = await cli.json("integrations", "sign-in", "1", "--no-browser");
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("connected by a key") });
    expect(refused.stderr).not.toContain("Sign in on this page");
  });

  test("the address that the app names is used, and a challenge goes with it", async () => {
    const port = await freePort();
    const redirectUri = `http://127.0.0.1:${port}/back`;
    const { page, ended } = await startSignIn(session("hubspot", { redirectUri }), "hubspot");
    expect(page.searchParams.get("redirect_uri")).toBe(redirectUri);
    expect(page.searchParams.get("code_challenge_method")).toBe("S256");
    await browse(page);
    expect(await ended).toMatchObject({ code: 0 });
  });

  test("a redirect to the web is refused with what to do", async () => {
    const cli = session("pipedrive", { redirectUri: "https://app.example.com/callback" });
    const refused = await cli.json("connect", "pipedrive", "--tenant", "acme", "--sign-in", "--no-browser");
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("grantCode") });
  });

  test("what comes with another state, path, method or host is turned away, and the person can still sign in", async () => {
    const { page, ended } = await startSignIn(session("salesforce"), "salesforce");
    const back = page.searchParams.get("redirect_uri") ?? "";
    const state = page.searchParams.get("state") ?? "";
    const ask = async (address: string, init: RequestInit = {}) => (await fetch(address, init)).status;
    expect(await ask(`${back}?code=stolen&state=${"0".repeat(64)}`)).toBe(400);
    expect(await ask(`${back}?code=stolen`)).toBe(400);
    expect(await ask(`${back}?code=stolen&code=twice&state=${state}`)).toBe(400);
    expect(await ask(`${back}?code=x&state=${state}`, { method: "POST" })).toBe(405);
    expect(await ask(`${new URL(back).origin}/favicon.ico?code=x&state=${state}`)).toBe(404);
    expect(await statusForHost(back, `rebound.example.com:${new URL(back).port}`, state)).toBe(421);
    const done = await browse(page);
    expect(done.status).toBe(200);
    const answer = await ended;
    expect(answer, answer.stderr).toMatchObject({ code: 0 });
  });

  test("a person who says no connects nothing", async () => {
    const { page, ended } = await startSignIn(session("salesforce"), "salesforce");
    page.searchParams.set("login_hint", "denied");
    const { text } = await browse(page);
    expect(text).toContain("Access was not allowed");
    const refused = await ended;
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("access_denied") });
    expect((await session("salesforce").json("integrations", "list")).json).toEqual({ integrations: [] });
  });

  test("nobody who signs in in time ends it, and so does Ctrl+C", async () => {
    const waiting = await startSignIn(session("zoho"), "zoho", "--wait", "1");
    expect(await waiting.ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Nobody signed in within 1 s"),
    });
    const stopped = await startSignIn(session("zoho"), "zoho");
    stopped.running.child.kill("SIGINT");
    expect(await stopped.ended).toMatchObject({ code: 1, stderr: expect.stringContaining("Stopped") });
  });

  test("an engine that runs signs in for the command, and does not wait when it is told to stop", async () => {
    const cli = session("hubspot");
    const agent = cli.start("run");
    started.push(agent);
    await agent.said("Running on");
    const { page, ended } = await startSignIn(cli, "hubspot");
    await browse(page);
    expect(await ended).toMatchObject({ code: 0, stderr: expect.stringContaining("Handed over") });
    const other = await startSignIn(cli, "hubspot");
    agent.child.kill("SIGTERM");
    expect(await agent.ended).toMatchObject({ code: 0 });
    other.running.child.kill("SIGKILL");
    await other.ended;
  });
});

/** `fetch` does not let anybody lie about the host. */
async function statusForHost(address: string, host: string, state: string): Promise<number> {
  const { request } = await import("node:http");
  const { port, pathname } = new URL(address);
  return new Promise((resolve, reject) => {
    const path = `${pathname}?code=x&state=${state}`;
    const asked = request({ host: "127.0.0.1", port, path, headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.once("error", reject);
    asked.end();
  });
}
