import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Credential } from "../../engine/ports/credential-vault.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { toUnansweredFault } from "../http/unanswered-fault.ts";
import type { CredentialReader } from "../http/connector-parts.ts";
import { readSignIn, type OneTimeCode, type Refreshable } from "./credential.ts";
import {
  encodeForm,
  findOauthOrigin,
  toApiOrigin,
  toBasic,
  toExchangeForm,
  toRefreshForm,
  type App,
  type Form,
} from "./sign-in.ts";
import { toSignInFault } from "./sign-in-fault.ts";
import { costs, tokenPath } from "./wire.ts";

/** Access tokens live an hour; they are renewed a minute before their end. */
const earlyMs = 60_000;

/** `origin`: where requests of this token go, when the sign-in named a host. */
export type Token = Readonly<{ token: string; origin: string | undefined }>;
type Result = Outcome<Token, ConnectorFault>;
type Grant = Token & Readonly<{ expiresAt: number | null; fields: Refreshable | null; source: Credential }>;

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1).optional(),
  api_domain: z.string().optional(),
});

export type Auth = Readonly<{
  /** The token to use now; refreshed before it expires, one refresh at a time. */
  token(session: CrmSession): Promise<Result>;
  /** After a 401 for `stale`: a new token, or null where there is nothing to refresh. */
  renew(session: CrmSession, stale: string): Promise<Result | null>;
  /** After the credential was refused: the next use reads it from the vault again. */
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
  /** An address given at connect: sign-in and API are both there, whatever a sign-in answer names. */
  baseUrl?: string | null | undefined;
}>;

const refuse = (reason: "auth_revoked" | "setup_missing", message: string): Outcome<never, ConnectorFault> => ({
  ok: false,
  fault: { kind: "blocked", reason, answer: toAnswer({ message }) },
});

/** Signs requests with a personal token, or with an app's access token that it keeps fresh. */
export function createAuth({
  credential,
  saveCredential,
  renewAlone = (work) => work(),
  clock,
  baseUrl,
}: AuthOptions): Auth {
  let grant: Grant | null = null;
  let working: Promise<Result> | null = null;
  const signInOrigin = findOauthOrigin(baseUrl);
  const toOrigin = (domain: string | undefined): string | undefined =>
    signInOrigin === undefined ? undefined : toApiOrigin(domain);

  /** Whatever came back is stored before it is used: the vendor may give another refresh token at any time. */
  const ask = async (session: CrmSession, app: App, form: Form, source: Credential): Promise<Result> => {
    const asked = await askForToken(session, signInOrigin, app, form);
    if (!asked.ok) return asked;
    const { access_token: token, expires_in: seconds, refresh_token: next, api_domain: apiDomain } = asked.value;
    const refreshToken = next ?? source["refreshToken"];
    if (refreshToken === undefined) return refuse("auth_revoked", "Pipedrive gave no refresh token for the code.");
    const expiresAt = clock.now() + seconds * 1_000;
    const fields: Refreshable = { ...app, refreshToken, accessToken: token, expiresAt: String(expiresAt) };
    const domain = apiDomain ?? source["apiDomain"];
    const stored: Credential = {
      ...source,
      refreshToken,
      accessToken: token,
      expiresAt: String(expiresAt),
      ...(domain === undefined ? {} : { apiDomain: domain }),
    };
    const isStored = (await saveCredential?.(stored)) ?? false;
    if (!isStored && refreshToken !== source["refreshToken"])
      return refuse(
        "setup_missing",
        "Pipedrive gave another refresh token, and it could not be stored. Keep the credential in the system's keychain.",
      );
    grant = { token, origin: toOrigin(domain), expiresAt, fields, source: stored };
    return { ok: true, value: grant };
  };

  const refresh = (session: CrmSession, fields: Refreshable, source: Credential): Promise<Result> =>
    ask(session, fields, toRefreshForm(fields.refreshToken), source);

  /** A code is spent by using it, so its fruit must have a place first. */
  const exchange = async (session: CrmSession, fields: OneTimeCode, source: Credential): Promise<Result> => {
    if ((await saveCredential?.(source)) !== true)
      return refuse(
        "setup_missing",
        "A one-time code can only be used where its refresh token can be kept. Use the keychain, or exchange the code yourself and give the refresh token.",
      );
    const { grantCode: _code, redirectUri: _uri, ...kept } = source;
    return ask(session, fields, toExchangeForm(fields.grantCode, fields.redirectUri), kept);
  };

  /** What the vault holds now decides: another connector may have renewed it, or a person given a new one. */
  const load = async (session: CrmSession, stale: string | undefined): Promise<Result> => {
    const read = await credential();
    if (!read.ok) return refuse("auth_revoked", read.fault.message);
    const source = read.value;
    const signIn = readSignIn(source);
    if (!signIn.ok) return refuse("auth_revoked", signIn.fault);
    if (signIn.value.kind === "code") return exchange(session, signIn.value.fields, source);
    if (signIn.value.kind === "plain") {
      grant = { token: signIn.value.token, origin: undefined, expiresAt: null, fields: null, source };
      return { ok: true, value: grant };
    }
    const { fields } = signIn.value;
    const { accessToken = "", expiresAt = "0", apiDomain } = fields;
    const end = accessToken === "" ? 0 : Number(expiresAt);
    grant = { token: accessToken, origin: toOrigin(apiDomain), expiresAt: end, fields, source };
    const isGood = isFresh(grant) && accessToken !== stale;
    return isGood ? { ok: true, value: grant } : refresh(session, fields, source);
  };

  const isFresh = ({ expiresAt }: Grant): boolean => expiresAt === null || expiresAt - earlyMs > clock.now();

  /** One sign-in at a time: all that wait share its fruit. */
  const loadOnce = (session: CrmSession, stale?: string): Promise<Result> => {
    working ??= renewAlone(() => load(session, stale)).finally(() => {
      working = null;
    });
    return working;
  };

  return {
    token: async (session) => {
      const known = grant;
      if (known !== null && isFresh(known)) return { ok: true, value: known };
      return loadOnce(session);
    },
    renew: async (session, stale) => {
      const known = grant;
      if (known === null || known.fields === null) return null;
      // Another request renewed it meanwhile.
      if (known.token !== stale) return { ok: true, value: known };
      return loadOnce(session, stale);
    },
    forget: () => {
      grant = null;
    },
    secrets: () =>
      grant === null ? [] : [grant.token, grant.fields?.refreshToken ?? "", grant.fields?.clientSecret ?? ""],
  };
}

/** A refresh may be repeated: as a rule the refresh token stays what it is, so a lost answer loses nothing. */
async function askForToken(
  session: CrmSession,
  origin: string | undefined,
  app: App,
  form: Form,
): Promise<Outcome<z.infer<typeof tokenAnswer>, ConnectorFault>> {
  const answer = await session.send({
    method: "POST",
    path: tokenPath,
    ...(origin === undefined ? {} : { origin }),
    headers: { authorization: toBasic(app), "content-type": "application/x-www-form-urlencoded" },
    body: encodeForm(form),
    cost: costs.signIn,
    intents: [],
  });
  if (answer.kind !== "answer") return { ok: false, fault: toUnansweredFault(answer, "read") };
  const given = tokenAnswer.safeParse(answer.json);
  if (answer.status === 200 && given.success) return { ok: true, value: given.data };
  return {
    ok: false,
    fault: toSignInFault(answer, [app.clientSecret, form["refresh_token"] ?? "", form["code"] ?? ""]),
  };
}
