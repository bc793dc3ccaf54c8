import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Credential, VaultFault } from "../../engine/ports/credential-vault.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { toLostFault, toUnansweredFault } from "../http/unanswered-fault.ts";
import { readVendorError } from "./error-body.ts";
import { toFault } from "./faults.ts";
import { callCost, tokenPath } from "./wire.ts";

export type CredentialReader = () => Promise<Outcome<Credential, VaultFault>>;

/** A service key (or a static token of a private app): no expiry, nothing to refresh. */
const serviceKey = z.object({ token: z.string().min(1) });

/** An app's credential. `accessToken` and `expiresAt` (epoch ms, as text) are what the last refresh gave. */
const oauthCredential = z.object({
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  refreshToken: z.string().min(1),
  accessToken: z.string().optional(),
  expiresAt: z.string().regex(/^\d+$/).optional(),
});
type OauthCredential = z.infer<typeof oauthCredential>;

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1).optional(),
});

/** HubSpot asks not to wait for a 401: a token is renewed a minute before it ends. */
const earlyMs = 60_000;

type Grant = Readonly<{ token: string; expiresAt: number | null; oauth: OauthCredential | null; source: Credential }>;
type Token = Outcome<string, ConnectorFault>;

export type Auth = Readonly<{
  /** The bearer token to use now; refreshed before it expires, one refresh at a time. */
  token(session: CrmSession): Promise<Token>;
  /** After HubSpot called `stale` expired: a new token, or null where there is nothing to refresh. */
  renew(session: CrmSession, stale: string): Promise<Token | null>;
  /** After HubSpot refused the credential: the next use reads it from the vault again. */
  forget(): void;
  /** Everything that must not appear in a message. */
  secrets(): readonly string[];
}>;

export type AuthOptions = Readonly<{
  credential: CredentialReader;
  /** Stores what a refresh gave; false where the vault cannot be written. */
  saveCredential?: ((credential: Credential) => Promise<boolean>) | undefined;
  /** Runs `work` while no other connector of this integration renews. */
  renewAlone?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
  clock: Clock;
}>;

const refuse = (reason: "auth_revoked" | "setup_missing", message: string): Outcome<never, ConnectorFault> => ({
  ok: false,
  fault: { kind: "blocked", reason, answer: toAnswer({ message }) },
});

/** Signs requests with a service key, or with an app's access token that it keeps fresh. */
export function createAuth({ credential, saveCredential, renewAlone = (work) => work(), clock }: AuthOptions): Auth {
  let grant: Grant | null = null;
  let refreshing: Promise<Token> | null = null;

  const load = async (): Promise<Outcome<Grant, ConnectorFault>> => {
    const read = await credential();
    if (!read.ok) return refuse("auth_revoked", read.fault.message);
    const loaded = toGrant(read.value);
    if (loaded.ok) grant = loaded.value;
    return loaded;
  };
  const isFresh = ({ oauth, expiresAt }: Grant): boolean =>
    oauth === null || expiresAt === null || expiresAt - earlyMs > clock.now();

  /** Whatever came back is stored before it is used. */
  const keep = async ({ oauth, source }: Grant, given: Refreshed): Promise<Token> => {
    const { token, expiresAt, refreshToken } = given;
    const stored = { ...source, refreshToken, accessToken: token, expiresAt: String(expiresAt) };
    const isStored = (await saveCredential?.(stored)) ?? false;
    if (!isStored && refreshToken !== source["refreshToken"])
      return refuse(
        "setup_missing",
        "HubSpot gave another refresh token, and it could not be stored. Keep the credential in the system's keychain.",
      );
    grant = { token, expiresAt, oauth: oauth === null ? null : { ...oauth, refreshToken }, source: stored };
    return { ok: true, value: token };
  };

  /** What the vault holds now decides: another connector may have renewed it, or a person given a new one. */
  const renewNow = async (session: CrmSession, stale: string): Promise<Token> => {
    const loaded = await load();
    if (!loaded.ok) return loaded;
    const { oauth, token } = loaded.value;
    if (oauth === null || (isFresh(loaded.value) && token !== stale)) return { ok: true, value: token };
    const refreshed = await refresh(session, oauth, clock);
    return refreshed.ok ? keep(loaded.value, refreshed.value) : refreshed;
  };

  const renewOnce = (session: CrmSession, stale: string): Promise<Token> => {
    refreshing ??= renewAlone(() => renewNow(session, stale)).finally(() => {
      refreshing = null;
    });
    return refreshing;
  };

  return {
    token: async (session) => {
      const held: Outcome<Grant, ConnectorFault> = grant === null ? await load() : { ok: true, value: grant };
      if (!held.ok) return held;
      return isFresh(held.value) ? { ok: true, value: held.value.token } : renewOnce(session, held.value.token);
    },
    renew: async (session, stale) => {
      if (grant === null || grant.oauth === null) return null;
      // Another request renewed it meanwhile.
      if (grant.token !== stale) return { ok: true, value: grant.token };
      return renewOnce(session, stale);
    },
    forget: () => {
      grant = null;
    },
    secrets: () =>
      grant === null ? [] : [grant.token, grant.oauth?.refreshToken ?? "", grant.oauth?.clientSecret ?? ""],
  };
}

