import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import { startBrowserSignIn } from "../../../src-main/connectors/salesforce/authorization.ts";
import type { Connector } from "../../../src-main/engine/ports/connector.ts";
import type { Credential } from "../../../src-main/engine/ports/credential-vault.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { type SalesforceStage, startSalesforce } from "../../builders/salesforce-subject.ts";
import { toItem } from "../../builders/salesforce-writes.ts";
import { createUnpacedSession, type UnpacedSession } from "../../builders/unpaced-session.ts";

let org: SalesforceStage;
let http: Http;
let session: UnpacedSession;
let stored: Credential;

beforeAll(async () => {
  org = await startSalesforce();
  http = createUndiciHttp();
});
beforeEach(async () => {
  await org.reset();
  session = createUnpacedSession({ http, baseUrl: org.baseUrl });
  const { clientId, refreshToken } = org.app;
  stored = { clientId, refreshToken };
});
afterAll(async () => {
  await http.close();
  await org.close();
});

const open = (): Connector =>
  org.open({
    credential: () => Promise.resolve({ ok: true, value: stored }),
    saveCredential: (credential) => {
      stored = credential;
      return Promise.resolve(true);
    },
  });
const signIns = (): number => session.sent.filter(({ request }) => request.path.includes("/oauth2/token")).length;

test("an app's token is fetched once, used by all requests at the org it names, and stored", async () => {
  const connector = open();
  const results = await Promise.all([
    connector.owners(session),
    connector.check(session),
    connector.people(session, ["+442079460958"]),
  ]);
  expect(results.every(({ ok }) => ok)).toBe(true);
  expect(signIns()).toBe(1);
  const data = session.sent.filter(({ request }) => request.path.startsWith("/services/data"));
  expect(new Set(data.map(({ request }) => request.origin))).toEqual(new Set([org.baseUrl]));
  expect(stored).toMatchObject({ accessToken: expect.stringContaining("!"), instanceUrl: org.baseUrl });
  await open().owners(session);
  expect(signIns()).toBe(1);
});

test("an address on this machine is kept, whatever host the sign-in names", async () => {
  const connector = org.open({
    credential: () =>
      Promise.resolve({ ok: true, value: { ...stored, instanceUrl: "https://acme.my.salesforce.com" } }),
    baseUrl: org.baseUrl,
  });
  expect(await connector.owners(session)).toMatchObject({ ok: true });
  expect(session.sent.every(({ request }) => request.origin === undefined)).toBe(true);
});

test("an expired session is renewed in the middle of a write, which is sent once more and done once", async () => {
  const connector = open();
  await connector.check(session);
  await org.admin.advance(7_200_000);
  const outcomes = await connector.write(session, [toItem(org.contract, 1)]);
  expect([...outcomes.values()]).toMatchObject([{ fault: null }]);
  expect(signIns()).toBe(2);
  expect(await org.readCalls()).toHaveLength(1);
});

test("rotated refresh tokens are stored each time, and one that somebody else used up is told", async () => {
  await org.admin.configure({ rotateRefreshTokens: true });
  const tokens = new Set<string>();
  for (let turn = 0; turn < 3; turn += 1) {
    expect(await open().owners(session)).toMatchObject({ ok: true });
    tokens.add(stored["refreshToken"] ?? "");
    await org.admin.advance(7_200_000);
  }
  expect(tokens.size).toBe(3);
  stored = { clientId: org.app.clientId, refreshToken: org.app.refreshToken };
  expect(await open().owners(session)).toMatchObject({ ok: false, fault: { kind: "blocked", reason: "auth_revoked" } });
});

test("a token endpoint that is down is a wait; a lost answer to a rotating refresh is not a loop", async () => {
  await org.admin.configure({ rotateRefreshTokens: true });
  await org.admin.faults([{ match: { path: "/oauth2/token" }, kind: "status", status: 503, times: 1 }]);
  expect(await open().owners(session)).toMatchObject({ ok: false, fault: { kind: "transient" } });
  await org.admin.faults([{ match: { path: "/oauth2/token" }, kind: "drop-after", times: 1 }]);
  expect(await open().owners(session)).toMatchObject({ ok: false, fault: { kind: "transient" } });
  expect(await open().owners(session)).toMatchObject({
    ok: false,
    fault: {
      kind: "blocked",
      reason: "auth_revoked",
      answer: { message: expect.stringMatching(/answer to a renewal was lost on 20.*Sign in again/) },
    },
  });
  expect(signIns()).toBe(3);
});

