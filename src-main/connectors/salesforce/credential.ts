import { z } from "zod";
import type { Credential } from "../../engine/ports/credential-vault.ts";

const filled = z.string().min(1);

/** What the last sign-in gave, stored so that a restart does not sign in anew. `expiresAt`: epoch ms, as text. */
const session = {
  accessToken: z.string().optional(),
  expiresAt: z.string().regex(/^\d+$/).optional(),
  instanceUrl: z.string().optional(),
};

const plain = z.object({ token: filled, instanceUrl: z.string().optional() });
const jwt = z.object({
  clientId: filled,
  privateKey: filled,
  username: filled,
  audience: filled.optional(),
  ...session,
});
const refresh = z.object({ clientId: filled, refreshToken: filled, clientSecret: filled.optional(), ...session });
/** A code that the browser brought back, before its first use. */
const oneTimeCode = z.object({
  clientId: filled,
  grantCode: filled,
  redirectUri: filled,
  codeVerifier: filled.optional(),
  clientSecret: filled.optional(),
});
const clientCredentials = z.object({ clientId: filled, clientSecret: filled, ...session });

/**
 * How an integration signs in. `plain`: a bearer token as it is. The others get access tokens from the token endpoint:
 * with a refresh token, with a code that becomes one, as the app's run-as user, or by a signed assertion.
 */
export type SignInMethod =
  | Readonly<{ kind: "plain"; token: string }>
  | Readonly<{ kind: "refresh"; clientId: string; clientSecret: string | undefined; refreshToken: string }>
  | Readonly<{
      kind: "code";
      clientId: string;
      clientSecret: string | undefined;
      code: string;
      redirectUri: string;
      verifier: string | undefined;
    }>
  | Readonly<{ kind: "client_credentials"; clientId: string; clientSecret: string }>
  | Readonly<{ kind: "jwt"; clientId: string; privateKey: string; username: string; audience: string | undefined }>;

export type StoredSession = Readonly<{ accessToken: string; expiresAt: number; instanceUrl: string | undefined }>;
export type ReadCredential = Readonly<{
  method: SignInMethod;
  session: StoredSession | null;
  instanceUrl: string | undefined;
}>;

function toSession({
  accessToken,
  expiresAt,
  instanceUrl,
}: Readonly<{
  accessToken?: string | undefined;
  expiresAt?: string | undefined;
  instanceUrl?: string | undefined;
}>): StoredSession | null {
  if (accessToken === undefined || accessToken === "" || expiresAt === undefined) return null;
  return { accessToken, expiresAt: Number(expiresAt), instanceUrl };
}

/** The credential's way to sign in, or undefined where its fields make none. */
export function readCredential(credential: Credential): ReadCredential | undefined {
  const byJwt = jwt.safeParse(credential);
  if (byJwt.success) {
    const { clientId, privateKey, username, audience } = byJwt.data;
    const method = { kind: "jwt", clientId, privateKey, username, audience } as const;
    return { method, session: toSession(byJwt.data), instanceUrl: byJwt.data.instanceUrl };
  }
  const byRefresh = refresh.safeParse(credential);
  if (byRefresh.success) {
    const { clientId, clientSecret, refreshToken } = byRefresh.data;
    const method = { kind: "refresh", clientId, clientSecret, refreshToken } as const;
    return { method, session: toSession(byRefresh.data), instanceUrl: byRefresh.data.instanceUrl };
  }
  const byCode = oneTimeCode.safeParse(credential);
  if (byCode.success) {
    const { clientId, clientSecret, grantCode: code, redirectUri, codeVerifier: verifier } = byCode.data;
    const method = { kind: "code", clientId, clientSecret, code, redirectUri, verifier } as const;
    return { method, session: null, instanceUrl: undefined };
  }
  const byApp = clientCredentials.safeParse(credential);
  if (byApp.success) {
    const { clientId, clientSecret } = byApp.data;
    const method = { kind: "client_credentials", clientId, clientSecret } as const;
    return { method, session: toSession(byApp.data), instanceUrl: byApp.data.instanceUrl };
  }
  const asIs = plain.safeParse(credential);
  if (!asIs.success) return undefined;
  const { token, instanceUrl } = asIs.data;
  return { method: { kind: "plain", token }, session: null, instanceUrl };
}

/** Everything of a credential that must not appear in a message. */
export function secretsOf(method: SignInMethod): readonly string[] {
  switch (method.kind) {
    case "plain":
      return [method.token];
    case "refresh":
      return [method.refreshToken, ...(method.clientSecret === undefined ? [] : [method.clientSecret])];
    case "code":
      return [method.code, method.verifier, method.clientSecret].filter((each) => each !== undefined);
    case "client_credentials":
      return [method.clientSecret];
    case "jwt":
      return [method.privateKey];
  }
}

/** An app may rotate its refresh tokens, and nothing tells beforehand whether it does. */
export function mayRotate(credential: Credential): boolean {
  const kind = readCredential(credential)?.method.kind;
  return kind === "refresh" || kind === "code";
}

/** The credential without the code that was spent. */
export function withoutCode({ grantCode, redirectUri, codeVerifier, ...kept }: Credential): Credential {
  return kept;
}
