import type { SandboxClock } from "../core/clock.ts";
import { headerOf, type SandboxRequest } from "../core/message.ts";
import type { Random } from "../core/seeded-random.ts";
import type { ConfigSource } from "./configuration.ts";

/** Who calls. `kind` picks the column of the burst limits; `token` has windows of its own. `scopes` null: all. */
export type Caller = {
  readonly kind: "api" | "oauth";
  readonly token: string;
  readonly scopes: readonly string[] | null;
};

type Grant = { readonly refreshToken: string; usedAt: number };
type Issued = { readonly grant: Grant; readonly expiresAt: number };

export type Tokens = {
  /** Undefined: the answer is 401. */
  readonly authenticate: (request: SandboxRequest) => Caller | undefined;
  /** A new grant, as a code brings one. */
  readonly grant: () => string;
  /** A fresh access token; the refresh token stays what it is, and its life begins anew. Undefined: it is none. */
  readonly refresh: (refreshToken: string) => string | undefined;
  readonly revoke: (token: string) => void;
  readonly clear: () => void;
};

/** What the sandbox prints, so that a client can sign in either way. */
export const credentials = {
  token: "5a4db0c27d1e4c0f9b3a2f6e8d0c1a475b6c7d8e",
  clientId: "c1d2e3f405160f5c",
  clientSecret: "sandbox-client-secret",
  refreshToken: "1:1:2a5496a8b7c6d5e4f3021",
} as const;

/** A refresh token that nobody used for so long is dead. */
const refreshIdleMs = 60 * 86_400_000;

export function createTokens(clock: SandboxClock, random: Random, config: ConfigSource): Tokens {
  const issued = new Map<string, Issued>();
  const grants = new Map<string, Grant>();
  let plainTokenSince = clock.now();
  const begin = (): void => {
    issued.clear();
    grants.clear();
    grants.set(credentials.refreshToken, { refreshToken: credentials.refreshToken, usedAt: clock.now() });
    plainTokenSince = clock.now();
  };
  begin();
  config.onChange((keys) => {
    if (keys.has("plainTokenTtlMs")) plainTokenSince = clock.now();
  });
  const mint = (prefix: string): string =>
    `${prefix}${Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join("")}`;
  const isPlain = (token: string): boolean => {
    const { plainTokenRevoked, plainTokenTtlMs } = config.current();
    const isOver = plainTokenTtlMs !== null && plainTokenSince + plainTokenTtlMs <= clock.now();
    return token === credentials.token && !plainTokenRevoked && !isOver;
  };
  const findGrant = (refreshToken: string): Grant | undefined => {
    const grant = grants.get(refreshToken);
    if (grant === undefined || config.current().refreshTokenRevoked) return undefined;
    return grant.usedAt + refreshIdleMs > clock.now() ? grant : undefined;
  };
  return {
    authenticate: (request) => {
      const { queryToken, scopes, tokenKind } = config.current();
      const bearer = /^Bearer\s+(\S+)$/i.exec(headerOf(request, "authorization") ?? "")?.[1];
      const key = headerOf(request, "x-api-token") ?? (queryToken ? request.query.get("api_token") : null);
      const token = bearer ?? key ?? "";
      if (isPlain(token)) return { kind: tokenKind, token, scopes };
      const known = bearer === undefined ? undefined : issued.get(bearer);
      return known !== undefined && known.expiresAt > clock.now() ? { kind: "oauth", token, scopes } : undefined;
    },
    grant: () => {
      const refreshToken = mint("1:1:");
      grants.set(refreshToken, { refreshToken, usedAt: clock.now() });
      return refreshToken;
    },
    refresh: (refreshToken) => {
      const grant = findGrant(refreshToken);
      if (grant === undefined) return undefined;
      grant.usedAt = clock.now();
      const token = mint("v1u:");
      issued.set(token, { grant, expiresAt: clock.now() + config.current().accessTokenTtlMs });
      return token;
    },
    revoke: (token) => {
      issued.delete(token);
      if (!grants.delete(token)) return;
      for (const [access, { grant }] of issued) if (grant.refreshToken === token) issued.delete(access);
    },
    clear: begin,
  };
}
