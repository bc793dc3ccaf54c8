import { randomUUID } from "node:crypto";
import { toJsonAnswer, toTextAnswer, type SandboxAnswer } from "../core/message.ts";

export type ApiVersion = "v1" | "v2";

/**
 * What the API refuses. Thrown, because a refusal ends the request from any depth; the front door is the only place that
 * catches it. `code` null: the gateway's envelope, which is the same in all versions.
 */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string | null;

  constructor(status: number, code: string | null, message: string) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
  }
}

const hint = "Please check developers.pipedrive.com";

export function toRefusalAnswer({ status, code, message }: Refusal, version: ApiVersion): SandboxAnswer {
  if (code === null) return toGatewayAnswer(status, message);
  if (version === "v2") return toJsonAnswer(status, { success: false, error: message, code });
  const capping = code.startsWith("feature_capping") ? { code } : {};
  const body = {
    success: false,
    error: message,
    error_info: `${hint} for more information about Pipedrive API.`,
    data: null,
    additional_data: null,
    errorCode: status,
    ...capping,
  };
  return toJsonAnswer(status, body);
}

export function toGatewayAnswer(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): SandboxAnswer {
  return toJsonAnswer(status, { success: false, error: message, errorCode: status, error_info: hint }, headers);
}

/** Edges of the vendor's network answer in HTML, its services in their envelope. */
export function toFaultAnswer(status: number): SandboxAnswer {
  if (status === 403) return toBlockPage();
  if (status === 502 || status === 503 || status === 504)
    return toTextAnswer(status, "text/html; charset=UTF-8", `<html><body><h1>${status}</h1></body></html>`);
  if (status >= 500)
    return toJsonAnswer(status, { success: false, error: "Internal Server Error", code: "ERR_UNKNOWN" });
  return toGatewayAnswer(status, `HTTP ${status}`);
}

/** What stands before the API once an application has not listened to it. */
export function toBlockPage(): SandboxAnswer {
  const body =
    "<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head><body><h1>Sorry, you have been blocked</h1></body></html>";
  return toTextAnswer(403, "text/html; charset=UTF-8", body, { server: "cloudflare", "cf-ray": randomUUID() });
}

export function schemaRefusal(field: string, problem: string): Refusal {
  return new Refusal(400, "ERR_SCHEMA_VALIDATION_FAILED", `Validation failed: ${field}: ${problem}`);
}

export function notAllowed(field: string): Refusal {
  return schemaRefusal(field, `Parameter '${field}' is not allowed for this request`);
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, "ERR_BAD_REQUEST", message);
}

export function forbidden(message: string): Refusal {
  return new Refusal(403, "ERR_FORBIDDEN", message);
}

/** The scope of the token does not cover the address. */
export function scopeMismatch(): Refusal {
  return new Refusal(403, null, "Scope and URL mismatch");
}

export function unknownError(): Refusal {
  return new Refusal(500, "ERR_UNKNOWN", "Internal Server Error");
}

/** There is nothing of that name or id, said in the words of the administration. */
export function notFoundAt(message: string): Refusal {
  return new Refusal(404, "ERR_NOT_FOUND", message);
}
