import { createVerify, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createAuth } from "../../../../src-main/connectors/salesforce/auth.ts";
import type { GranterOptions } from "../../../../src-main/connectors/salesforce/granter.ts";
import { startBrowserSignIn } from "../../../../src-main/connectors/salesforce/authorization.ts";
import { readCredential } from "../../../../src-main/connectors/salesforce/credential.ts";
import { toOrgOrigin } from "../../../../src-main/connectors/salesforce/instance.ts";
import { createAssertion } from "../../../../src-main/connectors/salesforce/jwt.ts";
import type { Credential } from "../../../../src-main/engine/ports/credential-vault.ts";
import { createScriptedSession, type ScriptedAnswer } from "../../../builders/scripted-session.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString();

describe("credentials", () => {
  const kindOf = (credential: Credential) => readCredential(credential)?.method.kind;
  test("their fields tell how to sign in", () => {
    expect(kindOf({ token: "t" })).toBe("plain");
    expect(kindOf({ clientId: "c", refreshToken: "r" })).toBe("refresh");
    expect(kindOf({ clientId: "c", clientSecret: "s", refreshToken: "r" })).toBe("refresh");
    expect(kindOf({ clientId: "c", clientSecret: "s" })).toBe("client_credentials");
    expect(kindOf({ clientId: "c", privateKey: "p", username: "u" })).toBe("jwt");
    for (const credential of [{}, { clientId: "c" }, { privateKey: "p", username: "u" }, { token: "" }])
      expect(kindOf(credential)).toBeUndefined();
  });
});

describe("the assertion of a JWT sign-in", () => {
  const ask = {
    clientId: "key",
    username: "user@example.com",
    audience: "https://login.salesforce.com",
    nowMs: 1_800_000_000_000,
  };
  test("names app, user and login host, lives for less than three minutes and is signed", () => {
    const [header = "", claims = "", signature = ""] = createAssertion({ ...ask, privateKey: pem })?.split(".") ?? [];
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());
    expect(read(header)).toEqual({ alg: "RS256", typ: "JWT" });
    expect(read(claims)).toEqual({
      iss: "key",
      sub: "user@example.com",
      aud: "https://login.salesforce.com",
      exp: 1_800_000_150,
    });
    const verify = createVerify("RSA-SHA256").update(`${header}.${claims}`);
    expect(verify.verify(rsa.publicKey, Buffer.from(signature, "base64url"))).toBe(true);
  });

  test("takes a key whose line breaks are written out, and no other kind of key", () => {
    expect(createAssertion({ ...ask, privateKey: pem.replaceAll("\n", "\\n") })).toBeDefined();
    const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });
    for (const privateKey of ["nonsense", ec.toString()])
      expect(createAssertion({ ...ask, privateKey })).toBeUndefined();
  });
});

describe("hosts that may get a token", () => {
  test("are Salesforce's own, or this machine", () => {
    expect(toOrgOrigin("https://acme.my.salesforce.com/x")).toBe("https://acme.my.salesforce.com");
    expect(toOrgOrigin("https://acme--uat.sandbox.my.salesforce.com")).toBe(
      "https://acme--uat.sandbox.my.salesforce.com",
    );
    expect(toOrgOrigin("http://127.0.0.1:4000")).toBe("http://127.0.0.1:4000");
    for (const address of [
      "https://salesforce.com.example.com",
      "http://acme.my.salesforce.com",
      "https://example.com",
      "no address",
      undefined,
    ])
      expect(toOrgOrigin(address)).toBeUndefined();
  });
});

const begin = (app: Credential, baseUrl: string | null = "https://acme.my.salesforce.com/") =>
  startBrowserSignIn({
    app,
    settings: {},
    baseUrl,
    redirectUri: "http://localhost:33333/callback",
    state: "s".repeat(64),
    verifier: "v".repeat(64),
  });

