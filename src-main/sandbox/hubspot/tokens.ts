import type { SandboxClock } from "../core/clock.ts";
import { headerOf, type SandboxRequest } from "../core/message.ts";
import type { Random } from "../core/seeded-random.ts";
import type { ConfigSource } from "./configuration.ts";
import { toIsoTime } from "./hub-record.ts";
import { Refusal } from "./refusal.ts";

/** Who calls: the plain token (a service key) or a token of the OAuth app. `scopes` null: all of them. */
export type Caller = { readonly kind: "plain" | "oauth"; readonly scopes: readonly string[] | null };

export type IssuedToken = {
  readonly token: string;
  readonly expiresAt: number;
  readonly scopes: readonly string[] | null;
  readonly refreshToken: string;
};
export type Grant = { readonly refreshToken: string; readonly scopes: readonly string[] | null };

export type Tokens = {
  /** Throws a 401 `Refusal`. */
  readonly authenticate: (request: SandboxRequest) => Caller;
  readonly issue: (grant: Grant) => IssuedToken;
  /** A new refresh token with its scopes. */
  readonly grant: (scopes: readonly string[] | null) => Grant;
  readonly findGrant: (refreshToken: string) => Grant | undefined;
  readonly findIssued: (token: string) => IssuedToken | undefined;
  readonly revoke: (token: string) => void;
  readonly clear: () => void;
};

/** What the sandbox prints, so that a client can sign in either way. */
export const credentials = {
  token: "pat-na1-5a4db0c2-7d1e-4c0f-9b3a-2f6e8d0c1a47",
  clientId: "0f5c7a1e-3b2d-4e6f-8a9b-c1d2e3f40516",
  clientSecret: "sandbox-client-secret",
  refreshToken: "na1-1b2c3d4e-5f60-4718-92a3-b4c5d6e7f801",
} as const;

export function createTokens(clock: SandboxClock, random: Random, config: ConfigSource): Tokens {
  const issued = new Map<string, IssuedToken>();
  const grants = new Map<string, Grant>();
  let plainTokenSince = clock.now();
  const firstGrant = (): void =>
    void grants.set(credentials.refreshToken, { refreshToken: credentials.refreshToken, scopes: null });
  firstGrant();
  config.onChange((keys) => {
    if (keys.has("plainTokenTtlMs")) plainTokenSince = clock.now();
  });
  const mint = (prefix: string): string =>
    `${prefix}${Array.from({ length: 4 }, () =>
      Math.floor(random() * 2 ** 32)
        .toString(16)
        .padStart(8, "0"),
    ).join("")}`;
  const authenticatePlain = (): Caller => {
    const { plainTokenRevoked, plainTokenTtlMs, scopes } = config.current();
    if (plainTokenRevoked) throw unauthenticated();
    if (plainTokenTtlMs !== null) checkExpiry(plainTokenSince + plainTokenTtlMs, clock.now());
    return { kind: "plain", scopes };
  };
  return {
    authenticate: (request) => {
      const token = /^Bearer\s+(\S+)$/i.exec(headerOf(request, "authorization") ?? "")?.[1];
      if (token === credentials.token) return authenticatePlain();
      const known = token === undefined ? undefined : issued.get(token);
      if (known === undefined) throw unauthenticated();
      checkExpiry(known.expiresAt, clock.now());
      return { kind: "oauth", scopes: known.scopes };
    },
    issue: ({ refreshToken, scopes }) => {
      const token = {
        token: mint("CJSP"),
        expiresAt: clock.now() + config.current().accessTokenTtlMs,
        scopes,
        refreshToken,
      };
      issued.set(token.token, token);
      return token;
    },
    grant: (scopes) => {
      const made = { refreshToken: mint("na1-"), scopes };
      grants.set(made.refreshToken, made);
      return made;
    },
    findGrant: (refreshToken) => (config.current().refreshTokenRevoked ? undefined : grants.get(refreshToken)),
    findIssued: (token) => issued.get(token),
    revoke: (token) => {
      issued.delete(token);
      if (!grants.delete(token)) return;
      for (const known of issued.values()) if (known.refreshToken === token) issued.delete(known.token);
    },
    clear: () => {
      issued.clear();
      grants.clear();
      firstGrant();
      plainTokenSince = clock.now();
    },
  };
}

function unauthenticated(): Refusal {
  return new Refusal(
    401,
    "INVALID_AUTHENTICATION",
    "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
  );
}

function checkExpiry(expiresAt: number, now: number): void {
  if (now < expiresAt) return;
  const seconds = Math.floor((now - expiresAt) / 1000);
  throw new Refusal(
    401,
    "EXPIRED_AUTHENTICATION",
    `The OAuth token used to make this call expired ${seconds} second(s) ago.`,
    {
      context: { "expire time": [toIsoTime(expiresAt)] },
    },
  );
}
