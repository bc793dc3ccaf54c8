import type { SandboxClock } from "../core/clock.ts";
import { headerOf, type SandboxRequest } from "../core/message.ts";
import type { Random } from "../core/seeded-random.ts";
import type { ConfigSource, DataCentre } from "./configuration.ts";
import { invalidToken, Refusal } from "./refusal.ts";

/** Who calls: the plain token or one of the OAuth client's. `scopes` null: all of them. */
export type Caller = { readonly kind: "plain" | "oauth"; readonly scopes: readonly string[] | null };

/** A refresh token and what it may; it belongs to the data centre in which it was given. */
export type Grant = {
  readonly refreshToken: string;
  readonly scopes: readonly string[] | null;
  readonly centre: DataCentre;
};

export type AccessToken = Grant & { readonly token: string; readonly expiresAt: number };

export type Tokens = {
  /** Throws a 401 `Refusal`. */
  readonly authenticate: (request: SandboxRequest) => Caller;
  /** A new refresh token; the oldest of more than twenty dies. */
  readonly grant: (scopes: readonly string[] | null) => Grant;
  /** Undefined when it is unknown, revoked, or of another data centre. */
  readonly findGrant: (refreshToken: string) => Grant | undefined;
  /** A new access token; the oldest of more than the allowed number dies. Undefined: throttled. */
  readonly issue: (grant: Grant) => AccessToken | undefined;
  readonly findAccess: (token: string) => AccessToken | undefined;
  /** Whether there was such a token. A refresh token takes its access tokens with it. */
  readonly revoke: (token: string) => boolean;
  /** The most access tokens that one refresh token was ever asked for in ten minutes. */
  readonly maxInTenMinutes: () => number;
  readonly clear: () => void;
};

/** What the sandbox prints, so that a client can sign in either way. */
export const credentials = {
  token: "1000.5a4db0c27d1e4c0f9b3a2f6e8d0c1a47.0b1c2d3e4f5061728394a5b6c7d8e9f0",
  clientId: "1000.SANDBOX4CLIENT7ID2CALLLEDGER",
  clientSecret: "5f0c7a1e3b2d4e6f8a9bc1d2e3f40516sandboxsecret",
  refreshToken: "1000.1b2c3d4e5f60471892a3b4c5d6e7f801.9a8b7c6d5e4f30211203f4e5d6c7b8a9",
} as const;

/** Where the printed tokens were given. */
const homeCentre: DataCentre = "eu";
const maxGrants = 20;
const tenMinutesMs = 600_000;

/** Hosts by which the vendor's data centres are known; a request that names one of another centre is refused. */
const centreOfTld: Readonly<Record<string, DataCentre>> = {
  com: "us",
  eu: "eu",
  in: "in",
  "com.au": "au",
  jp: "jp",
  ca: "ca",
  sa: "sa",
  "com.cn": "cn",
};

export function createTokens(clock: SandboxClock, random: Random, config: ConfigSource): Tokens {
  const grants = new Map<string, Grant>();
  const access = new Map<string, AccessToken>();
  const issues = new Map<string, number[]>();
  const throttledUntil = new Map<string, number>();
  let plainSince = clock.now();
  let most = 0;
  const seed = (): void => {
    plainSince = clock.now();
    grants.set(credentials.refreshToken, {
      refreshToken: credentials.refreshToken,
      scopes: null,
      centre: homeCentre,
    });
  };
  seed();
  config.onChange((keys) => {
    if (keys.has("plainTokenTtlMs")) plainSince = clock.now();
  });
  const mint = (): string => `1000.${toHex(random)}.${toHex(random)}`;
  const authenticatePlain = (): Caller => {
    const { plainTokenRevoked, plainTokenTtlMs, dataCentre, scopes } = config.current();
    const isOver = plainTokenTtlMs !== null && clock.now() >= plainSince + plainTokenTtlMs;
    if (plainTokenRevoked || isOver || dataCentre !== homeCentre) throw invalidToken();
    return { kind: "plain", scopes };
  };
  const isThrottled = (refreshToken: string, now: number): boolean => {
    const { tokensPerTenMinutes, tokenThrottleMs } = config.current();
    if (now < (throttledUntil.get(refreshToken) ?? 0)) return true;
    const recent = (issues.get(refreshToken) ?? []).filter((at) => at > now - tenMinutesMs);
    recent.push(now);
    most = Math.max(most, recent.length);
    issues.set(refreshToken, recent);
    if (recent.length <= tokensPerTenMinutes) return false;
    recent.pop();
    throttledUntil.set(refreshToken, now + tokenThrottleMs);
    return true;
  };
  const dropOldest = (refreshToken: string, now: number): void => {
    const active = [...access.values()].filter((each) => each.refreshToken === refreshToken && each.expiresAt > now);
    const surplus = active.length - config.current().maxActiveAccessTokens;
    for (const { token } of active.slice(0, Math.max(surplus, 0))) access.delete(token);
  };
  return {
    authenticate: (request) => {
      const given = headerOf(request, "authorization");
      const token = /^Zoho-oauthtoken\s+(\S+)$/i.exec(given ?? "")?.[1];
      if (token === undefined) throw new Refusal(401, "AUTHENTICATION_FAILURE", "Authentication failed");
      const called = centreOfHost(headerOf(request, "host"));
      if (called !== undefined && called !== config.current().dataCentre) throw invalidToken();
      if (token === credentials.token) return authenticatePlain();
      const known = access.get(token);
      if (known === undefined || known.expiresAt <= clock.now()) throw invalidToken();
      const { dataCentre, refreshTokenRevoked } = config.current();
      if (known.centre !== dataCentre || refreshTokenRevoked || !grants.has(known.refreshToken)) throw invalidToken();
      return { kind: "oauth", scopes: known.scopes };
    },
    grant: (scopes) => {
      const made: Grant = { refreshToken: mint(), scopes, centre: config.current().dataCentre };
      grants.set(made.refreshToken, made);
      for (const refreshToken of [...grants.keys()].slice(0, Math.max(grants.size - maxGrants, 0))) {
        grants.delete(refreshToken);
      }
      return made;
    },
    findGrant: (refreshToken) => {
      const { refreshTokenRevoked, dataCentre } = config.current();
      const grant = grants.get(refreshToken);
      return refreshTokenRevoked || grant?.centre !== dataCentre ? undefined : grant;
    },
    issue: (grant) => {
      const now = clock.now();
      if (isThrottled(grant.refreshToken, now)) return undefined;
      const made = { ...grant, token: mint(), expiresAt: now + config.current().accessTokenTtlMs };
      access.set(made.token, made);
      dropOldest(grant.refreshToken, now);
      return made;
    },
    findAccess: (token) => access.get(token),
    revoke: (token) => {
      if (access.delete(token)) return true;
      if (!grants.delete(token)) return false;
      for (const known of access.values()) if (known.refreshToken === token) access.delete(known.token);
      return true;
    },
    maxInTenMinutes: () => most,
    clear: () => {
      grants.clear();
      access.clear();
      issues.clear();
      throttledUntil.clear();
      most = 0;
      seed();
    },
  };
}

/** Undefined for a host that is none of the vendor's: the sandbox's own address is the account's data centre. */
export function centreOfHost(host: string | undefined): DataCentre | undefined {
  const name = (host ?? "").replace(/:\d+$/, "").toLowerCase();
  const tld = /^(?:www|sandbox|developer|content)\.zohoapis\.(.+)$/.exec(name)?.[1];
  return tld === undefined ? undefined : centreOfTld[tld];
}

function toHex(random: Random): string {
  const word = (): string =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, "0");
  return word() + word() + word() + word();
}
