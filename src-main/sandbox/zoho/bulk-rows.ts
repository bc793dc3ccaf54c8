import type { Field } from "./field-definition.ts";
import type { ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import { planWrite } from "./record-plan.ts";
import { findEqual } from "./record-rules.ts";
import type { RecordWriter } from "./record-writer.ts";
import { Refusal } from "./refusal.ts";
import type { ZohoRecord } from "./zoho-record.ts";

export type FieldMapping = { readonly name: string; readonly index: number; readonly findBy: string | undefined };

export type BulkJob = {
  readonly module: ModuleName;
  readonly operation: "insert" | "update" | "upsert";
  readonly findBy: string | undefined;
  readonly ignoreEmpty: boolean;
  readonly mappings: readonly FieldMapping[];
};

/** What became of one row: `cells` in the order of the mappings, `errors` joined by colons. */
export type BulkRow = {
  readonly cells: readonly string[];
  readonly status: "ADDED" | "UPDATED" | "SKIPPED" | "UNPROCESSED";
  readonly id: string;
  readonly errors: string;
};

/** What a result file calls the refusals that have another name there; what it does not know is `CANNOT_PROCESS`. */
const rowCodes: Readonly<Record<string, string>> = {
  MANDATORY_NOT_FOUND: "MANDATORY_NOT_FOUND",
  INVALID_DATA: "INVALID_DATA",
  PATTERN_NOT_MATCHED: "INVALID_DATA",
  DUPLICATE_DATA: "DUPLICATE_DATA",
  NOT_APPROVED: "NOT_APPROVED",
  RECORD_LOCKED: "BLOCKED_RECORD",
  RECORD_IN_BLUEPRINT: "BLOCKED_RECORD",
};

/** One row of the file through the same checks as any other write. */
export function runBulkRow(org: Org, writer: RecordWriter, job: BulkJob, source: readonly string[]): BulkRow {
  const cells = job.mappings.map(({ index }) => source[index] ?? "");
  try {
    if (org.config.current().storageFull) return { cells, status: "UNPROCESSED", id: "", errors: "LIMIT_EXCEEDED" };
    const given = toGiven(org, job, cells);
    const before = findBefore(org, job, given);
    if (before === undefined && job.operation === "update")
      return { cells, status: "SKIPPED", id: "", errors: "RESOURCE_NOT_FOUND" };
    const plan = planWrite(org, { module: job.module, before, given, position: 0 });
    const record = writer.commit(plan, org.config.current().bulkWriteRunsAutomation);
    return { cells, status: before === undefined ? "ADDED" : "UPDATED", id: record.id, errors: "" };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const name = error.details["api_name"];
    const code = rowCodes[error.code] ?? "CANNOT_PROCESS";
    return { cells, status: "SKIPPED", id: "", errors: typeof name === "string" ? `${code}-${name}` : code };
  }
}

function findBefore(
  org: Org,
  { module, operation, findBy }: BulkJob,
  given: Readonly<Record<string, unknown>>,
): ZohoRecord | undefined {
  if (operation === "insert" || findBy === undefined) return undefined;
  const value = given[findBy];
  if (typeof value !== "string" || value === "") return undefined;
  if (findBy === "id") return org.records.live(module, value);
  const field = org.registry.allFields(module).get(findBy);
  return field === undefined ? undefined : findEqual(org, module, field, value)[0];
}

function toGiven(
  org: Org,
  { module, mappings, ignoreEmpty }: BulkJob,
  cells: readonly string[],
): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const [position, { name, findBy }] of mappings.entries()) {
    const text = cells[position] ?? "";
    if (text === "" && ignoreEmpty) continue;
    const field = org.registry.allFields(module).get(name);
    given[name] = field === undefined ? text : toTyped(org, field, text, findBy);
  }
  return given;
}

function toTyped(org: Org, field: Field, text: string, findBy: string | undefined): unknown {
  if (text === "") return null;
  switch (field.type) {
    case "integer":
    case "double":
    case "currency":
    case "percent":
      return Number.isNaN(Number(text)) ? text : Number(text);
    case "boolean":
      return text.toLowerCase() === "true";
    case "multiselectpicklist":
      return text.split(";");
    case "lookup":
      return toLookupId(org, field, text, findBy);
    default:
      return text;
  }
}

function toLookupId(org: Org, field: Field, text: string, findBy: string | undefined): string {
  const [module] = field.lookup ?? [];
  if (findBy === undefined || findBy === "id" || module === undefined) return text;
  const inner = org.registry.allFields(module).get(findBy);
  const found = inner === undefined ? undefined : findEqual(org, module, inner, text)[0];
  if (found === undefined) throw new Refusal(400, "INVALID_DATA", "invalid data", { api_name: field.name });
  return found.id;
}