function toGrant(source: Credential): Outcome<Grant, ConnectorFault> {
  const oauth = oauthCredential.safeParse(source);
  if (oauth.success) {
    const { accessToken = "", expiresAt = "0" } = oauth.data;
    const end = accessToken === "" ? 0 : Number(expiresAt);
    return { ok: true, value: { token: accessToken, expiresAt: end, oauth: oauth.data, source } };
  }
  const key = serviceKey.safeParse(source);
  if (key.success) return { ok: true, value: { token: key.data.token, expiresAt: null, oauth: null, source } };
  return refuse(
    "auth_revoked",
    "The credential is neither a service key nor an app's clientId, clientSecret and refreshToken.",
  );
}

type Refreshed = Readonly<{ token: string; expiresAt: number; refreshToken: string }>;

/** A refresh may be repeated safely: HubSpot does not rotate the refresh token. So it counts as a read. */
async function refresh(
  session: CrmSession,
  { clientId, clientSecret, refreshToken }: OauthCredential,
  clock: Clock,
): Promise<Outcome<Refreshed, ConnectorFault>> {
  const form = {
    grant_type: "refresh_token",
    client_id: clientId,
    client_secret: clientSecret,
    refresh_token: refreshToken,
  };
  const answer = await session.send({
    method: "POST",
    path: tokenPath,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
    cost: callCost,
    intents: [],
  });
  if (answer.kind !== "answer") return { ok: false, fault: toUnansweredFault(answer, "read") };
  const given = tokenAnswer.safeParse(answer.json);
  if (answer.status === 200 && given.success) {
    const { access_token: token, expires_in: seconds, refresh_token: next } = given.data;
    return { ok: true, value: { token, expiresAt: clock.now() + seconds * 1_000, refreshToken: next ?? refreshToken } };
  }
  if (answer.status === 200)
    return { ok: false, fault: toLostFault("read", { status: 200, message: "the token endpoint gave no token" }) };
  const fault = toFault({
    status: answer.status,
    error: readVendorError(answer.json),
    kind: "read",
    subject: "other",
    isBatch: false,
    keyProperty: "",
    retryAfterMs: undefined,
    untilMidnightMs: 3_600_000,
    secrets: [clientSecret, refreshToken],
  });
  // Whatever else the token endpoint refuses is about the sign-in.
  if (fault.kind === "rejected")
    return { ok: false, fault: { kind: "blocked", reason: "auth_revoked", answer: fault.answer } };
  return { ok: false, fault };
}
