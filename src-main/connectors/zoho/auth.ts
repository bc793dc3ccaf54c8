import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Credential } from "../../engine/ports/credential-vault.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { toUnansweredFault } from "../http/unanswered-fault.ts";
import type { CredentialReader } from "../http/connector-parts.ts";
import type { Address, PlaceHints } from "./address.ts";
import { readSignIn, type OneTimeCode, type Refreshable } from "./credential.ts";
import { encodeForm, toExchangeForm, tokenPath, toRefreshForm, type Form } from "./sign-in.ts";
import { readTokenAnswer, type TokenAnswer } from "./token-answer.ts";
import { tokenCost, windowNames } from "./wire.ts";

/** Access tokens live an hour; they are renewed before the last five minutes. */
const earlyMs = 5 * 60_000;
/** After the accounts server refused for too many requests, or did not answer, it is left alone for this long. */
const throttleMs = 10 * 60_000;

type Token = Outcome<string, ConnectorFault>;
type Grant = Readonly<{ token: string; expiresAt: number | null; refresh: Refreshable | null; source: Credential }>;
type Given = Extract<TokenAnswer, { kind: "given" }>;

export type Auth = Readonly<{
  /** The access token to use now; refreshed before it expires, one refresh at a time. */
  token(session: CrmSession): Promise<Token>;
  /** After Zoho refused `stale`: a new token, or null where there is nothing to refresh. */
  renew(session: CrmSession, stale: string): Promise<Token | null>;
  /** After Zoho refused the credential: the next use reads it from the vault again. */
  forget(): void;
  /** Everything that must not appear in a message. */
  secrets(): readonly string[];
}>;

export type AuthOptions = Readonly<{
  credential: CredentialReader;
  /** Stores what a sign-in gave; false where the vault cannot be written. */
  saveCredential?: ((credential: Credential) => Promise<boolean>) | undefined;
  /** Runs `work` while no other connector of this integration renews. */
  renewAlone?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
  clock: Clock;
  address: Address;
}>;

const blocked = (
  reason: "auth_revoked" | "setup_missing",
  message: string,
  code?: string,
): Outcome<never, ConnectorFault> => ({
  ok: false,
  fault: { kind: "blocked", reason, answer: toAnswer({ code, message }) },
});