describe("a sign-in in the browser", () => {
  test("asks for a code with a challenge, a state and a refresh token", () => {
    const begun = begin({ clientId: "key" });
    if (!begun.ok) throw new Error(begun.fault);
    const { origin, pathname, searchParams } = new URL(begun.value.url);
    expect(`${origin}${pathname}`).toBe("https://acme.my.salesforce.com/services/oauth2/authorize");
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: "code",
      client_id: "key",
      redirect_uri: "http://localhost:33333/callback",
      scope: "api refresh_token",
      state: "s".repeat(64),
      code_challenge_method: "S256",
    });
    expect(begun.value.url).not.toContain("v".repeat(64));
    expect(begun.value.toCredential("aPrx==", new URLSearchParams())).toEqual({
      clientId: "key",
      grantCode: "aPrx==",
      redirectUri: "http://localhost:33333/callback",
      codeVerifier: "v".repeat(64),
    });
  });

  test("goes to the login host where no org is named, and needs an app", () => {
    expect(begin({ clientId: "key" }, null)).toMatchObject({
      value: { url: expect.stringContaining("https://login.salesforce.com/services/oauth2/authorize?") },
    });
    expect(begin({ token: "x" })).toMatchObject({ ok: false, fault: expect.stringContaining("clientId") });
  });
});

type Vault = { stored: Credential; writes: Credential[]; isWritable: boolean };

function openAuth(stored: Credential, answers: (form: URLSearchParams) => ScriptedAnswer) {
  const vault: Vault = { stored, writes: [], isWritable: true };
  let now = 1_800_000_000_000;
  const session = createScriptedSession((request) => answers(new URLSearchParams(String(request.body))));
  const options: GranterOptions = {
    credential: () => Promise.resolve({ ok: true, value: vault.stored }),
    saveCredential: (credential) => {
      if (vault.isWritable) {
        vault.stored = credential;
        vault.writes.push(credential);
      }
      return Promise.resolve(vault.isWritable);
    },
    clock: { now: () => now, monotonic: () => now, sleep: () => Promise.resolve() },
  };
  return { auth: createAuth(options), session, vault, advance: (ms: number) => (now += ms) };
}

const granted = (more: object = {}): ScriptedAnswer => ({
  status: 200,
  body: { access_token: "new-token", instance_url: "https://acme.my.salesforce.com", ...more },
});
const app = { clientId: "key", refreshToken: "r1" };
const revoked: ScriptedAnswer = {
  status: 400,
  body: { error: "invalid_grant", error_description: "expired access/refresh token" },
};

