import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Credential } from "../../engine/ports/credential-vault.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { toLostFault, toUnansweredFault } from "../http/unanswered-fault.ts";
import type { CredentialReader } from "../http/connector-parts.ts";
import { readSignIn, withoutCode, type OneTimeCode, type Refreshable } from "./credential.ts";
import { readVendorError } from "./error-body.ts";
import { toFault } from "./faults.ts";
import { toExchangeForm, toRefreshForm, type Form } from "./sign-in.ts";
import { callCost, tokenPath } from "./wire.ts";

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1).optional(),
});

/** HubSpot asks not to wait for a 401: a token is renewed a minute before it ends. */
const earlyMs = 60_000;

type Grant = Readonly<{
  token: string;
  expiresAt: number | null;
  /** What renews it; null for a service key. */
  app: Refreshable | OneTimeCode | null;
  source: Credential;
}>;
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
  const isFresh = ({ app, expiresAt }: Grant): boolean =>
    app === null || expiresAt === null || expiresAt - earlyMs > clock.now();

  /** Whatever came back is stored before it is used. */
  const keep = async ({ source }: Grant, app: Refreshable | OneTimeCode, given: Given): Promise<Token> => {
    const { access_token: token, expires_in: seconds, refresh_token: next } = given;
    const refreshToken = next ?? source["refreshToken"];
    if (refreshToken === undefined) return refuse("auth_revoked", "HubSpot gave no refresh token for the code.");
    const expiresAt = clock.now() + seconds * 1_000;
    const stored = { ...withoutCode(source), refreshToken, accessToken: token, expiresAt: String(expiresAt) };
    const isStored = (await saveCredential?.(stored)) ?? false;
    if (!isStored && refreshToken !== source["refreshToken"])
      return refuse(
        "setup_missing",
        "HubSpot gave another refresh token, and it could not be stored. Keep the credential in the system's keychain.",
      );
    const { clientId, clientSecret } = app;
    grant = { token, expiresAt, app: { clientId, clientSecret, refreshToken }, source: stored };
    return { ok: true, value: token };
  };

  /** What the vault holds now decides: another connector may have renewed it, or a person given a new one. */
  const renewNow = async (session: CrmSession, stale: string): Promise<Token> => {
    const loaded = await load();
    if (!loaded.ok) return loaded;
    const { app, token, source } = loaded.value;
    if (app === null || (isFresh(loaded.value) && token !== stale)) return { ok: true, value: token };
    // A code is spent by using it, so its fruit must have a place first.
    if ("grantCode" in app && (await saveCredential?.(source)) !== true)
      return refuse(
        "setup_missing",
        "A one-time code can only be used where its refresh token can be kept. Keep the credential in the system's keychain.",
      );
    const form = "grantCode" in app ? toExchangeForm(app) : toRefreshForm(app);
    const given = await askForToken(session, form);
    return given.ok ? keep(loaded.value, app, given.value) : given;
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
      if (grant === null || grant.app === null) return null;
      // Another request renewed it meanwhile.
      if (grant.token !== stale) return { ok: true, value: grant.token };
      return renewOnce(session, stale);
    },
    forget: () => {
      grant = null;
    },
    secrets: () => (grant === null ? [] : [grant.token, ...secretsOf(grant.app)]),
  };
}

function secretsOf(app: Grant["app"]): readonly string[] {
  if (app === null) return [];
  return "grantCode" in app
    ? [app.clientSecret, app.grantCode, app.codeVerifier ?? ""]
    : [app.clientSecret, app.refreshToken];
}

function toGrant(source: Credential): Outcome<Grant, ConnectorFault> {
  const signIn = readSignIn(source);
  if (!signIn.ok) return refuse("auth_revoked", signIn.fault);
  if (signIn.value.kind === "plain")
    return { ok: true, value: { token: signIn.value.token, expiresAt: null, app: null, source } };
  if (signIn.value.kind === "code")
    return { ok: true, value: { token: "", expiresAt: 0, app: signIn.value.fields, source } };
  const { fields } = signIn.value;
  const { accessToken = "", expiresAt = "0" } = fields;
  const end = accessToken === "" ? 0 : Number(expiresAt);
  return { ok: true, value: { token: accessToken, expiresAt: end, app: fields, source } };
}

type Given = z.infer<typeof tokenAnswer>;

/** A refresh may be repeated safely: HubSpot does not rotate the refresh token. So it counts as a read. */
async function askForToken(session: CrmSession, form: Form): Promise<Outcome<Given, ConnectorFault>> {
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
  if (answer.status === 200 && given.success) return { ok: true, value: given.data };
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
    secrets: Object.entries(form).flatMap(([name, value]) => (openFields.has(name) ? [] : [value])),
  });
  // Whatever else the token endpoint refuses is about the sign-in.
  if (fault.kind === "rejected")
    return { ok: false, fault: { kind: "blocked", reason: "auth_revoked", answer: fault.answer } };
  return { ok: false, fault };
}

/** Fields of a form that may be repeated in a message. */
const openFields: ReadonlySet<string> = new Set(["grant_type", "client_id", "redirect_uri"]);
