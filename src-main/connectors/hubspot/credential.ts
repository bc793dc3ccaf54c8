import { z } from "zod";
import type { Credential } from "../../engine/ports/credential-vault.ts";
import { createSignInReader, toOneTimeCode, toRefreshable } from "../http/app-sign-in.ts";

const refreshable = toRefreshable({});
export type Refreshable = Readonly<z.infer<typeof refreshable>>;

/** A code that the browser brought back. */
const oneTimeCode = toOneTimeCode({ redirectUri: z.string().min(1), codeVerifier: z.string().min(1).optional() });
export type OneTimeCode = Readonly<z.infer<typeof oneTimeCode>>;

/** A plain token is a service key, or the static token of a private app: no expiry, nothing to refresh. */
export const readSignIn = createSignInReader(
  { refreshable, oneTimeCode },
  "The credential is neither a service key nor an app's clientId, clientSecret and refreshToken (or grantCode and redirectUri).",
);

/** HubSpot gives the same refresh token back; a code becomes one. */
export function mayRotate(credential: Credential): boolean {
  const signIn = readSignIn(credential);
  return signIn.ok && signIn.value.kind === "code";
}

/** The credential without the code that was spent. */
export function withoutCode({ grantCode, redirectUri, codeVerifier, ...kept }: Credential): Credential {
  return kept;
}
