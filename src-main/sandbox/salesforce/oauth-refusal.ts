import { headerOf, toJsonAnswer, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import type { SalesforceConfig } from "./configuration.ts";
import { credentials } from "./tokens.ts";

/** What the OAuth endpoints refuse, in their own form. */
export class OAuthRefusal extends Error {
  readonly code: string;

  constructor(code: string, description: string) {
    super(description);
    this.name = "OAuthRefusal";
    this.code = code;
  }
}

const clientErrors = new Set(["invalid_client", "invalid_client_id"]);

export function toOAuthAnswer(
  { code, message }: OAuthRefusal,
  { tokenClientErrorStatus }: Pick<SalesforceConfig, "tokenClientErrorStatus">,
): SandboxAnswer {
  const status = clientErrors.has(code) ? tokenClientErrorStatus : 400;
  return toJsonAnswer(status, { error: code, error_description: message });
}

export function toForm({ body, query }: SandboxRequest): URLSearchParams {
  return body.length === 0 ? query : new URLSearchParams(body.toString("utf8"));
}

/** The app by its key; its secret must be right where it is given, and given where it is needed. Throws an `OAuthRefusal`. */
export function checkClient(form: URLSearchParams, needsSecret: boolean): void {
  if (form.get("client_id") !== credentials.clientId)
    throw new OAuthRefusal("invalid_client_id", "client identifier invalid");
  const secret = form.get("client_secret");
  if (secret === null ? needsSecret : secret !== credentials.clientSecret)
    throw new OAuthRefusal("invalid_client", "invalid client credentials");
}

/** Where the caller reached the org. */
export function originOf(request: SandboxRequest): string {
  return `http://${headerOf(request, "host") ?? "127.0.0.1"}`;
}
