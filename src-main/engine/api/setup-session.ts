import type { BudgetObservation, Cost } from "../../../src-shared/domain/budget.ts";
import { parseJson, readServerTime } from "../../connectors/http/json-answer.ts";
import type { Connector, CrmAnswer, CrmRequest, CrmSession } from "../ports/connector.ts";
import type { Http, HttpOutcome } from "../ports/http.ts";

export type SetupSessionParts = Readonly<{
  http: Http;
  /** Tells what the answers' headers say of the budget. */
  connector: Pick<Connector, "observe">;
  baseUrl: string;
  requestTimeoutMs: number;
  signal: AbortSignal;
}>;

/** What a request cost, and what its answer told of the windows. */
export type Spent = Readonly<{ cost: Cost; observations: readonly BudgetObservation[] }>;

export type SetupSession = CrmSession & Readonly<{ spent: readonly Spent[] }>;

/**
 * A way to a CRM for sign-in, check and set-up. It is for a handful of requests that a person waits for: they are not
 * paced, but `spent` says what is to be put down in the integration's budget, which may not be there yet. A request with
 * intents is refused: calls are written by the sync alone.
 */
export function createSetupSession(parts: SetupSessionParts): SetupSession {
  const { http, connector, baseUrl, requestTimeoutMs, signal } = parts;
  const base = baseUrl.replace(/\/+$/, "");
  const spent: Spent[] = [];
  return {
    spent,
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
      const answer = toAnswer(outcome);
      const observations = answer.kind === "answer" ? connector.observe(request, answer) : [];
      if (answer.kind !== "never_left") spent.push({ cost: request.cost, observations });
      return answer;
    },
  };
}

const contentType = ({ body }: CrmRequest): Readonly<Record<string, string>> =>
  body === undefined || typeof body === "string" ? {} : { "content-type": "application/json" };

const toText = (body: unknown): string => (typeof body === "string" ? body : JSON.stringify(body));

function toAnswer(outcome: HttpOutcome): CrmAnswer {
  if (outcome.kind !== "answer") return outcome;
  const serverTimeMs = readServerTime(outcome.headers);
  return { ...outcome, json: parseJson(outcome.body), ...(serverTimeMs === undefined ? {} : { serverTimeMs }) };
}
