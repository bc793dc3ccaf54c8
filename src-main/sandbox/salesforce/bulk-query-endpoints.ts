import { z } from "zod";
import { toEmptyAnswer, toTextAnswer, withHeaders, type SandboxAnswer } from "../core/message.ts";
import { toCsv } from "./csv-table.ts";
import { ok, param, parseBody, route, type OrgCall, type OrgRoute } from "./org-call.ts";
import { toDateTime } from "./org-record.ts";
import { apiUser, type Org } from "./org.ts";
import { orgTable } from "./org-tables.ts";
import { toRecordId } from "./record-id.ts";
import { badRecord, notFound } from "./refusal.ts";
import { parseSoql } from "./soql-parser.ts";
import { runSoql } from "./soql-run.ts";

const queryBody = z.object({ operation: z.enum(["query", "queryAll"]), query: z.string().min(1) });

type QueryJob = {
  readonly id: string;
  readonly operation: "query" | "queryAll";
  readonly object: string;
  readonly version: string;
  readonly createdAt: number;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly state: "UploadComplete" | "JobComplete" | "Aborted";
};

const shape = { columnDelimiter: "COMMA", lineEnding: "LF" } as const;
const keepMs = 7 * 86_400_000;
const processingMs = 1_000;

/** Bulk queries: the whole answer as CSV, in pages of the caller's size. */
export function createBulkQueries(org: Org): { readonly routes: readonly OrgRoute[]; readonly clear: () => void } {
  const jobs = new Map<string, QueryJob>();
  let nextId = 1;
  const find = (call: OrgCall): QueryJob => {
    const job = jobs.get(param(call, "id"));
    if (job === undefined || job.createdAt + keepMs <= org.clock.now()) throw notFound();
    return job;
  };
  const start = (call: OrgCall): SandboxAnswer => {
    const { operation, query } = parseBody(call, queryBody);
    const { object, header, rows } = runBulkQuery(org, query, { all: operation === "queryAll", base: call.base });
    const job: QueryJob = {
      id: toRecordId("750", 1_000_000 + nextId++),
      operation,
      object,
      version: call.version,
      createdAt: org.clock.now(),
      header,
      rows,
      state: "UploadComplete",
    };
    jobs.set(job.id, job);
    org.later(processingMs, () => {
      if (jobs.get(job.id)?.state === "UploadComplete") jobs.set(job.id, { ...job, state: "JobComplete" });
    });
    return ok(toInfo(job));
  };
  const abort = (call: OrgCall): SandboxAnswer => {
    const aborted: QueryJob = { ...find(call), state: "Aborted" };
    jobs.set(aborted.id, aborted);
    return ok(toInfo(aborted));
  };
  return {
    routes: [
      route("POST", "/jobs/query", start),
      route("GET", "/jobs/query/:id", (call) => ok(toInfo(find(call)))),
      route("PATCH", "/jobs/query/:id", abort),
      route("GET", "/jobs/query/:id/results", (call) => toResults(find(call), call)),
      route("DELETE", "/jobs/query/:id", (call) => {
        jobs.delete(find(call).id);
        return toEmptyAnswer(204);
      }),
    ],
    clear: () => {
      jobs.clear();
      nextId = 1;
    },
  };
}

type QueryAsk = { readonly all: boolean; readonly base: string };
type QueryTable = Pick<QueryJob, "object" | "header" | "rows">;

/** Bulk queries name their fields, and ask for nothing but rows. Throws a `Refusal`. */
function runBulkQuery(org: Org, query: string, { all, base }: QueryAsk): QueryTable {
  const soql = parseSoql(query);
  const { select } = soql;
  if (select.kind !== "fields" || (select.children ?? []).length > 0 || (select.types ?? []).length > 0)
    throw badRecord("INVALIDJOB", "The query must name its fields.");
  const result = runSoql((name) => orgTable(org, name, base), soql, { all, now: org.clock.now() });
  const records = result.kind === "records" ? result.records : [];
  const rows = records.map((record) => select.paths.map((path) => toText(record, path)));
  return { object: soql.from, header: select.paths, rows };
}

/** A query's whole answer as CSV. Throws a `Refusal`. */
export function toCsvText(org: Org, query: string, ask: QueryAsk): { readonly csv: string; readonly rows: number } {
  const { header, rows } = runBulkQuery(org, query, ask);
  return { csv: toCsv(header, rows, shape), rows: rows.length };
}

function toInfo(job: QueryJob): object {
  return {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: apiUser.id,
    createdDate: toDateTime(job.createdAt),
    systemModstamp: toDateTime(job.createdAt),
    state: job.state,
    concurrencyMode: "Parallel",
    contentType: "CSV",
    apiVersion: Number(job.version),
    jobType: "V2Query",
    lineEnding: shape.lineEnding,
    columnDelimiter: shape.columnDelimiter,
    ...(job.state === "JobComplete" ? { numberRecordsProcessed: job.rows.length } : {}),
  };
}

/** The locator is the position of the next page's first row. */
function toResults(job: QueryJob, { request }: OrgCall): SandboxAnswer {
  if (job.state !== "JobComplete") throw badRecord("INVALIDJOBSTATE", `Job ${job.id} is ${job.state}.`);
  const from = Number(request.query.get("locator") ?? "0");
  const size = Number(request.query.get("maxRecords") ?? "50000");
  const page = job.rows.slice(from, from + size);
  const next = from + size < job.rows.length ? String(from + size) : "null";
  return withHeaders(toTextAnswer(200, "text/csv", toCsv(job.header, page, shape)), {
    "Sforce-Locator": next,
    "Sforce-NumberOfRecords": String(page.length),
  });
}

function toText(record: object, path: string): string {
  let at: unknown = record;
  for (const step of path.split(".")) {
    if (typeof at !== "object" || at === null) return "";
    const found = Object.entries(at).find(([name]) => name.toLowerCase() === step.toLowerCase());
    at = found?.[1];
  }
  if (at === null || at === undefined) return "";
  return typeof at === "string" ? at : JSON.stringify(at);
}
