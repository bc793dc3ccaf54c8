import { createSign, generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openSalesforce, pkce, refusal, type SalesforceClient } from "./salesforce-client.ts";

let client: SalesforceClient;
beforeAll(async () => {
  client = await openSalesforce();
});
beforeEach(() => client.reset());
afterAll(() => client.close());

const redirect = "http://localhost:33333/callback";

async function authorize(more: Record<string, string> = {}): Promise<URL> {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: client.access["clientId"] ?? "",
    redirect_uri: redirect,
    scope: "api refresh_token",
    state: "st-1",
    code_challenge: pkce().challenge,
    code_challenge_method: "S256",
    ...more,
  });
  const reply = await client.org("GET", `/services/oauth2/authorize?${query.toString()}`, undefined, { token: null });
  if (reply.status !== 302) throw new Error(`${reply.status} ${reply.text}`);
  return new URL(reply.headers.get("location") ?? "");
}

async function signIn(more: Record<string, string> = {}) {
  const back = await authorize();
  return client.token({
    grant_type: "authorization_code",
    code: back.searchParams.get("code") ?? "",
    client_id: client.access["clientId"] ?? "",
    redirect_uri: redirect,
    code_verifier: pkce().verifier,
    ...more,
  });
}

const refresh = (refreshToken: string, more: Record<string, string> = {}) =>
  client.token({
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    client_id: client.access["clientId"] ?? "",
    ...more,
  });

const probe = async (token: string) => refusal(await client.org("GET", "/sobjects", undefined, { token }));

test("a person signs in by code and PKCE and gets tokens, the instance and no lifetime", async () => {
  const reply = await signIn();
  expect(reply.status).toBe(200);
  expect(reply.body).toMatchObject({
    token_type: "Bearer",
    scope: "api refresh_token",
    instance_url: client.access.baseUrl,
  });
  expect(reply.body).not.toHaveProperty("expires_in");
  expect(reply.body.id).toMatch(/\/id\/00D\w{15}\/005\w{15}$/);
  expect(await probe(reply.body.access_token)).toBe("200 ");
});

test("the browser comes back with the state, or with the person's refusal", async () => {
  expect((await authorize()).searchParams.get("state")).toBe("st-1");
  const denied = await authorize({ login_hint: "denied" });
  expect(denied.searchParams.get("error")).toBe("access_denied");
  expect(denied.searchParams.get("error_description")).toBe("end-user denied authorization");
});

test("without a challenge no code is given", async () => {
  expect((await authorize({ code_challenge: "", code_challenge_method: "" })).searchParams.get("error")).toBe(
    "invalid_request",
  );
});

test("a code works once, with its verifier and its redirect address", async () => {
  const wrongVerifier = await signIn({ code_verifier: "another" });
  expect(wrongVerifier.body).toEqual({ error: "invalid_grant", error_description: "invalid code verifier" });
  expect((await signIn({ redirect_uri: "http://localhost:33334/callback" })).body.error).toBe("redirect_uri_mismatch");
  const code = (await authorize()).searchParams.get("code") ?? "";
  expect((await signIn({ code })).status).toBe(200);
  expect((await signIn({ code })).body.error).toBe("invalid_grant");
});

test("a code lives for fifteen minutes, or as long as is configured", async () => {
  const code = (await authorize()).searchParams.get("code") ?? "";
  await client.advance(900_000);
  expect((await signIn({ code })).body.error_description).toBe("expired authorization code");
  await client.config({ authCodeTtlMs: 1_800_000 });
  const later = (await authorize()).searchParams.get("code") ?? "";
  await client.advance(900_000);
  expect((await signIn({ code: later })).status).toBe(200);
});

test("redirects go to a registered address exactly, by name or, where allowed, by the loopback's number", async () => {
  const ask = async (uri: string) =>
    (
      await client.org(
        "GET",
        `/services/oauth2/authorize?${new URLSearchParams({ response_type: "code", client_id: client.access["clientId"] ?? "", redirect_uri: uri, code_challenge: "x", code_challenge_method: "S256" }).toString()}`,
        undefined,
        { token: null },
      )
    ).status;
  expect(await ask(redirect)).toBe(302);
  expect(await ask("http://localhost:33333/other")).toBe(400);
  expect(await ask("http://localhost:40000/callback")).toBe(400);
  expect(await ask("http://127.0.0.1:33333/callback")).toBe(400);
  await client.config({ loopbackIpRedirect: true });
  expect(await ask("http://127.0.0.1:33333/callback")).toBe(302);
});

