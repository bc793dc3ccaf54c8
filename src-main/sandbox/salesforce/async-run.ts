import { runBulkJob } from "./bulk-run.ts";
import { toCsvText } from "./bulk-query-endpoints.ts";
import { isQuery, type AsyncBatch, type AsyncJob } from "./async-job.ts";
import type { Org } from "./org.ts";
import { Refusal } from "./refusal.ts";

type Outcome = Pick<AsyncBatch, "state" | "message" | "ends" | "result">;

/** Works off one batch: its rows one by one, or its text as a query. */
export function runAsyncBatch(org: Org, job: AsyncJob, { text }: AsyncBatch, nextResultId: () => string): Outcome {
  return isQuery(job) ? runQuery(org, job, text, nextResultId) : runRows(org, job, text);
}

function runRows(org: Org, job: AsyncJob, text: string): Outcome {
  const { operation } = job;
  if (operation === "query" || operation === "queryAll") throw new Error("a query has no rows to write");
  const result = runBulkJob(org, {
    id: job.id,
    object: job.object,
    operation,
    externalIdFieldName: job.externalIdFieldName,
    version: job.version,
    createdAt: job.createdAt,
    changedAt: job.changedAt,
    state: "InProgress",
    text,
    columnDelimiter: "COMMA",
    lineEnding: text.includes("\r\n") ? "CRLF" : "LF",
    header: [],
    rows: [],
    ends: [],
    message: undefined,
  });
  if (result.message !== undefined) return { state: "Failed", message: result.message, ends: [], result: undefined };
  return { state: "Completed", message: undefined, ends: result.ends, result: undefined };
}

function runQuery(org: Org, job: AsyncJob, text: string, nextResultId: () => string): Outcome {
  try {
    const { csv, rows } = toCsvText(org, text, {
      all: job.operation === "queryAll",
      base: `/services/data/v${job.version}`,
    });
    return { state: "Completed", message: undefined, ends: [], result: { id: nextResultId(), csv, rows } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const message = `InvalidBatch : Failed to process query: ${error.code}: ${error.message}`;
    return { state: "Failed", message, ends: [], result: undefined };
  }
}