describe("access tokens", () => {
  test("a plain token is used as it is, at the base URL or at the org that the credential names", async () => {
    const { auth, session } = openAuth({ token: "plain-token" }, () => granted());
    expect(await auth.token(session)).toEqual({ ok: true, value: { value: "plain-token", origin: undefined } });
    expect(await auth.renew(session, "plain-token")).toBeNull();
    const named = openAuth({ token: "plain-token", instanceUrl: "https://acme.my.salesforce.com" }, () => granted());
    expect(await named.auth.token(session)).toMatchObject({ value: { origin: "https://acme.my.salesforce.com" } });
  });

  test("are asked for once, however many need one at the same time, without a scope", async () => {
    const { auth, session } = openAuth(app, () => granted());
    const tokens = await Promise.all([auth.token(session), auth.token(session), auth.token(session)]);
    for (const token of tokens)
      expect(token).toEqual({ ok: true, value: { value: "new-token", origin: "https://acme.my.salesforce.com" } });
    expect(session.sent.map(({ body }) => body)).toEqual(["grant_type=refresh_token&client_id=key&refresh_token=r1"]);
  });

  test("are stored with their end, so that a restart signs in with none", async () => {
    const first = openAuth(app, () => granted());
    await first.auth.token(first.session);
    expect(first.vault.stored).toMatchObject({
      accessToken: "new-token",
      refreshToken: "r1",
      instanceUrl: "https://acme.my.salesforce.com",
    });
    const second = openAuth(first.vault.stored, () => granted());
    await second.auth.token(second.session);
    expect(second.session.sent).toEqual([]);
  });

  test("are renewed after an hour, and at once when they are refused", async () => {
    const { auth, session, advance } = openAuth(app, () => granted());
    await auth.token(session);
    advance(3_599_000);
    await auth.token(session);
    expect(session.sent).toHaveLength(1);
    advance(1_000);
    await auth.token(session);
    expect(session.sent).toHaveLength(2);
    await auth.renew(session, "new-token");
    expect(session.sent).toHaveLength(3);
    // Somebody else renewed it meanwhile.
    await auth.renew(session, "an older token");
    expect(session.sent).toHaveLength(3);
  });

  test("a rotated refresh token is stored before its access token is used", async () => {
    const { auth, session, vault } = openAuth(app, () => granted({ refresh_token: "r2" }));
    const token = auth.token(session);
    expect(vault.writes).toEqual([]);
    await token;
    expect(vault.stored).toMatchObject({ refreshToken: "r2", accessToken: "new-token" });
  });

  test("a rotated refresh token that cannot be stored stops the integration with the way out", async () => {
    const { auth, session, vault } = openAuth(app, () => granted({ refresh_token: "r2" }));
    vault.isWritable = false;
    expect(await auth.token(session)).toMatchObject({ ok: false, fault: { kind: "blocked", reason: "setup_missing" } });
  });

  test("without rotation a vault that cannot be written is no harm", async () => {
    const { auth, session, vault } = openAuth(app, () => granted());
    vault.isWritable = false;
    expect(await auth.token(session)).toMatchObject({ ok: true });
    expect(await auth.token(session)).toMatchObject({ ok: true });
    expect(session.sent).toHaveLength(1);
  });

  test("a refused refresh token is read from the vault again: another process may have rotated it", async () => {
    const { auth, session, vault } = openAuth(app, (form) =>
      form.get("refresh_token") === "r2" ? granted() : revoked,
    );
    await auth.renew(session, "none");
    vault.stored = app;
    const refused = auth.token(session);
    vault.stored = { ...app, refreshToken: "r2" };
    expect(await refused).toMatchObject({ ok: true, value: { value: "new-token" } });
  });

  test("an access token that another process stored meanwhile is used as it is", async () => {
    const { auth, session, vault } = openAuth(app, () => {
      vault.stored = { ...app, refreshToken: "r2", accessToken: "theirs", expiresAt: "1800000600000" };
      return revoked;
    });
    expect(await auth.token(session)).toMatchObject({ ok: true, value: { value: "theirs" } });
    expect(session.sent).toHaveLength(1);
  });

  test("a refresh token that is refused and still the same is revoked, after one try", async () => {
    const { auth, session } = openAuth(app, () => revoked);
    expect(await auth.token(session)).toMatchObject({ ok: false, fault: { kind: "blocked", reason: "auth_revoked" } });
    expect(session.sent).toHaveLength(1);
  });

  test("a lost answer of the token endpoint is tried again later, not taken for a refusal", async () => {
    let isDown = true;
    const { auth, session } = openAuth(app, () => (isDown ? { status: 503 } : granted()));
    expect(await auth.token(session)).toMatchObject({ ok: false, fault: { kind: "transient" } });
    isDown = false;
    expect(await auth.token(session)).toMatchObject({ ok: true });
  });

  test("the run-as user and the assertion ask in their own form", async () => {
    const byApp = openAuth({ clientId: "key", clientSecret: "secret-1" }, () => granted());
    await byApp.auth.token(byApp.session);
    expect(byApp.session.sent[0]?.body).toBe("grant_type=client_credentials&client_id=key&client_secret=secret-1");
    const byJwt = openAuth({ clientId: "key", username: "u@example.com", privateKey: pem }, () => granted());
    await byJwt.auth.token(byJwt.session);
    const form = new URLSearchParams(String(byJwt.session.sent[0]?.body));
    expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    expect(form.get("assertion")?.split(".")).toHaveLength(3);
    const broken = openAuth({ clientId: "key", username: "u", privateKey: "nonsense" }, () => granted());
    expect(await broken.auth.token(broken.session)).toMatchObject({ ok: false, fault: { reason: "setup_missing" } });
    expect(broken.session.sent).toEqual([]);
  });

  test("every secret in hand is named, so that no message repeats it", async () => {
    const { auth, session } = openAuth({ ...app, clientSecret: "secret-1" }, () => granted());
    await auth.token(session);
    expect(auth.secrets()).toEqual(["r1", "secret-1", "new-token"]);
  });
});
