import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import type { Credential } from "../../../src-main/engine/ports/credential-vault.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { createUnpacedSession, type UnpacedSession } from "../../builders/unpaced-session.ts";
import { startZoho, testClock, type ZohoStage } from "../../builders/zoho-subject.ts";

let zoho: ZohoStage;
let http: Http;
let session: UnpacedSession;
let stored: Credential;
let canStore: boolean;
let offsetMs: number;

beforeEach(async () => {
  zoho = await startZoho();
  http = createUndiciHttp();
  session = createUnpacedSession({ http, baseUrl: zoho.baseUrl });
  stored = { ...zoho.client, refreshToken: zoho.refreshToken };
  canStore = true;
  offsetMs = 0;
});
afterEach(async () => {
  await http.close();
  await zoho.close();
});

const connect = (baseUrl: string | null = zoho.baseUrl) =>
  zoho.open({
    baseUrl,
    credential: () => Promise.resolve({ ok: true, value: stored }),
    saveCredential: (credential) => {
      if (canStore) stored = credential;
      return Promise.resolve(canStore);
    },
    clock: { ...testClock, now: () => Date.now() + offsetMs, monotonic: () => performance.now() + offsetMs },
  });

const paths = () => session.sent.map(({ request }) => request.path);
const tokensAsked = () => paths().filter((path) => path === "/oauth/v2/token").length;

/** Both clocks: ours, and Zoho's. */
async function pass(ms: number): Promise<void> {
  offsetMs += ms;
  await zoho.admin.advance(ms);
}

describe("an access token", () => {
  test("is stored with its expiry and its host before it is used", async () => {
    let storedBeforeUse: Credential | undefined;
    const watching: UnpacedSession = {
      ...session,
      send: (request) => {
        if (request.path === "/crm/v8/org") storedBeforeUse = stored;
        return session.send(request);
      },
    };
    expect(await connect().check(watching)).toMatchObject({ ok: true, value: { plan: "enterprise, 10 users" } });
    expect(storedBeforeUse).toMatchObject({ refreshToken: zoho.refreshToken, apiDomain: zoho.baseUrl });
    expect(Number(storedBeforeUse?.["expiresAt"])).toBeGreaterThan(Date.now() + 3_500_000);
    expect(tokensAsked()).toBe(1);
  });

  test("survives restarts: twenty of them do not refresh twenty times", async () => {
    for (let start = 0; start < 20; start += 1) expect((await connect().check(session)).ok).toBe(true);
    expect(tokensAsked()).toBe(1);
  });

  test("is refreshed once for all that need it, five minutes before it ends", async () => {
    const connector = connect();
    await connector.check(session);
    await pass(56 * 60_000);
    await Promise.all([
      connector.owners(session),
      connector.owners(session),
      connector.people(session, ["+442079460958"]),
    ]);
    expect(tokensAsked()).toBe(2);
  });

  test("that Zoho refuses is refreshed once and the request sent once more", async () => {
    const connector = connect();
    await connector.check(session);
    await zoho.admin.configure({ accessTokenTtlMs: 60_000 });
    stored = { ...stored, accessToken: "1000.stale.token" };
    const again = connect();
    expect((await again.owners(session)).ok).toBe(true);
    expect(tokensAsked()).toBe(2);
    expect(
      paths()
        .slice(-3)
        .map((path) => path.split("?")[0]),
    ).toEqual(["/crm/v8/users", "/oauth/v2/token", "/crm/v8/users"]);
  });

  test("that is still refused after the refresh means that the sign-in is gone", async () => {
    await zoho.admin.faults([
      {
        match: { path: "/crm/v8/org" },
        kind: "status",
        status: 401,
        body: { code: "INVALID_TOKEN", details: {}, message: "invalid oauth token", status: "error" },
      },
    ]);
    expect(await connect().check(session)).toMatchObject({
      ok: false,
      fault: { kind: "blocked", reason: "auth_revoked" },
    });
    expect(paths()).toEqual(["/oauth/v2/token", "/crm/v8/org", "/oauth/v2/token", "/crm/v8/org"]);
  });

  test("without the scope is never refreshed for it", async () => {
    const connector = connect();
    await connector.check(session);
    const before = tokensAsked();
    await zoho.admin.faults([
      {
        kind: "status",
        status: 401,
        body: { code: "OAUTH_SCOPE_MISMATCH", details: {}, message: "invalid oauth scope", status: "error" },
      },
    ]);
    expect(await connector.owners(session)).toMatchObject({ fault: { kind: "blocked", reason: "permission_denied" } });
    expect(tokensAsked()).toBe(before);
  });
});

