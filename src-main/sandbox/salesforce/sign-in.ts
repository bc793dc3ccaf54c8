import { createHash } from "node:crypto";
import { headerOf, toEmptyAnswer, toJsonAnswer, toTextAnswer, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import { judgeAssertion } from "./jwt-assertion.ts";
import { apiUser, orgId, type Org } from "./org.ts";
import { credentials, toSignature, type AccessToken, type Grant, type Tokens } from "./tokens.ts";

type Code = {
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly challenge: string;
  readonly issuedAt: number;
};

export type SignIn = {
  readonly isSignIn: (path: string) => boolean;
  readonly answer: (request: SandboxRequest) => SandboxAnswer;
  readonly clear: () => void;
};

class OAuthRefusal extends Error {
  readonly code: string;
  readonly status: number | undefined;

  constructor(code: string, description: string, status?: number) {
    super(description);
    this.name = "OAuthRefusal";
    this.code = code;
    this.status = status;
  }
}

/** The OAuth endpoints of the org and of the login hosts. A person at the browser agrees at once. */
export function createSignIn(org: Org, tokens: Tokens): SignIn {
  const codes = new Map<string, Code>();
  let nextCode = 1;
  const clientErrors = new Set(["invalid_client", "invalid_client_id"]);
  const refuse = ({ code, message, status }: OAuthRefusal): SandboxAnswer =>
    toJsonAnswer(status ?? (clientErrors.has(code) ? org.config.current().tokenClientErrorStatus : 400), {
      error: code,
      error_description: message,
    });
  const authorize = (request: SandboxRequest): SandboxAnswer => {
    const { query } = request;
    const redirectUri = query.get("redirect_uri") ?? "";
    if (query.get("client_id") !== credentials.clientId)
      throw new OAuthRefusal("invalid_client_id", "client identifier invalid");
    if (!isRegistered(org, redirectUri))
      throw new OAuthRefusal("redirect_uri_mismatch", "redirect_uri must match configuration");
    const back = (values: Readonly<Record<string, string>>): SandboxAnswer => {
      const target = new URL(redirectUri);
      for (const [name, value] of Object.entries(values)) target.searchParams.set(name, value);
      const state = query.get("state");
      if (state !== null) target.searchParams.set("state", state);
      return toEmptyAnswer(302, { location: target.toString() });
    };
    if (query.get("response_type") !== "code")
      return back({ error: "unsupported_response_type", error_description: "response type not supported" });
    if (query.get("login_hint") === "denied")
      return back({ error: "access_denied", error_description: "end-user denied authorization" });
    const challenge = query.get("code_challenge");
    if (challenge === null || query.get("code_challenge_method") !== "S256")
      return back({ error: "invalid_request", error_description: "missing required code challenge" });
    const code = `aPrx${String(nextCode++).padStart(6, "0")}${toSignature().slice(0, 40)}==`;
    codes.set(code, { redirectUri, scopes: toScopes(query.get("scope")), challenge, issuedAt: org.clock.now() });
    return back({ code });
  };
  const exchange = (form: URLSearchParams): Granted => {
    checkClient(form, false);
    const code = form.get("code") ?? "";
    const known = codes.get(code);
    codes.delete(code);
    if (known === undefined) throw new OAuthRefusal("invalid_grant", "invalid authorization code");
    if (known.issuedAt + org.config.current().authCodeTtlMs <= org.clock.now())
      throw new OAuthRefusal("invalid_grant", "expired authorization code");
    if (known.redirectUri !== form.get("redirect_uri"))
      throw new OAuthRefusal("redirect_uri_mismatch", "redirect_uri must match configuration");
    const verifier = form.get("code_verifier") ?? "";
    if (createHash("sha256").update(verifier).digest("base64url") !== known.challenge)
      throw new OAuthRefusal("invalid_grant", "invalid code verifier");
    const isOffline = known.scopes.includes("refresh_token") || known.scopes.includes("offline_access");
    const grant = isOffline ? tokens.grant(known.scopes) : undefined;
    return { access: tokens.issue(known.scopes, grant?.refreshToken), shown: grant };
  };
  const refresh = (form: URLSearchParams): Granted => {
    checkClient(form, false);
    if (form.has("scope")) throw new OAuthRefusal("invalid_request", "scope parameter not supported");
    const grant = tokens.use(form.get("refresh_token") ?? "");
    if (grant === undefined) throw new OAuthRefusal("invalid_grant", "expired access/refresh token");
    if (!org.config.current().rotateRefreshTokens)
      return { access: tokens.issue(grant.scopes, grant.refreshToken), shown: undefined };
    tokens.retire(grant.refreshToken);
    const next = tokens.grant(grant.scopes);
    return { access: tokens.issue(next.scopes, next.refreshToken), shown: next };
  };
  const assert = (request: SandboxRequest, form: URLSearchParams): Granted => {
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
  };
  const runAs = (request: SandboxRequest, form: URLSearchParams): Granted => {
    if (/^(login|test)\.salesforce\.com(:|$)/.test(headerOf(request, "host") ?? ""))
      throw new OAuthRefusal("invalid_grant", "request not supported on this domain");
    checkClient(form, true);
    return { access: tokens.issue(null), shown: undefined };
  };
  const token = (request: SandboxRequest): SandboxAnswer => {
    const form = toForm(request);
    switch (form.get("grant_type")) {
      case "authorization_code":
        return toTokenAnswer(request, exchange(form));
      case "refresh_token":
        return toTokenAnswer(request, refresh(form));
      case "urn:ietf:params:oauth:grant-type:jwt-bearer":
        return toTokenAnswer(request, assert(request, form));
      case "client_credentials":
        return toTokenAnswer(request, runAs(request, form));
      default:
        throw new OAuthRefusal("unsupported_grant_type", "grant type not supported");
    }
  };
  const revoke = (request: SandboxRequest): SandboxAnswer => {
    const given = toForm(request).get("token") ?? request.query.get("token") ?? "";
    if (!tokens.revoke(given)) throw new OAuthRefusal("unsupported_token_type", "this token type is not supported", 400);
    return toEmptyAnswer(200);
  };
  const introspect = (request: SandboxRequest): SandboxAnswer => {
    if (!org.config.current().introspectEndpoint) return toTextAnswer(404, "text/html", "<html><body>Not Found</body></html>");
    const form = toForm(request);
    checkClient(form, true);
    return toJsonAnswer(200, toIntrospection(org, tokens, form.get("token") ?? ""));
  };
  const identity = (request: SandboxRequest): SandboxAnswer => {
    try {
      tokens.authenticate(request);
    } catch {
      return toTextAnswer(403, "text/html;charset=utf-8", "Bad_OAuth_Token");
    }
    return toJsonAnswer(200, toIdentity(originOf(request)));
  };
  const answer = (request: SandboxRequest): SandboxAnswer => {
    const name = request.path.replace(/\/$/, "").split("/").at(-1);
    if (request.path.startsWith("/id/") || name === "userinfo") return identity(request);
    if (name === "authorize" && request.method === "GET") return authorize(request);
    if (request.method !== "POST" && name !== "revoke")
      throw new OAuthRefusal("invalid_request", "must use HTTP POST", 400);
    if (name === "token") return token(request);
    if (name === "revoke") return revoke(request);
    if (name === "introspect") return introspect(request);
    return toTextAnswer(404, "text/html", "<html><body>Not Found</body></html>");
  };
  return {
    isSignIn: (path) => path.startsWith("/services/oauth2/") || path.startsWith("/id/"),
    answer: (request) => {
      try {
        return answer(request);
      } catch (error) {
        if (error instanceof OAuthRefusal) return refuse(error);
        throw error;
      }
    },
    clear: () => {
      codes.clear();
      nextCode = 1;
    },
  };
}

type Granted = { readonly access: AccessToken; readonly shown: Grant | undefined };

/** Exactly one of the app's callback addresses, port and path included. */
function isRegistered({ config }: Org, redirectUri: string): boolean {
  const byName = config.current().loopbackIpRedirect
    ? redirectUri.replace(/^http:\/\/127\.0\.0\.1:/, "http://localhost:")
    : redirectUri;
  return credentials.redirectUris.includes(byName);
}

function toScopes(given: string | null): readonly string[] {
  const scopes = (given ?? "").split(/[\s+]+/).filter((scope) => scope !== "");
  return scopes.length === 0 ? ["api", "id", "refresh_token"] : scopes;
}

function toForm({ body, query }: SandboxRequest): URLSearchParams {
  return body.length === 0 ? query : new URLSearchParams(body.toString("utf8"));
}

/** The app by its key; its secret must be right where it is given, and given where it is needed. */
function checkClient(form: URLSearchParams, needsSecret: boolean): void {
  if (form.get("client_id") !== credentials.clientId)
    throw new OAuthRefusal("invalid_client_id", "client identifier invalid");
  const secret = form.get("client_secret");
  if (secret === null ? needsSecret : secret !== credentials.clientSecret)
    throw new OAuthRefusal("invalid_client", "invalid client credentials");
}

function originOf(request: SandboxRequest): string {
  return `http://${headerOf(request, "host") ?? "127.0.0.1"}`;
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

function toIntrospection({ clock }: Org, tokens: Tokens, given: string): object {
  const access = tokens.findAccess(given);
  const isActive = access === undefined ? tokens.findGrant(given) !== undefined : clock.now() < access.expiresAt;
  if (!isActive) return { active: false };
  const scope = (access?.scopes ?? ["api", "refresh_token"]).join(" ");
  const base = { active: true, scope, client_id: credentials.clientId, username: apiUser.username, sub: `${orgId}/${apiUser.id}` };
  if (access === undefined) return { ...base, token_type: "refresh_token" };
  return {
    ...base,
    token_type: "access_token",
    iat: Math.floor(access.issuedAt / 1000),
    exp: Math.floor(access.expiresAt / 1000),
  };
}

/** Both names of each fact: those of the identity URL and those of OpenID's userinfo. */
function toIdentity(origin: string): object {
  return {
    id: `${origin}/id/${orgId}/${apiUser.id}`,
    sub: `${origin}/id/${orgId}/${apiUser.id}`,
    asserted_user: true,
    user_id: apiUser.id,
    organization_id: orgId,
    username: apiUser.username,
    preferred_username: apiUser.username,
    display_name: apiUser.name,
    name: apiUser.name,
    email: apiUser.email,
    email_verified: true,
    zoneinfo: "Europe/London",
    active: true,
    urls: { rest: `${origin}/services/data/v{version}/`, sobjects: `${origin}/services/data/v{version}/sobjects/` },
  };
}
