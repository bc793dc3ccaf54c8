import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { openPipedrive } from "./pipedrive-client.ts";

const pipedrive = await openPipedrive();
const { pd, bearer, form, refresh, config, advance } = pipedrive;
const me = "/v1/users/me";
const callback = "https://app.example.com/callback";

const authorize = async (more: Record<string, string> = {}) => {
  const query = new URLSearchParams({
    client_id: pipedrive.access["clientId"] ?? "",
    redirect_uri: callback,
    state: "s1",
    ...more,
  });
  const reply = await pd("GET", `/oauth/authorize?${query.toString()}`, undefined, { token: null });
  return {
    reply,
    code: new URL(reply.headers.get("location") ?? "http://none.example").searchParams.get("code") ?? "",
  };
};
const exchange = (code: string, more: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  form("/oauth/token", { grant_type: "authorization_code", code, redirect_uri: callback, ...more }, headers);

test("the printed token signs in as x-api-token and as a bearer", async () => {
  const reply = await pd("GET", me);
  expect(reply.body).toMatchObject({ success: true, data: { id: 77, company_domain: "callledger-sandbox" } });
  expect((await bearer("GET", me, pipedrive.access.token)).status).toBe(200);
  expect(reply.headers.get("x-correlation-id")).toMatch(/\w/);
});

test("no token or a wrong one is the gateway's 401 with its headers", async () => {
  for (const token of [null, "0".repeat(40)]) {
    const reply = await pd("GET", me, undefined, { token });
    expect(reply.status).toBe(401);
    expect(reply.body).toEqual({
      success: false,
      error: "unauthorized access",
      errorCode: 401,
      error_info: "Please check developers.pipedrive.com",
    });
    expect(reply.headers.get("x-401-by-gw")).toBe("true");
  }
});

test("plainTokenRevoked and plainTokenTtlMs end the printed token", async () => {
  await config({ plainTokenRevoked: true });
  expect((await pd("GET", me)).status).toBe(401);
  await config({ plainTokenRevoked: false, plainTokenTtlMs: 1000 });
  expect((await pd("GET", me)).status).toBe(200);
  await advance(1000);
  expect((await pd("GET", me)).status).toBe(401);
});

test("queryToken: ?api_token= is refused, or accepted where the account is set so", async () => {
  const path = `${me}?api_token=${pipedrive.access.token}`;
  expect((await pd("GET", path, undefined, { token: null })).status).toBe(401);
  await config({ queryToken: true });
  expect((await pd("GET", path, undefined, { token: null })).status).toBe(200);
});

test("a refresh gives an access token of an hour and the same refresh token, again and again", async () => {
  const first = await refresh();
  expect(first.body).toMatchObject({
    token_type: "Bearer",
    expires_in: 3599,
    refresh_token: pipedrive.access["refreshToken"],
    api_domain: pipedrive.baseUrl,
  });
  expect((await refresh()).status).toBe(200);
  expect((await bearer("GET", me, first.body.access_token)).status).toBe(200);
  await advance(3_599_000);
  expect((await bearer("GET", me, first.body.access_token)).status).toBe(401);
});

test("accessTokenTtlMs is the life of the tokens given out", async () => {
  await config({ accessTokenTtlMs: 5000 });
  const { body } = await refresh();
  expect(body.expires_in).toBe(5);
  await advance(5000);
  expect((await bearer("GET", me, body.access_token)).status).toBe(401);
});

test("an access token is no API token", async () => {
  const { body } = await refresh();
  expect((await pd("GET", me, undefined, { token: body.access_token })).status).toBe(401);
});

test("a refresh token that nobody used for sixty days is dead; each use prolongs it", async () => {
  await advance(59 * 86_400_000);
  expect((await refresh()).status).toBe(200);
  await advance(59 * 86_400_000);
  expect((await refresh()).status).toBe(200);
  await advance(60 * 86_400_000);
  expect((await refresh()).body).toEqual({
    success: false,
    error: "invalid_grant",
    message: "Invalid grant: refresh_token is invalid",
  });
});

test("refreshTokenRevoked refuses every refresh; tokenErrorKeys names the keys of the refusal", async () => {
  await config({ refreshTokenRevoked: true });
  expect((await refresh()).body.message).toBe("Invalid grant: refresh_token is invalid");
  await config({ tokenErrorKeys: "error,error_description" });
  const { status, body } = await refresh();
  expect([status, body.error, body.error_description, body.message]).toEqual([
    400,
    "invalid_grant",
    "Invalid grant: refresh_token is invalid",
    undefined,
  ]);
});

test("a wrong client and a missing grant_type are told apart from a dead grant", async () => {
  const wrong = await form(
    "/oauth/token",
    { grant_type: "refresh_token", refresh_token: pipedrive.access["refreshToken"] ?? "" },
    { authorization: `Basic ${Buffer.from("a:b").toString("base64")}` },
  );
  expect([wrong.status, wrong.body.message]).toEqual([400, "Invalid client: client is invalid"]);
  expect((await form("/oauth/token", {})).body.message).toBe("Missing parameter: grant_type");
});

test("a code comes back to the registered address only, lives five minutes and works once", async () => {
  const { reply, code } = await authorize();
  expect(reply.status).toBe(302);
  expect(reply.headers.get("location")).toContain("state=s1");
  expect((await exchange(code)).status).toBe(200);
  expect((await exchange(code)).body.message).toBe("Invalid grant: authorization_code is invalid");
  const late = await authorize();
  await advance(300_000);
  expect((await exchange(late.code)).body.message).toBe("Invalid grant: authorization_code has expired");
  expect((await authorize({ redirect_uri: "http://127.0.0.1:9/callback" })).reply.status).toBe(400);
  for (const port of [33_333, 33_334, 33_335])
    expect((await authorize({ redirect_uri: `http://localhost:${port}/callback` })).reply.status).toBe(302);
});

test("pkce: a proven verifier stands for the secret only where the account is set so", async () => {
  const verifier = "v".repeat(43);
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const proof = { code_verifier: verifier, client_id: pipedrive.access["clientId"] ?? "" };
  const ask = async () => exchange((await authorize({ code_challenge: challenge })).code, proof, { authorization: "" });
  expect((await ask()).body.error).toBe("invalid_client");
  await config({ pkce: true });
  expect((await ask()).status).toBe(200);
  const { code } = await authorize({ code_challenge: challenge });
  expect((await exchange(code, { code_verifier: "wrong" })).status).toBe(400);
});

test("revoking the refresh token ends its access tokens, too", async () => {
  const { body } = await refresh();
  await form("/oauth/revoke", { token: body.refresh_token });
  expect((await bearer("GET", me, body.access_token)).status).toBe(401);
  expect((await refresh()).status).toBe(400);
});

test("scopes: an address outside them is 403, and losing one bites at once", async () => {
  await config({ scopes: ["base", "contacts:read", "activities:full"] });
  expect((await pd("GET", "persons")).status).toBe(200);
  expect((await pd("POST", "persons", { name: "Test" })).body).toMatchObject({
    error: "Scope and URL mismatch",
    errorCode: 403,
  });
  expect((await pd("GET", "persons/search?term=te")).status).toBe(200);
  expect((await pd("GET", "itemSearch?term=te")).status).toBe(403);
  expect((await pd("GET", "/v1/callLogs")).status).toBe(403);
  expect((await pd("GET", "activityFields")).status).toBe(403);
  const { body } = await refresh();
  expect(body.scope).toBe("base,contacts:read,activities:full");
  await config({ scopes: ["base"] });
  expect((await bearer("GET", "activities", body.access_token)).status).toBe(403);
  await config({ scopes: null });
  expect((await bearer("GET", "activities", body.access_token)).status).toBe(200);
});

test("accountSuspended: 402 for everything", async () => {
  await config({ accountSuspended: true });
  expect((await pd("GET", me)).status).toBe(402);
});

test("retiredV1: what was taken away answers 410 or 404, under both roots; what is left of v1 works", async () => {
  for (const path of ["/v1/persons", "/api/v1/activities/1", "/v1/itemSearch?term=ab", "/v1/deals"])
    expect((await pd("GET", path)).status).toBe(410);
  await config({ retiredV1: 404 });
  expect((await pd("GET", "/v1/organizations")).status).toBe(404);
  expect((await pd("GET", "/api/v1/users")).status).toBe(200);
  expect((await pd("GET", "/v1/nothing")).status).toBe(404);
  expect((await pd("PUT", "persons")).status).toBe(405);
});
