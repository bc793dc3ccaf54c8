import { z } from "zod";

const given = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1).optional().catch(undefined),
  api_domain: z.string().min(1).optional().catch(undefined),
});
const refused = z.looseObject({ error: z.string() });

/**
 * What the token endpoint said. Its status says little: errors come with 200, too, and the throttle's text is localised.
 * So a JSON answer with neither a token nor an error that we know counts as the throttle.
 */
export type TokenAnswer =
  | Readonly<{
      kind: "given";
      accessToken: string;
      expiresInMs: number;
      refreshToken: string | undefined;
      apiDomain: string | undefined;
    }>
  | Readonly<{ kind: "revoked" | "client" | "pending" | "throttled"; error: string }>
  /** No answer of the accounts server's own: a gateway, an empty or cut body. */
  | Readonly<{ kind: "silent" }>;

const meanings: Readonly<Record<string, "revoked" | "client" | "pending">> = {
  invalid_code: "revoked",
  invalid_grant: "revoked",
  access_denied: "revoked",
  expired: "revoked",
  invalid_client: "client",
  invalid_client_secret: "client",
  invalid_redirect_uri: "client",
  unauthorized_client: "client",
  authorization_pending: "pending",
  slow_down: "pending",
};

export function readTokenAnswer(status: number, json: unknown): TokenAnswer {
  const token = given.safeParse(json);
  if (status === 200 && token.success) {
    const { access_token: accessToken, expires_in: seconds, refresh_token, api_domain } = token.data;
    // Some of Zoho's endpoints give milliseconds; no access token lives longer than a day.
    const expiresInMs = seconds > 86_400 ? seconds : seconds * 1_000;
    return { kind: "given", accessToken, expiresInMs, refreshToken: refresh_token, apiDomain: api_domain };
  }
  const error = refused.safeParse(json);
  if (status >= 500 || !error.success) return { kind: "silent" };
  const word = error.data.error;
  return { kind: Object.hasOwn(meanings, word) ? (meanings[word] ?? "throttled") : "throttled", error: word };
}
