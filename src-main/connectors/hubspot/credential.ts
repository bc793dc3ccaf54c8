import { z } from "zod";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { Credential } from "../../engine/ports/credential-vault.ts";

/** A service key (or a static token of a private app): no expiry, nothing to refresh. */
const serviceKey = z.object({ token: z.string().min(1) });

const app = { clientId: z.string().min(1), clientSecret: z.string().min(1) };

/** `accessToken` and `expiresAt` (epoch ms, as text) are what the last refresh gave. */
const refreshable = z.object({
  ...app,
  refreshToken: z.string().min(1),
  accessToken: z.string().optional(),
  expiresAt: z.string().regex(/^\d+$/).optional(),
});
export type Refreshable = Readonly<z.infer<typeof refreshable>>;

/** A code that the browser brought back, before its first use. */
const oneTimeCode = z.object({
  ...app,
  grantCode: z.string().min(1),
  redirectUri: z.string().min(1),
  codeVerifier: z.string().min(1).optional(),
});
export type OneTimeCode = Readonly<z.infer<typeof oneTimeCode>>;

export type SignIn =
  | Readonly<{ kind: "key"; token: string }>
  | Readonly<{ kind: "refresh"; fields: Refreshable }>
  | Readonly<{ kind: "code"; fields: OneTimeCode }>;

/** Which sign-in a stored credential is for, or a sentence that says what it lacks. */
export function readSignIn(credential: Credential): Outcome<SignIn, string> {
  const fresh = refreshable.safeParse(credential);
  if (fresh.success) return { ok: true, value: { kind: "refresh", fields: fresh.data } };
  const code = oneTimeCode.safeParse(credential);
  if (code.success) return { ok: true, value: { kind: "code", fields: code.data } };
  const key = serviceKey.safeParse(credential);
  if (key.success) return { ok: true, value: { kind: "key", token: key.data.token } };
  return {
    ok: false,
    fault:
      "The credential is neither a service key nor an app's clientId, clientSecret and refreshToken (or grantCode and redirectUri).",
  };
}

/** HubSpot gives the same refresh token back; a code becomes one. */
export function mayRotate(credential: Credential): boolean {
  const signIn = readSignIn(credential);
  return signIn.ok && signIn.value.kind === "code";
}

/** The credential without the code that was spent. */
export function withoutCode({ grantCode, redirectUri, codeVerifier, ...kept }: Credential): Credential {
  return kept;
}
