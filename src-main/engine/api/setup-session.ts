import type { CrmAnswer, CrmRequest, CrmSession } from "../ports/connector.ts";
import type { Http, HttpOutcome } from "../ports/http.ts";

export type SetupSessionParts = Readonly<{
  http: Http;
  baseUrl: string;
  requestTimeoutMs: number;
  signal: AbortSignal;
}>;

/**
 * A way to a CRM for sign-in and set-up, before there is an integration with a budget. It is for a handful of requests
 * that a person waits for: they are not paced, and the vendor's headers tell the sync about them with its next answer.
 * A request with intents is refused: calls are written by the sync alone.
 */
export function createSetupSession({ http, baseUrl, requestTimeoutMs, signal }: SetupSessionParts): CrmSession {
  const base = baseUrl.replace(/\/+$/, "");
  return {
    async send(request) {
      if (request.intents.length > 0) throw new Error("a set-up session writes no calls");
      const outcome = await http.request({
        method: request.method,
        url: `${request.origin ?? base}${request.path}`,
        headers: { accept: "application/json", ...contentType(request), ...request.headers },
        ...(request.body === undefined ? {} : { body: toText(request.body) }),
        timeoutMs: requestTimeoutMs,
        signal,
      });
      return toAnswer(outcome);
    },
  };
}

const contentType = ({ body }: CrmRequest): Readonly<Record<string, string>> =>
  body === undefined || typeof body === "string" ? {} : { "content-type": "application/json" };

const toText = (body: unknown): string => (typeof body === "string" ? body : JSON.stringify(body));

function toAnswer(outcome: HttpOutcome): CrmAnswer {
  if (outcome.kind !== "answer") return outcome;
  const serverTimeMs = Date.parse(outcome.headers["date"] ?? "");
  return { ...outcome, json: parseJson(outcome.body), ...(Number.isNaN(serverTimeMs) ? {} : { serverTimeMs }) };
}

function parseJson(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch {
    return undefined;
  }
}
