import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { call, calls, contacts, openSandbox, type Client } from "./sandbox-client.ts";

let client: Client;
beforeAll(async () => {
  client = await openSandbox();
});
afterAll(() => client.close());
beforeEach(async () => {
  await client.admin("POST", "/reset");
});

const app = (): { client_id: string; client_secret: string } => ({
  client_id: `${client.access["clientId"]}`,
  client_secret: `${client.access["clientSecret"]}`,
});
const refresh = (more: object = {}) =>
  client.form("/oauth/2026-09/token", {
    grant_type: "refresh_token",
    refresh_token: `${client.access["refreshToken"]}`,
    ...app(),
    ...more,
  });
const redirectUri = "http://localhost:53682/callback";

async function authorize(more: Record<string, string> = {}, uri = redirectUri) {
  const query = new URLSearchParams({
    client_id: app().client_id,
    redirect_uri: uri,
    scope: "crm.objects.contacts.read",
    state: "s1",
    ...more,
  });
  const reply = await client.hub("GET", `/oauth/authorize?${query.toString()}`, undefined, { token: null });
  const location = reply.headers.get("location");
  return { reply, code: location === null ? "" : `${new URL(location).searchParams.get("code")}`, location };
}

test("a missing, garbled or unknown token is INVALID_AUTHENTICATION", async () => {
  for (const headers of [
    {},
    { authorization: "Bearer" },
    { authorization: "Bearer nope" },
    { authorization: `Basic ${client.access.token}` },
  ]) {
    const reply = await client.hub("GET", contacts, undefined, { token: null, headers });
    expect([reply.status, reply.body.category, reply.body.status]).toEqual([401, "INVALID_AUTHENTICATION", "error"]);
    expect(reply.body.message).toContain("Authentication credentials not found");
  }
});

test("plainTokenTtlMs lets the printed token expire from the moment it is set; null never", async () => {
  await client.advance(10 * 365 * 86_400_000);
  expect((await client.hub("GET", contacts)).status).toBe(200);
  await client.config({ plainTokenTtlMs: 60_000 });
  await client.advance(59_000);
  expect((await client.hub("GET", contacts)).status).toBe(200);
  await client.advance(76_000);
  const expired = await client.hub("GET", contacts);
  expect([expired.status, expired.body.category]).toEqual([401, "EXPIRED_AUTHENTICATION"]);
  expect(expired.body.message).toMatch(/expired 75 second\(s\) ago/);
  expect(expired.body.context["expire time"]).toHaveLength(1);
});

test("plainTokenRevoked refuses the printed token until it is taken back", async () => {
  await client.config({ plainTokenRevoked: true });
  expect((await client.hub("GET", contacts)).body.category).toBe("INVALID_AUTHENTICATION");
  await client.config({ plainTokenRevoked: false });
  expect((await client.hub("GET", contacts)).status).toBe(200);
});

test("a refresh token gives access tokens and stays the same; each lives accessTokenTtlMs", async () => {
  const first = await refresh();
  expect(first.body).toMatchObject({
    token_type: "bearer",
    refresh_token: client.access["refreshToken"],
    expires_in: 1800,
    hub_id: 1_234_567,
  });
  const token: string = first.body.access_token;
  expect((await client.hub("GET", contacts, undefined, { token })).status).toBe(200);
  await client.advance(1_801_000);
  expect((await client.hub("GET", contacts, undefined, { token })).body.category).toBe("EXPIRED_AUTHENTICATION");
  await client.config({ accessTokenTtlMs: 5000 });
  const short = await refresh();
  expect(short.body.expires_in).toBe(5);
  await client.advance(6000);
  expect((await client.hub("GET", contacts, undefined, { token: short.body.access_token })).status).toBe(401);
});

test("older token paths answer as well", async () => {
  for (const version of ["v1", "v3", "2026-03"]) {
    const fields = { grant_type: "refresh_token", refresh_token: `${client.access["refreshToken"]}`, ...app() };
    expect((await client.form(`/oauth/${version}/token`, fields)).status).toBe(200);
  }
});