test("a lost answer to a refresh that does not rotate is forgotten with the next good one", async () => {
  await org.admin.faults([{ match: { path: "/oauth2/token" }, kind: "drop-after", times: 1 }]);
  expect(await open().owners(session)).toMatchObject({ ok: false, fault: { kind: "transient" } });
  expect(stored).toHaveProperty("renewalLostAt");
  expect(await open().owners(session)).toMatchObject({ ok: true });
  expect(stored).not.toHaveProperty("renewalLostAt");
});

test("a wrong app is a matter of set-up", async () => {
  stored = { clientId: "nobody", refreshToken: "x" };
  for (const tokenClientErrorStatus of [400, 401]) {
    await org.admin.configure({ tokenClientErrorStatus });
    expect(await open().owners(session)).toMatchObject({
      ok: false,
      fault: { kind: "blocked", reason: "setup_missing" },
    });
  }
});

test("the run-as user signs in with the app's secret", async () => {
  const { clientId, clientSecret } = org.app;
  stored = { clientId, clientSecret };
  expect(await open().owners(session)).toMatchObject({ ok: true });
  expect(stored).not.toHaveProperty("refreshToken");
});

test("an assertion signs in with the app's certificate", async () => {
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  await org.admin.configure({ appCertificate: keys.publicKey.export({ type: "spki", format: "pem" }) });
  const privateKey = keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  stored = { clientId: org.app.clientId, username: "integration@example.com.sandbox", privateKey };
  expect(await open().owners(session)).toMatchObject({ ok: true });
  stored = { clientId: org.app.clientId, username: "nobody@example.com", privateKey };
  expect(await open().owners(session)).toMatchObject({ ok: false, fault: { reason: "auth_revoked" } });
});

describe("a code that the browser brought back", () => {
  const redirectUri = "http://localhost:33334/callback";
  const begin = async (verifier: string): Promise<Credential> => {
    const app = { clientId: org.app.clientId };
    const begun = startBrowserSignIn({
      app,
      settings: {},
      baseUrl: org.baseUrl,
      redirectUri,
      state: "s".repeat(64),
      verifier,
    });
    if (!begun.ok) throw new Error(begun.fault);
    const page = await fetch(begun.value.url, { redirect: "manual" });
    const query = new URL(page.headers.get("location") ?? "").searchParams;
    return begun.value.toCredential(query.get("code") ?? "", query);
  };

  test("becomes a sign-in that lasts, once", async () => {
    const code = await begin("v".repeat(64));
    stored = code;
    expect(await open().check(session)).toMatchObject({ ok: true });
    expect(signIns()).toBe(1);
    expect(Object.keys(stored).toSorted()).toEqual([
      "accessToken",
      "clientId",
      "expiresAt",
      "instanceUrl",
      "refreshToken",
    ]);
    stored = code;
    expect(await open().check(session)).toMatchObject({ ok: false, fault: { reason: "auth_revoked" } });
  });

  test("is of no use without its verifier, or where nothing can be kept", async () => {
    const code = await begin("v".repeat(64));
    stored = { ...code, codeVerifier: "w".repeat(64) };
    expect(await open().check(session)).toMatchObject({ ok: false, fault: { reason: "auth_revoked" } });
    const connector = org.open({ credential: () => Promise.resolve({ ok: true, value: code }) });
    const before = signIns();
    expect(await connector.check(session)).toMatchObject({ ok: false, fault: { reason: "setup_missing" } });
    expect(signIns()).toBe(before);
  });
});

test("no secret is in any fault", async () => {
  const { clientId, clientSecret } = org.app;
  stored = { clientId, clientSecret: `${clientSecret}-wrong` };
  expect(JSON.stringify(await open().owners(session))).not.toContain(clientSecret);
});
