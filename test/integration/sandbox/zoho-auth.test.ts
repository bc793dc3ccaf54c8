import { createHash } from "node:crypto";
import { request as httpRequest } from "node:http";
import { expect, test } from "vitest";
import { openZoho } from "./zoho-client.ts";

const zoho = await openZoho();
const scopes = "ZohoCRM.modules.ALL ZohoCRM.coql.READ";

async function selfClientCode(scope = scopes): Promise<string> {
  return (await zoho.form("/api-console/self-client/code", { scope })).body.code;
}

const exchange = (code: string, more: Record<string, string> = {}) =>
  zoho.form("/oauth/v2/token", { grant_type: "authorization_code", ...zoho.client, code, ...more });

function authorize(more: Record<string, string> = {}) {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: zoho.client.client_id,
    scope: scopes,
    redirect_uri: "http://127.0.0.1:9/callback",
    access_type: "offline",
    state: "s1",
    ...more,
  });
  return zoho.crm("GET", `/oauth/v2/auth?${query.toString()}`, undefined, { token: null });
}

/** `fetch` does not let a test name another host. */
function statusAtHost(host: string): Promise<number> {
  const url = new URL(`${zoho.baseUrl}/crm/v8/org`);
  return new Promise((resolve, reject) => {
    const headers = { host, authorization: `Zoho-oauthtoken ${zoho.access.token}` };
    httpRequest(url, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}

test("the documented prefix is wanted; without a token the call is not authenticated", async () => {
  expect((await zoho.crm("GET", "org")).status).toBe(200);
  const bearer = await zoho.crm("GET", "org", undefined, {
    token: null,
    headers: { authorization: `Bearer ${zoho.access.token}` },
  });
  expect(bearer.status).toBe(401);
  expect(bearer.body).toEqual({
    code: "AUTHENTICATION_FAILURE",
    details: {},
    message: "Authentication failed",
    status: "error",
  });
});

test("an unknown token answers INVALID_TOKEN", async () => {
  const reply = await zoho.crm("GET", "org", undefined, { token: "1000.nothing.here" });
  expect(reply.status).toBe(401);
  expect(reply.body).toEqual({ code: "INVALID_TOKEN", details: {}, message: "invalid oauth token", status: "error" });
});

test("the printed token expires and is revoked only when told so", async () => {
  await zoho.config({ plainTokenTtlMs: 60_000 });
  expect((await zoho.crm("GET", "org")).status).toBe(200);
  await zoho.advance(60_000);
  expect((await zoho.crm("GET", "org")).body.code).toBe("INVALID_TOKEN");
  await zoho.config({ plainTokenTtlMs: null });
  expect((await zoho.crm("GET", "org")).status).toBe(200);
  await zoho.config({ plainTokenRevoked: true });
  expect((await zoho.crm("GET", "org")).body.code).toBe("INVALID_TOKEN");
});

test("a refresh gives an access token for an hour, where to use it, and no new refresh token", async () => {
  const reply = await zoho.refresh();
  expect(reply.status).toBe(200);
  expect(reply.body).toMatchObject({ api_domain: zoho.baseUrl, token_type: "Bearer", expires_in: 3600 });
  expect(reply.body).not.toHaveProperty("refresh_token");
  const token = reply.body.access_token;
  expect((await zoho.crm("GET", "org", undefined, { token })).status).toBe(200);
  await zoho.advance(3_600_000);
  expect((await zoho.crm("GET", "org", undefined, { token })).body.code).toBe("INVALID_TOKEN");
});

test("the life of access tokens is configured", async () => {
  await zoho.config({ accessTokenTtlMs: 5000 });
  const { access_token: token, expires_in } = (await zoho.refresh()).body;
  expect(expires_in).toBe(5);
  await zoho.advance(5000);
  expect((await zoho.crm("GET", "org", undefined, { token })).status).toBe(401);
});

test("errors of the token endpoint come with status 200 and an error word", async () => {
  const wrongSecret = await zoho.refresh(undefined, { client_secret: "wrong" });
  expect([wrongSecret.status, wrongSecret.body]).toEqual([200, { error: "invalid_client_secret" }]);
  expect((await zoho.refresh(undefined, { client_id: "1000.X" })).body).toEqual({ error: "invalid_client" });
  const unknown = await zoho.refresh("1000.unknown.token");
  expect([unknown.status, unknown.body]).toEqual([200, { error: "invalid_code" }]);
});

test("a revoked refresh token answers invalid_code, and its access tokens die with it", async () => {
  const token = (await zoho.refresh()).body.access_token;
  await zoho.config({ refreshTokenRevoked: true });
  expect((await zoho.refresh()).body).toEqual({ error: "invalid_code" });
  expect((await zoho.crm("GET", "org", undefined, { token })).body.code).toBe("INVALID_TOKEN");
});

test("a token can be revoked by its owner", async () => {
  const token = (await zoho.refresh()).body.access_token;
  expect((await zoho.form("/oauth/v2/token/revoke", { token })).body).toEqual({ status: "success" });
  expect((await zoho.crm("GET", "org", undefined, { token })).status).toBe(401);
});

test("more than ten access tokens in ten minutes are throttled, for the length of the throttle", async () => {
  for (let n = 0; n < 10; n++) expect((await zoho.refresh()).body.access_token).toBeDefined();
  const denied = await zoho.refresh();
  expect(denied.status).toBe(200);
  expect(denied.body).toMatchObject({ error: "Access Denied", status: "failure" });
  await zoho.advance(599_000);
  expect((await zoho.refresh()).body.error).toBe("Access Denied");
  await zoho.advance(1000);
  expect((await zoho.refresh()).body.access_token).toBeDefined();
});

test("number, length and status of the throttle are configured", async () => {
  await zoho.config({ tokensPerTenMinutes: 1, tokenThrottleMs: 1_200_000, tokenThrottleStatus: 400 });
  await zoho.refresh();
  expect((await zoho.refresh()).status).toBe(400);
  await zoho.advance(700_000);
  expect((await zoho.refresh()).body.error).toBe("Access Denied");
  await zoho.advance(500_000);
  expect((await zoho.refresh()).body.access_token).toBeDefined();
  const stats = await zoho.stats();
  expect(stats.windows.find(({ name }: { name: string }) => name === "tokens_ten_minutes")).toMatchObject({
    limit: 1,
    max: 2,
  });
});

test("the sixteenth active access token kills the oldest", async () => {
  await zoho.config({ tokensPerTenMinutes: 100, maxActiveAccessTokens: 2 });
  const tokens = [];
  for (let n = 0; n < 3; n++) tokens.push((await zoho.refresh()).body.access_token);
  const status = async (token: string) => (await zoho.crm("GET", "org", undefined, { token })).status;
  expect([await status(tokens[0]), await status(tokens[1]), await status(tokens[2])]).toEqual([401, 200, 200]);
});

test("a Self Client's code is good once and for three minutes", async () => {
  const code = await selfClientCode();
  const first = await exchange(code);
  expect(first.body).toMatchObject({ scope: scopes, api_domain: zoho.baseUrl });
  expect(first.body.refresh_token).toMatch(/^1000\./);
  expect((await exchange(code)).body).toEqual({ error: "invalid_code" });
  const late = await selfClientCode();
  await zoho.advance(180_000);
  expect((await exchange(late)).body).toEqual({ error: "invalid_code" });
});

test("the twenty-first refresh token deletes the oldest", async () => {
  const first = (await exchange(await selfClientCode())).body.refresh_token;
  for (let n = 0; n < 19; n++) {
    if (n % 9 === 8) await zoho.advance(600_000);
    await exchange(await selfClientCode());
  }
  expect((await zoho.refresh(first)).body.access_token).toBeDefined();
  await exchange(await selfClientCode());
  expect((await zoho.refresh(first)).body).toEqual({ error: "invalid_code" });
});

test("more than ten codes in ten minutes are refused", async () => {
  for (let n = 0; n < 10; n++) await selfClientCode();
  expect((await zoho.form("/api-console/self-client/code", { scope: scopes })).body).toEqual({
    error: "too_many_codes",
  });
});

test("the redirect of the authorisation names the data centre and its accounts server", async () => {
  const reply = await authorize();
  expect(reply.status).toBe(302);
  const url = new URL(reply.headers.get("location") ?? "");
  expect(url.searchParams.get("location")).toBe("eu");
  expect(url.searchParams.get("accounts-server")).toBe(zoho.baseUrl);
  expect(url.searchParams.get("state")).toBe("s1");
  const redirect_uri = "http://127.0.0.1:9/callback";
  const code = url.searchParams.get("code") ?? "";
  expect((await exchange(code, { redirect_uri })).body.refresh_token).toBeDefined();
});

test("a code asked for without offline access, or a second time without consent, gives no refresh token", async () => {
  const codeOf = async (more: Record<string, string>) =>
    new URL((await authorize(more)).headers.get("location") ?? "").searchParams.get("code") ?? "";
  const redirect_uri = "http://127.0.0.1:9/callback";
  const tokens = async (more: Record<string, string>) => (await exchange(await codeOf(more), { redirect_uri })).body;
  expect(await tokens({ access_type: "online" })).not.toHaveProperty("refresh_token");
  expect(await tokens({})).not.toHaveProperty("refresh_token");
  expect(await tokens({ prompt: "consent" })).toHaveProperty("refresh_token");
});

test("the parameter that names the accounts server is a switch", async () => {
  await zoho.config({ accountsServerParam: "accounts_server" });
  const url = new URL((await authorize()).headers.get("location") ?? "");
  expect(url.searchParams.get("accounts_server")).toBe(zoho.baseUrl);
  expect(url.searchParams.has("accounts-server")).toBe(false);
});

test("PKCE binds the code to its verifier, or is refused where the switch says so", async () => {
  const verifier = "v".repeat(43);
  const challenge = {
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  };
  const redirect_uri = "http://127.0.0.1:9/callback";
  const code = async () => new URL((await authorize(challenge)).headers.get("location") ?? "").searchParams.get("code");
  expect((await exchange((await code()) ?? "", { redirect_uri })).body).toEqual({ error: "invalid_code" });
  const good = await exchange((await code()) ?? "", { redirect_uri, code_verifier: verifier });
  expect(good.body.access_token).toBeDefined();
  await zoho.config({ pkce: false });
  const refused = new URL((await authorize(challenge)).headers.get("location") ?? "");
  expect(refused.searchParams.get("error")).toBe("invalid_request");
});

test("the device flow waits for a person, at the configured path", async () => {
  const start = async () => (await zoho.form("/oauth/v3/device/code", { client_id: zoho.client.client_id })).body;
  const device = await start();
  const poll = (path: string, code: string) => zoho.form(path, { ...zoho.client, code });
  expect((await poll("/oauth/v3/device/token", device.device_code)).body.error).toBe("authorization_pending");
  expect((await poll("/oauth/v3/device/token", device.device_code)).body.error).toBe("slow_down");
  await zoho.crm("GET", `/oauth/v3/device?user_code=${device.user_code}`, undefined, { token: null });
  expect((await poll("/oauth/v3/device/token", device.device_code)).body.refresh_token).toBeDefined();
  await zoho.config({ deviceTokenPath: "/oauth/v3/device/poll" });
  const second = await start();
  expect((await poll("/oauth/v3/device/token", second.device_code)).status).toBe(404);
  expect((await poll("/oauth/v3/device/poll", second.device_code)).body.error).toBe("authorization_pending");
});

test("a token of another data centre is invalid, and so is a good one at another centre's host", async () => {
  await zoho.config({ dataCentre: "us" });
  expect((await zoho.crm("GET", "org")).body.code).toBe("INVALID_TOKEN");
  expect((await zoho.refresh()).body).toEqual({ error: "invalid_code" });
  await zoho.config({ dataCentre: "eu" });
  expect((await zoho.crm("GET", "org")).status).toBe(200);
  expect(await statusAtHost("www.zohoapis.com")).toBe(401);
  expect(await statusAtHost("www.zohoapis.eu")).toBe(200);
});

test("a token without the scope is refused for it; broader scopes cover narrower ones", async () => {
  await zoho.config({ scopes: ["ZohoCRM.modules.calls.CREATE"] });
  const refused = await zoho.crm("GET", "Calls?fields=id");
  expect([refused.status, refused.body.code]).toEqual([401, "OAUTH_SCOPE_MISMATCH"]);
  expect((await zoho.crm("POST", "Calls", { data: [{}] })).status).toBe(400);
  await zoho.config({ scopes: ["ZohoCRM.modules.ALL"] });
  expect((await zoho.crm("GET", "Calls?fields=id")).status).toBe(204);
  expect((await zoho.coql("select id from Calls where id is not null")).body.code).toBe("OAUTH_SCOPE_MISMATCH");
  await zoho.config({ scopes: null });
  expect((await zoho.coql("select id from Calls where id is not null")).status).toBe(204);
});

test("the accounts server describes itself", async () => {
  const { body } = await zoho.crm("GET", "/.well-known/openid-configuration", undefined, { token: null });
  expect(body.code_challenge_methods_supported).toEqual(["plain", "S256"]);
  const info = await zoho.crm("GET", "/oauth/serverinfo", undefined, { token: null });
  expect(info.body.locations).toEqual({ eu: zoho.baseUrl });
});
