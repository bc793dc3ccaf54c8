import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createAddress } from "../../../../src-main/connectors/zoho/address.ts";
import { readSignIn } from "../../../../src-main/connectors/zoho/credential.ts";
import {
  accountsOfApi,
  accountsOfLocation,
  apiOfLocation,
  locations,
  toAccountsOrigin,
  toApiOrigin,
} from "../../../../src-main/connectors/zoho/data-centres.ts";
import {
  encodeForm,
  readAccountsServer,
  scopes,
  startBrowserSignIn,
  toAuthorizeUrl,
  toDeviceForm,
  toDevicePollForm,
  toExchangeForm,
  toPkce,
  toRefreshForm,
} from "../../../../src-main/connectors/zoho/sign-in.ts";
import { readTokenAnswer } from "../../../../src-main/connectors/zoho/token-answer.ts";

const client = { clientId: "1000.ABC", clientSecret: "s&cret" };

describe("data centres", () => {
  test.each([
    ["us", "https://accounts.zoho.com", "https://www.zohoapis.com"],
    ["eu", "https://accounts.zoho.eu", "https://www.zohoapis.eu"],
    ["in", "https://accounts.zoho.in", "https://www.zohoapis.in"],
    ["au", "https://accounts.zoho.com.au", "https://www.zohoapis.com.au"],
    ["jp", "https://accounts.zoho.jp", "https://www.zohoapis.jp"],
    ["ca", "https://accounts.zohocloud.ca", "https://www.zohoapis.ca"],
    ["sa", "https://accounts.zoho.sa", "https://www.zohoapis.sa"],
    ["cn", "https://accounts.zoho.com.cn", "https://www.zohoapis.com.cn"],
  ])("%s", (location, accounts, api) => {
    expect(accountsOfLocation(location.toUpperCase())).toBe(accounts);
    expect(apiOfLocation(location)).toBe(api);
    expect(accountsOfApi(api)).toBe(accounts);
    expect(accountsOfApi(api.replace("www", "sandbox"))).toBe(accounts);
    expect(toApiOrigin(`${api}/crm/v8`)).toBe(api);
    expect(toAccountsOrigin(accounts)).toBe(accounts);
    expect(locations).toContain(location);
  });

  test.each([
    "https://www.zohoapis.eu.evil.example",
    "https://evil.example/www.zohoapis.eu",
    "http://www.zohoapis.eu",
    "https://www.zohoapis.eu:8443",
    "https://api.zohoapis.eu",
    "https://user@www.zohoapis.eu.example",
    "www.zohoapis.eu",
    "",
  ])("%s is no host of Zoho's", (address) => {
    expect(toApiOrigin(address)).toBeUndefined();
    expect(toAccountsOrigin(address)).toBeUndefined();
  });
});

describe("where requests go", () => {
  test("to the US by default, then to the host that the sign-in named", () => {
    const address = createAddress(null);
    expect([address.api(), address.accounts({})]).toEqual(["https://www.zohoapis.com", "https://accounts.zoho.com"]);
    expect(address.learn("https://sandbox.zohoapis.eu")).toBe(true);
    expect([address.api(), address.accounts({})]).toEqual(["https://sandbox.zohoapis.eu", "https://accounts.zoho.eu"]);
    expect(address.learn("https://evil.example")).toBe(false);
    expect(address.api()).toBe("https://sandbox.zohoapis.eu");
  });

  test("the credential says where to sign in", () => {
    const address = createAddress(null);
    expect(address.accounts({ dataCentre: "in" })).toBe("https://accounts.zoho.in");
    expect(address.accounts({ accountsServer: "https://accounts.zoho.jp", dataCentre: "in" })).toBe(
      "https://accounts.zoho.jp",
    );
    expect(address.accounts({ accountsServer: "https://evil.example" })).toBe("https://accounts.zoho.com");
  });

  test("one of Zoho's own addresses given at connect names the centre", () => {
    const address = createAddress("https://www.zohoapis.com.au/");
    expect([address.api(), address.accounts({})]).toEqual([
      "https://www.zohoapis.com.au",
      "https://accounts.zoho.com.au",
    ]);
  });

  test("any other address given at connect takes everything, whatever the sign-in names", () => {
    const address = createAddress("http://127.0.0.1:4711");
    expect(address.learn("https://www.zohoapis.eu")).toBe(true);
    expect([address.api(), address.accounts({ dataCentre: "eu" })]).toEqual([undefined, undefined]);
    expect(address.shown()).toBe("http://127.0.0.1:4711");
  });
});

