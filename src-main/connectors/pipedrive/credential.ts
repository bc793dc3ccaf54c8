import { z } from "zod";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { Credential } from "../../engine/ports/credential-vault.ts";

/** A personal API token (40 hex digits), or an access token that somebody else keeps fresh. */
const plain = z.object({ token: z.string().min(1) });

const app = { clientId: z.string().min(1), clientSecret: z.string().min(1) };

/** `accessToken`, `expiresAt` (epoch ms, as text) and `apiDomain` are what the last sign-in gave. */
const refreshable = z.object({
  ...app,
  refreshToken: z.string().min(1),
  accessToken: z.string().optional(),
  expiresAt: z.string().regex(/^\d+$/).optional(),
  apiDomain: z.string().optional(),
});
export type Refreshable = Readonly<z.infer<typeof refreshable>>;

/** A code from the consent page, before its first use. */
const oneTimeCode = z.object({ ...app, grantCode: z.string().min(1), redirectUri: z.string().min(1) });
export type OneTimeCode = Readonly<z.infer<typeof oneTimeCode>>;

export type SignIn =
  | Readonly<{ kind: "plain"; token: string }>
  | Readonly<{ kind: "refresh"; fields: Refreshable }>
  | Readonly<{ kind: "code"; fields: OneTimeCode }>;

/** Which sign-in a stored credential is for, or a sentence that says what it lacks. */
export function readSignIn(credential: Credential): Outcome<SignIn, string> {
  const fresh = refreshable.safeParse(credential);
  if (fresh.success) return { ok: true, value: { kind: "refresh", fields: fresh.data } };
  const code = oneTimeCode.safeParse(credential);
  if (code.success) return { ok: true, value: { kind: "code", fields: code.data } };
  const token = plain.safeParse(credential);
  if (token.success) return { ok: true, value: { kind: "plain", token: token.data.token } };
  return {
    ok: false,
    fault:
      "The credential is neither a personal API token nor an app's clientId, clientSecret and refreshToken (or grantCode and redirectUri).",
  };
}

/** Access tokens carry the vendor's mark; personal tokens are bare and have a header of their own. */
export const toSignature = (token: string): Readonly<Record<string, string>> =>
  /^[0-9a-f]{40}$/i.test(token) ? { "x-api-token": token } : { authorization: `Bearer ${token}` };

/** As a rule the refresh token stays what it is, but Pipedrive promises nothing. */
export function mayRotate(credential: Credential): boolean {
  const signIn = readSignIn(credential);
  return signIn.ok && signIn.value.kind !== "plain";
}
