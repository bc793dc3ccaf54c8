import { z } from "zod";
import { toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { toZipAnswer, type BulkFiles } from "./bulk-files.ts";
import { runBulkRow, type BulkRow, type FieldMapping } from "./bulk-rows.ts";
import { parseCsv, toCsv } from "./csv.ts";
import { moduleFacts, toModuleName, type ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import type { RecordWriter } from "./record-writer.ts";
import { invalidData, invalidId, Refusal } from "./refusal.ts";
import { checkRight } from "./scopes.ts";
import { param, parseBody, route, type ZohoCall, type ZohoRoute } from "./zoho-call.ts";
import { toZohoTime } from "./zoho-record.ts";

const maxRows = 25_000;
const maxColumns = 200;
/** What the token's user must be allowed to do for each kind of job. */
const rightsOf = { insert: ["create"], update: ["edit"], upsert: ["create", "edit"] } as const;
/** From being added to being taken up, and from there to the end. */
const stageMs = 1000;

const jobBody = z.looseObject({
  operation: z.enum(["insert", "update", "upsert"]),
  character_encoding: z.string().optional(),
  ignore_empty: z.boolean().optional(),
  callback: z.looseObject({ url: z.string(), method: z.string() }).optional(),
  resource: z
    .array(
      z.looseObject({
        type: z.literal("data"),
        module: z.looseObject({ api_name: z.string() }),
        file_id: z.string(),
        find_by: z.string().optional(),
        ignore_empty: z.boolean().optional(),
        field_mappings: z
          .array(z.looseObject({ api_name: z.string(), index: z.int().min(0), find_by: z.string().optional() }))
          .min(1),
      }),
    )
    .min(1)
    .max(1),
});
type JobBody = z.output<typeof jobBody>;

type Job = {
  readonly id: string;
  readonly body: JobBody;
  readonly module: ModuleName;
  readonly createdAt: number;
  readonly status: "ADDED" | "INPROGRESS" | "COMPLETED" | "FAILED";
  readonly rows: readonly BulkRow[];
  /** Why it failed as a whole: the org changed after the job had been taken. */
  readonly failure?: Refusal;
};

export type BulkWrite = { readonly routes: readonly ZohoRoute[]; readonly clear: () => void };

/** Rows of an uploaded file become records, each by itself, a moment after the job was created. */
export function createBulkWrite(org: Org, writer: RecordWriter, files: BulkFiles): BulkWrite {
  const jobs = new Map<string, Job>();
  const pending = new Set<() => void>();
  const later = (work: () => void): void => {
    const cancel = org.clock.after(stageMs, () => {
      pending.delete(cancel);
      work();
    });
    pending.add(cancel);
  };
  const start = (call: ZohoCall): SandboxAnswer => {
    const body = parseBody(call, jobBody);
    const { module } = checkJob(org, files, body);
    const job: Job = { id: org.records.nextId(), body, module, createdAt: org.clock.now(), status: "ADDED", rows: [] };
    jobs.set(job.id, job);
    later(() => {
      jobs.set(job.id, { ...job, status: "INPROGRESS" });
      later(() => jobs.set(job.id, runJob(org, writer, files, job)));
    });
    const { id, name } = org.tokenUser();
    const details = { id: job.id, created_by: { id, name } };
    return toJsonAnswer(201, { status: "success", code: "SUCCESS", message: "success", details });
  };
  const find = (call: ZohoCall): Job => {
    const job = jobs.get(param(call, "id"));
    if (job === undefined) throw invalidId();
    return job;
  };
  const read = ["ZohoCRM.bulk.READ"];
  return {
    routes: [
      route("POST", "/crm/bulk/:version/write", ["ZohoCRM.bulk.CREATE"], start),
      route("GET", "/crm/bulk/:version/write/:id", read, (call) => toJsonAnswer(200, toWireJob(org, find(call)))),
      route("GET", "/crm/bulk/:version/write/:id/result", read, (call) => {
        const job = find(call);
        if (job.status !== "COMPLETED") throw new Refusal(404, "RESOURCE_NOT_FOUND", "the result is not available yet");
        return toZipAnswer(job.id, toResultCsv(job));
      }),
    ],
    clear: () => {
      for (const cancel of pending) cancel();
      pending.clear();
      jobs.clear();
    },
  };
}

/** The job as it ends: looked at once more, as fields may be gone by now, and then row by row. */
function runJob(org: Org, writer: RecordWriter, files: BulkFiles, job: Job): Job {
  try {
    const { csv } = checkJob(org, files, job.body);
    return { ...job, status: "COMPLETED", rows: runRows(org, writer, job, csv) };
  } catch (failure) {
    if (!(failure instanceof Refusal)) throw failure;
    return { ...job, status: "FAILED", failure };
  }
}

/** Everything that is wrong with a job before a row is looked at. Throws a `Refusal`. */
function checkJob(org: Org, files: BulkFiles, body: JobBody): { readonly module: ModuleName; readonly csv: string } {
  const [resource] = body.resource;
  const name = resource?.module.api_name ?? "";
  const module = toModuleName(name);
  if (module === undefined || !moduleFacts(module).bulkWrite)
    throw new Refusal(400, "MODULE_NOT_AVAILABLE", "the module is not available for bulk write", { module: name });
  for (const permission of rightsOf[body.operation]) checkRight(org.config.current(), { module, permission });
  if (body.callback !== undefined && !/^https:\/\//i.test(body.callback.url))
    throw new Refusal(400, "INVALID_CALLBACK_URL", "the callback url is invalid", { url: body.callback.url });
  if (body.callback !== undefined && body.callback.method !== "post")
    throw new Refusal(400, "INVALID_CALLBACK_METHOD", "the callback method is invalid", {
      supported_callback_methods: ["post"],
    });
  const csv = files.read(resource?.file_id ?? "");
  if (csv === undefined)
    throw new Refusal(400, "FILE_NOT_FOUND", "the file is not found", { file_id: resource?.file_id });
  checkMappings(org, module, body);
  checkSize(body, parseCsv(csv));
  return { module, csv };
}

/** Fields that are mapped must be there, those that are asked for must be mapped. Throws a `Refusal`. */
function checkMappings(org: Org, module: ModuleName, body: JobBody): void {
  const [resource] = body.resource;
  const fields = org.registry.allFields(module);
  const mappings = resource?.field_mappings ?? [];
  const unknown = mappings.find(({ api_name: each }) => each !== "id" && !fields.has(each));
  if (unknown !== undefined) throw invalidData({ api_name: unknown.api_name }, "the field is not available");
  const mapped = new Set(mappings.map(({ api_name: each }) => each));
  const missing = [...fields.values()].filter((field) => field.systemMandatory && !mapped.has(field.name));
  if (body.operation !== "update" && missing.length > 0)
    throw new Refusal(400, "MANDATORY_FIELDS_NOT_MAPPED", "mandatory fields are not mapped", {
      fields: missing.map(({ name: each }) => each),
    });
  checkFindBy(body, resource?.find_by, (each) => fields.get(each)?.unique !== undefined, mapped);
}

/** Throws a `Refusal` for a file with too many rows or columns, or with fewer columns than are mapped. */
function checkSize({ resource: [resource] }: JobBody, rows: readonly (readonly string[])[]): void {
  const columns = rows[0]?.length ?? 0;
  if (rows.length - 1 > maxRows)
    throw new Refusal(400, "LIMIT_EXCEEDED", "the file has too many rows", { limit: maxRows });
  if (columns > maxColumns)
    throw new Refusal(400, "LIMIT_EXCEEDED", "the file has too many columns", { limit: maxColumns });
  const beyond = (resource?.field_mappings ?? []).find(({ index }) => index >= columns);
  if (beyond !== undefined)
    throw new Refusal(400, "COLUMN_INDEX_NOT_FOUND", "the file has no column of this index", {
      api_name: beyond.api_name,
      index: beyond.index,
    });
}

function checkFindBy(
  { operation }: JobBody,
  findBy: string | undefined,
  isUnique: (name: string) => boolean,
  mapped: ReadonlySet<string>,
): void {
  if (operation === "insert") return;
  if (findBy === undefined)
    throw new Refusal(400, "MISSING_REQUIRED_KEY", "Required key find_by is not available", { key: "find_by" });
  if ((findBy !== "id" && !isUnique(findBy)) || !mapped.has(findBy))
    throw invalidData({ api_name: "find_by", value: findBy }, "find_by must be id or a unique field that is mapped");
}

function runRows(org: Org, writer: RecordWriter, { body, module }: Job, csv: string): readonly BulkRow[] {
  const [resource] = body.resource;
  const mappings: readonly FieldMapping[] = (resource?.field_mappings ?? []).map(({ api_name, index, find_by }) => ({
    name: api_name,
    index,
    findBy: find_by,
  }));
  const job = {
    module,
    operation: body.operation,
    findBy: resource?.find_by,
    ignoreEmpty: body.ignore_empty ?? resource?.ignore_empty ?? false,
    mappings,
  };
  return parseCsv(csv)
    .slice(1)
    .map((cells) => runBulkRow(org, writer, job, cells));
}

function toWireJob(org: Org, job: Job): object {
  const count = (status: BulkRow["status"]): number => job.rows.filter((row) => row.status === status).length;
  const [resource] = job.body.resource;
  const isDone = job.status === "COMPLETED";
  const stage = job.status === "INPROGRESS" ? "IN PROGRESS" : job.status;
  const file = {
    status: stage,
    name: `${job.module}.csv`,
    added_count: count("ADDED"),
    updated_count: count("UPDATED"),
    skipped_count: count("SKIPPED") + count("UNPROCESSED"),
    total_count: job.rows.length,
  };
  const { id, name } = org.tokenUser();
  return {
    id: job.id,
    status: job.status,
    character_encoding: job.body.character_encoding ?? "UTF-8",
    operation: job.body.operation,
    ...(job.body.callback === undefined ? {} : { callback: job.body.callback }),
    created_by: { id, name },
    created_time: toZohoTime(job.createdAt, org.config.current().orgTimeZone),
    resource: [
      {
        ...resource,
        status: stage,
        message: job.failure?.message ?? stage.toLowerCase(),
        ...(job.failure === undefined ? {} : { code: job.failure.code }),
        file,
      },
    ],
    ...(isDone ? { result: { download_url: `/crm/bulk/v8/write/${job.id}/result` } } : {}),
  };
}

/** The first three mapped columns, and what became of each row. */
function toResultCsv({ body, rows }: Job): string {
  const names = (body.resource[0]?.field_mappings ?? []).slice(0, 3).map(({ api_name }) => api_name);
  const head = [...names, "STATUS", "RECORD_ID", "ERRORS"];
  return toCsv([head, ...rows.map(({ cells, status, id, errors }) => [...cells.slice(0, 3), status, id, errors])]);
}
