import type { IncomingHttpHeaders } from "node:http";

/** One request as a sandbox sees it; the path is decoded only by who routes it. */
export type SandboxRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

export type SandboxAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
};

/** What a caller gets to see: an answer, a connection closed without one, or a connection reset. */
export type Reaction =
  | { readonly kind: "answer"; readonly answer: SandboxAnswer }
  | { readonly kind: "close" }
  | { readonly kind: "reset" };

export type ParsedBody =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

export function toJsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): SandboxAnswer {
  return {
    status,
    headers: { "content-type": "application/json;charset=utf-8", ...headers },
    body: JSON.stringify(value),
  };
}

export function toTextAnswer(
  status: number,
  contentType: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): SandboxAnswer {
  return { status, headers: { "content-type": contentType, ...headers }, body };
}

export function toEmptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): SandboxAnswer {
  return { status, headers, body: "" };
}

/** The same answer with more headers; those given here win. */
export function withHeaders(answer: SandboxAnswer, headers: Readonly<Record<string, string>>): SandboxAnswer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

export function parseJsonBody(request: SandboxRequest): ParsedBody {
  try {
    return { ok: true, value: JSON.parse(request.body.toString("utf8")) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : "the body is not JSON" };
  }
}

/** One header as a single string, however often it was sent. */
export function headerOf(request: SandboxRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}
