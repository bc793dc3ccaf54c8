import { createHash } from "node:crypto";
import { z } from "zod";
import type { StartBrowserSignIn } from "../../engine/ports/browser-sign-in.ts";
import { createAddress } from "./address.ts";
import { accountsOfLocation, locations, toAccountsOrigin } from "./data-centres.ts";

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

const app = z.object({
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  accountsServer: z.string().optional(),
  dataCentre: z.string().optional(),
  /** `off` for a kind of client that takes no challenge: Zoho does not say which do. */
  pkce: z.enum(["on", "off"]).default("on"),
});

/** Begins a sign-in of a server-based client. The org's data centre is where the browser comes back from. */
export const startBrowserSignIn: StartBrowserSignIn = ({
  app: given,
  settings,
  baseUrl,
  redirectUri,
  state,
  verifier,
}) => {
  const known = app.safeParse(given);
  if (!known.success)
    return { ok: false, fault: "Give the client of Zoho: a JSON object with clientId and clientSecret." };
  const { pkce, dataCentre = settings["dataCentre"] } = known.data;
  if (dataCentre !== undefined && accountsOfLocation(dataCentre) === undefined)
    return { ok: false, fault: `Zoho has no data centre ${dataCentre}; it has ${locations.join(", ")}.` };
  const accountsOrigin =
    createAddress(baseUrl).accounts({ ...known.data, dataCentre }) ?? (baseUrl ?? "").replace(/\/+$/, "");
  return {
    ok: true,
    value: {
      url: toAuthorizeUrl({
        accountsOrigin,
        clientId: known.data.clientId,
        redirectUri,
        state,
        ...(pkce === "on" ? { challenge: toPkce(verifier).challenge } : {}),
      }),
      toCredential: (grantCode, answer) => {
        const accountsServer = readAccountsServer(answer) ?? known.data.accountsServer;
        return {
          clientId: known.data.clientId,
          clientSecret: known.data.clientSecret,
          ...(dataCentre === undefined ? {} : { dataCentre }),
          ...(accountsServer === undefined ? {} : { accountsServer }),
          grantCode,
          redirectUri,
          ...(pkce === "on" ? { codeVerifier: verifier } : {}),
        };
      },
    },
  };
};

/** Where a code must be exchanged, if the redirect says so in one of the spellings that have been seen; only Zoho's own hosts count. */
export function readAccountsServer(answer: URLSearchParams): string | undefined {
  const named = ["accounts-server", "accounts_server", "accountsServer"]
    .map((name) => answer.get(name))
    .find((value) => value !== null);
  const origin = named === undefined || named === null ? undefined : toAccountsOrigin(named);
  return origin ?? accountsOfLocation(answer.get("location") ?? "");
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
