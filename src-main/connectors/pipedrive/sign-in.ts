import { z } from "zod";
import type { StartBrowserSignIn } from "../../engine/ports/browser-sign-in.ts";
import { authorizePath, oauthOrigin } from "./wire.ts";

/** Scopes that the app must be registered with; they are not part of the request. `phone-integration` only for call logs. */
export const scopes: readonly string[] = [
  "base",
  "contacts:full",
  "activities:full",
  "deals:read",
  "users:read",
  "recents:read",
  "phone-integration",
];

export type App = Readonly<{ clientId: string; clientSecret: string }>;
export type Form = Readonly<Record<string, string>>;

/** A form body for the token endpoint; the app itself is named by `toBasic`. */
export const encodeForm = (form: Form): string => new URLSearchParams(form).toString();

export const toBasic = ({ clientId, clientSecret }: App): string =>
  `Basic ${Buffer.from(`${clientId}:${clientSecret}`, "utf8").toString("base64")}`;

/** A code lives five minutes; `redirectUri` must equal the registered one to the letter. */
export const toExchangeForm = (code: string, redirectUri: string): Form => ({
  grant_type: "authorization_code",
  code,
  redirect_uri: redirectUri,
});

export const toRefreshForm = (refreshToken: string): Form => ({
  grant_type: "refresh_token",
  refresh_token: refreshToken,
});

const app = z.object({ clientId: z.string().min(1), clientSecret: z.string().min(1) });

/** Begins a sign-in of an app. The vendor documents no PKCE; the app's secret proves who exchanges the code. */
export const startBrowserSignIn: StartBrowserSignIn = ({ app: given, baseUrl, redirectUri, state }) => {
  const known = app.safeParse(given);
  if (!known.success)
    return { ok: false, fault: "Give the app of Pipedrive: a JSON object with clientId and clientSecret." };
  const query = new URLSearchParams({ client_id: known.data.clientId, redirect_uri: redirectUri, state });
  const origin = findOauthOrigin(baseUrl) ?? (baseUrl ?? "").replace(/\/+$/, "");
  return {
    ok: true,
    value: {
      url: `${origin}${authorizePath}?${query.toString()}`,
      toCredential: (grantCode) => ({ ...known.data, grantCode, redirectUri }),
    },
  };
};

/** Only the vendor's own hosts get a token: a sign-in answer that names another is not followed. */
export function toApiOrigin(domain: string | undefined): string | undefined {
  if (domain === undefined || !URL.canParse(domain)) return undefined;
  const { protocol, hostname, origin } = new URL(domain);
  return protocol === "https:" && /(^|\.)pipedrive\.com$/.test(hostname) ? origin : undefined;
}

/** The vendor's sign-in host, or undefined where an address of somebody else's (a test server) was given at connect: it takes every request. */
export const findOauthOrigin = (baseUrl: string | null | undefined): string | undefined =>
  baseUrl === null || baseUrl === undefined || toApiOrigin(baseUrl) !== undefined ? oauthOrigin : undefined;
