import { createHash } from "node:crypto";
import type { SandboxClock } from "../core/clock.ts";
import {
  headerOf,
  toEmptyAnswer,
  toJsonAnswer,
  toTextAnswer,
  type SandboxAnswer,
  type SandboxRequest,
} from "../core/message.ts";
import type { ConfigSource } from "./configuration.ts";
import { credentials, type Tokens } from "./tokens.ts";

type PendingCode = {
  readonly redirectUri: string;
  readonly expiresAt: number;
  readonly challenge: string | null;
};

export type OauthServer = {
  readonly isSignIn: (request: SandboxRequest) => boolean;
  readonly respond: (request: SandboxRequest) => SandboxAnswer;
  readonly clear: () => void;
};

/** A code must be used within five minutes, and once. */
const codeTtlMs = 300_000;
/** The addresses that the app is registered with: only these, to the letter. The first counts where none is named. */
export const registeredRedirect = "https://app.example.com/callback";
const registeredRedirects: ReadonlySet<string> = new Set([
  registeredRedirect,
  ...[33_333, 33_334, 33_335].map((port) => `http://localhost:${port}/callback`),
]);

const allScopes =
  "base,contacts:full,deals:full,activities:full,search:read,users:read,recents:read,leads:read,phone-integration,admin,contact-fields:full,deal-fields:full";

/** The authorization server: consent (given at once), tokens, revocation. The vendor serves it under a host of its own. */
export function createOauthServer(clock: SandboxClock, config: ConfigSource, tokens: Tokens): OauthServer {
  const codes = new Map<string, PendingCode>();
  let serial = 0;

  const authorize = ({ query }: SandboxRequest): SandboxAnswer => {
    const redirectUri = query.get("redirect_uri") ?? registeredRedirect;
    if (query.get("client_id") !== credentials.clientId) return refuseConsent("client_id");
    if (!registeredRedirects.has(redirectUri)) return refuseConsent("redirect_uri");
    serial += 1;
    const code = `code${serial}`;
    const challenge = config.current().pkce ? query.get("code_challenge") : null;
    codes.set(code, { redirectUri, expiresAt: clock.now() + codeTtlMs, challenge });
    const location = new URL(redirectUri);
    location.searchParams.set("code", code);
    const state = query.get("state");
    if (state !== null) location.searchParams.set("state", state);
    return toEmptyAnswer(302, { location: location.href });
  };
  const refuse = (error: string, text: string, status = 400): SandboxAnswer => {
    const key = config.current().tokenErrorKeys === "error,message" ? "message" : "error_description";
    return toJsonAnswer(status, { success: false, error, [key]: text });
  };
  const badClient = (): SandboxAnswer => refuse("invalid_client", "Invalid client: client is invalid");
  const toTokens = (refreshToken: string, request: SandboxRequest, missing: string): SandboxAnswer => {
    const token = tokens.refresh(refreshToken);
    if (token === undefined) return refuse("invalid_grant", missing);
    const { accessTokenTtlMs, scopes } = config.current();
    return toJsonAnswer(200, {
      access_token: token,
      token_type: "Bearer",
      expires_in: Math.floor(accessTokenTtlMs / 1000),
      refresh_token: refreshToken,
      scope: scopes?.join(",") ?? allScopes,
      api_domain: `http://${headerOf(request, "host") ?? "127.0.0.1"}`,
    });
  };
  const exchangeCode = (request: SandboxRequest, form: URLSearchParams): SandboxAnswer => {
    const code = form.get("code") ?? "";
    const pending = codes.get(code);
    if (pending === undefined || pending.redirectUri !== form.get("redirect_uri"))
      return refuse("invalid_grant", "Invalid grant: authorization_code is invalid");
    const verifier = form.get("code_verifier") ?? "";
    const isProven = pending.challenge !== null && pending.challenge === toChallenge(verifier);
    if (pending.challenge !== null && !isProven)
      return refuse("invalid_grant", "Invalid grant: code_verifier is invalid");
    if (!isClient(request) && !(isProven && form.get("client_id") === credentials.clientId)) return badClient();
    codes.delete(code);
    if (pending.expiresAt <= clock.now())
      return refuse("invalid_grant", "Invalid grant: authorization_code has expired");
    return toTokens(tokens.grant(), request, "Invalid grant: authorization_code is invalid");
  };
  const exchange = (request: SandboxRequest): SandboxAnswer => {
    const form = new URLSearchParams(request.body.toString("utf8"));
    const grantType = form.get("grant_type");
    if (grantType === null) return refuse("invalid_request", "Missing parameter: grant_type");
    if (grantType === "authorization_code") return exchangeCode(request, form);
    if (!isClient(request)) return badClient();
    if (grantType === "refresh_token")
      return toTokens(form.get("refresh_token") ?? "", request, "Invalid grant: refresh_token is invalid");
    return refuse("unsupported_grant_type", "Unsupported grant type: grant_type is invalid");
  };
  const revoke = (request: SandboxRequest): SandboxAnswer => {
    if (!isClient(request)) return badClient();
    tokens.revoke(new URLSearchParams(request.body.toString("utf8")).get("token") ?? "");
    return toJsonAnswer(200, { success: true });
  };
  return {
    isSignIn: ({ path }) => path.startsWith("/oauth/"),
    respond: (request) => {
      const path = request.path.replace(/\/$/, "");
      if (request.method === "GET" && path === "/oauth/authorize") return authorize(request);
      if (request.method === "POST" && path === "/oauth/token") return exchange(request);
      if (request.method === "POST" && path === "/oauth/revoke") return revoke(request);
      return refuse("invalid_request", "Unknown address", 404);
    },
    clear: () => {
      codes.clear();
      serial = 0;
    },
  };
}

function refuseConsent(name: string): SandboxAnswer {
  return toTextAnswer(400, "text/html;charset=utf-8", `<h1>This app cannot be installed: ${name} does not fit.</h1>`);
}

function isClient(request: SandboxRequest): boolean {
  const given = /^Basic\s+(\S+)$/i.exec(headerOf(request, "authorization") ?? "")?.[1] ?? "";
  const wanted = `${credentials.clientId}:${credentials.clientSecret}`;
  return Buffer.from(given, "base64").toString("utf8") === wanted;
}

function toChallenge(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}
