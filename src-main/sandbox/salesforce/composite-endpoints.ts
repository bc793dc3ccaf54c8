import { z } from "zod";
import type { SandboxAnswer, SandboxRequest } from "../core/message.ts";
import { BrokenReference, resolveReferences, resolveText, type Answers } from "./composite-reference.ts";
import { ok, parseBody, route, type OrgCall, type OrgRoute } from "./org-call.ts";
import type { Org } from "./org.ts";
import { Refusal } from "./refusal.ts";
import { createTransaction, type Transaction } from "./transaction.ts";

/** Runs one request inside another, as part of its transaction. */
export type SubDispatch = (request: SandboxRequest, tx: Transaction) => SandboxAnswer;

export const subrequest = z.object({
  method: z.string().toUpperCase(),
  url: z.string().startsWith("/services/data/v"),
  referenceId: z.string().regex(/^[A-Za-z_]\w*$/, "is no reference id"),
  body: z.unknown().optional(),
  httpHeaders: z.record(z.string(), z.string()).default({}),
});
export type Subrequest = z.output<typeof subrequest>;
const compositeBody = z.object({
  allOrNone: z.boolean().default(false),
  collateSubrequests: z.boolean().default(false),
  compositeRequest: z.array(subrequest),
});
const batchBody = z.object({
  haltOnError: z.boolean().default(false),
  batchRequests: z.array(
    z.object({ method: z.string().toUpperCase(), url: z.string(), richInput: z.unknown().optional() }),
  ),
});

const maxSubrequests = 25;

export type Subresult = {
  readonly body: unknown;
  readonly httpHeaders: Readonly<Record<string, string>>;
  readonly httpStatusCode: number;
  readonly referenceId: string;
};

/** Several requests in one call. `countCall`: a subrequest of a batch costs a call of its own. */
export function compositeRoutes(org: Org, dispatch: SubDispatch, countCall: () => void): readonly OrgRoute[] {
  return [
    route("POST", "/composite", (call) => answerComposite(org, call, dispatch)),
    route("POST", "/composite/batch", (call) => answerBatch(org, call, dispatch, countCall)),
  ];
}

function tooMany(what: string, max: number): Refusal {
  return new Refusal(400, "INVALID_BATCH_SIZE", `Limit of ${max} reached for ${what} in Composite API`);
}

function answerComposite(org: Org, call: OrgCall, dispatch: SubDispatch): SandboxAnswer {
  const { compositeRequest, allOrNone } = parseBody(call, compositeBody);
  if (compositeRequest.length > maxSubrequests) throw tooMany("subrequests", maxSubrequests);
  const heavy = compositeRequest.filter(({ url }) =>
    /^\/services\/data\/v[\d.]+\/(query|composite\/sobjects)/.test(url),
  );
  const { compositeMaxQueries } = org.config.current();
  if (heavy.length > compositeMaxQueries) throw tooMany("query and collection operations", compositeMaxQueries);
  checkReferenceIds(compositeRequest);
  const { results } = runSubrequests(org, compositeRequest, { allOrNone, dispatch, tx: call.tx });
  return ok({ compositeResponse: results });
}

export function checkReferenceIds(subrequests: readonly Subrequest[]): void {
  const ids = subrequests.map(({ referenceId }) => referenceId);
  const doubled = ids.find((id, position) => ids.indexOf(id) !== position);
  if (doubled !== undefined) throw new Refusal(400, "INVALID_INPUT", `Duplicate ReferenceId provided: ${doubled}`);
}

type RunOptions = { readonly allOrNone: boolean; readonly dispatch: SubDispatch; readonly tx: Transaction };

/** Subrequests in order; with `allOrNone` the first failure undoes what was done and stops the rest. */
export function runSubrequests(
  org: Org,
  subrequests: readonly Subrequest[],
  { allOrNone, dispatch, tx }: RunOptions,
): { readonly results: readonly Subresult[]; readonly failed: boolean } {
  const start = tx.mark();
  const answers = new Map<string, unknown>();
  const results: Subresult[] = [];
  let failed: string | undefined;
  for (const sub of subrequests) {
    if (allOrNone && failed !== undefined) {
      results.push(toHalted(sub));
      continue;
    }
    // Without all-or-none each subrequest is a transaction of its own.
    const own = allOrNone ? tx : createTransaction(org.records);
    const result = runSubrequest(sub, answers, (request) => dispatch(request, own));
    if (!allOrNone) own.commit();
    results.push(result);
    if (result.httpStatusCode < 400) answers.set(sub.referenceId, result.body);
    else failed ??= sub.referenceId;
  }
  if (!allOrNone || failed === undefined) return { results, failed: failed !== undefined };
  tx.rollBack(start);
  return {
    results: results.map((result) => (result.referenceId === failed ? result : toHalted(result))),
    failed: true,
  };
}

function runSubrequest(sub: Subrequest, answers: Answers, run: (request: SandboxRequest) => SandboxAnswer): Subresult {
  try {
    const answer = run(toRequest(sub, answers));
    return {
      body: toBody(answer),
      httpHeaders: answer.headers["location"] === undefined ? {} : { Location: answer.headers["location"] },
      httpStatusCode: answer.status,
      referenceId: sub.referenceId,
    };
  } catch (error) {
    if (!(error instanceof BrokenReference)) throw error;
    return toSubresult(sub, error.message);
  }
}

function toBody({ body }: SandboxAnswer): unknown {
  if (body.length === 0) return null;
  const value: unknown = JSON.parse(body.toString());
  return value;
}

function toSubresult({ referenceId }: Pick<Subrequest, "referenceId">, message: string): Subresult {
  return { body: [{ errorCode: "PROCESSING_HALTED", message }], httpHeaders: {}, httpStatusCode: 400, referenceId };
}

export function toHalted(sub: Pick<Subrequest, "referenceId">): Subresult {
  return toSubresult(sub, "The transaction was rolled back since another operation in the same transaction failed.");
}

function toRequest({ method, url, body, httpHeaders }: Subrequest, answers: Answers): SandboxRequest {
  const headers = Object.fromEntries(Object.entries(httpHeaders).map(([name, value]) => [name.toLowerCase(), value]));
  return toInnerRequest(method, resolveText(url, answers), resolveReferences(body, answers), headers);
}

function toInnerRequest(
  method: string,
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): SandboxRequest {
  const [path = "", ...query] = url.split("?");
  return {
    method,
    path,
    query: new URLSearchParams(query.join("?")),
    headers: { "content-type": "application/json", ...headers },
    body: Buffer.from(body === undefined || body === null ? "" : JSON.stringify(body)),
  };
}

function answerBatch(org: Org, call: OrgCall, dispatch: SubDispatch, countCall: () => void): SandboxAnswer {
  const { batchRequests, haltOnError } = parseBody(call, batchBody);
  if (batchRequests.length > maxSubrequests) throw tooMany("subrequests", maxSubrequests);
  let hasErrors = false;
  const results = batchRequests.map(({ method, url, richInput }) => {
    if (haltOnError && hasErrors) {
      const halted = [{ errorCode: "BATCH_PROCESSING_HALTED", message: "Batch processing halted per request" }];
      return { statusCode: 412, result: halted };
    }
    if (org.config.current().batchCountsEach) countCall();
    const own = createTransaction(org.records);
    const answer = dispatch(
      toInnerRequest(method, `/services/data/${url.replace(/^\/?(services\/data\/)?/, "")}`, richInput),
      own,
    );
    own.commit();
    if (answer.status >= 400) hasErrors = true;
    return { statusCode: answer.status, result: toBody(answer) };
  });
  return ok({ hasErrors, results });
}
