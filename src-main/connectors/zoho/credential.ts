import { z } from "zod";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { Credential } from "../../engine/ports/credential-vault.ts";

/** An access token of its own: it is used as it is, until Zoho refuses it. */
const plainToken = z.object({ token: z.string().min(1) });

const place = {
  /** Accounts server of the org, or its data centre (`eu`). Both may be left out where the API address tells it. */
  accountsServer: z.string().optional(),
  dataCentre: z.string().optional(),
  /** The API host that the last sign-in named. */
  apiDomain: z.string().optional(),
};
const client = { clientId: z.string().min(1), clientSecret: z.string().min(1) };

const refreshable = z.object({
  ...client,
  ...place,
  refreshToken: z.string().min(1),
  accessToken: z.string().optional(),
  /** Epoch ms, as text. */
  expiresAt: z.string().regex(/^\d+$/).optional(),
});

const oneTime = z.object({
  ...client,
  ...place,
  grantCode: z.string().min(1),
  redirectUri: z.string().optional(),
  codeVerifier: z.string().optional(),
});

export type PlainToken = Readonly<z.infer<typeof plainToken>>;
export type Refreshable = Readonly<z.infer<typeof refreshable>>;
export type OneTimeCode = Readonly<z.infer<typeof oneTime>>;

export type SignIn =
  | Readonly<{ kind: "plain"; token: string; apiDomain: string | undefined }>
  | Readonly<{ kind: "refreshable"; fields: Refreshable }>
  | Readonly<{ kind: "code"; fields: OneTimeCode }>;

/** The sign-in that a stored credential stands for; a message without any of its text where it stands for none. */
export function readSignIn(source: Credential): Outcome<SignIn, string> {
  const refresh = refreshable.safeParse(source);
  if (refresh.success) return { ok: true, value: { kind: "refreshable", fields: refresh.data } };
  const code = oneTime.safeParse(source);
  if (code.success) return { ok: true, value: { kind: "code", fields: code.data } };
  const plain = plainToken.safeParse(source);
  if (plain.success)
    return { ok: true, value: { kind: "plain", token: plain.data.token, apiDomain: source["apiDomain"] } };
  return {
    ok: false,
    fault:
      "The credential is neither an access token nor a client's clientId, clientSecret and refreshToken (or grantCode).",
  };
}

/** Zoho gives no other refresh token; a code becomes one. */
export function mayRotate(credential: Credential): boolean {
  const signIn = readSignIn(credential);
  return signIn.ok && signIn.value.kind === "code";
}
