import type { SandboxClock } from "../core/clock.ts";
import { toEmptyAnswer, toJsonAnswer, toTextAnswer, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import { createVendorRouter } from "../core/vendor-router.ts";
import type { ConfigSource } from "./configuration.ts";
import { createAuthorizationCodes, type AuthorizationCodes } from "./authorization-codes.ts";
import { toUserId } from "./property-history.ts";
import { credentials, type Grant, type IssuedToken, type Tokens } from "./tokens.ts";

type Params = Readonly<Record<string, string>>;
type Answer = (request: SandboxRequest, params: Params) => SandboxAnswer;
type Deps = {
  readonly clock: SandboxClock;
  readonly config: ConfigSource;
  readonly tokens: Tokens;
  readonly codes: AuthorizationCodes;
};

export type OauthServer = {
  /** The answer to a sign-in request; undefined when the path is none. */
  readonly respond: (request: SandboxRequest) => SandboxAnswer | undefined;
  readonly isSignIn: (request: SandboxRequest) => boolean;
  readonly clear: () => void;
};

/** The OAuth app of the portal: consent (given at once), tokens, introspection and revocation. */
export function createOauthServer(clock: SandboxClock, config: ConfigSource, tokens: Tokens): OauthServer {
  const codes = createAuthorizationCodes(clock);
  const deps: Deps = { clock, config, tokens, codes };
  const form = (answer: (deps: Deps, fields: URLSearchParams) => SandboxAnswer): Answer => {
    return (request) => answer(deps, new URLSearchParams(request.body.toString("utf8")));
  };
  const find = createVendorRouter<Answer>([
    { method: "GET", path: "/oauth/authorize", handle: (request) => authorize(deps, request) },
    { method: "POST", path: "/oauth/:version/token", handle: form(exchange) },
    { method: "POST", path: "/oauth/:version/token/introspect", handle: form(introspect) },
    { method: "POST", path: "/oauth/:version/token/revoke", handle: form(revoke) },
    {
      method: "GET",
      path: "/oauth/v1/access-tokens/:token",
      handle: (_request, params) => describeAccess(deps, params),
    },
    {
      method: "GET",
      path: "/oauth/v1/refresh-tokens/:token",
      handle: (_request, params) => describeRefresh(deps, params),
    },
    {
      method: "DELETE",
      path: "/oauth/v1/refresh-tokens/:token",
      handle: (_request, params) => revokeRefresh(deps, params),
    },
  ]);
  return {
    isSignIn: (request) => find(request).kind === "found",
    respond: (request) => {
      const found = find(request);
      return found.kind === "found" ? found.handle(request, found.params) : undefined;
    },
    clear: codes.clear,
  };
}

function authorize({ config, codes }: Deps, { query }: SandboxRequest): SandboxAnswer {
  const redirectUri = query.get("redirect_uri") ?? "";
  if (query.get("client_id") !== credentials.clientId) return refuseConsent("unknown client_id");
  if (!isRedirectAllowed(redirectUri, config.current().loopbackRedirect))
    return refuseConsent("redirect_uri is not allowed");
  const words = [query.get("scope"), query.get("optional_scope")].flatMap((scopes) => (scopes ?? "").split(" "));
  const scopes = words.filter((scope) => scope !== "");
  const location = new URL(redirectUri);
  location.searchParams.set(
    "code",
    codes.add({ redirectUri, scopes, challenge: query.get("code_challenge") ?? undefined }),
  );
  const state = query.get("state");
  if (state !== null) location.searchParams.set("state", state);
  return toEmptyAnswer(302, { location: location.href });
}

function refuseConsent(reason: string): SandboxAnswer {
  return toTextAnswer(400, "text/html;charset=utf-8", `<h1>Authorization failed: ${reason}</h1>`);
}

/** https always; http on this machine is for development, and whether it is taken is not certain. */
function isRedirectAllowed(uri: string, allowsLoopback: boolean): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname } = new URL(uri);
  if (protocol === "https:") return true;
  return allowsLoopback && protocol === "http:" && (hostname === "localhost" || hostname === "127.0.0.1");
}

function exchange(deps: Deps, form: URLSearchParams): SandboxAnswer {
  switch (form.get("grant_type")) {
    case "authorization_code":
      return exchangeCode(deps, form);
    case "refresh_token":
      return exchangeRefreshToken(deps, form);
    default:
      return refuse("BAD_GRANT_TYPE", "missing or unknown grant_type");
  }
}

function exchangeCode(deps: Deps, form: URLSearchParams): SandboxAnswer {
  const { codes, config, tokens } = deps;
  const code = form.get("code") ?? "";
  const pending = codes.find(code);
  if (pending === undefined) return refuse("BAD_AUTH_CODE", "missing or unknown auth code");
  if (pending.redirectUri !== form.get("redirect_uri"))
    return refuse("BAD_REDIRECT_URI", "missing or wrong redirect_uri");
  const proof = codes.prove(pending, form.get("code_verifier"));
  if (proof === "wrong") return refuse("BAD_CODE_VERIFIER", "wrong code_verifier");
  if (!isClient(form, proof === "right" && config.current().pkceWithoutSecret)) return badClient();
  codes.spend(code);
  return toTokenAnswer(deps, tokens.issue(tokens.grant(pending.scopes)));
}

