import { z } from "zod";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { Credential } from "../../engine/ports/credential-vault.ts";

/** Who an app is at its vendor. */
const app = { clientId: z.string().min(1), clientSecret: z.string().min(1) };

/** `accessToken` and `expiresAt` (epoch ms, as text) are what the last sign-in gave, with whatever else a vendor names then. */
export const toRefreshable = <T extends z.ZodRawShape>(more: T) =>
  z.object({
    ...app,
    refreshToken: z.string().min(1),
    accessToken: z.string().optional(),
    expiresAt: z.string().regex(/^\d+$/).optional(),
    ...more,
  });

/** A code that a person's consent gave, before its one use. */
export const toOneTimeCode = <T extends z.ZodRawShape>(more: T) =>
  z.object({ ...app, grantCode: z.string().min(1), ...more });

/** A token that is used as it is: nothing renews it. */
const plainToken = z.object({ token: z.string().min(1) });

/** `plain`: a token of its own. `refresh`: an app that renews its access tokens. `code`: an app that still has to exchange its code. */
export type AppSignIn<Refreshable, OneTimeCode> =
  | Readonly<{ kind: "plain"; token: string }>
  | Readonly<{ kind: "refresh"; fields: Refreshable }>
  | Readonly<{ kind: "code"; fields: OneTimeCode }>;

/**
 * Reads which sign-in a stored credential is for, among the shapes that a vendor knows; `refusal` is the sentence for one
 * that is for none, without any of its text.
 */
export function createSignInReader<Refreshable, OneTimeCode>(
  shapes: Readonly<{ refreshable: z.ZodType<Refreshable>; oneTimeCode: z.ZodType<OneTimeCode> }>,
  refusal: string,
): (credential: Credential) => Outcome<AppSignIn<Refreshable, OneTimeCode>, string> {
  return (credential) => {
    const fresh = shapes.refreshable.safeParse(credential);
    if (fresh.success) return { ok: true, value: { kind: "refresh", fields: fresh.data } };
    const code = shapes.oneTimeCode.safeParse(credential);
    if (code.success) return { ok: true, value: { kind: "code", fields: code.data } };
    const plain = plainToken.safeParse(credential);
    if (plain.success) return { ok: true, value: { kind: "plain", token: plain.data.token } };
    return { ok: false, fault: refusal };
  };
}
