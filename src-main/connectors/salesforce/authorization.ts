import { createHash } from "node:crypto";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Credential } from "../../engine/ports/credential-vault.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { requestToken } from "./token-request.ts";
import { authorizePath } from "./wire.ts";

/**
 * Ports at which the browser may come back. Salesforce compares the whole address, so each stands in the app's list of
 * callback URLs; by name, as the setup page does not promise to take 127.0.0.1.
 */
export const redirectPorts: readonly number[] = [33_333, 33_334, 33_335];
export const toRedirectUri = (port: number): string => `http://localhost:${port}/callback`;

/** Access to the data API, and a refresh token that outlives the browser. */
const scope = "api refresh_token";

/** What has to be remembered until the browser comes back. */
export type Authorization = Readonly<{
  /** The page that the person's browser opens. */
  url: string;
  clientId: string;
  redirectUri: string;
  state: string;
  verifier: string;
}>;

export type AuthorizationAsk = Readonly<{
  clientId: string;
  /** The org's own host, or `https://login.salesforce.com`. */
  baseUrl: string;
  redirectUri: string;
  /** At least 32 random bytes each; never used twice. */
  verifierBytes: Uint8Array;
  stateBytes: Uint8Array;
}>;

const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

/** Begins a sign-in in the browser (authorization code with PKCE). Throws when the random bytes are too few. */
export function startAuthorization(ask: AuthorizationAsk): Authorization {
  if (ask.verifierBytes.length < 32 || ask.stateBytes.length < 32)
    throw new Error("too few random bytes for a sign-in");
  const verifier = toText(ask.verifierBytes);
  const state = toText(ask.stateBytes);
  const { clientId, redirectUri } = ask;
  const query = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    scope,
    state,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    prompt: "login consent",
  });
  const url = `${ask.baseUrl.replace(/\/+$/, "")}${authorizePath}?${query.toString()}`;
  return { url, clientId, redirectUri, state, verifier };
}

/** What the browser brought back. `other`: not an answer to this sign-in; keep waiting. */
export type Callback =
  | Readonly<{ kind: "code"; code: string }>
  | Readonly<{ kind: "refused"; code: string; message: string }>
  | Readonly<{ kind: "other" }>;

/** Reads the address at which the browser came back; one with another `state` is somebody else's. */
export function readCallback({ redirectUri, state }: Authorization, address: string): Callback {
  if (!URL.canParse(address, redirectUri)) return { kind: "other" };
  const { pathname, searchParams } = new URL(address, redirectUri);
  if (pathname !== new URL(redirectUri).pathname || searchParams.get("state") !== state) return { kind: "other" };
  const error = searchParams.get("error");
  if (error !== null) return { kind: "refused", code: error, message: searchParams.get("error_description") ?? error };
  const code = searchParams.get("code");
  return code === null || code === "" ? { kind: "other" } : { kind: "code", code };
}

/**
 * The credential that a code stands for. A code works once: when this fails, the person signs in anew. `clientSecret`:
 * only for an app that demands it.
 */
export async function exchangeCode(
  session: CrmSession,
  authorization: Authorization,
  code: string,
  options: Readonly<{ clientSecret?: string; now: number }>,
): Promise<Outcome<Credential, ConnectorFault>> {
  const { clientId, redirectUri, verifier } = authorization;
  const { clientSecret } = options;
  const secret: Readonly<Record<string, string>> = clientSecret === undefined ? {} : { client_secret: clientSecret };
  const form = {
    grant_type: "authorization_code",
    code,
    client_id: clientId,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...secret,
  };
  const granted = await requestToken(session, form, [
    code,
    verifier,
    ...(clientSecret === undefined ? [] : [clientSecret]),
  ]);
  if (!granted.ok) return { ok: false, fault: granted.fault.fault };
  const { accessToken, refreshToken, instanceUrl } = granted.value;
  if (refreshToken === undefined) return { ok: false, fault: noRefreshToken };
  return {
    ok: true,
    value: {
      clientId,
      refreshToken,
      accessToken,
      expiresAt: String(options.now + sessionMs),
      ...(clientSecret === undefined ? {} : { clientSecret }),
      ...(instanceUrl === undefined ? {} : { instanceUrl }),
    },
  };
}

/** As for a refreshed token: the answer tells no lifetime. */
const sessionMs = 3_600_000;

const noRefreshToken: ConnectorFault = {
  kind: "blocked",
  reason: "setup_missing",
  answer: toAnswer({
    code: "NO_REFRESH_TOKEN",
    message: "The app gave no refresh token. Add the scope refresh_token (offline_access) to it and sign in again.",
  }),
};
