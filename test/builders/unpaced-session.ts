import { parseJson, readServerTime } from "../../src-main/connectors/http/json-answer.ts";
import type { CrmAnswer, CrmRequest, CrmSession } from "../../src-main/engine/ports/connector.ts";
import type { Http } from "../../src-main/engine/ports/http.ts";

export type UnpacedSession = CrmSession &
  Readonly<{
    /** Every request in the order it was sent, with what came of it. */
    sent: readonly Readonly<{ request: CrmRequest; answer: CrmAnswer }>[];
    /** Requests that pass before the budget has no more room; undefined for any number. */
    allow(requests: number | undefined): void;
  }>;

export type UnpacedOptions = Readonly<{ http: Http; baseUrl: string; timeoutMs?: number }>;

/** When a held-back request may go, as tests see it. */
export const pacedUntilMs = 1_800_000_000_000;

/** A way to a CRM without budget, store or audit, for tests of connectors. It sends once, as the real one does. */
export function createUnpacedSession({ http, baseUrl, timeoutMs = 5_000 }: UnpacedOptions): UnpacedSession {
  const sent: { request: CrmRequest; answer: CrmAnswer }[] = [];
  let room: number | undefined;

  const transmit = async ({ method, path, origin, headers = {}, body }: CrmRequest): Promise<CrmAnswer> => {
    const isText = typeof body === "string";
    const type = isText || body === undefined ? {} : { "content-type": "application/json" };
    const outcome = await http.request({
      method,
      url: `${origin ?? baseUrl}${path}`,
      headers: { accept: "application/json", ...type, ...headers },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      timeoutMs,
    });
    if (outcome.kind !== "answer") return outcome;
    const serverTimeMs = readServerTime(outcome.headers);
    return { ...outcome, json: parseJson(outcome.body), ...(serverTimeMs === undefined ? {} : { serverTimeMs }) };
  };

  return {
    sent,
    allow: (requests) => {
      room = requests;
    },
    send: async (request) => {
      if (room === 0) return { kind: "paced", untilMs: pacedUntilMs, window: "test" };
      if (room !== undefined) room -= 1;
      const answer = await transmit(request);
      sent.push({ request, answer });
      return answer;
    },
  };
}
