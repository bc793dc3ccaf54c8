import { headerOf, toJsonAnswer, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import type { AuthCodes } from "./auth-codes.ts";
import { judgeAssertion } from "./jwt-assertion.ts";
import { checkClient, OAuthRefusal, originOf, toForm } from "./oauth-refusal.ts";
import { apiUser, orgId, type Org } from "./org.ts";
import { credentials, toSignature, type AccessToken, type Grant, type Tokens } from "./tokens.ts";

/** `shown`: a refresh token that the answer tells. */
type Granted = { readonly access: AccessToken; readonly shown: Grant | undefined };
type Parts = { readonly org: Org; readonly tokens: Tokens; readonly codes: AuthCodes };
type Grantor = (parts: Parts, form: URLSearchParams, request: SandboxRequest) => Granted;

const grantors: Readonly<Record<string, Grantor>> = {
  authorization_code: exchange,
  refresh_token: refresh,
  "urn:ietf:params:oauth:grant-type:jwt-bearer": assert,
  client_credentials: runAs,
};

/** The token endpoint. Throws an `OAuthRefusal`. */
export function grantToken(parts: Parts, request: SandboxRequest): SandboxAnswer {
  const form = toForm(request);
  const type = form.get("grant_type") ?? "";
  const grantor = Object.hasOwn(grantors, type) ? grantors[type] : undefined;
  if (grantor === undefined) throw new OAuthRefusal("unsupported_grant_type", "grant type not supported");
  return toTokenAnswer(request, grantor(parts, form, request));
}

function exchange({ tokens, codes }: Parts, form: URLSearchParams): Granted {
  checkClient(form, false);
  const scopes = codes.redeem(form);
  const isOffline = scopes.includes("refresh_token") || scopes.includes("offline_access");
  const grant = isOffline ? tokens.grant(scopes) : undefined;
  return { access: tokens.issue(scopes, grant?.refreshToken), shown: grant };
}

/** With rotation the old refresh token is dead at once, and the new one is told. */
function refresh({ org, tokens }: Parts, form: URLSearchParams): Granted {
  checkClient(form, false);
  if (form.has("scope")) throw new OAuthRefusal("invalid_request", "scope parameter not supported");
  const grant = tokens.use(form.get("refresh_token") ?? "");
  if (grant === undefined) throw new OAuthRefusal("invalid_grant", "expired access/refresh token");
  if (!org.config.current().rotateRefreshTokens)
    return { access: tokens.issue(grant.scopes, grant.refreshToken), shown: undefined };
  tokens.retire(grant.refreshToken);
  const next = tokens.grant(grant.scopes);
  return { access: tokens.issue(next.scopes, next.refreshToken), shown: next };
}

function assert({ org, tokens }: Parts, form: URLSearchParams, request: SandboxRequest): Granted {
  const { appCertificate, jwtMaxExpMs } = org.config.current();
  const verdict = judgeAssertion(form.get("assertion") ?? "", {
    clientId: credentials.clientId,
    certificate: appCertificate,
    now: org.clock.now(),
    maxExpMs: jwtMaxExpMs,
    audiences: ["https://login.salesforce.com", "https://test.salesforce.com", originOf(request)],
  });
  if (!verdict.ok) throw new OAuthRefusal(verdict.error, verdict.description);
  const user = org.users().find(({ username }) => username === verdict.username);
  if (user === undefined) throw new OAuthRefusal("invalid_grant", "user hasn't approved this consumer");
  if (!user.active) throw new OAuthRefusal("invalid_grant", "inactive user");
  return { access: tokens.issue(null), shown: undefined };
}

/** Client credentials: on the org's own host only. */
function runAs({ tokens }: Parts, form: URLSearchParams, request: SandboxRequest): Granted {
  if (/^(login|test)\.salesforce\.com(:|$)/.test(headerOf(request, "host") ?? ""))
    throw new OAuthRefusal("invalid_grant", "request not supported on this domain");
  checkClient(form, true);
  return { access: tokens.issue(null), shown: undefined };
}

function toTokenAnswer(request: SandboxRequest, { access, shown }: Granted): SandboxAnswer {
  const origin = originOf(request);
  return toJsonAnswer(200, {
    access_token: access.token,
    ...(shown === undefined ? {} : { refresh_token: shown.refreshToken }),
    signature: toSignature(),
    scope: (access.scopes ?? ["refresh_token", "api"]).join(" "),
    instance_url: origin,
    id: `${origin}/id/${orgId}/${apiUser.id}`,
    token_type: "Bearer",
    issued_at: String(access.issuedAt),
  });
}
