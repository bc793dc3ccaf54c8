import type { BudgetObservation, Cost } from "../../../src-shared/domain/budget.ts";
import type { Connector, CrmSession } from "../ports/connector.ts";
import type { Http } from "../ports/http.ts";
import { toCrmAnswer, toHttpRequest } from "../sync/crm-exchange.ts";

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
  const spent: Spent[] = [];
  return {
    spent,
    async send(request) {
      if (request.intents.length > 0) throw new Error("a set-up session writes no calls");
      const outcome = await http.request({
        ...toHttpRequest(request, baseUrl),
        timeoutMs: requestTimeoutMs,
        signal,
      });
      const answer = toCrmAnswer(outcome);
      const observations = answer.kind === "answer" ? connector.observe(request, answer) : [];
      if (answer.kind !== "never_left") spent.push({ cost: request.cost, observations });
      return answer;
    },
  };
}
