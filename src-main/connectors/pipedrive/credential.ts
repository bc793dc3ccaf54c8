import { z } from "zod";
import type { Credential } from "../../engine/ports/credential-vault.ts";
import { createSignInReader, toOneTimeCode, toRefreshable } from "../http/app-sign-in.ts";

/** `apiDomain`: the host that the last sign-in named. */
const refreshable = toRefreshable({ apiDomain: z.string().optional() });
export type Refreshable = Readonly<z.infer<typeof refreshable>>;

/** A code from the consent page. */
const oneTimeCode = toOneTimeCode({ redirectUri: z.string().min(1) });
export type OneTimeCode = Readonly<z.infer<typeof oneTimeCode>>;

/** A plain token is a personal API token (40 hex digits), or an access token that somebody else keeps fresh. */
export const readSignIn = createSignInReader(
  { refreshable, oneTimeCode },
  "The credential is neither a personal API token nor an app's clientId, clientSecret and refreshToken (or grantCode and redirectUri).",
);

/** Access tokens carry the vendor's mark; personal tokens are bare and have a header of their own. */
export const toSignature = (token: string): Readonly<Record<string, string>> =>
  /^[0-9a-f]{40}$/i.test(token) ? { "x-api-token": token } : { authorization: `Bearer ${token}` };

/** As a rule the refresh token stays what it is, but Pipedrive promises nothing. */
export function mayRotate(credential: Credential): boolean {
  const signIn = readSignIn(credential);
  return signIn.ok && signIn.value.kind !== "plain";
}