test("refreshErrorShape decides how a refused refresh is worded", async () => {
  await client.config({ refreshTokenRevoked: true });
  const vendors = await refresh();
  expect([vendors.status, vendors.body]).toEqual([
    400,
    { status: "BAD_REFRESH_TOKEN", message: "missing or invalid refresh token" },
  ]);
  await client.config({ refreshErrorShape: "oauth" });
  expect((await refresh()).body).toEqual({
    error: "invalid_grant",
    error_description: "missing or invalid refresh token",
  });
  await client.config({ refreshTokenRevoked: false });
  expect((await refresh()).status).toBe(200);
  expect((await refresh({ refresh_token: "other" })).status).toBe(400);
  expect((await refresh({ client_secret: "wrong" })).body.status).toBe("BAD_CLIENT_ID");
});

test("a code from the consent page is good once, for its redirect address, and gives the scopes asked for", async () => {
  const { code, location } = await authorize();
  expect(location).toContain(`${redirectUri}?code=`);
  expect(location).toContain("state=s1");
  const exchange = (more: object = {}) =>
    client.form("/oauth/2026-09/token", {
      grant_type: "authorization_code",
      code,
      redirect_uri: redirectUri,
      ...app(),
      ...more,
    });
  expect((await exchange({ redirect_uri: "https://elsewhere.example" })).body.status).toBe("BAD_REDIRECT_URI");
  const granted = await exchange();
  expect(granted.body).toMatchObject({ scopes: ["crm.objects.contacts.read"] });
  expect((await exchange()).body.status).toBe("BAD_AUTH_CODE");
  const token: string = granted.body.access_token;
  expect((await client.hub("GET", contacts, undefined, { token })).status).toBe(200);
  expect((await client.hub("POST", calls, call(undefined), { token })).body.errors[0].context).toEqual({
    requiredGranularScopes: ["crm.objects.contacts.write"],
  });
});

test("loopbackRedirect says whether http on this machine is accepted; https always is", async () => {
  expect((await authorize()).reply.status).toBe(302);
  await client.config({ loopbackRedirect: false });
  expect((await authorize()).reply.status).toBe(400);
  expect((await authorize({}, "https://app.example/callback")).reply.status).toBe(302);
  expect((await authorize({ client_id: "other" })).reply.status).toBe(400);
});

test("pkceWithoutSecret lets a code verifier stand for the secret", async () => {
  const verifier = "a-verifier-of-at-least-forty-three-characters-00";
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const exchange = async (more: Record<string, string>) => {
    const { code } = await authorize({ code_challenge: challenge, code_challenge_method: "S256" });
    return client.form("/oauth/2026-09/token", {
      grant_type: "authorization_code",
      code,
      redirect_uri: redirectUri,
      client_id: app().client_id,
      ...more,
    });
  };
  expect((await exchange({ code_verifier: verifier })).body.status).toBe("BAD_CLIENT_ID");
  expect((await exchange({ code_verifier: verifier, client_secret: app().client_secret })).status).toBe(200);
  await client.config({ pkceWithoutSecret: true });
  expect((await exchange({ code_verifier: verifier })).status).toBe(200);
  expect((await exchange({ code_verifier: "wrong" })).body.status).toBe("BAD_CODE_VERIFIER");
});

test("tokens can be introspected and revoked", async () => {
  const { access_token: token, refresh_token: refreshToken } = (await refresh()).body;
  const introspect = (subject: string) => client.form("/oauth/2026-09/token/introspect", { token: subject, ...app() });
  expect((await introspect(token)).body).toMatchObject({
    active: true,
    token_use: "access_token",
    expires_in: expect.closeTo(1800, -1),
  });
  expect((await introspect(refreshToken)).body).toMatchObject({ active: true, token_use: "refresh_token" });
  expect((await introspect("other")).body).toEqual({ active: false });
  expect((await client.form("/oauth/2026-09/token/introspect", { token })).body.status).toBe("BAD_CLIENT_ID");
  expect((await client.hub("GET", `/oauth/v1/access-tokens/${token}`, undefined, { token: null })).body).toMatchObject({
    token,
    hub_id: 1_234_567,
  });
  expect((await client.hub("GET", `/oauth/v1/refresh-tokens/${refreshToken}`, undefined, { token: null })).status).toBe(
    200,
  );
  expect((await client.form("/oauth/2026-09/token/revoke", { token: refreshToken, ...app() })).status).toBe(204);
  expect((await client.hub("GET", contacts, undefined, { token })).body.category).toBe("INVALID_AUTHENTICATION");
  expect((await refresh()).status).toBe(400);
});

