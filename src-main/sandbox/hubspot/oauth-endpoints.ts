import { createHash } from "node:crypto";
import type { SandboxClock } from "../core/clock.ts";
import { toEmptyAnswer, toJsonAnswer, toTextAnswer, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import { createVendorRouter } from "../core/vendor-router.ts";
import type { ConfigSource } from "./configuration.ts";
import { toUserId } from "./property-history.ts";
import { credentials, type Grant, type IssuedToken, type Tokens } from "./tokens.ts";

type PendingCode = {
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly challenge: string | undefined;
  readonly expiresAt: number;
};
type Answer = (request: SandboxRequest, params: Readonly<Record<string, string>>) => SandboxAnswer;

/** A code lives this long. */
const codeTtlMs = 600_000;

export type OauthServer = {
  /** The answer to a sign-in request; undefined when the path is none. */
  readonly respond: (request: SandboxRequest) => SandboxAnswer | undefined;
  readonly isSignIn: (request: SandboxRequest) => boolean;
  readonly clear: () => void;
};

/** The OAuth app of the portal: consent (given at once), tokens, introspection and revocation. */
export function createOauthServer(clock: SandboxClock, config: ConfigSource, tokens: Tokens): OauthServer {
  const codes = new Map<string, PendingCode>();
  const find = createVendorRouter<Answer>([
    { method: "GET", path: "/oauth/authorize", handle: (request) => authorize(request) },
    {
      method: "POST",
      path: "/oauth/:version/token",
      handle: (request) => exchange(new URLSearchParams(request.body.toString("utf8"))),
    },
    {
      method: "POST",
      path: "/oauth/:version/token/introspect",
      handle: (request) => introspect(new URLSearchParams(request.body.toString("utf8"))),
    },
    {
      method: "POST",
      path: "/oauth/:version/token/revoke",
      handle: (request) => revoke(new URLSearchParams(request.body.toString("utf8"))),
    },
    {
      method: "GET",
      path: "/oauth/v1/access-tokens/:token",
      handle: (_request, { token = "" }) => describeAccess(token),
    },
    {
      method: "GET",
      path: "/oauth/v1/refresh-tokens/:token",
      handle: (_request, { token = "" }) => describeRefresh(token),
    },
    {
      method: "DELETE",
      path: "/oauth/v1/refresh-tokens/:token",
      handle: (_request, { token = "" }) => revokeRefresh(token),
    },
  ]);

  const authorize = ({ query }: SandboxRequest): SandboxAnswer => {
    const redirectUri = query.get("redirect_uri") ?? "";
    if (query.get("client_id") !== credentials.clientId)
      return toTextAnswer(400, "text/html", "<h1>Authorization failed: unknown client_id</h1>");
    if (!isRedirectAllowed(redirectUri, config.current().loopbackRedirect))
      return toTextAnswer(400, "text/html", "<h1>Authorization failed: redirect_uri is not allowed</h1>");
    const scopes = [query.get("scope"), query.get("optional_scope")]
      .flatMap((words) => (words ?? "").split(" "))
      .filter((scope) => scope !== "");
    const grant = tokens.grant(scopes);
    const code = grant.refreshToken.replace("na1-", "code-");
    tokens.revoke(grant.refreshToken);
    codes.set(code, {
      redirectUri,
      scopes,
      challenge: query.get("code_challenge") ?? undefined,
      expiresAt: clock.now() + codeTtlMs,
    });
    const location = new URL(redirectUri);
    location.searchParams.set("code", code);
    const state = query.get("state");
    if (state !== null) location.searchParams.set("state", state);
    return toEmptyAnswer(302, { location: location.href });
  };

  const exchange = (form: URLSearchParams): SandboxAnswer => {
    switch (form.get("grant_type")) {
      case "authorization_code":
        return exchangeCode(form);
      case "refresh_token":
        return exchangeRefreshToken(form);
      default:
        return toJsonAnswer(400, { status: "BAD_GRANT_TYPE", message: "missing or unknown grant_type" });
    }
  };

  const exchangeCode = (form: URLSearchParams): SandboxAnswer => {
    const pending = codes.get(form.get("code") ?? "");
    if (pending === undefined || pending.expiresAt <= clock.now())
      return toJsonAnswer(400, { status: "BAD_AUTH_CODE", message: "missing or unknown auth code" });
    if (pending.redirectUri !== form.get("redirect_uri"))
      return toJsonAnswer(400, { status: "BAD_REDIRECT_URI", message: "missing or wrong redirect_uri" });
    const verifier = form.get("code_verifier");
    const isProven =
      verifier !== null && pending.challenge === createHash("sha256").update(verifier).digest("base64url");
    if (pending.challenge !== undefined && verifier !== null && !isProven)
      return toJsonAnswer(400, { status: "BAD_CODE_VERIFIER", message: "wrong code_verifier" });
    if (!isClient(form, isProven && config.current().pkceWithoutSecret)) return badClient();
    codes.delete(form.get("code") ?? "");
    return toTokenAnswer(tokens.issue(tokens.grant(pending.scopes)));
  };

  const exchangeRefreshToken = (form: URLSearchParams): SandboxAnswer => {
    const grant = tokens.findGrant(form.get("refresh_token") ?? "");
    if (!isClient(form, grant !== undefined && config.current().pkceWithoutSecret)) return badClient();
    if (grant !== undefined) return toTokenAnswer(tokens.issue(grant));
    const message = "missing or invalid refresh token";
    return toJsonAnswer(
      400,
      config.current().refreshErrorShape === "hubspot"
        ? { status: "BAD_REFRESH_TOKEN", message }
        : { error: "invalid_grant", error_description: message },
    );
  };

  const toTokenAnswer = (issued: IssuedToken): SandboxAnswer =>
    toJsonAnswer(200, {
      token_type: "bearer",
      access_token: issued.token,
      refresh_token: issued.refreshToken,
      expires_in: Math.floor(config.current().accessTokenTtlMs / 1000),
      ...account(),
      scopes: issued.scopes ?? ["oauth"],
    });
  const account = (): { readonly hub_id: number; readonly user_id: number } => {
    const { portalId, users } = config.current();
    return { hub_id: portalId, user_id: toUserId(users[0]?.id) };
  };
  const liveToken = (token: string): IssuedToken | undefined => {
    const issued = tokens.findIssued(token);
    return issued !== undefined && issued.expiresAt > clock.now() ? issued : undefined;
  };
  const introspect = (form: URLSearchParams): SandboxAnswer => {
    if (!isClient(form, false)) return badClient();
    const token = form.get("token") ?? "";
    const issued = liveToken(token);
    const grant = tokens.findGrant(token);
    if (issued === undefined && grant === undefined) return toJsonAnswer(200, { active: false });
    const kind =
      issued === undefined
        ? { token_use: "refresh_token" }
        : { token_use: "access_token", expires_in: secondsLeft(issued) };
    return toJsonAnswer(200, {
      active: true,
      ...kind,
      token,
      ...account(),
      client_id: credentials.clientId,
      scopes: issued?.scopes ?? grant?.scopes ?? ["oauth"],
    });
  };
  const secondsLeft = ({ expiresAt }: IssuedToken): number => Math.floor((expiresAt - clock.now()) / 1000);
  const revoke = (form: URLSearchParams): SandboxAnswer => {
    if (!isClient(form, false)) return badClient();
    tokens.revoke(form.get("token") ?? "");
    return toEmptyAnswer(204);
  };
  const describeAccess = (token: string): SandboxAnswer => {
    const issued = liveToken(token);
    if (issued === undefined) return toJsonAnswer(404, unknownToken("access"));
    return toJsonAnswer(200, {
      token,
      ...toDescription(issued),
      app_id: 456_789,
      expires_in: secondsLeft(issued),
      token_type: "access",
    });
  };
  const describeRefresh = (token: string): SandboxAnswer => {
    const grant = tokens.findGrant(token);
    if (grant === undefined) return toJsonAnswer(404, unknownToken("refresh"));
    return toJsonAnswer(200, {
      token,
      ...toDescription(grant),
      client_id: credentials.clientId,
      token_type: "refresh",
    });
  };
  const toDescription = ({ scopes }: Pick<Grant, "scopes">): object => {
    return {
      ...account(),
      user: config.current().users[0]?.email ?? "",
      hub_domain: "example.hubspot.test",
      scopes: scopes ?? ["oauth"],
    };
  };
  const revokeRefresh = (token: string): SandboxAnswer => {
    tokens.revoke(token);
    return toEmptyAnswer(204);
  };
  return {
    isSignIn: (request) => find(request).kind === "found",
    respond: (request) => {
      const found = find(request);
      return found.kind === "found" ? found.handle(request, found.params) : undefined;
    },
    clear: () => codes.clear(),
  };
}

function unknownToken(kind: string): object {
  return {
    status: "error",
    message: `${kind} token not found`,
    correlationId: "00000000-0000-4000-8000-000000000000",
    category: "OBJECT_NOT_FOUND",
  };
}

function isClient(form: URLSearchParams, maySkipSecret: boolean): boolean {
  if (form.get("client_id") !== credentials.clientId) return false;
  const secret = form.get("client_secret");
  return secret === null || secret === "" ? maySkipSecret : secret === credentials.clientSecret;
}

function badClient(): SandboxAnswer {
  return toJsonAnswer(400, { status: "BAD_CLIENT_ID", message: "missing or invalid client id or client secret" });
}

function isRedirectAllowed(uri: string, allowsLoopback: boolean): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname } = new URL(uri);
  if (protocol === "https:") return true;
  return allowsLoopback && protocol === "http:" && (hostname === "localhost" || hostname === "127.0.0.1");
}