/** Signs requests with an access token, which it keeps fresh where the credential allows it. */
export function createAuth({
  credential,
  saveCredential,
  renewAlone = (work) => work(),
  clock,
  address,
}: AuthOptions): Auth {
  let grant: Grant | null = null;
  let working: Promise<Token> | null = null;
  /** Until then the accounts server is left alone, and this is why. */
  let resting: Readonly<{ until: number; fault: ConnectorFault }> | null = null;

  /** What a sign-in gave is stored before it is used, so that a restart does not ask again. */
  const keep = async (given: Given, refresh: Refreshable, source: Credential): Promise<Token> => {
    if (!address.learn(given.apiDomain))
      return blocked("setup_missing", "Zoho named an API host that is none of its own. No token is sent there.");
    const expiresAt = clock.now() + given.expiresInMs;
    const fields: Credential = {
      ...source,
      refreshToken: refresh.refreshToken,
      accessToken: given.accessToken,
      expiresAt: String(expiresAt),
      ...(given.apiDomain === undefined ? {} : { apiDomain: given.apiDomain }),
    };
    await saveCredential?.(fields);
    grant = { token: given.accessToken, expiresAt, refresh, source: fields };
    return { ok: true, value: given.accessToken };
  };

  const ask = async (session: CrmSession, hints: PlaceHints, form: Form): Promise<Outcome<Given, ConnectorFault>> => {
    if (resting !== null && clock.now() < resting.until) return { ok: false, fault: resting.fault };
    const asked = await askForToken(session, address.accounts(hints), form);
    if (!asked.ok && (asked.fault.kind === "rate_limited" || asked.fault.kind === "transient"))
      resting = { until: clock.now() + throttleMs, fault: asked.fault };
    return asked;
  };

  const refresh = async (session: CrmSession, fields: Refreshable, source: Credential): Promise<Token> => {
    const asked = await ask(session, fields, toRefreshForm(fields, fields.refreshToken));
    return asked.ok ? keep(asked.value, fields, source) : asked;
  };

  /** A one-time code is spent by using it, so its fruit must have a place first. */
  const exchange = async (session: CrmSession, fields: OneTimeCode, source: Credential): Promise<Token> => {
    if ((await saveCredential?.(source)) !== true)
      return blocked(
        "setup_missing",
        "A one-time code can only be used where its refresh token can be kept. Use the keychain, or exchange the code yourself and give the refresh token.",
      );
    const { grantCode: code, redirectUri, codeVerifier } = fields;
    const asked = await ask(session, fields, toExchangeForm(fields, { code, redirectUri, codeVerifier }));
    if (!asked.ok) return asked;
    const { refreshToken } = asked.value;
    if (refreshToken === undefined)
      return blocked("auth_revoked", "Zoho gave no refresh token for the code. Ask for offline access and try again.");
    const { grantCode: _code, redirectUri: _uri, codeVerifier: _verifier, ...kept } = fields;
    const { grantCode: _stored, redirectUri: _storedUri, codeVerifier: _storedVerifier, ...rest } = source;
    return keep(asked.value, { ...kept, refreshToken }, rest);
  };

  /** One sign-in at a time: all that wait share its fruit. */
  const loadOnce = (session: CrmSession, stale?: string): Promise<Token> => {
    working ??= renewAlone(() => load(session, stale)).finally(() => {
      working = null;
    });
    return working;
  };

  /** What the vault holds now decides: another connector may have renewed it, or a person given a new one. */
  const load = async (session: CrmSession, stale: string | undefined): Promise<Token> => {
    const read = await credential();
    if (!read.ok) return blocked("auth_revoked", read.fault.message);
    const source = read.value;
    const signIn = readSignIn(source);
    if (!signIn.ok) return blocked("auth_revoked", signIn.fault);
    if (signIn.value.kind === "code") return exchange(session, signIn.value.fields, source);
    if (signIn.value.kind === "plain") {
      const { token } = signIn.value;
      if (!address.learn(source["apiDomain"]))
        return blocked("setup_missing", "The credential's apiDomain is no host of Zoho's.");
      grant = { token, expiresAt: null, refresh: null, source };
      return { ok: true, value: token };
    }
    const { fields } = signIn.value;
    if (!address.learn(fields.apiDomain ?? fields.dataCentre))
      return blocked("setup_missing", "The credential names a data centre or an API host that is none of Zoho's.");
    const { accessToken = "", expiresAt = "0" } = fields;
    grant = { token: accessToken, expiresAt: accessToken === "" ? 0 : Number(expiresAt), refresh: fields, source };
    const isGood = isFresh(grant) && accessToken !== stale;
    return isGood ? { ok: true, value: accessToken } : refresh(session, fields, source);
  };

  const isFresh = ({ expiresAt }: Grant): boolean => expiresAt === null || expiresAt - earlyMs > clock.now();

  return {
    token: async (session) => {
      const known = grant;
      if (known !== null && isFresh(known)) return { ok: true, value: known.token };
      return loadOnce(session);
    },
    renew: async (session, stale) => {
      const known = grant;
      if (known === null || known.refresh === null) return null;
      // Another request renewed it meanwhile.
      if (known.token !== stale) return { ok: true, value: known.token };
      return loadOnce(session, stale);
    },
    forget: () => {
      grant = null;
    },
    secrets: () =>
      grant === null ? [] : [grant.token, grant.refresh?.refreshToken ?? "", grant.refresh?.clientSecret ?? ""],
  };
}

/** One request to the accounts server. A refresh may be repeated: Zoho does not rotate, so nothing is lost. */
async function askForToken(
  session: CrmSession,
  origin: string | undefined,
  form: Form,
): Promise<Outcome<Given, ConnectorFault>> {
  const answer = await session.send({
    method: "POST",
    path: tokenPath,
    ...(origin === undefined ? {} : { origin }),
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: encodeForm(form),
    cost: tokenCost,
    intents: [],
  });
  if (answer.kind === "paced") return { ok: false, fault: toUnansweredFault(answer, "read") };
  if (answer.kind !== "answer") return { ok: false, fault: { ...toUnansweredFault(answer, "read"), ...patience } };
  const told = readTokenAnswer(answer.status, answer.json);
  const said = { status: answer.status };
  switch (told.kind) {
    case "given":
      return { ok: true, value: told };
    case "revoked":
      return blocked("auth_revoked", "Zoho no longer accepts the refresh token (or the one-time code).", told.error);
    case "client":
      return blocked(
        "setup_missing",
        "Zoho does not know the client, or it is not enabled for this data centre. Check client id, secret and data centre.",
        told.error,
      );
    case "pending":
    case "throttled":
      return {
        ok: false,
        fault: {
          kind: "rate_limited",
          retryAfterMs: throttleMs,
          window: windowNames.tokens,
          answer: toAnswer({ ...said, code: told.error, message: "Zoho gives no access token for now." }),
        },
      };
    case "silent": {
      const answerOf = toAnswer({ ...said, message: "Zoho's accounts server did not answer in its own words." });
      return { ok: false, fault: { kind: "transient", proof: "read_only", answer: answerOf, ...patience } };
    }
  }
}

const patience = { retryAfterMs: throttleMs } as const;
