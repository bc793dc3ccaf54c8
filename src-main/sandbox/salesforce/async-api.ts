import { headerOf, toTextAnswer, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import { createVendorRouter, type Route, type RouteParams } from "../core/vendor-router.ts";
import {
  asyncOperations,
  isQuery,
  toBatchElements,
  toJobElements,
  type AsyncBatch,
  type AsyncJob,
} from "./async-job.ts";
import { runAsyncBatch } from "./async-run.ts";
import { AsyncRefusal, readElements, toElements, toErrorXml, toXmlAnswer } from "./async-xml.ts";
import { toCsv } from "./csv-table.ts";
import { toObjectName } from "./object-types.ts";
import type { Org } from "./org.ts";
import { toRecordId } from "./record-id.ts";
import { Refusal } from "./refusal.ts";
import { requireKeyField } from "./upsert.ts";

export type AsyncApi = {
  readonly isPath: (path: string) => boolean;
  readonly endpointOf: (request: SandboxRequest) => string;
  /** `refused`: why the request is not let in, by its session or by a limit. */
  readonly answer: (request: SandboxRequest, refused: Refusal | undefined) => SandboxAnswer;
  readonly clear: () => void;
};

type Handle = (call: { readonly request: SandboxRequest; readonly params: RouteParams }) => SandboxAnswer;

const keepMs = 7 * 86_400_000;
const queueMs = 500;
const workMs = 1000;
const maxBatchBytes = 10_000_000;
const csvShape = { columnDelimiter: "COMMA", lineEnding: "LF" } as const;

/** Bulk API 1.0: jobs described in XML, that take batches of CSV and work each of them off as it comes. */
export function createAsyncApi(org: Org, takeBatches: (count: number) => boolean): AsyncApi {
  const jobs = new Map<string, AsyncJob>();
  let nextId = 1;
  const put = (job: AsyncJob, patch: Partial<AsyncJob>): AsyncJob => {
    const changed = { ...job, ...patch, changedAt: org.clock.now() };
    jobs.set(job.id, changed);
    return changed;
  };
  const putBatch = (jobId: string, batch: AsyncBatch, patch: Partial<AsyncBatch>): void => {
    const job = jobs.get(jobId);
    if (job === undefined) return;
    const changed = { ...batch, ...patch, changedAt: org.clock.now() };
    put(job, { batches: new Map([...job.batches, [batch.id, changed]]) });
  };
  const findJob = (params: RouteParams): AsyncJob => {
    const job = jobs.get(params["id"] ?? "");
    if (job === undefined || job.createdAt + keepMs <= org.clock.now())
      throw new AsyncRefusal("InvalidJob", `Unable to find job for id: ${params["id"] ?? ""}`);
    return job;
  };
  const findBatch = (params: RouteParams): { readonly job: AsyncJob; readonly batch: AsyncBatch } => {
    const job = findJob(params);
    const batch = job.batches.get(params["batchId"] ?? "");
    if (batch === undefined)
      throw new AsyncRefusal("InvalidBatch", `Unable to find batch for id: ${params["batchId"] ?? ""}`);
    return { job, batch };
  };
  const create: Handle = ({ request, params }) => {
    const job = readJob(org, request, params["version"] ?? "", toRecordId("750", 2_000_000 + nextId++));
    jobs.set(job.id, job);
    return toXmlAnswer(201, "jobInfo", toJobElements(job));
  };
  const setState: Handle = ({ request, params }) => {
    const job = findJob(params);
    const state = readElements(request.body.toString("utf8")).get("state");
    if (state !== "Closed" && state !== "Aborted") throw new AsyncRefusal("InvalidJob", "The state is none of a job.");
    if (job.state !== "Open") throw new AsyncRefusal("InvalidJobState", `Job ${job.id} is ${job.state}.`);
    if (state === "Aborted")
      for (const batch of job.batches.values())
        if (batch.state === "Queued" || batch.state === "InProgress")
          putBatch(job.id, batch, { state: "NotProcessed" });
    return toXmlAnswer(200, "jobInfo", toJobElements(put(jobs.get(job.id) ?? job, { state })));
  };
  const addBatch: Handle = ({ request, params }) => {
    const job = findJob(params);
    if (job.state !== "Open") throw new AsyncRefusal("InvalidJobState", `Job ${job.id} is ${job.state}.`);
    if (request.body.length > maxBatchBytes)
      throw new AsyncRefusal("ClientInputError", `A batch may have ${maxBatchBytes} bytes at most.`);
    if (!takeBatches(1)) throw new AsyncRefusal("ExceededQuota", "ApiBatchItems Limit exceeded.");
    const now = org.clock.now();
    const batch: AsyncBatch = {
      id: toRecordId("751", nextId++),
      state: "Queued",
      message: undefined,
      createdAt: now,
      changedAt: now,
      text: request.body.toString("utf8"),
      ends: [],
      result: undefined,
    };
    putBatch(job.id, batch, {});
    const progress = (from: AsyncBatch["state"], step: (current: AsyncJob, at: AsyncBatch) => void): void => {
      const current = jobs.get(job.id);
      const at = current?.batches.get(batch.id);
      if (current !== undefined && at?.state === from) step(current, at);
    };
    org.later(queueMs, () => progress("Queued", (current, at) => putBatch(current.id, at, { state: "InProgress" })));
    org.later(queueMs + workMs, () =>
      progress("InProgress", (current, at) =>
        putBatch(
          current.id,
          at,
          runAsyncBatch(org, current, at, () => toRecordId("752", nextId++)),
        ),
      ),
    );
    return toXmlAnswer(201, "batchInfo", toBatchElements(job, batch));
  };
  const listBatches: Handle = ({ params }) => {
    const job = findJob(params);
    const all = [...job.batches.values()].map((batch) => `<batchInfo>${toBatchElements(job, batch)}</batchInfo>`);
    return toXmlAnswer(200, "batchInfoList", all.join(""));
  };
  const at = "/services/async/:version/job";
  const route = (method: "GET" | "POST", path: string, handle: Handle): Route<Handle> => ({ method, path, handle });
  const find = createVendorRouter([
    route("POST", at, create),
    route("GET", `${at}/:id`, ({ params }) => toXmlAnswer(200, "jobInfo", toJobElements(findJob(params)))),
    route("POST", `${at}/:id`, setState),
    route("POST", `${at}/:id/batch`, addBatch),
    route("GET", `${at}/:id/batch`, listBatches),
    route("GET", `${at}/:id/batch/:batchId`, ({ params }) => {
      const { job, batch } = findBatch(params);
      return toXmlAnswer(200, "batchInfo", toBatchElements(job, batch));
    }),
    route("GET", `${at}/:id/batch/:batchId/request`, ({ params }) =>
      toTextAnswer(200, "text/csv", findBatch(params).batch.text),
    ),
    route("GET", `${at}/:id/batch/:batchId/result`, ({ params }) => {
      const { job, batch } = findBatch(params);
      return toResult(job, batch);
    }),
    route("GET", `${at}/:id/batch/:batchId/result/:resultId`, ({ params }) => {
      const { result } = findBatch(params).batch;
      if (result === undefined || result.id !== params["resultId"])
        throw new AsyncRefusal("InvalidBatch", `Unable to find result for id: ${params["resultId"] ?? ""}`);
      return toTextAnswer(200, "text/csv", result.csv);
    }),
  ]);
  return {
    isPath: (path) => path.startsWith("/services/async/"),
    endpointOf: (request) => {
      const found = find(request);
      return found.kind === "found" ? found.endpoint : `${request.method} (unknown)`;
    },
    answer: (request, refused) => {
      try {
        if (refused !== undefined) throw refused;
        const found = find(request);
        if (found.kind === "wrong-method")
          throw new AsyncRefusal("MethodNotAllowed", "The method is not allowed.", 405);
        if (found.kind === "unknown") throw new AsyncRefusal("InvalidUrl", "Destination URL not reset.", 404);
        return found.handle({ request, params: found.params });
      } catch (error) {
        if (error instanceof AsyncRefusal) return toErrorXml(error);
        if (error instanceof Refusal) return toErrorXml(toAsyncRefusal(error));
        throw error;
      }
    },
    clear: () => {
      jobs.clear();
      nextId = 1;
    },
  };
}

const codes: Readonly<Record<string, string>> = {
  INVALID_SESSION_ID: "InvalidSessionId",
  REQUEST_LIMIT_EXCEEDED: "ExceededQuota",
  NOT_FOUND: "InvalidVersion",
};

/** The older API knows a session's end only as a 400. */
function toAsyncRefusal({ code, message }: Refusal): AsyncRefusal {
  return new AsyncRefusal(codes[code] ?? "InvalidJob", message);
}

/** The header by which the older API is told its session. */
export function withSession(request: SandboxRequest): SandboxRequest {
  const session = headerOf(request, "x-sfdc-session");
  return session === undefined
    ? request
    : { ...request, headers: { ...request.headers, authorization: `Bearer ${session}` } };
}

/** The job that the XML describes. Throws an `AsyncRefusal`. */
function readJob(org: Org, request: SandboxRequest, version: string, id: string): AsyncJob {
  const given = readElements(request.body.toString("utf8"));
  const operation = asyncOperations.find((known) => known === given.get("operation"));
  if (operation === undefined) throw new AsyncRefusal("InvalidJob", "The operation is missing or is none.");
  const name = given.get("object") ?? "";
  const object = toObjectName(name);
  if (object === undefined) throw new AsyncRefusal("InvalidEntity", `Unable to find object: ${name}`);
  if ((given.get("contentType") ?? "CSV") !== "CSV")
    throw new AsyncRefusal("FeatureNotEnabled", "Only batches of CSV are answered here.");
  const externalIdFieldName = given.get("externalIdFieldName");
  if (operation === "upsert") requireKeyField(org, object, externalIdFieldName ?? "");
  const now = org.clock.now();
  return {
    id,
    object,
    operation,
    externalIdFieldName,
    concurrencyMode: given.get("concurrencyMode") ?? "Parallel",
    version,
    state: "Open",
    createdAt: now,
    changedAt: now,
    batches: new Map(),
  };
}

function toResult(job: AsyncJob, { state, ends, result }: AsyncBatch): SandboxAnswer {
  if (state === "Queued" || state === "InProgress")
    throw new AsyncRefusal("InvalidBatch", "Batch not completed: its results are not there yet.");
  if (isQuery(job)) return toXmlAnswer(200, "result-list", toElements({ result: result?.id }));
  const rows = ends.map(({ id, created, error }) => [id, String(error === undefined), String(created), error ?? ""]);
  return toTextAnswer(200, "text/csv", toCsv(["Id", "Success", "Created", "Error"], rows, csvShape));
}
