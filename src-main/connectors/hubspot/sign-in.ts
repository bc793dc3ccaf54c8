import { createHash } from "node:crypto";
import { z } from "zod";
import type { StartBrowserSignIn } from "../../engine/ports/browser-sign-in.ts";
import type { OneTimeCode, Refreshable } from "./credential.ts";
import { hubspotBaseUrl } from "./wire.ts";

/** The consent page has a host of its own, which sends a person on to the portal's region. */
const consentPage = "https://app.hubspot.com/oauth/authorize";

/** What the agent cannot do without; the app must be registered with exactly these. */
export const scopes: readonly string[] = [
  "oauth",
  "crm.objects.contacts.read",
  "crm.objects.contacts.write",
  "crm.objects.companies.read",
  "crm.objects.deals.read",
  "crm.objects.owners.read",
];
/** To create the key property: which of them a portal asks for is not documented, and not every plan has both. */
export const optionalScopes: readonly string[] = ["crm.schemas.calls.write", "crm.schemas.contacts.write"];

const app = z.object({ clientId: z.string().min(1), clientSecret: z.string().min(1) });

/** Begins a sign-in of an app: HubSpot wants its secret, and takes a PKCE challenge beside it. */
export const startBrowserSignIn: StartBrowserSignIn = ({ app: given, baseUrl, redirectUri, state, verifier }) => {
  const known = app.safeParse(given);
  if (!known.success)
    return { ok: false, fault: "Give the app of HubSpot: a JSON object with clientId and clientSecret." };
  const query = new URLSearchParams({
    client_id: known.data.clientId,
    redirect_uri: redirectUri,
    scope: scopes.join(" "),
    optional_scope: optionalScopes.join(" "),
    state,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  const page =
    baseUrl === null || baseUrl.startsWith(hubspotBaseUrl)
      ? consentPage
      : `${baseUrl.replace(/\/+$/, "")}${new URL(consentPage).pathname}`;
  return {
    ok: true,
    value: {
      url: `${page}?${query.toString()}`,
      toCredential: (grantCode) => ({ ...known.data, grantCode, redirectUri, codeVerifier: verifier }),
    },
  };
};

export type Form = Readonly<Record<string, string>>;

/** A new access token. HubSpot does not rotate the refresh token. */
export const toRefreshForm = ({ clientId, clientSecret, refreshToken }: Refreshable): Form => ({
  grant_type: "refresh_token",
  client_id: clientId,
  client_secret: clientSecret,
  refresh_token: refreshToken,
});

/** A one-time code for tokens. */
export const toExchangeForm = ({
  clientId,
  clientSecret,
  grantCode,
  redirectUri,
  codeVerifier,
}: OneTimeCode): Form => ({
  grant_type: "authorization_code",
  client_id: clientId,
  client_secret: clientSecret,
  code: grantCode,
  redirect_uri: redirectUri,
  ...(codeVerifier === undefined ? {} : { code_verifier: codeVerifier }),
});
