export type HttpRequest = Readonly<{
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Absolute URL; its origin picks the connection pool. */
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** Until the whole answer is read, ms. */
  timeoutMs: number;
  signal?: AbortSignal;
}>;

/**
 * What became of a request. `never_left`: refused, DNS, TLS or proxy failure before the body left, so provably not
 * executed. `lost`: something may have been executed (reset, timeout, cut answer). Header names are lower-case.
 */
export type HttpOutcome =
  | Readonly<{ kind: "answer"; status: number; headers: Readonly<Record<string, string>>; body: string }>
  | Readonly<{ kind: "never_left"; detail: string }>
  | Readonly<{ kind: "lost"; detail: string }>;

/** The one way out to a CRM: one attempt per call, never a retry, never a redirect followed with a body. Never throws for a network failure. */
export interface Http {
  request(request: HttpRequest): Promise<HttpOutcome>;
  close(): Promise<void>;
}
