import type { RowEnd } from "./bulk-job.ts";
import type { ObjectName } from "./object-types.ts";
import { toDateTime } from "./org-record.ts";
import { apiUser } from "./org.ts";
import { toElements } from "./async-xml.ts";

export const asyncOperations = ["insert", "update", "upsert", "delete", "hardDelete", "query", "queryAll"] as const;
export type AsyncOperation = (typeof asyncOperations)[number];

export type AsyncBatch = {
  readonly id: string;
  readonly state: "Queued" | "InProgress" | "Completed" | "Failed" | "NotProcessed";
  readonly message: string | undefined;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly text: string;
  readonly ends: readonly RowEnd[];
  /** The answer of a query, as CSV, under its own id. */
  readonly result: { readonly id: string; readonly csv: string; readonly rows: number } | undefined;
};

export type AsyncJob = {
  readonly id: string;
  readonly object: ObjectName;
  readonly operation: AsyncOperation;
  readonly externalIdFieldName: string | undefined;
  readonly concurrencyMode: string;
  readonly version: string;
  readonly state: "Open" | "Closed" | "Aborted";
  readonly createdAt: number;
  readonly changedAt: number;
  readonly batches: ReadonlyMap<string, AsyncBatch>;
};

export function isQuery({ operation }: Pick<AsyncJob, "operation">): boolean {
  return operation === "query" || operation === "queryAll";
}

function processed({ ends, result }: AsyncBatch): number {
  return result?.rows ?? ends.length;
}

function failed({ ends }: AsyncBatch): number {
  return ends.filter(({ error }) => error !== undefined).length;
}

export function toJobElements(job: AsyncJob): string {
  const batches = [...job.batches.values()];
  const inState = (state: AsyncBatch["state"]): number => batches.filter((batch) => batch.state === state).length;
  const sum = (count: (batch: AsyncBatch) => number): number =>
    batches.reduce((total, batch) => total + count(batch), 0);
  return toElements({
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: apiUser.id,
    createdDate: toDateTime(job.createdAt),
    systemModstamp: toDateTime(job.changedAt),
    state: job.state,
    externalIdFieldName: job.externalIdFieldName,
    concurrencyMode: job.concurrencyMode,
    contentType: "CSV",
    numberBatchesQueued: inState("Queued"),
    numberBatchesInProgress: inState("InProgress"),
    numberBatchesCompleted: inState("Completed"),
    numberBatchesFailed: inState("Failed"),
    numberBatchesTotal: batches.length,
    numberRecordsProcessed: sum(processed),
    numberRetries: 0,
    apiVersion: job.version,
    numberRecordsFailed: sum(failed),
    totalProcessingTime: 0,
    apiActiveProcessingTime: 0,
    apexProcessingTime: 0,
  });
}

export function toBatchElements({ id: jobId }: AsyncJob, batch: AsyncBatch): string {
  return toElements({
    id: batch.id,
    jobId,
    state: batch.state,
    stateMessage: batch.message,
    createdDate: toDateTime(batch.createdAt),
    systemModstamp: toDateTime(batch.changedAt),
    numberRecordsProcessed: processed(batch),
    numberRecordsFailed: failed(batch),
    totalProcessingTime: 0,
    apiActiveProcessingTime: 0,
    apexProcessingTime: 0,
  });
}
