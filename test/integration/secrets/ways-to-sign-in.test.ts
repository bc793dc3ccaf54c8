import { generateKeyPairSync } from "node:crypto";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createZohoConnector } from "../../../src-main/connectors/zoho/connector.ts";
import { readDefaultContract } from "../../../src-main/connectors/zoho/default-contract.ts";
import { createSetupSession } from "../../../src-main/engine/api/setup-session.ts";
import { parseContract } from "../../../src-main/engine/ownership/contract-file.ts";
import type { Credential } from "../../../src-main/engine/ports/credential-vault.ts";
import type { Http, HttpOutcome } from "../../../src-main/engine/ports/http.ts";
import { systemClock } from "../../../src-main/engine/main.ts";
import { startSandbox, type RunningSandbox } from "../../../src-main/sandbox/main.ts";
import { hasKeyring, startKeyring, type Keyring } from "../../builders/keyring.ts";
import { createSandboxAdmin } from "../../builders/sandbox-admin.ts";
import { createCli, dropFolder, makeFolder, type Ended } from "../cli/cli-process.ts";

/** Every command is a process of its own. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let sandbox: RunningSandbox;
let folder: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  folder = await makeFolder();
});
afterAll(async () => {
  await dropFolder(folder);
  await sandbox.close();
});

type Crm = "salesforce" | "zoho";
const access = (crm: Crm): Readonly<Record<string, string>> => sandbox[crm] ?? {};
const appOf = (crm: Crm) => ({
  clientId: access(crm)["clientId"] ?? "",
  clientSecret: access(crm)["clientSecret"] ?? "",
});

describe.skipIf(!hasKeyring)("a credential that is given to connect", () => {
  let keyring: Keyring;
  let ledgers = 0;

  beforeAll(async () => {
    keyring = await startKeyring(join(folder, "home"));
  });
  afterAll(() => keyring.stop());

  /** Connects on a ledger of its own, and checks again after the access token's end. */
  async function connect(crm: Crm, credential: object): Promise<Readonly<{ connected: Ended; later: Ended }>> {
    ledgers += 1;
    const cli = createCli(join(folder, `data-${ledgers}`), keyring.env);
    const to = ["connect", crm, "--tenant", "acme", "--base-url", access(crm)["baseUrl"] ?? ""];
    const connected = await cli.pipe(JSON.stringify(credential), ...to);
    await createSandboxAdmin(sandbox.admin, crm).advance(7_300_000);
    return { connected, later: await cli.json("integrations", "check", "1") };
  }

  test("Salesforce: the app's run-as user, by client credentials", async () => {
    const { connected, later } = await connect("salesforce", appOf("salesforce"));
    expect(connected, connected.stderr).toMatchObject({ code: 0 });
    expect(later, later.stderr).toMatchObject({ code: 0, json: { ok: true } });
  });

  test("Salesforce: a user whom the app knows, by JWT; one whom it does not know is refused", async () => {
    const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
    await createSandboxAdmin(sandbox.admin, "salesforce").configure({
      appCertificate: keys.publicKey.export({ type: "spki", format: "pem" }),
    });
    const { clientId } = appOf("salesforce");
    const privateKey = keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const good = await connect("salesforce", { clientId, privateKey, username: "integration@example.com.sandbox" });
    expect(good.connected, good.connected.stderr).toMatchObject({ code: 0 });
    expect(good.later, good.later.stderr).toMatchObject({ code: 0, json: { ok: true } });
    const stranger = await connect("salesforce", { clientId, privateKey, username: "nobody@example.com" });
    expect(stranger.connected).toMatchObject({ code: 1, stderr: expect.stringContaining("no longer accepts") });
    const noKey = await connect("salesforce", { clientId, privateKey: "no key", username: "nobody@example.com" });
    expect(noKey.connected).toMatchObject({ code: 1, stderr: expect.stringContaining("no RSA key in PEM form") });
  });

  test("Zoho: the one-time code of a self client becomes a sign-in that lasts, once", async () => {
    const asked = await fetch(`${access("zoho")["baseUrl"]}/api-console/self-client/code`, {
      method: "POST",
      body: new URLSearchParams({ minutes: "3" }),
    });
    const { code: grantCode } = (await asked.json()) as { code: string };
    const credential = { ...appOf("zoho"), dataCentre: "eu", grantCode };
    const { connected, later } = await connect("zoho", credential);
    expect(connected, connected.stderr).toMatchObject({ code: 0 });
    expect(later, later.stderr).toMatchObject({ code: 0, json: { ok: true } });
    const again = await connect("zoho", credential);
    expect(again.connected).toMatchObject({ code: 1, stderr: expect.stringContaining("one-time code") });
  });
});

