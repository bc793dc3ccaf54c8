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

/** The address that a person opens to consent. */
export function toAuthorizeUrl(ask: Readonly<{ clientId: string; redirectUri: string; state: string }>): string {
  const query = new URLSearchParams({ client_id: ask.clientId, redirect_uri: ask.redirectUri, state: ask.state });
  return `${oauthOrigin}${authorizePath}?${query.toString()}`;
}

/** What came back to the registered address. `foreign`: not of our request. */
export type Redirect =
  | Readonly<{ kind: "code"; code: string }>
  | Readonly<{ kind: "refused"; error: string }>
  | Readonly<{ kind: "foreign" }>;

export function readRedirect(url: string, state: string): Redirect {
  const query = URL.canParse(url) ? new URL(url).searchParams : new URLSearchParams();
  if (query.get("state") !== state) return { kind: "foreign" };
  const code = query.get("code");
  if (code !== null && code !== "") return { kind: "code", code };
  return { kind: "refused", error: query.get("error") ?? "no code came back" };
}

/** Only the vendor's own hosts get a token: a sign-in answer that names another is not followed. */
export function toApiOrigin(domain: string | undefined): string | undefined {
  if (domain === undefined || !URL.canParse(domain)) return undefined;
  const { protocol, hostname, origin } = new URL(domain);
  return protocol === "https:" && /(^|\.)pipedrive\.com$/.test(hostname) ? origin : undefined;
}
