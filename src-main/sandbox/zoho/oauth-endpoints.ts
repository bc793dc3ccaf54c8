import type { SandboxClock } from "../core/clock.ts";
import { headerOf, toEmptyAnswer, toJsonAnswer, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import type { Random } from "../core/seeded-random.ts";
import type { ConfigSource } from "./configuration.ts";
import { createDeviceFlow } from "./device-flow.ts";
import { readParts } from "./multipart.ts";
import { createGrantCodes, verifierFits, type GrantCodes } from "./grant-codes.ts";
import { credentials, type AccessToken, type Grant, type Tokens } from "./tokens.ts";

export type OauthDeps = {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly config: ConfigSource;
  readonly tokens: Tokens;
};

/** The accounts server. It is another host at the vendor, and the same address here. */
export type AccountsServer = {
  readonly isAccountsPath: (path: string) => boolean;
  readonly answer: (request: SandboxRequest) => SandboxAnswer;
  readonly clear: () => void;
};

type Form = (name: string) => string | undefined;
type Handle = (form: Form, request: SandboxRequest) => SandboxAnswer;

const selfClientPath = "/api-console/self-client/code";

/** Its errors mostly come with status 200 and an `error` word. */
export function createAccountsServer({ clock, random, config, tokens }: OauthDeps): AccountsServer {
  const codes = createGrantCodes(clock, random);
  const devices = createDeviceFlow(clock, random);
  const consented = new Set<string>();
  const toTokenAnswer = (grant: Grant, request: SandboxRequest, withRefresh: boolean): SandboxAnswer => {
    const issued = tokens.issue(grant);
    return issued === undefined ? throttled(config) : toTokens(issued, request, clock, withRefresh);
  };
  const handles: Readonly<Record<string, Handle>> = {
    "POST /oauth/v2/token": (form, request) => {
      const refused = checkClient(form, request);
      if (refused !== undefined) return refused;
      const grantType = form("grant_type");
      if (grantType === "refresh_token") {
        const grant = tokens.findGrant(form("refresh_token") ?? "");
        return grant === undefined ? toError("invalid_code") : toTokenAnswer(grant, request, false);
      }
      if (grantType !== "authorization_code") return toError("unsupported_grant_type");
      const grant = exchangeCode(form, codes, tokens);
      return grant === undefined
        ? toError("invalid_code")
        : toTokenAnswer(grant.grant, request, grant.givesRefreshToken);
    },
    "POST /oauth/v2/token/revoke": (form) =>
      tokens.revoke(form("token") ?? "") ? toJsonAnswer(200, { status: "success" }) : toError("invalid_code"),
    "POST /oauth/v2/introspect": (form) => toIntrospection(tokens.findAccess(form("token") ?? ""), clock),
    "GET /oauth/v2/auth": (form, request) => authorize(form, request, { config, codes, consented }),
    "GET /oauth/serverinfo": (_form, request) =>
      toJsonAnswer(200, { result: "success", locations: { [config.current().dataCentre]: toBase(request) } }),
    "GET /.well-known/openid-configuration": (_form, request) => toJsonAnswer(200, toDiscovery(toBase(request))),
    "POST /oauth/v3/device/code": (form, request) =>
      form("client_id") === credentials.clientId
        ? toJsonAnswer(200, devices.start(toScopes(form("scope")), toBase(request)))
        : toError("invalid_client"),
    "GET /oauth/v3/device": (form) => {
      const isKnown = devices.approve(form("user_code") ?? "");
      return isKnown ? toJsonAnswer(200, { status: "success" }) : toError("invalid_user_code");
    },
    // The console is a page for people; this stands for its form: scopes in, one-time code out.
    [`POST ${selfClientPath}`]: (form) => {
      const minutes = Number(form("minutes") ?? "3");
      if (!(minutes > 0 && minutes <= 10)) return toJsonAnswer(400, { error: "minutes must be 1 to 10" });
      const consent = {
        scopes: toScopes(form("scope")),
        redirectUri: undefined,
        challenge: undefined,
        givesRefreshToken: true,
      };
      const code = codes.make(consent, minutes * 60_000);
      return code === undefined ? toError("too_many_codes") : toJsonAnswer(200, { code });
    },
  };
  const pollDevice: Handle = (form, request) => {
    const refused = checkClient(form, request);
    if (refused !== undefined) return refused;
    const polled = devices.poll(form("code") ?? form("device_code") ?? "");
    return polled.kind === "approved"
      ? toTokenAnswer(tokens.grant(polled.scopes), request, true)
      : toError(polled.kind);
  };
  return {
    isAccountsPath: (path) =>
      path.startsWith("/oauth/") ||
      path === config.current().deviceTokenPath ||
      path === selfClientPath ||
      path === "/.well-known/openid-configuration",
    answer: (request) => {
      const isPoll = request.method === "POST" && request.path === config.current().deviceTokenPath;
      const handle = isPoll ? pollDevice : handles[`${request.method} ${request.path}`];
      if (handle === undefined) return toJsonAnswer(404, { error: "invalid_url" });
      return handle(readForm(request), request);
    },
    clear: () => {
      codes.clear();
      devices.clear();
      consented.clear();
    },
  };
}

/** Parameters come in a form body, url-encoded or (the vendor's own clients) multipart, or in the query. */
function readForm(request: SandboxRequest): Form {
  const parts = readParts(request);
  const form = new URLSearchParams(parts.size > 0 ? "" : request.body.toString("utf8"));
  return (name) => parts.get(name)?.toString("utf8") ?? form.get(name) ?? request.query.get(name) ?? undefined;
}

function checkClient(form: Form, request: SandboxRequest): SandboxAnswer | undefined {
  const basic = /^Basic\s+(\S+)$/i.exec(headerOf(request, "authorization") ?? "")?.[1];
  const [basicId, basicSecret] =
    basic === undefined ? [] : Buffer.from(basic, "base64").toString("utf8").split(":").map(decodeURIComponent);
  if ((form("client_id") ?? basicId) !== credentials.clientId) return toError("invalid_client");
  if ((form("client_secret") ?? basicSecret) !== credentials.clientSecret) return toError("invalid_client_secret");
  return undefined;
}

function exchangeCode(
  form: Form,
  codes: GrantCodes,
  tokens: Tokens,
): { readonly grant: Grant; readonly givesRefreshToken: boolean } | undefined {
  const consent = codes.take(form("code") ?? "");
  if (consent === undefined || !verifierFits(consent.challenge, form("code_verifier"))) return undefined;
  if (consent.redirectUri !== undefined && consent.redirectUri !== form("redirect_uri")) return undefined;
  return { grant: tokens.grant(consent.scopes), givesRefreshToken: consent.givesRefreshToken };
}

type AuthorizeDeps = Pick<OauthDeps, "config"> & { readonly codes: GrantCodes; readonly consented: Set<string> };

/** The person at the consent page always agrees here. */
function authorize(form: Form, request: SandboxRequest, { config, codes, consented }: AuthorizeDeps): SandboxAnswer {
  const redirectUri = form("redirect_uri") ?? "";
  if (form("client_id") !== credentials.clientId) return toJsonAnswer(400, { error: "invalid_client" });
  if (form("response_type") !== "code") return toJsonAnswer(400, { error: "response_type_must_not_be_empty" });
  if (!URL.canParse(redirectUri)) return toJsonAnswer(400, { error: "invalid_redirect_uri" });
  const { dataCentre, accountsServerParam, pkce } = config.current();
  const state = form("state");
  const redirect = (parameters: Readonly<Record<string, string>>): SandboxAnswer => {
    const url = new URL(redirectUri);
    const all = { ...parameters, ...(state === undefined ? {} : { state }) };
    for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
    return toEmptyAnswer(302, { location: url.href });
  };
  const challenge = form("code_challenge");
  if (challenge !== undefined && !pkce) return redirect({ error: "invalid_request" });
  const key = `${redirectUri} ${form("scope") ?? ""}`;
  const asksAgain = form("prompt") === "consent";
  const givesRefreshToken = form("access_type") === "offline" && (asksAgain || !consented.has(key));
  consented.add(key);
  const code = codes.make({
    scopes: toScopes(form("scope")),
    redirectUri,
    challenge:
      challenge === undefined
        ? undefined
        : { value: challenge, method: form("code_challenge_method") === "S256" ? "S256" : "plain" },
    givesRefreshToken,
  });
  if (code === undefined) return redirect({ error: "access_denied" });
  return redirect({ code, location: dataCentre, [accountsServerParam]: toBase(request) });
}

function toScopes(text: string | undefined): readonly string[] | null {
  const scopes = (text ?? "").split(/[\s,]+/).filter((scope) => scope !== "");
  return scopes.length === 0 ? null : scopes;
}

/** The address by which the client reached us; it stands for the accounts server and for the API host alike. */
function toBase(request: SandboxRequest): string {
  return `http://${headerOf(request, "host") ?? "127.0.0.1"}`;
}

function toTokens(
  { token, expiresAt, scopes, refreshToken }: AccessToken,
  request: SandboxRequest,
  clock: SandboxClock,
  withRefresh: boolean,
): SandboxAnswer {
  return toJsonAnswer(200, {
    access_token: token,
    ...(withRefresh ? { refresh_token: refreshToken } : {}),
    ...(withRefresh && scopes !== null ? { scope: scopes.join(" ") } : {}),
    api_domain: toBase(request),
    token_type: "Bearer",
    expires_in: Math.round((expiresAt - clock.now()) / 1000),
  });
}

function toError(error: string): SandboxAnswer {
  return toJsonAnswer(200, { error });
}

function throttled(config: ConfigSource): SandboxAnswer {
  return toJsonAnswer(config.current().tokenThrottleStatus, {
    error_description: "You have made too many requests continuously. Please try again after some time.",
    error: "Access Denied",
    status: "failure",
  });
}

function toIntrospection(known: AccessToken | undefined, clock: SandboxClock): SandboxAnswer {
  if (known === undefined || known.expiresAt <= clock.now()) return toJsonAnswer(200, { active: false });
  return toJsonAnswer(200, { active: true, exp: Math.floor(known.expiresAt / 1000), client_id: credentials.clientId });
}

function toDiscovery(base: string): object {
  return {
    issuer: base,
    authorization_endpoint: `${base}/oauth/v2/auth`,
    token_endpoint: `${base}/oauth/v2/token`,
    revocation_endpoint: `${base}/oauth/v2/token/revoke`,
    introspection_endpoint: `${base}/oauth/v2/introspect`,
    device_authorization_endpoint: `${base}/oauth/v3/device/code`,
    grant_types_supported: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
    code_challenge_methods_supported: ["plain", "S256"],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
  };
}