test("a refresh keeps its token, and refuses a scope", async () => {
  const first = await refresh(client.access["refreshToken"] ?? "");
  expect(first.status).toBe(200);
  expect(first.body).not.toHaveProperty("refresh_token");
  expect((await refresh(client.access["refreshToken"] ?? "")).status).toBe(200);
  expect((await refresh(client.access["refreshToken"] ?? "", { scope: "api" })).body.error).toBe("invalid_request");
});

test("with rotation a refresh token works once", async () => {
  await client.config({ rotateRefreshTokens: true });
  const first = await refresh(client.access["refreshToken"] ?? "");
  expect(first.body.refresh_token).toMatch(/^5Aep861/);
  const reused = await refresh(client.access["refreshToken"] ?? "");
  expect(reused.status).toBe(400);
  expect(reused.body).toEqual({ error: "invalid_grant", error_description: "expired access/refresh token" });
  expect((await refresh(first.body.refresh_token)).status).toBe(200);
});

test("a refresh token dies of thirty idle days, and each use begins them anew", async () => {
  const day = 86_400_000;
  await client.advance(29 * day);
  expect((await refresh(client.access["refreshToken"] ?? "")).status).toBe(200);
  await client.advance(29 * day);
  expect((await refresh(client.access["refreshToken"] ?? "")).status).toBe(200);
  await client.advance(30 * day);
  expect((await refresh(client.access["refreshToken"] ?? "")).body.error).toBe("invalid_grant");
  await client.reset();
  await client.config({ refreshTokenIdleTtlMs: null });
  await client.advance(90 * day);
  expect((await refresh(client.access["refreshToken"] ?? "")).status).toBe(200);
});

test("refresh tokens can all be revoked", async () => {
  await client.config({ refreshTokenRevoked: true });
  expect((await refresh(client.access["refreshToken"] ?? "")).body.error).toBe("invalid_grant");
});

test("an access token ends with its session", async () => {
  const { body } = await refresh(client.access["refreshToken"] ?? "");
  await client.advance(7_199_000);
  expect(await probe(body.access_token)).toBe("200 ");
  await client.advance(1_000);
  const over = await client.org("GET", "/sobjects", undefined, { token: body.access_token });
  expect(over.status).toBe(401);
  expect(over.body).toEqual([{ message: "Session expired or invalid", errorCode: "INVALID_SESSION_ID" }]);
  await client.config({ accessTokenTtlMs: 60_000 });
  const short = await refresh(client.access["refreshToken"] ?? "");
  await client.advance(60_000);
  expect(await probe(short.body.access_token)).toBe("401 INVALID_SESSION_ID");
});

test("the printed token lasts until it is given an end, is revoked, or lacks the api scope", async () => {
  const { token } = client.access;
  await client.advance(90 * 86_400_000);
  expect(await probe(token)).toBe("200 ");
  await client.config({ plainTokenTtlMs: 5_000 });
  expect(await probe(token)).toBe("200 ");
  await client.advance(5_000);
  expect(await probe(token)).toBe("401 INVALID_SESSION_ID");
  await client.config({ plainTokenTtlMs: null, plainTokenRevoked: true });
  expect(await probe(token)).toBe("401 INVALID_SESSION_ID");
  await client.config({ plainTokenRevoked: false, scopes: ["id"] });
  const scoped = await client.org("GET", "/sobjects");
  expect(scoped.body[0].message).toBe("This session is not valid for use with the REST API");
  expect(await probe("nonsense")).toBe("401 INVALID_SESSION_ID");
});

test("revoking a refresh token kills its access tokens, unless configured otherwise", async () => {
  const first = (await signIn()).body;
  expect((await client.form("/services/oauth2/revoke", { token: first.refresh_token })).status).toBe(200);
  expect(await probe(first.access_token)).toBe("401 INVALID_SESSION_ID");
  expect((await refresh(first.refresh_token)).body.error).toBe("invalid_grant");
  await client.config({ revokeKillsAccessTokens: false });
  const second = (await signIn()).body;
  await client.form("/services/oauth2/revoke", { token: second.refresh_token });
  expect(await probe(second.access_token)).toBe("200 ");
});

test("an access token can be revoked by itself", async () => {
  const { body } = await signIn();
  await client.form("/services/oauth2/revoke", { token: body.access_token });
  expect(await probe(body.access_token)).toBe("401 INVALID_SESSION_ID");
  expect((await refresh(body.refresh_token)).status).toBe(200);
});

test("a token can be introspected, where the endpoint exists", async () => {
  const { body } = await refresh(client.access["refreshToken"] ?? "");
  const ask = () =>
    client.form("/services/oauth2/introspect", {
      token: body.access_token,
      client_id: client.access["clientId"] ?? "",
      client_secret: client.access["clientSecret"] ?? "",
    });
  expect((await ask()).body).toMatchObject({ active: true, token_type: "access_token" });
  await client.advance(7_200_000);
  expect((await ask()).body).toEqual({ active: false });
  await client.config({ introspectEndpoint: false });
  expect((await ask()).status).toBe(404);
});

