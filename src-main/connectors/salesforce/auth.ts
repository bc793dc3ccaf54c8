import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Credential, VaultFault } from "../../engine/ports/credential-vault.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { readCredential, secretsOf, type SignInMethod } from "./credential.ts";
import { toOrgOrigin } from "./instance.ts";
import { badKeyFault, requestToken, toTokenForm, type Granted } from "./token-request.ts";

export type CredentialReader = () => Promise<Outcome<Credential, VaultFault>>;

/** `origin`: the org's own host, where the sign-in named one; otherwise the integration's base URL is the org. */
export type Token = Readonly<{ value: string; origin: string | undefined }>;
type TokenOutcome = Outcome<Token, ConnectorFault>;

type Grant = Readonly<{ method: SignInMethod; source: Credential; token: Token | null; renewAt: number | null }>;

export type Auth = Readonly<{
  /** The bearer token to use now. One sign-in at a time: whoever comes meanwhile gets its token. */
  token(session: CrmSession): Promise<TokenOutcome>;
  /** After Salesforce called `stale` expired: a new token, or null where there is nothing to sign in with. */
  renew(session: CrmSession, stale: string): Promise<TokenOutcome | null>;
  /** After Salesforce refused the credential: the next use reads it from the vault again. */
  forget(): void;
  /** Everything that must not appear in a message. */
  secrets(): readonly string[];
}>;

export type AuthOptions = Readonly<{
  credential: CredentialReader;
  /** Stores what a sign-in gave; false where the vault cannot be written. */
  saveCredential?: ((credential: Credential) => Promise<boolean>) | undefined;
  clock: Clock;
}>;

/** The answer tells no lifetime and an org's session may be as short as 15 minutes; a refused token is renewed at once anyway. */
const renewAfterMs = 3_600_000;

const toleratedSkewMs = 20_000;

const block = (reason: "auth_revoked" | "setup_missing", message: string): Outcome<never, ConnectorFault> => ({
  ok: false,
  fault: { kind: "blocked", reason, answer: toAnswer({ message }) },
});

/** Signs requests with a plain bearer token, or with access tokens that it gets by refresh token, run-as user or JWT. */
export function createAuth({ credential, saveCredential, clock }: AuthOptions): Auth {
  let grant: Grant | null = null;
  let signingIn: Promise<TokenOutcome> | null = null;
  let skewMs = 0;

  /** An assertion lives for minutes by Salesforce's clock: a PC whose clock is wrong signs by that one. */
  const learnSkew = (serverTimeMs: number | undefined): boolean => {
    const learnt = serverTimeMs === undefined ? skewMs : serverTimeMs - clock.now();
    const hasChanged = Math.abs(learnt - skewMs) > toleratedSkewMs;
    if (hasChanged) skewMs = learnt;
    return hasChanged;
  };

  const load = async (): Promise<Outcome<Grant, ConnectorFault>> => {
    const read = await credential();
    if (!read.ok) return block("auth_revoked", read.fault.message);
    const loaded = toGrant(read.value);
    if (loaded === undefined)
      return block(
        "auth_revoked",
        "The credential is neither a token, nor an app's clientId with refreshToken, clientSecret, or privateKey and username.",
      );
    grant = loaded;
    return { ok: true, value: loaded };
  };

  /** A rotated refresh token is stored before its access token is used: whatever happens then, the sign-in survives. */
  const keep = async (before: Grant, granted: Granted): Promise<TokenOutcome> => {
    const expiresAt = clock.now() + renewAfterMs;
    const source: Credential = {
      ...before.source,
      accessToken: granted.accessToken,
      expiresAt: String(expiresAt),
      ...(granted.instanceUrl === undefined ? {} : { instanceUrl: granted.instanceUrl }),
      ...(granted.refreshToken === undefined ? {} : { refreshToken: granted.refreshToken }),
    };
    const isStored = (await saveCredential?.(source)) ?? false;
    if (granted.refreshToken !== undefined && !isStored)
      return block(
        "setup_missing",
        "The app rotates its refresh tokens, and the new one could not be stored. Keep the credential in the system's keychain, or sign in as the app's run-as user or by JWT.",
      );
    const token = { value: granted.accessToken, origin: toOrgOrigin(source["instanceUrl"]) };
    const loaded = toGrant(source);
    grant = { method: loaded?.method ?? before.method, source, token, renewAt: expiresAt };
    return { ok: true, value: token };
  };

  const signInWith = async (session: CrmSession, from: Grant, mayReload: boolean): Promise<TokenOutcome> => {
    if (from.method.kind === "plain") return block("auth_revoked", "The token cannot be renewed. Sign in again.");
    const form = toTokenForm(from.method, clock.now() + skewMs);
    if (form === undefined) return { ok: false, fault: badKeyFault };
    const granted = await requestToken(session, form, secretsOf(from.method));
    if (granted.ok) return keep(from, granted.value);
    const { fault, serverTimeMs } = granted.fault;
    const refused = { ok: false, fault } as const;
    if (!mayReload || !isRevoked(fault)) return refused;
    if (from.method.kind === "jwt" && learnSkew(serverTimeMs)) return signInWith(session, from, false);
    // Another process may have rotated the token since we read it: what the vault holds now decides.
    const again = await load();
    if (!again.ok) return again;
    if (isSameMethod(again.value.method, from.method)) return refused;
    return isFresh(again.value) ? { ok: true, value: again.value.token } : signInWith(session, again.value, false);
  };

  const isFresh = (held: Grant): held is Grant & { token: Token } =>
    held.token !== null && (held.renewAt === null || held.renewAt > clock.now());

  const signIn = (session: CrmSession, from: Grant): Promise<TokenOutcome> => {
    signingIn ??= signInWith(session, from, true).finally(() => {
      signingIn = null;
    });
    return signingIn;
  };

  return {
    token: async (session) => {
      const held: Outcome<Grant, ConnectorFault> = grant === null ? await load() : { ok: true, value: grant };
      if (!held.ok) return held;
      return isFresh(held.value) ? { ok: true, value: held.value.token } : signIn(session, held.value);
    },
    renew: async (session, stale) => {
      if (grant === null || grant.method.kind === "plain") return null;
      // Another request renewed it meanwhile.
      if (grant.token !== null && grant.token.value !== stale) return { ok: true, value: grant.token };
      return signIn(session, grant);
    },
    forget: () => {
      grant = null;
    },
    secrets: () =>
      grant === null ? [] : [...secretsOf(grant.method), ...(grant.token === null ? [] : [grant.token.value])],
  };
}

function toGrant(source: Credential): Grant | undefined {
  const read = readCredential(source);
  if (read === undefined) return undefined;
  const { method, session, instanceUrl } = read;
  const origin = toOrgOrigin(instanceUrl);
  if (method.kind === "plain") return { method, source, token: { value: method.token, origin }, renewAt: null };
  if (session === null) return { method, source, token: null, renewAt: null };
  return { method, source, token: { value: session.accessToken, origin }, renewAt: session.expiresAt };
}

const isRevoked = (fault: ConnectorFault): boolean => fault.kind === "blocked" && fault.reason === "auth_revoked";

const isSameMethod = (left: SignInMethod, right: SignInMethod): boolean =>
  JSON.stringify(left) === JSON.stringify(right);