test("scopes: a missing one is a 403 that names what is needed; null grants all", async () => {
  await client.config({ scopes: ["crm.objects.contacts.read", "crm.objects.contacts.write"] });
  expect((await client.hub("GET", contacts)).status).toBe(200);
  expect((await client.hub("POST", calls, call(undefined))).status).toBe(201);
  const missing = async (method: string, path: string, body?: object) => {
    const reply = await client.hub(method, path, body);
    expect([reply.status, reply.body.category, reply.body.links]).toEqual([
      403,
      "MISSING_SCOPES",
      { scopes: "https://developers.hubspot.com/scopes" },
    ]);
    return reply.body.errors[0].context.requiredGranularScopes;
  };
  expect(await missing("GET", "/crm/objects/2026-09/deals")).toEqual(["crm.objects.deals.read"]);
  expect(await missing("GET", "/crm/owners/2026-09")).toEqual(["crm.objects.owners.read"]);
  expect(await missing("PATCH", "/crm/objects/2026-09/companies/1", { properties: {} })).toEqual([
    "crm.objects.companies.write",
  ]);
  expect((await client.hub("GET", "/account-info/2026-09/details")).status).toBe(200);
  await client.config({ scopes: null });
  expect((await client.hub("GET", "/crm/owners/2026-09")).status).toBe(200);
});

test("callPropertyScope is the scope that creates a property of calls", async () => {
  const property = { name: "callledger_key", label: "Key", groupName: "call", type: "string", fieldType: "text" };
  await client.config({ scopes: ["crm.schemas.contacts.write"] });
  const refused = await client.hub("POST", "/crm/properties/2026-09/calls", property);
  expect(refused.body.errors[0].context.requiredGranularScopes).toEqual(["crm.schemas.calls.write"]);
  await client.config({ callPropertyScope: "crm.schemas.contacts.write" });
  expect((await client.hub("POST", "/crm/properties/2026-09/calls", property)).status).toBe(201);
});

test("objectPermissions: what the token's user may not do is USER_DOES_NOT_HAVE_PERMISSIONS", async () => {
  const { id } = await client.seed("contacts", { firstname: "Alice" });
  const statuses = async () => [
    (await client.hub("GET", contacts)).status,
    (await client.hub("POST", contacts, { properties: { firstname: "Bob" } })).status,
    (await client.hub("PATCH", `${contacts}/${id}`, { properties: { firstname: "Bob" } })).status,
    (await client.hub("POST", `${contacts}/search`, {})).status,
    (await client.hub("DELETE", `${contacts}/${id}`)).status,
  ];
  await client.config({ objectPermissions: { contacts: ["read"] } });
  expect(await statuses()).toEqual([200, 403, 403, 200, 403]);
  await client.config({ objectPermissions: { contacts: ["create", "edit"] } });
  expect(await statuses()).toEqual([403, 201, 200, 403, 403]);
  expect((await client.hub("GET", contacts)).body.category).toBe("USER_DOES_NOT_HAVE_PERMISSIONS");
  await client.config({ objectPermissions: {} });
  expect(await statuses()).toEqual([200, 201, 200, 200, 204]);
});

test("linking a call to a record that the user may not edit is refused", async () => {
  const { id } = await client.seed("contacts", { firstname: "Alice" });
  await client.config({ objectPermissions: { contacts: ["read"] } });
  const types = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 194 }];
  const reply = await client.hub("POST", calls, { ...call(undefined), associations: [{ to: { id }, types }] });
  expect([reply.status, reply.body.category]).toEqual([403, "USER_DOES_NOT_HAVE_PERMISSIONS"]);
  expect(await client.records("calls")).toEqual([]);
});
