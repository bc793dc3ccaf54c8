import { z } from "zod";
import { toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { toZipAnswer } from "./bulk-files.ts";
import { toCsv } from "./csv.ts";
import { toModuleName, type ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import { toWireValue } from "./record-wire.ts";
import { invalidId, invalidModule, Refusal } from "./refusal.ts";
import { meetsCriterion, type SearchOperator } from "./search-criteria.ts";
import { param, parseBody, route, type ZohoCall, type ZohoRoute } from "./zoho-call.ts";
import { toZohoTime, type ZohoRecord } from "./zoho-record.ts";

const stageMs = 1000;

const comparators: Readonly<Record<string, SearchOperator>> = {
  equal: "equals",
  not_equal: "not_equal",
  starts_with: "starts_with",
  in: "in",
  not_in: "not_in",
  between: "between",
  greater_than: "greater_than",
  greater_equal: "greater_equal",
  less_than: "less_than",
  less_equal: "less_equal",
};

const criterion = z.looseObject({
  field: z.looseObject({ api_name: z.string() }).optional(),
  api_name: z.string().optional(),
  comparator: z.string(),
  value: z.unknown(),
});
const criteriaBody = z.union([
  z.looseObject({ group_operator: z.enum(["and", "or", "AND", "OR"]), group: z.array(criterion).min(1) }),
  criterion,
]);
type CriteriaBody = z.output<typeof criteriaBody>;

const jobBody = z.looseObject({
  query: z.looseObject({
    module: z.looseObject({ api_name: z.string() }),
    fields: z.array(z.string()).max(200).optional(),
    criteria: criteriaBody.optional(),
    page: z.int().positive().optional(),
    page_token: z.string().optional(),
  }),
  file_type: z.enum(["csv"]).optional(),
});

type Job = {
  readonly id: string;
  readonly module: ModuleName;
  readonly fields: readonly string[];
  readonly page: number;
  readonly createdAt: number;
  readonly state: "ADDED" | "IN PROGRESS" | "COMPLETED";
  readonly rows: readonly (readonly string[])[];
  readonly hasMore: boolean;
};

export type BulkRead = { readonly routes: readonly ZohoRoute[]; readonly clear: () => void };

/** A module's records as a CSV file, a page at a time, as they are when the job runs. */
export function createBulkRead(org: Org): BulkRead {
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
    const { query } = parseBody(call, jobBody);
    const module = toModuleName(query.module.api_name);
    if (module === undefined) throw invalidModule(query.module.api_name);
    const fields = query.fields ?? [...org.registry.fields(module).keys()];
    const unknown = fields.find((name) => name !== "id" && !org.registry.fields(module).has(name));
    if (unknown !== undefined)
      throw new Refusal(400, "INVALID_DATA", "the field is not available", { api_name: unknown });
    const job: Job = {
      id: org.records.nextId(),
      module,
      fields,
      page: Number(query.page_token ?? query.page ?? 1),
      createdAt: org.clock.now(),
      state: "ADDED",
      rows: [],
      hasMore: false,
    };
    jobs.set(job.id, job);
    later(() => {
      jobs.set(job.id, { ...job, state: "IN PROGRESS" });
      later(() => jobs.set(job.id, { ...job, state: "COMPLETED", ...collect(org, job, query.criteria) }));
    });
    const details = { id: job.id, operation: "read", state: job.state, ...toMade(org, job) };
    const result = { status: "success", code: "ADDED_SUCCESSFULLY", message: "Added successfully.", details };
    return toJsonAnswer(201, { data: [result], info: {} });
  };
  const find = (call: ZohoCall): Job => {
    const job = jobs.get(param(call, "id"));
    if (job === undefined) throw invalidId();
    return job;
  };
  const access = ["ZohoCRM.bulk.READ"];
  return {
    routes: [
      route("POST", "/crm/bulk/:version/read", access, start),
      route("GET", "/crm/bulk/:version/read/:id", access, (call) =>
        toJsonAnswer(200, { data: [toWireJob(org, find(call))] }),
      ),
      route("GET", "/crm/bulk/:version/read/:id/result", access, (call) => {
        const job = find(call);
        if (job.state !== "COMPLETED") throw new Refusal(404, "RESOURCE_NOT_FOUND", "the result is not available yet");
        return toZipAnswer(job.id, toCsv([["Id", ...job.fields.filter((name) => name !== "id")], ...job.rows]));
      }),
    ],
    clear: () => {
      for (const cancel of pending) cancel();
      pending.clear();
      jobs.clear();
    },
  };
}

function toMade(org: Org, { createdAt }: Job): object {
  const { id, name } = org.tokenUser();
  return { created_by: { id, name }, created_time: toZohoTime(createdAt, org.config.current().orgTimeZone) };
}

function collect(
  org: Org,
  { module, fields, page }: Job,
  criteria: CriteriaBody | undefined,
): Pick<Job, "rows" | "hasMore"> {
  const { bulkReadPageRows } = org.config.current();
  const found = [...org.records.readView(module).iterate()]
    .filter(org.records.isLive)
    .filter((record) => meetsCriteria(org, criteria, record));
  const rows = found.slice((page - 1) * bulkReadPageRows, page * bulkReadPageRows);
  const known = org.registry.fields(module);
  const names = fields.filter((name) => name !== "id");
  return {
    hasMore: found.length > page * bulkReadPageRows,
    rows: rows.map((record) => [
      record.id,
      ...names.map((name) => {
        const field = known.get(name);
        return field === undefined ? "" : toCellText(toWireValue(org, record, field));
      }),
    ]),
  };
}

/** Lookups are their ids in the file. */
function toCellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.join(";");
  if (typeof value === "object" && "id" in value && typeof value.id === "string") return value.id;
  return JSON.stringify(value);
}

function meetsCriteria(org: Org, criteria: CriteriaBody | undefined, record: ZohoRecord): boolean {
  if (criteria === undefined) return true;
  if ("group" in criteria && Array.isArray(criteria.group)) {
    const parts = z.array(criterion).parse(criteria.group);
    const isAnd = String(criteria["group_operator"]).toLowerCase() === "and";
    return isAnd
      ? parts.every((part) => meetsCriteria(org, part, record))
      : parts.some((part) => meetsCriteria(org, part, record));
  }
  const single = criterion.parse(criteria);
  const field = org.registry.fields(record.module).get(single.field?.api_name ?? single.api_name ?? "");
  const operator = comparators[single.comparator];
  if (field === undefined || operator === undefined) return false;
  const wanted = Array.isArray(single.value) ? single.value.join(",") : String(single.value);
  return meetsCriterion(toCellText(toWireValue(org, record, field)), operator, wanted);
}

function toWireJob(org: Org, job: Job): object {
  const result = {
    page: job.page,
    count: job.rows.length,
    download_url: `/crm/bulk/v8/read/${job.id}/result`,
    per_page: org.config.current().bulkReadPageRows,
    more_records: job.hasMore,
    next_page_token: job.hasMore ? String(job.page + 1) : null,
  };
  return {
    id: job.id,
    operation: "read",
    state: job.state,
    query: { module: { api_name: job.module }, fields: job.fields, page: job.page },
    ...toMade(org, job),
    file_type: "csv",
    ...(job.state === "COMPLETED" ? { result } : {}),
  };
}