/** The vendor's hosts by name, at the sandbox: it knows a centre by the host that a request names. */
function atSandbox(hosts: string[]): Http {
  const { port } = new URL(access("zoho")["baseUrl"] ?? "");
  return {
    close: () => Promise.resolve(),
    request: ({ method, url, headers, body = "" }) =>
      new Promise<HttpOutcome>((resolve, reject) => {
        const { host, pathname, search } = new URL(url);
        hosts.push(host);
        const asked = request({
          host: "127.0.0.1",
          port,
          method,
          path: pathname + search,
          headers: { ...headers, host },
        });
        asked.once("error", reject);
        asked.once("response", (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
          answer.once("end", () =>
            resolve({
              kind: "answer",
              status: answer.statusCode ?? 0,
              headers: {},
              // The sandbox is accounts server and API host in one; the vendor's are two.
              body: text.replace(/http:\/\/accounts\.zoho(?:cloud)?\.([a-z.]+)/, "https://www.zohoapis.$1"),
            }),
          );
        });
        asked.end(body);
      }),
  };
}

describe("Zoho's data centres", () => {
  test.each([
    ["us", "accounts.zoho.com", "www.zohoapis.com"],
    ["eu", "accounts.zoho.eu", "www.zohoapis.eu"],
    ["in", "accounts.zoho.in", "www.zohoapis.in"],
    ["au", "accounts.zoho.com.au", "www.zohoapis.com.au"],
    ["jp", "accounts.zoho.jp", "www.zohoapis.jp"],
    ["ca", "accounts.zohocloud.ca", "www.zohoapis.ca"],
    ["sa", "accounts.zoho.sa", "www.zohoapis.sa"],
    ["cn", "accounts.zoho.com.cn", "www.zohoapis.com.cn"],
  ])("%s signs in at %s and works at %s", async (dataCentre, accounts, api) => {
    const admin = createSandboxAdmin(sandbox.admin, "zoho");
    await admin.configure({ dataCentre });
    const asked = await fetch(`${access("zoho")["baseUrl"]}/api-console/self-client/code`, {
      method: "POST",
      body: new URLSearchParams({ minutes: "3" }),
    });
    const { code: grantCode } = (await asked.json()) as { code: string };
    let stored: Credential = { ...appOf("zoho"), dataCentre, grantCode };
    const contract = parseContract(readDefaultContract());
    if (!contract.ok) throw new Error("the default contract is not valid");
    const connector = createZohoConnector({
      credential: () => Promise.resolve({ ok: true, value: stored }),
      saveCredential: (credential) => {
        stored = credential;
        return Promise.resolve(true);
      },
      settings: {},
      contract: contract.value,
      account: null,
      clock: systemClock,
    });
    const hosts: string[] = [];
    const session = createSetupSession({
      http: atSandbox(hosts),
      connector,
      baseUrl: connector.defaultBaseUrl,
      requestTimeoutMs: 10_000,
      signal: new AbortController().signal,
    });
    const checked = await connector.check(session);
    expect(checked, JSON.stringify(checked)).toMatchObject({ ok: true });
    expect([...new Set(hosts)]).toEqual([accounts, api]);
    expect(stored).toMatchObject({ apiDomain: `https://${api}` });
  });
});
