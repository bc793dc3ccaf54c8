import { randomUUID } from "node:crypto";
import type { SandboxClock } from "../core/clock.ts";
import { headerOf, type SandboxRequest } from "../core/message.ts";
import type { Random } from "../core/seeded-random.ts";
import type { ConfigSource } from "./configuration.ts";
import { orgId } from "./org.ts";
import { Refusal } from "./refusal.ts";

/** A session. `scopes` null: all of them. */
export type Session = { readonly scopes: readonly string[] | null };

export type AccessToken = Session & {
  readonly token: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly refreshToken: string | undefined;
};
export type Grant = Session & { readonly refreshToken: string; readonly usedAt: number };

export type Tokens = {
  /** Throws a 401 `Refusal`. */
  readonly authenticate: (request: SandboxRequest) => Session;
  readonly issue: (scopes: readonly string[] | null, refreshToken?: string) => AccessToken;
  readonly grant: (scopes: readonly string[] | null) => Grant;
  /** A refresh token that still works; used now, so its idle time begins anew. */
  readonly use: (refreshToken: string) => Grant | undefined;
  readonly findAccess: (token: string) => AccessToken | undefined;
  readonly findGrant: (token: string) => Grant | undefined;
  /** Takes a refresh token out of use; its access tokens stay. */
  readonly retire: (refreshToken: string) => void;
  /** False for a token that is not known. */
  readonly revoke: (token: string) => boolean;
  readonly clear: () => void;
};

/** What the sandbox prints or its documentation names, so that a client can sign in every way. */
export const credentials = {
  token: `${orgId.slice(0, 15)}!SANDBOX.PlainBearerTokenOfTheSandboxOrg`,
  clientId: "3MVG9SandboxConsumerKey.OfTheExternalClientApp",
  clientSecret: "SANDBOXCONSUMERSECRET0123456789",
  refreshToken: "5Aep861SandboxRefreshToken.OfTheSandboxOrg",
  redirectUris: [33_333, 33_334, 33_335].map((port) => `http://localhost:${port}/callback`),
} as const;

export function createTokens(clock: SandboxClock, random: Random, config: ConfigSource): Tokens {
  const issued = new Map<string, AccessToken>();
  const grants = new Map<string, Grant>();
  let plainTokenSince = clock.now();
  const firstGrant = (): void =>
    void grants.set(credentials.refreshToken, {
      refreshToken: credentials.refreshToken,
      scopes: null,
      usedAt: clock.now(),
    });
  firstGrant();
  config.onChange((keys) => {
    if (keys.has("plainTokenTtlMs")) plainTokenSince = clock.now();
  });
  const mint = (prefix: string): string =>
    `${prefix}${Array.from({ length: 5 }, () =>
      Math.floor(random() * 2 ** 32)
        .toString(36)
        .padStart(7, "0"),
    ).join("")}`;
  const authenticatePlain = (): Session => {
    const { plainTokenRevoked, plainTokenTtlMs, scopes } = config.current();
    const isOver = plainTokenTtlMs !== null && clock.now() >= plainTokenSince + plainTokenTtlMs;
    if (plainTokenRevoked || isOver) throw sessionOver();
    return { scopes };
  };
  const isIdle = ({ usedAt }: Grant): boolean => {
    const { refreshTokenIdleTtlMs } = config.current();
    return refreshTokenIdleTtlMs !== null && usedAt + refreshTokenIdleTtlMs <= clock.now();
  };
  const findGrant = (token: string): Grant | undefined => {
    const grant = grants.get(token);
    return grant === undefined || config.current().refreshTokenRevoked || isIdle(grant) ? undefined : grant;
  };
  return {
    authenticate: (request) => {
      const token = /^(?:Bearer|OAuth)\s+(\S+)$/i.exec(headerOf(request, "authorization") ?? "")?.[1];
      if (token === credentials.token) return authenticatePlain();
      const known = token === undefined ? undefined : issued.get(token);
      if (known === undefined || clock.now() >= known.expiresAt) throw sessionOver();
      return known;
    },
    issue: (scopes, refreshToken) => {
      const issuedAt = clock.now();
      const token = {
        token: mint(`${orgId.slice(0, 15)}!AQ4AQ`),
        scopes,
        issuedAt,
        expiresAt: issuedAt + config.current().accessTokenTtlMs,
        refreshToken,
      };
      issued.set(token.token, token);
      return token;
    },
    grant: (scopes) => {
      const made = { refreshToken: mint("5Aep861"), scopes, usedAt: clock.now() };
      grants.set(made.refreshToken, made);
      return made;
    },
    use: (token) => {
      const grant = findGrant(token);
      if (grant === undefined) return undefined;
      const used = { ...grant, usedAt: clock.now() };
      grants.set(token, used);
      return used;
    },
    findAccess: (token) => issued.get(token),
    findGrant,
    retire: (token) => void grants.delete(token),
    revoke: (token) => {
      if (issued.delete(token)) return true;
      if (!grants.delete(token)) return false;
      if (config.current().revokeKillsAccessTokens)
        for (const known of issued.values()) if (known.refreshToken === token) issued.delete(known.token);
      return true;
    },
    clear: () => {
      issued.clear();
      grants.clear();
      firstGrant();
      plainTokenSince = clock.now();
    },
  };
}

export function sessionOver(): Refusal {
  return new Refusal(401, "INVALID_SESSION_ID", "Session expired or invalid");
}

/** Throws the 401 of a session that may not use the data API: refreshing would not help. */
export function checkApiScope({ scopes }: Session): void {
  if (scopes === null || scopes.includes("api") || scopes.includes("full")) return;
  throw new Refusal(401, "INVALID_SESSION_ID", "This session is not valid for use with the REST API");
}

export function toSignature(): string {
  return Buffer.from(randomUUID()).toString("base64");
}