describe("errors of the token endpoint", () => {
  test("a revoked refresh token, told with status 200", async () => {
    await zoho.admin.configure({ refreshTokenRevoked: true });
    expect(await connect().check(session)).toMatchObject({
      ok: false,
      fault: { kind: "blocked", reason: "auth_revoked", answer: { code: "invalid_code" } },
    });
  });

  test.each([
    ["clientId", "invalid_client"],
    ["clientSecret", "invalid_client_secret"],
  ])("a wrong %s is a matter of setup", async (name, code) => {
    stored = { ...stored, [name]: "wrong" };
    expect(await connect().check(session)).toMatchObject({
      fault: { kind: "blocked", reason: "setup_missing", answer: { code } },
    });
  });

  test("another data centre's client is told as what it is", async () => {
    await zoho.admin.configure({ dataCentre: "us" });
    expect(await connect().check(session)).toMatchObject({ fault: { kind: "blocked", reason: "auth_revoked" } });
  });

  test.each([200, 400])(
    "the throttle, told with status %i, is left alone for ten minutes",
    async (tokenThrottleStatus) => {
      await zoho.admin.configure({ tokensPerTenMinutes: 0, tokenThrottleStatus });
      const connector = connect();
      expect(await connector.check(session)).toMatchObject({
        fault: { kind: "rate_limited", retryAfterMs: 600_000, window: "tokens" },
      });
      await connector.check(session);
      await connector.owners(session);
      expect(tokensAsked()).toBe(1);
      await zoho.admin.configure({ tokensPerTenMinutes: 10 });
      await pass(600_000);
      expect((await connector.check(session)).ok).toBe(true);
    },
  );

  test("no answer, a gateway's page and a cut answer are tried again after ten minutes, and never look revoked", async () => {
    for (const fault of [{ kind: "drop-before" }, { kind: "status", status: 502 }, { kind: "malformed" }]) {
      await zoho.admin.faults([{ match: { path: "/oauth/v2/token" }, ...fault }]);
      expect(await connect().check(session)).toMatchObject({ fault: { kind: "transient", retryAfterMs: 600_000 } });
    }
    await zoho.admin.faults();
    expect((await connect().check(session)).ok).toBe(true);
  });
});

describe("a Self Client's one-time code", () => {
  const askForCode = async (): Promise<string> => {
    const answer = await fetch(`${zoho.baseUrl}/api-console/self-client/code`, {
      method: "POST",
      body: "scope=ZohoCRM.modules.ALL",
    });
    const { code }: any = await answer.json();
    return code;
  };

  test("becomes a refresh token that is kept; the code itself is not", async () => {
    await zoho.admin.configure({ scopes: null });
    stored = { ...zoho.client, dataCentre: "eu", grantCode: await askForCode() };
    const connector = connect();
    await connector.owners(session);
    expect(stored).toMatchObject({ dataCentre: "eu", refreshToken: expect.stringMatching(/^1000\./) });
    expect(stored).not.toHaveProperty("grantCode");
    expect(tokensAsked()).toBe(1);
  });

  test("is not spent where its fruit cannot be kept", async () => {
    canStore = false;
    stored = { ...zoho.client, grantCode: await askForCode() };
    expect(await connect().check(session)).toMatchObject({ fault: { kind: "blocked", reason: "setup_missing" } });
    expect(session.sent).toEqual([]);
    canStore = true;
    expect(await connect().owners(session)).not.toMatchObject({ fault: { reason: "setup_missing" } });
    expect(stored).toHaveProperty("refreshToken");
  });

  test("that was used or is too old is told so", async () => {
    stored = { ...zoho.client, grantCode: "1000.used.before" };
    expect(await connect().check(session)).toMatchObject({ fault: { kind: "blocked", reason: "auth_revoked" } });
  });
});

describe("the host that a sign-in names", () => {
  const signInAt = async (apiDomain: string) => {
    const origins: (string | undefined)[] = [];
    const elsewhere: UnpacedSession = {
      ...session,
      send: ({ origin, ...request }) => {
        origins.push(origin);
        if (request.path !== "/oauth/v2/token") return session.send(request);
        const json = { access_token: zoho.token, expires_in: 3600, api_domain: apiDomain };
        return Promise.resolve({ kind: "answer", status: 200, headers: {}, body: "", json });
      },
    };
    return { outcome: await connect(null).check(elsewhere), origins };
  };

  test("is where the token goes, if it is Zoho's", async () => {
    const { outcome, origins } = await signInAt("https://www.zohoapis.eu");
    expect(outcome.ok).toBe(true);
    expect(origins[0]).toBe("https://accounts.zoho.com");
    expect(new Set(origins.slice(1))).toEqual(new Set(["https://www.zohoapis.eu"]));
    expect(stored).toMatchObject({ apiDomain: "https://www.zohoapis.eu" });
    expect(outcome).toMatchObject({ value: { uiUrl: "https://crm.zoho.eu/crm/org20064123456" } });
  });

  test("gets no token otherwise", async () => {
    const { outcome, origins } = await signInAt("https://www.zohoapis.eu.evil.example");
    expect(outcome).toMatchObject({ ok: false, fault: { kind: "blocked", reason: "setup_missing" } });
    expect(origins).toEqual(["https://accounts.zoho.com"]);
  });
});
