import { afterEach, beforeEach, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import type { CrmSession } from "../../../src-main/engine/ports/connector.ts";
import type { Credential } from "../../../src-main/engine/ports/credential-vault.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { type HubspotStage, startHubspot } from "../../builders/hubspot-subject.ts";
import { createUnpacedSession, type UnpacedSession } from "../../builders/unpaced-session.ts";
import { createVirtualClock, type VirtualClock } from "../../builders/virtual-clock.ts";

/** What the sandbox prints beside its plain token. */
const app = {
  clientId: "0f5c7a1e-3b2d-4e6f-8a9b-c1d2e3f40516",
  clientSecret: "sandbox-client-secret",
  refreshToken: "na1-1b2c3d4e-5f60-4718-92a3-b4c5d6e7f801",
};

let hub: HubspotStage;
let http: Http;
let session: UnpacedSession;
let clock: VirtualClock;
let stored: Credential;

beforeEach(async () => {
  hub = await startHubspot();
  http = createUndiciHttp();
  session = createUnpacedSession({ http, baseUrl: hub.baseUrl });
  clock = createVirtualClock(Date.now());
  stored = app;
});
afterEach(async () => {
  await http.close();
  await hub.close();
});

const open = () =>
  hub.open({
    credential: () => Promise.resolve({ ok: true, value: stored }),
    saveCredential: (credential) => {
      stored = credential;
      return Promise.resolve(true);
    },
    clock,
  });

const refreshes = (): number => session.sent.filter(({ request }) => request.path.includes("/oauth/")).length;

test("an app's token is fetched once, used by all requests, and stored with its end", async () => {
  const connector = open();
  const results = await Promise.all([connector.owners(session), connector.owners(session), connector.check(session)]);
  expect(results.every(({ ok }) => ok)).toBe(true);
  expect(refreshes()).toBe(1);
  expect(stored).toMatchObject({ ...app, expiresAt: String(clock.now() + 1_800_000) });
  // Another start finds the stored token and does not refresh.
  expect(await open().owners(session)).toMatchObject({ ok: true });
  expect(refreshes()).toBe(1);
});

test("a token is renewed a minute before it ends, without waiting for a 401", async () => {
  const connector = open();
  await connector.owners(session);
  await clock.advance(1_800_000 - 60_001);
  await connector.owners(session);
  expect(refreshes()).toBe(1);
  await clock.advance(2);
  await connector.owners(session);
  expect(refreshes()).toBe(2);
  expect(session.sent.some(({ answer }) => answer.kind === "answer" && answer.status === 401)).toBe(false);
});

test("a token that HubSpot calls expired is renewed once, and the request is sent again", async () => {
  const connector = open();
  await connector.owners(session);
  await hub.admin.advance(1_800_001);
  expect(await connector.owners(session)).toMatchObject({ ok: true });
  expect(refreshes()).toBe(2);
});

test("an access token that stays expired is not refreshed for ever", async () => {
  const connector = open();
  await connector.owners(session);
  const expired = { status: "error", message: "expired", category: "EXPIRED_AUTHENTICATION" };
  await hub.admin.faults([{ match: { path: "/crm/owners" }, kind: "status", status: 401, body: expired }]);
  expect(await connector.owners(session)).toMatchObject({
    ok: false,
    fault: { kind: "blocked", reason: "auth_revoked" },
  });
  expect(refreshes()).toBe(2);
});

test.each(["hubspot", "oauth"])(
  "a refused refresh in the form %s blocks the integration",
  async (refreshErrorShape) => {
    await hub.admin.configure({ refreshTokenRevoked: true, refreshErrorShape });
    const result = await open().owners(session);
    expect(result).toMatchObject({ ok: false, fault: { kind: "blocked", reason: "auth_revoked" } });
    expect(JSON.stringify(result)).not.toContain(app.refreshToken);
    expect(JSON.stringify(result)).not.toContain(app.clientSecret);
  },
);

test("a refresh whose answer is lost is tried again: HubSpot does not rotate the refresh token", async () => {
  let lost = 0;
  const flaky: CrmSession = {
    send: async (request) => {
      const answer = await session.send(request);
      if (!request.path.includes("/oauth/") || lost > 0) return answer;
      lost += 1;
      return { kind: "lost", detail: "reset" };
    },
  };
  const connector = open();
  expect(await connector.owners(flaky)).toMatchObject({ ok: false, fault: { kind: "transient", proof: "read_only" } });
  expect(await connector.owners(flaky)).toMatchObject({ ok: true });
  expect(refreshes()).toBe(2);
});
