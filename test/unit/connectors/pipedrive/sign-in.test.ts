import { describe, expect, test } from "vitest";
import { readSignIn, toSignature } from "../../../../src-main/connectors/pipedrive/credential.ts";
import {
  encodeForm,
  scopes,
  startBrowserSignIn,
  toApiOrigin,
  toBasic,
  toExchangeForm,
  toRefreshForm,
} from "../../../../src-main/connectors/pipedrive/sign-in.ts";

const app = { clientId: "id", clientSecret: "secret" };

test("a personal token has a header of its own, an access token is a bearer", () => {
  expect(toSignature("a".repeat(40))).toEqual({ "x-api-token": "a".repeat(40) });
  expect(toSignature("v1u:AQIB")).toEqual({ authorization: "Bearer v1u:AQIB" });
});

test("a credential is a token, an app with its refresh token, or an app with a code", () => {
  expect(readSignIn({ token: "x" })).toMatchObject({ ok: true, value: { kind: "plain" } });
  expect(readSignIn({ ...app, refreshToken: "r" })).toMatchObject({ ok: true, value: { kind: "refresh" } });
  expect(readSignIn({ ...app, grantCode: "c", redirectUri: "https://app.example.com/cb" })).toMatchObject({
    ok: true,
    value: { kind: "code" },
  });
  for (const credential of [{}, { clientId: "id" }, { ...app, grantCode: "c" }, { token: "" }])
    expect(readSignIn(credential)).toMatchObject({ ok: false, fault: expect.stringContaining("personal API token") });
});

test("the app is named by Basic, the forms hold the rest", () => {
  expect(toBasic(app)).toBe(`Basic ${Buffer.from("id:secret").toString("base64")}`);
  expect(encodeForm(toRefreshForm("1:1:x"))).toBe("grant_type=refresh_token&refresh_token=1%3A1%3Ax");
  expect(toExchangeForm("c", "https://app.example.com/cb")).toEqual({
    grant_type: "authorization_code",
    code: "c",
    redirect_uri: "https://app.example.com/cb",
  });
});

describe("a sign-in in the browser", () => {
  const begin = (baseUrl: string | null, given: Record<string, string> = app) =>
    startBrowserSignIn({
      app: given,
      settings: {},
      baseUrl,
      redirectUri: "http://localhost:33333/callback",
      state: "s",
      verifier: "v".repeat(64),
    });

  test("is at the vendor's own page, with the registered address and our state", () => {
    for (const baseUrl of [null, "https://acme.pipedrive.com"]) {
      const begun = begin(baseUrl);
      if (!begun.ok) throw new Error(begun.fault);
      const url = new URL(begun.value.url);
      expect(url.origin + url.pathname).toBe("https://oauth.pipedrive.com/oauth/authorize");
      expect(Object.fromEntries(url.searchParams)).toEqual({
        client_id: "id",
        redirect_uri: "http://localhost:33333/callback",
        state: "s",
      });
      expect(begun.value.toCredential("c", new URLSearchParams())).toEqual({
        ...app,
        grantCode: "c",
        redirectUri: "http://localhost:33333/callback",
      });
    }
    expect(scopes).toContain("activities:full");
  });

  test("is at the test server where one was given, and needs an app", () => {
    expect(begin("http://127.0.0.1:9/")).toMatchObject({
      value: { url: expect.stringContaining("http://127.0.0.1:9/oauth/authorize?") },
    });
    expect(begin(null, { clientId: "id" })).toMatchObject({
      ok: false,
      fault: expect.stringContaining("clientSecret"),
    });
  });
});

test("tokens go to the vendor's own hosts only", () => {
  expect(toApiOrigin("https://acme.pipedrive.com")).toBe("https://acme.pipedrive.com");
  for (const domain of [
    "http://acme.pipedrive.com",
    "https://pipedrive.com.example.com",
    "https://evilpipedrive.com",
    "x",
    undefined,
  ])
    expect([domain, toApiOrigin(domain)]).toEqual([domain, undefined]);
});
