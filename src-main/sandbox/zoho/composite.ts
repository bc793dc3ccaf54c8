import { z } from "zod";
import { toJsonAnswer, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import type { Org } from "./org.ts";
import { Refusal } from "./refusal.ts";
import { parseBody, route, type ZohoCall, type ZohoRoute } from "./zoho-call.ts";

const maxRequests = 5;

const compositeBody = z.looseObject({
  rollback_on_fail: z.boolean().optional(),
  parallel_execution: z.boolean().optional(),
  __composite_requests: z
    .array(
      z.looseObject({
        sub_request_id: z.string(),
        method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]),
        uri: z.string(),
        params: z.record(z.string(), z.unknown()).optional(),
        headers: z.record(z.string(), z.string()).optional(),
        body: z.unknown().optional(),
      }),
    )
    .min(1),
});
type SubRequest = z.output<typeof compositeBody>["__composite_requests"][number];

/** Runs a request of the same caller without charging it again. */
export type RunInner = (call: ZohoCall, request: SandboxRequest) => SandboxAnswer;

export function compositeRoutes(org: Org, run: RunInner): readonly ZohoRoute[] {
  return [
    route("POST", "/crm/:version/__composite_requests", ["ZohoCRM.composite_requests.CUSTOM"], (call) =>
      answerComposite(org, call, run),
    ),
  ];
}

function answerComposite(org: Org, call: ZohoCall, run: RunInner): SandboxAnswer {
  const body = parseBody(call, compositeBody);
  const requests = body["__composite_requests"];
  if (requests.length > maxRequests)
    throw new Refusal(400, "LIMIT_EXCEEDED", "max allowed limit exceeded", {
      limit: maxRequests,
      api_name: "__composite_requests",
    });
  if (body.rollback_on_fail === true && body.parallel_execution === true)
    throw new Refusal(
      400,
      "AMBIGUITY_DURING_PROCESSING",
      "rollback_on_fail and parallel_execution exclude each other",
      {
        api_name: "parallel_execution",
      },
    );
  const kept = org.records.keepUndo();
  const answers = requests.map((sub) => ({ sub, answer: run(call, toRequest(call, sub)) }));
  const isGood = answers.every(({ answer }) => answer.status < 300);
  if (!isGood && body.rollback_on_fail === true) kept.undo();
  else kept.stop();
  const results = answers.map(({ sub, answer }) => ({
    sub_request_id: sub.sub_request_id,
    status: answer.status < 300 ? "success" : "error",
    code: answer.status < 300 ? "SUCCESS" : "ERROR",
    message: "",
    details: {
      response: { status_code: answer.status, headers: answer.headers, body: toBody(answer) },
    },
  }));
  return toJsonAnswer(isGood ? 200 : 207, { __composite_requests: results });
}

function toRequest(
  { request }: ZohoCall,
  { method, uri, params = {}, headers = {}, body }: SubRequest,
): SandboxRequest {
  const [path = "", search = ""] = uri.split("?");
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(params)) query.set(name, String(value));
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const { authorization, host } = request.headers;
  return {
    method,
    path,
    query,
    headers: {
      ...lower,
      ...(authorization === undefined ? {} : { authorization }),
      ...(host === undefined ? {} : { host }),
    },
    body: Buffer.from(body === undefined ? "" : JSON.stringify(body)),
  };
}

function toBody({ body }: SandboxAnswer): unknown {
  return body.length === 0 ? null : JSON.parse(body.toString("utf8"));
}