describe("the forms of a sign-in", () => {
  test("refresh, exchange and device", () => {
    expect(encodeForm(toRefreshForm(client, "1000.r"))).toBe(
      "grant_type=refresh_token&client_id=1000.ABC&client_secret=s%26cret&refresh_token=1000.r",
    );
    expect(toExchangeForm(client, { code: "c" })).not.toHaveProperty("redirect_uri");
    expect(
      toExchangeForm(client, { code: "c", redirectUri: "http://127.0.0.1:9/cb", codeVerifier: "v" }),
    ).toMatchObject({
      grant_type: "authorization_code",
      redirect_uri: "http://127.0.0.1:9/cb",
      code_verifier: "v",
    });
    expect(toDeviceForm("1000.ABC")).toMatchObject({ scope: scopes.join(","), access_type: "offline" });
    expect(toDevicePollForm(client, "d")).toMatchObject({ grant_type: "device_token", code: "d" });
  });

  test("the challenge is the verifier's hash; a verifier of another shape is a bug", () => {
    const verifier = "a".repeat(64);
    expect(toPkce(verifier).challenge).toBe(createHash("sha256").update(verifier).digest("base64url"));
    expect(() => toPkce("short")).toThrow(/43/);
  });

  test("the browser is sent to the right centre, for offline access", () => {
    const ask = {
      accountsOrigin: "https://accounts.zoho.eu",
      clientId: "1000.ABC",
      redirectUri: "http://127.0.0.1:9/cb",
      state: "s",
    };
    const url = new URL(toAuthorizeUrl({ ...ask, challenge: "c" }));
    expect(url.origin + url.pathname).toBe("https://accounts.zoho.eu/oauth/v2/auth");
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      access_type: "offline",
      prompt: "consent",
      state: "s",
      code_challenge_method: "S256",
    });
    expect(toAuthorizeUrl(ask)).not.toContain("code_challenge");
  });

  test.each([
    ["code=c&state=s&location=eu&accounts-server=https%3A%2F%2Faccounts.zoho.eu", "https://accounts.zoho.eu"],
    ["code=c&state=s&accounts_server=https%3A%2F%2Faccounts.zoho.in", "https://accounts.zoho.in"],
    ["code=c&state=s&location=au", "https://accounts.zoho.com.au"],
    ["code=c&state=s&accounts-server=https%3A%2F%2Fevil.example&location=jp", "https://accounts.zoho.jp"],
    ["code=c&state=s", undefined],
  ])("the redirect %s", (query, accountsOrigin) => {
    expect(readAccountsServer(new URLSearchParams(query))).toBe(accountsOrigin);
  });

  test("a sign-in keeps where its code must be exchanged, and its verifier unless the client takes none", () => {
    const begin = (app: Record<string, string>, settings: Record<string, string> = {}) =>
      startBrowserSignIn({
        app: { ...client, ...app },
        settings,
        baseUrl: null,
        redirectUri: "http://localhost:33333/callback",
        state: "s",
        verifier: "v".repeat(64),
      });
    const begun = begin({});
    if (!begun.ok) throw new Error(begun.fault);
    expect(begun.value.url).toMatch(/^https:\/\/accounts\.zoho\.com\/.*code_challenge=/);
    expect(begun.value.toCredential("c", new URLSearchParams("location=eu"))).toEqual({
      ...client,
      accountsServer: "https://accounts.zoho.eu",
      grantCode: "c",
      redirectUri: "http://localhost:33333/callback",
      codeVerifier: "v".repeat(64),
    });
    const plain = begin({ pkce: "off", dataCentre: "in" });
    if (!plain.ok) throw new Error(plain.fault);
    expect(plain.value.url).toMatch(/^https:\/\/accounts\.zoho\.in\//);
    expect(plain.value.url).not.toContain("code_challenge");
    expect(plain.value.toCredential("c", new URLSearchParams())).not.toHaveProperty("codeVerifier");
    expect(begin({}, { dataCentre: "jp" })).toMatchObject({
      value: { url: expect.stringContaining("https://accounts.zoho.jp/") },
    });
    expect(begin({ dataCentre: "mars" })).toMatchObject({ ok: false, fault: expect.stringContaining("us, eu") });
  });
});

describe("the token endpoint's answers", () => {
  test("a token, with its life in seconds or milliseconds", () => {
    const body = { access_token: "a", expires_in: 3600, api_domain: "https://www.zohoapis.eu" };
    expect(readTokenAnswer(200, body)).toMatchObject({
      kind: "given",
      expiresInMs: 3_600_000,
      refreshToken: undefined,
    });
    expect(readTokenAnswer(200, { ...body, expires_in: 3_600_000 })).toMatchObject({ expiresInMs: 3_600_000 });
  });

  test.each([
    [200, { error: "invalid_code" }, "revoked"],
    [200, { error: "invalid_client" }, "client"],
    [200, { error: "invalid_client_secret" }, "client"],
    [200, { error: "authorization_pending" }, "pending"],
    [200, { error: "Access Denied", status: "failure" }, "throttled"],
    [400, { error: "Access Denied", error_description: "访问被拒绝", status: "failure" }, "throttled"],
    [200, { error: "访问被拒绝" }, "throttled"],
    [500, { error: "invalid_code" }, "silent"],
    [200, undefined, "silent"],
    [200, { nothing: true }, "silent"],
  ])("%i %j is %s", (status, json, kind) => {
    expect(readTokenAnswer(status, json).kind).toBe(kind);
  });
});

describe("what a credential can be", () => {
  test("a token, a refresh token of a client, a one-time code of a client", () => {
    expect(readSignIn({ token: "t" })).toMatchObject({ value: { kind: "plain" } });
    expect(readSignIn({ ...client, refreshToken: "r" })).toMatchObject({ value: { kind: "refresh" } });
    expect(readSignIn({ ...client, grantCode: "c" })).toMatchObject({ value: { kind: "code" } });
  });

  test("anything else is refused without a word of it", () => {
    const refused = readSignIn({ clientId: "1000.ABC", password: "hunter2" });
    expect(refused.ok).toBe(false);
    expect(JSON.stringify(refused)).not.toMatch(/hunter2|1000\.ABC/);
  });
});
