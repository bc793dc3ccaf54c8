import { afterEach, beforeEach, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import { createPipedriveConnector } from "../../../src-main/connectors/pipedrive/connector.ts";
import type { CrmSession } from "../../../src-main/engine/ports/connector.ts";
import type { Credential } from "../../../src-main/engine/ports/credential-vault.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { type PipedriveStage, startPipedrive } from "../../builders/pipedrive-subject.ts";
import { createScriptedSession } from "../../builders/scripted-session.ts";
import { createUnpacedSession, type UnpacedSession } from "../../builders/unpaced-session.ts";
import { createVirtualClock, type VirtualClock } from "../../builders/virtual-clock.ts";

let stage: PipedriveStage;
let http: Http;
let session: UnpacedSession;
let clock: VirtualClock;
let stored: Credential;
let app: Readonly<{ clientId: string; clientSecret: string; refreshToken: string }>;

beforeEach(async () => {
  stage = await startPipedrive();
  http = createUndiciHttp();
  session = createUnpacedSession({ http, baseUrl: stage.baseUrl });
  clock = createVirtualClock(Date.now());
  const { clientId = "", clientSecret = "", refreshToken = "" } = stage.access;
  app = { clientId, clientSecret, refreshToken };
  stored = app;
});
afterEach(async () => {
  await http.close();
  await stage.close();
});

const save = (credential: Credential): Promise<boolean> => {
  stored = credential;
  return Promise.resolve(true);
};
const open = () =>
  stage.open({ credential: () => Promise.resolve({ ok: true, value: stored }), saveCredential: save, clock });
const refreshes = (): number => session.sent.filter(({ request }) => request.path.startsWith("/oauth/")).length;

test("an app's token is fetched once for all that wait, stored with its end, and found by the next start", async () => {
  const connector = open();
  const results = await Promise.all([connector.owners(session), connector.owners(session), connector.check(session)]);
  expect(results.every(({ ok }) => ok)).toBe(true);
  expect(refreshes()).toBe(1);
  expect(stored).toMatchObject({ ...app, expiresAt: String(clock.now() + 3_599_000) });
  expect(await open().owners(session)).toMatchObject({ ok: true });
  expect(refreshes()).toBe(1);
});

test("a token is renewed a minute before it ends, without waiting for a 401", async () => {
  const connector = open();
  await connector.owners(session);
  await clock.advance(3_599_000 - 60_001);
  await connector.owners(session);
  expect(refreshes()).toBe(1);
  await clock.advance(2);
  await connector.owners(session);
  expect(refreshes()).toBe(2);
});

test("after a 401 the token is renewed once and the request goes again; a 401 that stays blocks", async () => {
  const connector = open();
  await connector.owners(session);
  await stage.admin.advance(3_599_001);
  expect(await connector.owners(session)).toMatchObject({ ok: true });
  expect(refreshes()).toBe(2);
  const body = { success: false, error: "unauthorized access", errorCode: 401 };
  await stage.admin.faults([{ match: { path: "/v1/users" }, kind: "status", status: 401, body }]);
  expect(await connector.owners(session)).toMatchObject({ ok: false, fault: { reason: "auth_revoked" } });
  expect(refreshes()).toBe(3);
});

test.each(["error,message", "error,error_description"])("a dead refresh token (%s) blocks as revoked", async (keys) => {
  await stage.admin.configure({ refreshTokenRevoked: true, tokenErrorKeys: keys });
  const result = await open().owners(session);
  expect(result).toMatchObject({ ok: false, fault: { kind: "blocked", reason: "auth_revoked" } });
  expect(JSON.stringify(result)).toContain("refresh_token is invalid");
  for (const secret of [app.refreshToken, app.clientSecret]) expect(JSON.stringify(result)).not.toContain(secret);
});

test("an app that the vendor does not know is a matter of setup", async () => {
  stored = { ...app, clientSecret: "wrong-secret" };
  expect(await open().owners(session)).toMatchObject({
    ok: false,
    fault: { kind: "blocked", reason: "setup_missing", answer: { message: "Invalid client: client is invalid" } },
  });
});

test("a sign-in host that is out of order leaves the credential alone", async () => {
  for (const status of [429, 500, 503]) {
    await stage.admin.faults([{ match: { path: "/oauth/token" }, kind: "status", status, times: 1 }]);
    expect(await open().owners(session)).toMatchObject({ ok: false, fault: { kind: "transient", proof: "read_only" } });
  }
  await stage.admin.faults();
  expect(await open().owners(session)).toMatchObject({ ok: true });
});

test("another refresh token than before is stored before the new access token is used", async () => {
  const order: string[] = [];
  const scripted = createScriptedSession(({ path }) => {
    order.push(path);
    if (path !== "/oauth/token") return { status: 200, body: { success: true, data: [] } };
    const given = { access_token: "v1u:new", expires_in: 3599, refresh_token: "1:1:rotated" };
    return { status: 200, body: given };
  });
  const connector = stage.open({
    credential: () => Promise.resolve({ ok: true, value: app }),
    saveCredential: (credential) => {
      order.push(`stored ${credential["refreshToken"]}`);
      return Promise.resolve(true);
    },
    clock,
  });
  await connector.owners(scripted);
  expect(order).toEqual(["/oauth/token", "stored 1:1:rotated", "/v1/users"]);
  expect(scripted.sent[1]?.headers).toEqual({ authorization: "Bearer v1u:new" });
});

test("without an address of its own, sign-in goes to the vendor's host and calls go where it says", async () => {
  const answer = { access_token: "v1u:new", expires_in: 3599, api_domain: "https://acme.pipedrive.com" };
  const scripted = createScriptedSession(({ path }) =>
    path === "/oauth/token" ? { status: 200, body: answer } : { status: 200, body: { success: true, data: [] } },
  );
  const connector = createPipedriveConnector({
    credential: () => Promise.resolve({ ok: true, value: app }),
    settings: {},
    contract: stage.contract,
    account: null,
    clock,
  });
  await connector.owners(scripted);
  expect(scripted.sent.map(({ origin }) => origin)).toEqual([
    "https://oauth.pipedrive.com",
    "https://acme.pipedrive.com",
  ]);
});

test("a one-time code is used only where its fruit can be kept, and is gone from the credential afterwards", async () => {
  const query = new URLSearchParams({
    client_id: app.clientId,
    redirect_uri: "https://app.example.com/callback",
    state: "s",
  });
  const consent = await fetch(`${stage.baseUrl}/oauth/authorize?${query.toString()}`, { redirect: "manual" });
  const grantCode = new URL(consent.headers.get("location") ?? "").searchParams.get("code") ?? "";
  const { clientId, clientSecret } = app;
  stored = { clientId, clientSecret, grantCode, redirectUri: "https://app.example.com/callback" };
  const refusing = stage.open({
    credential: () => Promise.resolve({ ok: true, value: stored }),
    saveCredential: () => Promise.resolve(false),
    clock,
  });
  expect(await refusing.owners(session)).toMatchObject({ ok: false, fault: { reason: "setup_missing" } });
  expect(refreshes()).toBe(0);
  expect(await open().owners(session)).toMatchObject({ ok: true });
  expect(stored).toHaveProperty("refreshToken");
  expect(stored).not.toHaveProperty("grantCode");
});

test("a lost answer of a refresh is asked for again", async () => {
  let lost = 0;
  const flaky: CrmSession = {
    send: async (request) => {
      const answer = await session.send(request);
      if (!request.path.startsWith("/oauth/") || lost > 0) return answer;
      lost += 1;
      return { kind: "lost", detail: "reset" };
    },
  };
  const connector = open();
  expect(await connector.owners(flaky)).toMatchObject({ ok: false, fault: { kind: "transient", proof: "read_only" } });
  expect(await connector.owners(flaky)).toMatchObject({ ok: true });
});
