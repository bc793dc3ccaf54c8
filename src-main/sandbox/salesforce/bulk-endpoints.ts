import { z } from "zod";
import { headerOf, toEmptyAnswer, toTextAnswer, type SandboxAnswer } from "../core/message.ts";
import { createRollingWindow } from "../core/rolling-window.ts";
import { finalStates, toJobInfo, type BulkJob, type BulkState, type RowEnd } from "./bulk-job.ts";
import { runBulkJob } from "./bulk-run.ts";
import { toCsv } from "./csv-table.ts";
import { readJobForm } from "./job-form.ts";
import { toObjectName } from "./object-types.ts";
import { ok, param, parseBody, route, type OrgCall, type OrgRoute } from "./org-call.ts";
import type { Org } from "./org.ts";
import { toRecordId } from "./record-id.ts";
import { badRecord, notFound, Refusal } from "./refusal.ts";
import { requireKeyField } from "./upsert.ts";

const jobBody = z.object({
  object: z.string(),
  operation: z.enum(["insert", "update", "upsert", "delete", "hardDelete"]),
  externalIdFieldName: z.string().optional(),
  contentType: z.literal("CSV").default("CSV"),
  columnDelimiter: z.enum(["COMMA", "TAB", "PIPE", "SEMICOLON", "CARET", "BACKQUOTE"]).default("COMMA"),
  lineEnding: z.enum(["LF", "CRLF"]).default("LF"),
});
const stateBody = z.object({ state: z.enum(["UploadComplete", "Aborted"]) });

const dayMs = 86_400_000;
/** Jobs and their results are kept for seven days. */
const keepMs = 7 * dayMs;
const maxUploadBytes = 100_000_000;
/** Until a closed job is taken up, how long it takes at least, and how much more for each of its rows. */
const queueMs = 1_000;
const workMs = 1_000;
const rowMs = 1;
const batchRows = 10_000;
export const dailyBatches = 15_000;

export type BulkJobs = {
  readonly routes: readonly OrgRoute[];
  readonly batchesLeft: () => number;
  /** Uses so many of the day's batches; false where not enough are left. */
  readonly takeBatches: (count: number) => boolean;
  readonly clear: () => void;
};

