import { z } from "zod";
import type { Credential } from "../../engine/ports/credential-vault.ts";
import { createSignInReader, toOneTimeCode, toRefreshable } from "../http/app-sign-in.ts";

const place = {
  /** Accounts server of the org, or its data centre (`eu`). Both may be left out where the API address tells it. */
  accountsServer: z.string().optional(),
  dataCentre: z.string().optional(),
  /** The API host that the last sign-in named. */
  apiDomain: z.string().optional(),
};

const refreshable = toRefreshable(place);
export type Refreshable = Readonly<z.infer<typeof refreshable>>;

const oneTimeCode = toOneTimeCode({
  ...place,
  redirectUri: z.string().optional(),
  codeVerifier: z.string().optional(),
});
export type OneTimeCode = Readonly<z.infer<typeof oneTimeCode>>;

/** A plain token is an access token of its own, used until Zoho refuses it; an `apiDomain` may stand beside it. */
export const readSignIn = createSignInReader(
  { refreshable, oneTimeCode },
  "The credential is neither an access token nor a client's clientId, clientSecret and refreshToken (or grantCode).",
);

/** Zoho gives no other refresh token; a code becomes one. */
export function mayRotate(credential: Credential): boolean {
  const signIn = readSignIn(credential);
  return signIn.ok && signIn.value.kind === "code";
}
