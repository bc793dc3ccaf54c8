import type { CrmAnswer, CrmRequest, CrmSession } from "../../src-main/engine/ports/connector.ts";
import type { Http } from "../../src-main/engine/ports/http.ts";
import { toCrmAnswer, toHttpRequest } from "../../src-main/engine/sync/crm-exchange.ts";

export type UnpacedSession = CrmSession &
  Readonly<{
    /** Every request in the order it was sent, with what came of it. */
    sent: readonly Readonly<{ request: CrmRequest; answer: CrmAnswer }>[];
    /** Requests that pass before the budget has no more room; undefined for any number. */
    allow(requests: number | undefined): void;
  }>;

export type UnpacedOptions = Readonly<{ http: Http; baseUrl: string; timeoutMs?: number }>;

/** When a held-back request may go, as tests see it. */
export const pacedWaitMs = 60_000;

/** A way to a CRM without budget, store or audit, for tests of connectors. It sends once, as the real one does. */
export function createUnpacedSession({ http, baseUrl, timeoutMs = 5_000 }: UnpacedOptions): UnpacedSession {
  const sent: { request: CrmRequest; answer: CrmAnswer }[] = [];
  let room: number | undefined;

  const transmit = async (request: CrmRequest): Promise<CrmAnswer> =>
    toCrmAnswer(await http.request({ ...toHttpRequest(request, baseUrl), timeoutMs }));

  return {
    sent,
    allow: (requests) => {
      room = requests;
    },
    send: async (request) => {
      if (room === 0) return { kind: "paced", waitMs: pacedWaitMs, window: "test" };
      if (room !== undefined) room -= 1;
      const answer = await transmit(request);
      sent.push({ request, answer });
      return answer;
    },
  };
}