/** A refresh token stays what it is: HubSpot does not rotate them. */
function exchangeRefreshToken(deps: Deps, form: URLSearchParams): SandboxAnswer {
  const { tokens, config } = deps;
  const { pkceWithoutSecret, refreshErrorShape } = config.current();
  const grant = tokens.findGrant(form.get("refresh_token") ?? "");
  if (!isClient(form, grant !== undefined && pkceWithoutSecret)) return badClient();
  if (grant !== undefined) return toTokenAnswer(deps, tokens.issue(grant));
  const message = "missing or invalid refresh token";
  if (refreshErrorShape === "hubspot") return refuse("BAD_REFRESH_TOKEN", message);
  return toJsonAnswer(400, { error: "invalid_grant", error_description: message });
}

function toTokenAnswer({ config }: Deps, issued: IssuedToken): SandboxAnswer {
  return toJsonAnswer(200, {
    token_type: "bearer",
    access_token: issued.token,
    refresh_token: issued.refreshToken,
    expires_in: Math.floor(config.current().accessTokenTtlMs / 1000),
    ...accountOf(config),
    scopes: issued.scopes ?? ["oauth"],
  });
}

function accountOf(config: ConfigSource): { readonly hub_id: number; readonly user_id: number } {
  const { portalId, users } = config.current();
  return { hub_id: portalId, user_id: toUserId(users[0]?.id) };
}

function introspect({ clock, config, tokens }: Deps, form: URLSearchParams): SandboxAnswer {
  if (!isClient(form, false)) return badClient();
  const token = form.get("token") ?? "";
  const issued = findLive(tokens, clock, token);
  const grant = tokens.findGrant(token);
  if (issued === undefined && grant === undefined) return toJsonAnswer(200, { active: false });
  const use =
    issued === undefined
      ? { token_use: "refresh_token" }
      : { token_use: "access_token", expires_in: secondsLeft(clock, issued) };
  const scopes = issued?.scopes ?? grant?.scopes ?? ["oauth"];
  return toJsonAnswer(200, {
    active: true,
    ...use,
    token,
    ...accountOf(config),
    client_id: credentials.clientId,
    scopes,
  });
}

function revoke({ tokens }: Deps, form: URLSearchParams): SandboxAnswer {
  if (!isClient(form, false)) return badClient();
  tokens.revoke(form.get("token") ?? "");
  return toEmptyAnswer(204);
}

function describeAccess({ clock, config, tokens }: Deps, { token = "" }: Params): SandboxAnswer {
  const issued = findLive(tokens, clock, token);
  if (issued === undefined) return toJsonAnswer(404, { status: "error", message: "access token not found" });
  const body = {
    token,
    ...toDescription(config, issued),
    app_id: 456_789,
    expires_in: secondsLeft(clock, issued),
    token_type: "access",
  };
  return toJsonAnswer(200, body);
}

function describeRefresh({ config, tokens }: Deps, { token = "" }: Params): SandboxAnswer {
  const grant = tokens.findGrant(token);
  if (grant === undefined) return toJsonAnswer(404, { status: "error", message: "refresh token not found" });
  return toJsonAnswer(200, {
    token,
    ...toDescription(config, grant),
    client_id: credentials.clientId,
    token_type: "refresh",
  });
}

function revokeRefresh({ tokens }: Deps, { token = "" }: Params): SandboxAnswer {
  tokens.revoke(token);
  return toEmptyAnswer(204);
}

function toDescription(config: ConfigSource, { scopes }: Pick<Grant, "scopes">): object {
  const user = config.current().users[0]?.email ?? "";
  return { ...accountOf(config), user, hub_domain: "example.hubspot.test", scopes: scopes ?? ["oauth"] };
}

function findLive(tokens: Tokens, clock: SandboxClock, token: string): IssuedToken | undefined {
  const issued = tokens.findIssued(token);
  return issued !== undefined && issued.expiresAt > clock.now() ? issued : undefined;
}

function secondsLeft(clock: SandboxClock, { expiresAt }: IssuedToken): number {
  return Math.floor((expiresAt - clock.now()) / 1000);
}

/** Whether the form comes from the app; a proven code verifier may stand for the secret. */
function isClient(form: URLSearchParams, maySkipSecret: boolean): boolean {
  if (form.get("client_id") !== credentials.clientId) return false;
  const secret = form.get("client_secret");
  return secret === null || secret === "" ? maySkipSecret : secret === credentials.clientSecret;
}

function badClient(): SandboxAnswer {
  return refuse("BAD_CLIENT_ID", "missing or invalid client id or client secret");
}

/** HubSpot's sign-in errors carry their code in `status`, not in its usual envelope. */
function refuse(status: string, message: string): SandboxAnswer {
  return toJsonAnswer(400, { status, message });
}
