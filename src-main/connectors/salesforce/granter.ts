import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Credential } from "../../engine/ports/credential-vault.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import type { CredentialReader } from "../http/connector-parts.ts";
import { readCredential, secretsOf, withoutCode, type SignInMethod } from "./credential.ts";
import { toOrgOrigin } from "./instance.ts";
import { badKeyFault, requestToken, toTokenForm, type Granted } from "./token-request.ts";

/** `origin`: the org's own host, where the sign-in named one; otherwise the integration's base URL is the org. */
export type Token = Readonly<{ value: string; origin: string | undefined }>;

/** A credential with the token that came of it last. `renewAt`: epoch ms; null for a token without a known end. */
export type Grant = Readonly<{
  method: SignInMethod;
  source: Credential;
  token: Token | null;
  renewAt: number | null;
}>;
export type GrantOutcome = Outcome<Grant, ConnectorFault>;

export type Granter = Readonly<{
  /** What the vault holds now. */
  load(): Promise<GrantOutcome>;
  /** A grant with a new token. */
  renew(session: CrmSession, from: Grant): Promise<GrantOutcome>;
  isFresh(grant: Grant): grant is Grant & { token: Token };
}>;

export type GranterOptions = Readonly<{
  credential: CredentialReader;
  /** Stores what a sign-in gave; false where the vault cannot be written. */
  saveCredential?: ((credential: Credential) => Promise<boolean>) | undefined;
  /** Runs `work` while no other connector of this integration renews. */
  renewAlone?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
  clock: Clock;
}>;

/** The answer tells no lifetime and an org's session may be as short as 15 minutes; a refused token is renewed at once anyway. */
const renewAfterMs = 3_600_000;
const toleratedSkewMs = 20_000;

const block = (reason: "auth_revoked" | "setup_missing", message: string): Outcome<never, ConnectorFault> => ({
  ok: false,
  fault: { kind: "blocked", reason, answer: toAnswer({ message }) },
});

const noRefreshToken = block(
  "setup_missing",
  "The app gave no refresh token. Add the scope refresh_token (offline_access) to it and sign in again.",
);
const noPlace = block(
  "setup_missing",
  "A one-time code can only be used where its refresh token can be kept. Keep the credential in the system's keychain.",
);

/** Gets tokens by whatever way the credential names. */
export function createGranter({
  credential,
  saveCredential,
  renewAlone = (work) => work(),
  clock,
}: GranterOptions): Granter {
  let skewMs = 0;

  /** An assertion lives for minutes by Salesforce's clock: a PC whose clock is wrong signs by that one. */
  const learnSkew = (serverTimeMs: number | undefined): boolean => {
    const learnt = serverTimeMs === undefined ? skewMs : serverTimeMs - clock.now();
    const hasChanged = Math.abs(learnt - skewMs) > toleratedSkewMs;
    if (hasChanged) skewMs = learnt;
    return hasChanged;
  };

  const isFresh = (grant: Grant): grant is Grant & { token: Token } =>
    grant.token !== null && (grant.renewAt === null || grant.renewAt > clock.now());

  const load = async (): Promise<GrantOutcome> => {
    const read = await credential();
    if (!read.ok) return block("auth_revoked", read.fault.message);
    const grant = toGrant(read.value);
    if (grant !== undefined) return { ok: true, value: grant };
    return block(
      "auth_revoked",
      "The credential is neither a token, nor an app's clientId with refreshToken, grantCode and redirectUri, clientSecret, or privateKey and username.",
    );
  };

  /** A rotated refresh token is stored before its access token is used: whatever happens then, the sign-in survives. */
  const keep = async (before: Grant, granted: Granted): Promise<GrantOutcome> => {
    if (before.method.kind === "code" && granted.refreshToken === undefined) return noRefreshToken;
    const kept = withToken(before, granted, clock.now() + renewAfterMs);
    const isStored = (await saveCredential?.(kept.source)) ?? false;
    if (granted.refreshToken === undefined || isStored) return { ok: true, value: kept };
    return block(
      "setup_missing",
      "The app rotates its refresh tokens, and the new one could not be stored. Keep the credential in the system's keychain, or sign in as the app's run-as user or by JWT.",
    );
  };

  const renew = async (session: CrmSession, from: Grant, mayTryAgain: boolean): Promise<GrantOutcome> => {
    if (from.method.kind === "plain") return block("auth_revoked", "The token cannot be renewed. Sign in again.");
    const form = toTokenForm(from.method, clock.now() + skewMs);
    if (form === undefined) return { ok: false, fault: badKeyFault };
    // A code is spent by using it, so its fruit must have a place first.
    if (from.method.kind === "code" && (await saveCredential?.(from.source)) !== true) return noPlace;
    const granted = await requestToken(session, form, secretsOf(from.method));
    if (granted.ok) return keep(from, granted.value);
    const { serverTimeMs } = granted.fault;
    const fault = explainLoss(from, granted.fault.fault);
    // Where the app rotates, the token may be dead by now: the next refusal should say why, also after a restart.
    if (from.method.kind === "refresh" && isUnanswered(fault))
      await saveCredential?.({ ...from.source, [lossMark]: String(clock.now()) });
    if (!mayTryAgain || !isRevoked(fault)) return { ok: false, fault };
    if (from.method.kind === "jwt" && learnSkew(serverTimeMs)) return renew(session, from, false);
    // Another process may have rotated the token since we read it: what the vault holds now decides.
    const again = await load();
    if (!again.ok) return again;
    if (isSameMethod(again.value.method, from.method)) return { ok: false, fault };
    return isFresh(again.value) ? again : renew(session, again.value, false);
  };

  /** What the vault holds now decides: another connector may have renewed it, or a person given a new one. */
  const renewHeld = async (session: CrmSession, from: Grant): Promise<GrantOutcome> => {
    const now = await load();
    if (!now.ok) return now;
    const isNew = isFresh(now.value) && now.value.token.value !== from.token?.value;
    return isNew ? now : renew(session, now.value, true);
  };

  return { load, renew: (session, from) => renewAlone(() => renewHeld(session, from)), isFresh };
}

/** Set while the answer to a renewal is missing. */
const lossMark = "renewalLostAt";

const withoutLossMark = ({ [lossMark]: _lostAt, ...kept }: Credential): Credential => kept;

const isUnanswered = (fault: ConnectorFault): boolean =>
  fault.kind === "transient" && fault.proof === "read_only" && fault.answer.status === undefined;

/** A refusal after a lost answer has a cause that nobody could guess. */
function explainLoss({ source }: Grant, fault: ConnectorFault): ConnectorFault {
  const lostAt = Number(source[lossMark]);
  if (fault.kind !== "blocked" || fault.reason !== "auth_revoked" || Number.isNaN(lostAt)) return fault;
  const when = new Date(lostAt).toISOString();
  const message = `Salesforce's answer to a renewal was lost on ${when}. Where the app rotates its refresh tokens, the one we have is dead since then. Sign in again.`;
  return { ...fault, answer: { ...fault.answer, message } };
}

function withToken(
  before: Grant,
  { accessToken, refreshToken, instanceUrl }: Granted,
  renewAt: number,
): Grant & { token: Token } {
  const source: Credential = {
    ...withoutCode(withoutLossMark(before.source)),
    accessToken,
    expiresAt: String(renewAt),
    ...(instanceUrl === undefined ? {} : { instanceUrl }),
    ...(refreshToken === undefined ? {} : { refreshToken }),
  };
  const method = readCredential(source)?.method ?? before.method;
  return { method, source, token: { value: accessToken, origin: toOrgOrigin(source["instanceUrl"]) }, renewAt };
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
