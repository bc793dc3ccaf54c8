import { describe, expect, test } from "vitest";
import { readSignIn, toSignature } from "../../../../src-main/connectors/pipedrive/credential.ts";
import {
  encodeForm,
  readRedirect,
  scopes,
  toApiOrigin,
  toAuthorizeUrl,
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

test("the consent page is the vendor's, with the registered address and our state", () => {
  const url = new URL(toAuthorizeUrl({ clientId: "id", redirectUri: "https://app.example.com/cb", state: "s" }));
  expect(url.origin + url.pathname).toBe("https://oauth.pipedrive.com/oauth/authorize");
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: "id",
    redirect_uri: "https://app.example.com/cb",
    state: "s",
  });
  expect(scopes).toContain("activities:full");
});

describe("a redirect", () => {
  const at = "https://app.example.com/cb";
  test("of our request brings a code or a refusal", () => {
    expect(readRedirect(`${at}?code=c&state=s`, "s")).toEqual({ kind: "code", code: "c" });
    expect(readRedirect(`${at}?error=user_denied&state=s`, "s")).toEqual({ kind: "refused", error: "user_denied" });
    expect(readRedirect(`${at}?state=s`, "s").kind).toBe("refused");
  });
  test("of another request, or none, is not ours", () => {
    for (const url of [`${at}?code=c&state=t`, `${at}?code=c`, "nothing"])
      expect(readRedirect(url, "s")).toEqual({ kind: "foreign" });
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
