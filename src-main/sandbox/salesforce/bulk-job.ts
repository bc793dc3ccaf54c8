import type { CsvShape } from "./csv-table.ts";
import type { ObjectName } from "./object-types.ts";
import { toDateTime } from "./org-record.ts";
import { apiUser } from "./org.ts";

export type BulkOperation = "insert" | "update" | "upsert" | "delete" | "hardDelete";
export type BulkState = "Open" | "UploadComplete" | "InProgress" | "JobComplete" | "Failed" | "Aborted";

/** One row's end: `id` empty where there is none; `error` undefined where it was written. */
export type RowEnd = {
  readonly values: readonly string[];
  readonly id: string;
  readonly created: boolean;
  readonly error: string | undefined;
};

export type BulkJob = CsvShape & {
  readonly id: string;
  readonly object: ObjectName;
  readonly operation: BulkOperation;
  readonly externalIdFieldName: string | undefined;
  readonly version: string;
  readonly createdAt: number;
  readonly state: BulkState;
  readonly changedAt: number;
  /** The upload; undefined before it came. */
  readonly text: string | undefined;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly ends: readonly RowEnd[];
  readonly message: string | undefined;
};

export const finalStates: ReadonlySet<BulkState> = new Set(["JobComplete", "Failed", "Aborted"]);

export function toJobInfo(job: BulkJob): object {
  const counts =
    job.state === "Open" || job.state === "UploadComplete"
      ? {}
      : {
          numberRecordsProcessed: job.ends.length,
          numberRecordsFailed: job.ends.filter(({ error }) => error !== undefined).length,
          retries: 0,
          totalProcessingTime: job.changedAt - job.createdAt,
          apiActiveProcessingTime: job.changedAt - job.createdAt,
          apexProcessingTime: 0,
        };
  return {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: apiUser.id,
    createdDate: toDateTime(job.createdAt),
    systemModstamp: toDateTime(job.changedAt),
    state: job.state,
    ...(job.externalIdFieldName === undefined ? {} : { externalIdFieldName: job.externalIdFieldName }),
    concurrencyMode: "Parallel",
    contentType: "CSV",
    apiVersion: Number(job.version),
    jobType: "V2Ingest",
    ...(job.state === "Open" ? { contentUrl: `services/data/v${job.version}/jobs/ingest/${job.id}/batches` } : {}),
    lineEnding: job.lineEnding,
    columnDelimiter: job.columnDelimiter,
    ...counts,
    ...(job.message === undefined ? {} : { errorMessage: job.message }),
  };
}
