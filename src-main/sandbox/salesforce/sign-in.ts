import { toEmptyAnswer, toJsonAnswer, toTextAnswer, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import { createAuthCodes } from "./auth-codes.ts";
import { checkClient, OAuthRefusal, originOf, toForm, toOAuthAnswer } from "./oauth-refusal.ts";
import { apiUser, orgId, type Org } from "./org.ts";
import { Refusal } from "./refusal.ts";
import { grantToken } from "./token-grants.ts";
import { credentials, type Tokens } from "./tokens.ts";

export type SignIn = {
  readonly isSignIn: (path: string) => boolean;
  readonly answer: (request: SandboxRequest) => SandboxAnswer;
  readonly clear: () => void;
};

/** The OAuth endpoints of the org and of the login hosts. They cost no API call. */
export function createSignIn(org: Org, tokens: Tokens): SignIn {
  const codes = createAuthCodes(org);
  const answer = (request: SandboxRequest): SandboxAnswer => {
    const name = request.path.replace(/\/$/, "").split("/").at(-1);
    if (request.path.startsWith("/id/") || name === "userinfo") return identify(tokens, request);
    if (name === "authorize" && request.method === "GET") return codes.authorize(request);
    if (request.method !== "POST" && name !== "revoke") throw new OAuthRefusal("invalid_request", "must use HTTP POST");
    if (name === "token") return grantToken({ org, tokens, codes }, request);
    if (name === "revoke") return revoke(tokens, request);
    return name === "introspect" ? introspect(org, tokens, request) : toMissingPage();
  };
  return {
    isSignIn: (path) => path.startsWith("/services/oauth2/") || path.startsWith("/id/"),
    answer: (request) => {
      try {
        return answer(request);
      } catch (error) {
        if (error instanceof OAuthRefusal) return toOAuthAnswer(error, org.config.current());
        throw error;
      }
    },
    clear: () => codes.clear(),
  };
}

function toMissingPage(): SandboxAnswer {
  return toTextAnswer(404, "text/html;charset=utf-8", "<html><body>Not Found</body></html>");
}

function revoke(tokens: Tokens, request: SandboxRequest): SandboxAnswer {
  const given = toForm(request).get("token") ?? request.query.get("token") ?? "";
  if (!tokens.revoke(given)) throw new OAuthRefusal("unsupported_token_type", "this token type is not supported");
  return toEmptyAnswer(200);
}

function introspect(org: Org, tokens: Tokens, request: SandboxRequest): SandboxAnswer {
  if (!org.config.current().introspectEndpoint) return toMissingPage();
  const form = toForm(request);
  checkClient(form, true);
  const given = form.get("token") ?? "";
  const access = tokens.findAccess(given);
  const isActive = access === undefined ? tokens.findGrant(given) !== undefined : org.clock.now() < access.expiresAt;
  if (!isActive) return toJsonAnswer(200, { active: false });
  const about = {
    active: true,
    scope: (access?.scopes ?? ["api", "refresh_token"]).join(" "),
    client_id: credentials.clientId,
    username: apiUser.username,
    sub: `${orgId}/${apiUser.id}`,
  };
  if (access === undefined) return toJsonAnswer(200, { ...about, token_type: "refresh_token" });
  const times = { iat: Math.floor(access.issuedAt / 1000), exp: Math.floor(access.expiresAt / 1000) };
  return toJsonAnswer(200, { ...about, token_type: "access_token", ...times });
}

/** Who the token's user is; a bad token has a status and a text of its own here. */
function identify(tokens: Tokens, request: SandboxRequest): SandboxAnswer {
  try {
    // The identity's address also takes the token in its query.
    const token = request.query.get("oauth_token");
    tokens.authenticate(token === null ? request : withToken(request, token));
  } catch (error) {
    if (error instanceof Refusal) return toTextAnswer(403, "text/html;charset=utf-8", "Bad_OAuth_Token");
    throw error;
  }
  return toJsonAnswer(200, toIdentity(originOf(request)));
}

function withToken(request: SandboxRequest, token: string): SandboxRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
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
