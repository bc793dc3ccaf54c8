import type { CrmAnswer, CrmRequest, CrmSession } from "../../src-main/engine/ports/connector.ts";

export type ScriptedAnswer = Readonly<{ status: number; body?: unknown; headers?: Readonly<Record<string, string>> }>;
type Respond = (request: CrmRequest) => ScriptedAnswer | Exclude<CrmAnswer, { kind: "answer" }> | undefined;

/** A way to a CRM that a test answers itself. A request that the script has no answer for fails the test. */
export function createScriptedSession(respond: Respond): CrmSession & Readonly<{ sent: readonly CrmRequest[] }> {
  const sent: CrmRequest[] = [];
  return {
    sent,
    send: (request) => {
      sent.push(request);
      const given = respond(request);
      if (given === undefined) throw new Error(`no answer for ${request.method} ${request.path}`);
      if ("kind" in given) return Promise.resolve(given);
      const { status, body, headers = {} } = given;
      const text = typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body);
      const json: unknown = typeof body === "string" ? undefined : body;
      return Promise.resolve({ kind: "answer", status, headers, body: text, json });
    },
  };
}
