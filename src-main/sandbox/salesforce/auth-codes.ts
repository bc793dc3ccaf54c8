import { createHash, randomUUID } from "node:crypto";
import { toEmptyAnswer, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import { OAuthRefusal } from "./oauth-refusal.ts";
import type { Org } from "./org.ts";
import { credentials } from "./tokens.ts";

type Code = {
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly challenge: string;
  readonly issuedAt: number;
};

export type AuthCodes = {
  /** The page at which a person agrees: here at once, with `login_hint=denied` not at all. Throws an `OAuthRefusal`. */
  readonly authorize: (request: SandboxRequest) => SandboxAnswer;
  /** The scopes that a code stands for; it is used up, whatever becomes of it. Throws an `OAuthRefusal`. */
  readonly redeem: (form: URLSearchParams) => readonly string[];
  readonly clear: () => void;
};

export function createAuthCodes(org: Org): AuthCodes {
  const codes = new Map<string, Code>();
  return {
    authorize: ({ query }) => {
      const redirectUri = query.get("redirect_uri") ?? "";
      if (query.get("client_id") !== credentials.clientId)
        throw new OAuthRefusal("invalid_client_id", "client identifier invalid");
      if (!isRegistered(org, redirectUri))
        throw new OAuthRefusal("redirect_uri_mismatch", "redirect_uri must match configuration");
      const refused = whyRefused(query);
      const state = query.get("state");
      if (refused !== undefined) return redirect(redirectUri, state, refused);
      const code = `aPrx${randomUUID().replaceAll("-", "")}==`;
      const challenge = query.get("code_challenge") ?? "";
      codes.set(code, { redirectUri, scopes: toScopes(query.get("scope")), challenge, issuedAt: org.clock.now() });
      return redirect(redirectUri, state, { code });
    },
    redeem: (form) => {
      const code = form.get("code") ?? "";
      const known = codes.get(code);
      codes.delete(code);
      if (known === undefined) throw new OAuthRefusal("invalid_grant", "invalid authorization code");
      if (known.issuedAt + org.config.current().authCodeTtlMs <= org.clock.now())
        throw new OAuthRefusal("invalid_grant", "expired authorization code");
      if (known.redirectUri !== form.get("redirect_uri"))
        throw new OAuthRefusal("redirect_uri_mismatch", "redirect_uri must match configuration");
      const verifier = form.get("code_verifier") ?? "";
      if (createHash("sha256").update(verifier).digest("base64url") !== known.challenge)
        throw new OAuthRefusal("invalid_grant", "invalid code verifier");
      return known.scopes;
    },
    clear: () => codes.clear(),
  };
}

/** Exactly one of the app's callback addresses, port and path included. */
function isRegistered({ config }: Org, redirectUri: string): boolean {
  const byName = config.current().loopbackIpRedirect
    ? redirectUri.replace(/^http:\/\/127\.0\.0\.1:/, "http://localhost:")
    : redirectUri;
  return credentials.redirectUris.includes(byName);
}

function whyRefused(query: URLSearchParams): Readonly<Record<string, string>> | undefined {
  if (query.get("response_type") !== "code")
    return { error: "unsupported_response_type", error_description: "response type not supported" };
  if (query.get("login_hint") === "denied")
    return { error: "access_denied", error_description: "end-user denied authorization" };
  const hasChallenge =
    (query.get("code_challenge") ?? "") !== "" && (query.get("code_challenge_method") ?? "S256") === "S256";
  return hasChallenge ? undefined : { error: "invalid_request", error_description: "missing required code challenge" };
}

function redirect(to: string, state: string | null, values: Readonly<Record<string, string>>): SandboxAnswer {
  const target = new URL(to);
  for (const [name, value] of Object.entries(values)) target.searchParams.set(name, value);
  if (state !== null) target.searchParams.set("state", state);
  return toEmptyAnswer(302, { location: target.toString() });
}

function toScopes(given: string | null): readonly string[] {
  const scopes = (given ?? "").split(/[\s+]+/).filter((scope) => scope !== "");
  return scopes.length === 0 ? ["api", "id", "refresh_token"] : scopes;
}
