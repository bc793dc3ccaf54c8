import { readHeader, toRowBody, type BulkColumn } from "./bulk-row.ts";
import type { BulkJob, RowEnd } from "./bulk-job.ts";
import { parseCsv } from "./csv-table.ts";
import type { Org } from "./org.ts";
import { findLive } from "./record-endpoints.ts";
import type { RecordBody } from "./record-input.ts";
import { createRecord, deleteRecord, updateRecord, type WriteContext } from "./record-writer.ts";
import { badRecord, Refusal } from "./refusal.ts";
import { createTransaction } from "./transaction.ts";
import { requireKeyField, SeveralMatches, toAmbiguousRefusal, upsertRecord } from "./upsert.ts";

/** Triggers get this many rows at once. */
const chunkRows = 200;

export type BulkResult =
  | (Pick<BulkJob, "header" | "rows" | "ends"> & { readonly message: undefined })
  | { readonly message: string };

/** Works off an upload, row by row; no row undoes another. A header that means nothing fails the whole job. */
export function runBulkJob(org: Org, job: BulkJob): BulkResult {
  const parsed = parseCsv(job.text ?? "", job);
  if (!parsed.ok) return { message: `InvalidBatch : ${parsed.message}` };
  const { header, rows } = parsed.table;
  const read = readHeader(org, job.object, header);
  if (!read.ok) return { message: `InvalidBatch : Field name not found : ${read.name}` };
  const ends: RowEnd[] = [];
  for (let from = 0; from < rows.length; from += chunkRows) {
    const chunk = rows.slice(from, from + chunkRows);
    const tx = createTransaction(org.records);
    const context = { tx, rows: chunk.length, version: job.version, allowDuplicates: false };
    for (const values of chunk) ends.push(runRow(org, job, { columns: read.columns, values, context }));
    tx.commit();
  }
  return { header, rows, ends, message: undefined };
}

type RowAsk = {
  readonly columns: readonly BulkColumn[];
  readonly values: readonly string[];
  readonly context: WriteContext;
};

function runRow(org: Org, job: BulkJob, { columns, values, context }: RowAsk): RowEnd {
  const start = context.tx.mark();
  try {
    const body = toRowBody(columns, values, org.config.current());
    return { values, ...writeRow(org, job, body, context), error: undefined };
  } catch (error) {
    const refusal =
      error instanceof SeveralMatches ? toAmbiguousRefusal(error, job.externalIdFieldName ?? "Id") : error;
    if (!(refusal instanceof Refusal)) throw error;
    context.tx.rollBack(start);
    return { values, id: "", created: false, error: toErrorText(refusal) };
  }
}

/** `CODE:message:fields --`; what cannot be read as its type is a fault of the row here. */
function toErrorText({ code, message, details: { fields = [] } }: Refusal): string {
  const shown = code === "JSON_PARSER_ERROR" ? "INVALID_TYPE_ON_FIELD_IN_RECORD" : code;
  return `${shown}:${message}:${fields.join(", ")} --`;
}

type Written = Pick<RowEnd, "id" | "created">;

function writeRow(org: Org, job: BulkJob, body: RecordBody, context: WriteContext): Written {
  switch (job.operation) {
    case "insert":
      return { id: createRecord(org, job.object, body, context).id, created: true };
    case "upsert":
      return upsertRow(org, job, body, context);
    case "update":
    case "delete":
    case "hardDelete": {
      const { value, rest } = take(body, "Id");
      const record = findLive(org, job.object, value, "write");
      if (job.operation === "update") updateRecord(org, record, rest, context);
      else deleteRecord(org, record, context.tx);
      if (job.operation === "hardDelete") context.tx.afterCommit(() => org.records.remove(job.object, record.id));
      return { id: record.id, created: false };
    }
  }
}

function upsertRow(org: Org, job: BulkJob, body: RecordBody, context: WriteContext): Written {
  const field = requireKeyField(org, job.object, job.externalIdFieldName ?? "");
  const { value, rest } = take(body, field.name);
  if (field.type === "id") {
    const record = findLive(org, job.object, value, "write");
    return { id: updateRecord(org, record, rest, context).id, created: false };
  }
  const { record, created } = upsertRecord(org, { object: job.object, field, value }, rest, context);
  return { id: record.id, created };
}

function take(body: RecordBody, name: string): { readonly value: string; readonly rest: RecordBody } {
  const found = Object.keys(body).find((key) => key.toLowerCase() === name.toLowerCase());
  const value = found === undefined ? undefined : body[found];
  if (typeof value !== "string") throw badRecord("MISSING_ARGUMENT", `${name} not specified`);
  return { value, rest: Object.fromEntries(Object.entries(body).filter(([key]) => key !== found)) };
}
