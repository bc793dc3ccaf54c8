import { createHash } from "node:crypto";
import { accountsOfLocation, toAccountsOrigin } from "./data-centres.ts";

/** What the agent asks for: to read people, write calls, create its fields, and read what it needs to know of the org. */
export const scopes: readonly string[] = [
  "ZohoCRM.modules.ALL",
  "ZohoCRM.coql.READ",
  "ZohoSearch.securesearch.READ",
  "ZohoCRM.settings.modules.READ",
  "ZohoCRM.settings.fields.READ",
  "ZohoCRM.settings.fields.CREATE",
  "ZohoCRM.settings.layouts.READ",
  "ZohoCRM.org.READ",
  "ZohoCRM.users.READ",
];

export const tokenPath = "/oauth/v2/token";
export const deviceCodePath = "/oauth/v3/device/code";
export const deviceTokenPath = "/oauth/v3/device/token";

/** A form body; Zoho takes the secret in it. */
export type Form = Readonly<Record<string, string>>;
export type Client = Readonly<{ clientId: string; clientSecret: string }>;

const clientFields = ({ clientId, clientSecret }: Client): Form => ({
  client_id: clientId,
  client_secret: clientSecret,
});

export const encodeForm = (form: Form): string => new URLSearchParams(form).toString();

/** A one-time code (pasted from the console's Self Client, or from a redirect) for a refresh token. */
export const toExchangeForm = (
  client: Client,
  ask: Readonly<{ code: string; redirectUri?: string | undefined; codeVerifier?: string | undefined }>,
): Form => ({
  grant_type: "authorization_code",
  ...clientFields(client),
  code: ask.code,
  ...(ask.redirectUri === undefined ? {} : { redirect_uri: ask.redirectUri }),
  ...(ask.codeVerifier === undefined ? {} : { code_verifier: ask.codeVerifier }),
});

/** A new access token. Zoho does not rotate the refresh token. */
export const toRefreshForm = (client: Client, refreshToken: string): Form => ({
  grant_type: "refresh_token",
  ...clientFields(client),
  refresh_token: refreshToken,
});

/** The verifier (43 to 128 characters, kept here) and the challenge that goes into the browser's address. */
export function toPkce(verifier: string): Readonly<{ verifier: string; challenge: string }> {
  if (!/^[\w.~-]{43,128}$/.test(verifier)) throw new Error("a PKCE verifier has 43 to 128 unreserved characters");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** The address that a person opens to consent. `access_type=offline` and `prompt=consent` make Zoho give a refresh token. */
export function toAuthorizeUrl(
  ask: Readonly<{
    accountsOrigin: string;
    clientId: string;
    redirectUri: string;
    state: string;
    /** Left out where the client's kind does not take PKCE. */
    challenge?: string | undefined;
  }>,
): string {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: ask.clientId,
    scope: scopes.join(","),
    redirect_uri: ask.redirectUri,
    access_type: "offline",
    prompt: "consent",
    state: ask.state,
    ...(ask.challenge === undefined ? {} : { code_challenge: ask.challenge, code_challenge_method: "S256" }),
  });
  return `${ask.accountsOrigin}/oauth/v2/auth?${query.toString()}`;
}

/** What came back to the loopback address. `accountsOrigin`: where the code must be exchanged, if Zoho said so. */
export type Redirect =
  | Readonly<{ kind: "code"; code: string; accountsOrigin: string | undefined }>
  | Readonly<{ kind: "refused"; error: string }>
  | Readonly<{ kind: "foreign" }>;

/** Reads the redirect. One with another `state` is not ours. The parameter for the accounts server has been seen in several spellings. */
export function readRedirect(url: string, state: string): Redirect {
  const query = URL.canParse(url) ? new URL(url).searchParams : new URLSearchParams();
  if (query.get("state") !== state) return { kind: "foreign" };
  const code = query.get("code");
  if (code === null || code === "") return { kind: "refused", error: query.get("error") ?? "no code was given" };
  const named = ["accounts-server", "accounts_server", "accountsServer"]
    .map((name) => query.get(name))
    .find((value) => value !== null);
  const accountsOrigin =
    (named === undefined || named === null ? undefined : toAccountsOrigin(named)) ??
    accountsOfLocation(query.get("location") ?? "");
  return { kind: "code", code, accountsOrigin };
}

/** Starts the sign-in of a client without a browser of its own. */
export const toDeviceForm = (clientId: string): Form => ({
  client_id: clientId,
  grant_type: "device_request",
  scope: scopes.join(","),
  access_type: "offline",
});

/** Asks whether the person has consented yet. */
export const toDevicePollForm = (client: Client, deviceCode: string): Form => ({
  grant_type: "device_token",
  ...clientFields(client),
  code: deviceCode,
});