/** Bulk API 2.0: a job takes one upload and works it off after it is closed. */
export function createBulkJobs(org: Org): BulkJobs {
  const jobs = new Map<string, BulkJob>();
  const batches = createRollingWindow(dayMs);
  let nextId = 1;
  const takeBatches = (count: number): boolean => batches.take(org.clock.now(), dailyBatches, count);
  const change = (job: BulkJob, patch: Partial<BulkJob>): BulkJob => {
    const changed = { ...job, ...patch, changedAt: org.clock.now() };
    jobs.set(job.id, changed);
    return changed;
  };
  const find = (call: OrgCall): BulkJob => {
    const job = jobs.get(param(call, "id"));
    if (job === undefined || job.createdAt + keepMs <= org.clock.now()) throw notFound();
    return job;
  };
  const create = (call: OrgCall, asked: z.output<typeof jobBody>): BulkJob => {
    const object = toObjectName(asked.object);
    if (object === undefined) throw badRecord("INVALIDENTITY", `Unable to find object: ${asked.object}`);
    if (asked.operation === "upsert") requireKeyField(org, object, asked.externalIdFieldName ?? "");
    const now = org.clock.now();
    const job: BulkJob = {
      ...asked,
      object,
      externalIdFieldName: asked.externalIdFieldName,
      id: toRecordId("750", nextId++),
      version: call.version,
      createdAt: now,
      changedAt: now,
      state: "Open",
      text: undefined,
      header: [],
      rows: [],
      ends: [],
      message: undefined,
    };
    jobs.set(job.id, job);
    return job;
  };
  const close = (job: BulkJob): BulkJob => {
    const rows = Math.max((job.text ?? "").split("\n").length - 1, 1);
    if (!takeBatches(Math.ceil(rows / batchRows))) throw badRecord("LIMIT_EXCEEDED", "ApiBatchItems Limit exceeded.");
    const closed = change(job, { state: "UploadComplete" });
    org.later(queueMs, () => progress(job.id, "UploadComplete", (waiting) => change(waiting, { state: "InProgress" })));
    org.later(queueMs + workMs + rows * rowMs, () => progress(job.id, "InProgress", finish));
    return closed;
  };
  /** Only while nobody aborted or deleted it meanwhile. */
  const progress = (id: string, from: BulkState, step: (job: BulkJob) => void): void => {
    const job = jobs.get(id);
    if (job?.state === from) step(job);
  };
  const finish = (job: BulkJob): void => {
    const result = runBulkJob(org, job);
    if (result.message === undefined) change(job, { ...result, state: "JobComplete" });
    else change(job, { message: result.message, state: "Failed" });
  };
  const upload = (call: OrgCall): SandboxAnswer => {
    const job = find(call);
    if (!/^text\/csv\b/i.test(headerOf(call.request, "content-type") ?? ""))
      throw new Refusal(415, "UNSUPPORTED_MEDIA_TYPE", "Content-Type of the upload should be text/csv");
    if (job.state !== "Open" || job.text !== undefined)
      throw badRecord("INVALIDJOBSTATE", `Job ${job.id} takes no upload any more.`);
    if (call.request.body.length > maxUploadBytes)
      throw new Refusal(413, "REQUEST_TOO_LARGE", `An upload may have ${maxUploadBytes} bytes at most.`);
    change(job, { text: call.request.body.toString("utf8") });
    return toEmptyAnswer(201);
  };
  const setState = (call: OrgCall): SandboxAnswer => {
    const job = find(call);
    const { state } = parseBody(call, stateBody);
    if (state === "Aborted" && !finalStates.has(job.state)) return ok(toJobInfo(change(job, { state })));
    if (state === "UploadComplete" && job.state === "Open" && job.text !== undefined) return ok(toJobInfo(close(job)));
    throw badRecord("INVALIDJOBSTATE", `Job ${job.id} cannot go from ${job.state} to ${state}.`);
  };
  const remove = (call: OrgCall): SandboxAnswer => {
    const job = find(call);
    if (!finalStates.has(job.state)) throw badRecord("INVALIDJOBSTATE", `Job ${job.id} is ${job.state}.`);
    jobs.delete(job.id);
    return toEmptyAnswer(204);
  };
  const start = (call: OrgCall): SandboxAnswer => {
    const type = headerOf(call.request, "content-type") ?? "";
    if (!type.startsWith("multipart/form-data")) return ok(toJobInfo(create(call, parseBody(call, jobBody))));
    const { job: asked, content } = readJobForm(call.request.body.toString("utf8"), type, jobBody);
    const { bulkMultipartMaxChars } = org.config.current();
    if (content.length > bulkMultipartMaxChars)
      throw new Refusal(
        413,
        "REQUEST_TOO_LARGE",
        `A job with its data may have ${bulkMultipartMaxChars} characters at most.`,
      );
    return ok(toJobInfo(close(change(create(call, asked), { text: content }))));
  };
  const list = (): SandboxAnswer =>
    ok({ done: true, nextRecordsUrl: null, records: [...jobs.values()].map((job) => toJobInfo(job)) });
  return {
    routes: [
      route("POST", "/jobs/ingest", start),
      route("GET", "/jobs/ingest", list),
      route("GET", "/jobs/ingest/:id", (call) => ok(toJobInfo(find(call)))),
      route("PATCH", "/jobs/ingest/:id", setState),
      route("DELETE", "/jobs/ingest/:id", remove),
      route("PUT", "/jobs/ingest/:id/batches", upload),
      route("GET", "/jobs/ingest/:id/successfulResults", (call) => toSuccessful(find(call))),
      route("GET", "/jobs/ingest/:id/failedResults", (call) => toFailed(find(call))),
      route("GET", "/jobs/ingest/:id/unprocessedrecords", (call) => toUnprocessed(find(call))),
    ],
    takeBatches,
    batchesLeft: () => dailyBatches - batches.used(org.clock.now()),
    clear: () => {
      jobs.clear();
      batches.clear();
      nextId = 1;
    },
  };
}

function toResult(job: BulkJob, more: readonly string[], rows: readonly (readonly string[])[]): SandboxAnswer {
  return toTextAnswer(200, "text/csv", toCsv([...more, ...job.header], rows, job));
}

function toSuccessful(job: BulkJob): SandboxAnswer {
  const written = job.ends.filter(({ error }) => error === undefined);
  return toResult(
    job,
    ["sf__Id", "sf__Created"],
    written.map(({ id, created, values }: RowEnd) => [id, String(created), ...values]),
  );
}

function toFailed(job: BulkJob): SandboxAnswer {
  const failed = job.ends.filter(({ error }) => error !== undefined);
  return toResult(
    job,
    ["sf__Id", "sf__Error"],
    failed.map(({ id, error = "", values }: RowEnd) => [id, error, ...values]),
  );
}

/** An aborted or failed job gives its upload back. */
function toUnprocessed(job: BulkJob): SandboxAnswer {
  if (job.ends.length > 0 || job.text === undefined || job.state === "JobComplete") return toResult(job, [], []);
  return toTextAnswer(200, "text/csv", job.text);
}