test("identity and userinfo name the user and the org", async () => {
  const info = await client.org("GET", "/services/oauth2/userinfo");
  expect(info.body).toMatchObject({
    organization_id: "00D5g000000AbCDEA0",
    preferred_username: "integration@example.com.sandbox",
  });
  expect((await client.org("GET", `/id/${info.body.organization_id}/${info.body.user_id}`)).body.user_id).toBe(
    info.body.user_id,
  );
  expect((await client.org("GET", "/services/oauth2/userinfo", undefined, { token: "x" })).status).toBe(403);
});

test("client credentials work on the org's own host only, with the secret", async () => {
  const fields = { grant_type: "client_credentials", client_id: client.access["clientId"] ?? "" };
  const secret = { client_secret: client.access["clientSecret"] ?? "" };
  const reply = await client.token({ ...fields, ...secret });
  expect(reply.status).toBe(200);
  expect(reply.body).not.toHaveProperty("refresh_token");
  expect((await client.token(fields)).body.error).toBe("invalid_client");
  expect((await client.token({ ...fields, client_secret: "wrong" })).body.error).toBe("invalid_client");
});

test("client errors at the token endpoint are 400, or 401 where configured", async () => {
  const ask = () => client.token({ grant_type: "refresh_token", refresh_token: "x", client_id: "nobody" });
  expect((await ask()).status).toBe(400);
  expect((await ask()).body).toEqual({ error: "invalid_client_id", error_description: "client identifier invalid" });
  await client.config({ tokenClientErrorStatus: 401 });
  expect((await ask()).status).toBe(401);
});

test("unknown grants and the device flow are refused", async () => {
  expect((await client.token({ grant_type: "device", client_id: client.access["clientId"] ?? "" })).body.error).toBe(
    "unsupported_grant_type",
  );
  expect((await client.token({ grant_type: "password" })).body.error).toBe("unsupported_grant_type");
});

const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const otherKeys = generateKeyPairSync("rsa", { modulusLength: 2048 });

async function assertion(claims: object = {}, key = keys.privateKey): Promise<string> {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor((await client.now()) / 1000);
  const signed = `${encode({ alg: "RS256", typ: "JWT" })}.${encode({
    iss: client.access["clientId"],
    sub: "integration@example.com.sandbox",
    aud: "https://login.salesforce.com",
    exp: now + 120,
    ...claims,
  })}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key).toString("base64url")}`;
}

const jwt = async (claims?: object, key = keys.privateKey) =>
  client.token({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: await assertion(claims, key) });

test("a JWT signs in when its issuer, subject, audience and time are right", async () => {
  const reply = await jwt();
  expect(reply.status).toBe(200);
  expect(reply.body).not.toHaveProperty("refresh_token");
  expect(await probe(reply.body.access_token)).toBe("200 ");
  expect((await jwt({ iss: "other" })).body.error).toBe("invalid_client_id");
  expect((await jwt({ sub: "nobody@example.com" })).body.error_description).toBe("user hasn't approved this consumer");
  expect((await jwt({ aud: "https://example.com" })).body.error).toBe("invalid_grant");
  expect((await jwt({ aud: client.access.baseUrl })).status).toBe(200);
});

test("a JWT may live for three minutes at most, or as long as is configured", async () => {
  const now = Math.floor((await client.now()) / 1000);
  expect((await jwt({ exp: now + 200 })).body.error).toBe("invalid_grant");
  expect((await jwt({ exp: now - 1 })).body.error).toBe("invalid_grant");
  await client.config({ jwtMaxExpMs: 300_000 });
  expect((await jwt({ exp: now + 200 })).status).toBe(200);
});

test("with the app's certificate known, another key's signature is refused", async () => {
  await client.config({ appCertificate: keys.publicKey.export({ type: "spki", format: "pem" }) });
  expect((await jwt()).status).toBe(200);
  expect((await jwt({}, otherKeys.privateKey)).body.error).toBe("invalid_grant");
  await client.config({ appCertificate: null });
  expect((await jwt({}, otherKeys.privateKey)).status).toBe(200);
});

test("an inactive user cannot sign in", async () => {
  await client.config({
    users: [{ id: "0055g00000CarolAAA", name: "Carol Example", email: "carol@example.com", active: false }],
  });
  expect((await jwt({ sub: "carol@example.com" })).body.error_description).toBe("inactive user");
});
