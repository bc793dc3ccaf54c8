import { z } from "zod";
import { toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { compareIds } from "../core/record-view.ts";
import { toColumn } from "./coql-columns.ts";
import { checkGroups, isGrouped, toGroupRows, type GroupRow, type Selected } from "./coql-groups.ts";
import { parseCoql, type Condition, type Query, type Where } from "./coql-parser.ts";
import { compareValues, meetsCondition } from "./coql-values.ts";
import { toModuleName, type ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import { Refusal } from "./refusal.ts";
import { checkRight, checkScopes } from "./scopes.ts";
import { parseBody, route, type ZohoCall, type ZohoRoute } from "./zoho-call.ts";
import type { FieldValue, ZohoRecord } from "./zoho-record.ts";

const maxReach = 100_000;
const coqlBody = z.looseObject({ select_query: z.string().min(1) });

export function coqlRoutes(org: Org): readonly ZohoRoute[] {
  return [route("POST", "/crm/:version/coql", ["ZohoCRM.coql.READ"], (call) => runQuery(org, call))];
}

function runQuery(org: Org, call: ZohoCall): SandboxAnswer {
  const query = parseCoql(parseBody(call, coqlBody).select_query);
  const module = toModuleName(query.module);
  if (module === undefined)
    throw new Refusal(400, "INVALID_QUERY", "the module name given seems to be invalid", { module: query.module });
  checkScopes(call.caller, [`ZohoCRM.modules.${module}.READ`]);
  checkRight(org.config.current(), { module, permission: "read" });
  checkSize(org, call.version, query);
  const selected = query.columns.map(({ column, aggregate, label }) => ({
    label,
    aggregate,
    column: toColumn(org, module, column),
  }));
  const test = toTest(org, module, query.where);
  const found = candidates(org, module, query.where)
    .filter((record) => org.records.isLive(record) && (module !== "Leads" || record.conversion === undefined))
    .filter(test);
  const end = query.offset + query.limit;
  const groups = isGrouped(query) ? groupFound(org, module, query, selected, found) : undefined;
  const sorted = groups === undefined ? sortFound(org, module, query, selected, found) : [];
  // Only what is answered is written out.
  const rows =
    groups?.slice(query.offset, end) ?? sorted.slice(query.offset, end).map((record) => toRow(record, selected));
  if (rows.length === 0) return toEmptyAnswer(204);
  return toJsonAnswer(200, {
    data: rows,
    info: { count: rows.length, more_records: (groups ?? sorted).length > end },
  });
}

function sortFound(
  org: Org,
  module: ModuleName,
  query: Query,
  selected: readonly Selected[],
  found: readonly ZohoRecord[],
): readonly ZohoRecord[] {
  const orders = query.orderBy.map(({ column, descending }) => ({
    column: selected.find(({ label }) => label === column)?.column ?? toColumn(org, module, column),
    descending,
  }));
  return found.toSorted((left, right) => {
    for (const { column, descending } of orders) {
      const order = compareValues(column.valueOf(left), column.valueOf(right));
      if (order !== 0) return descending ? -order : order;
    }
    return compareIds(left.id, right.id);
  });
}

/** Groups are sorted by what is selected of them, as it is answered. Throws a `Refusal` for anything else. */
function groupFound(
  org: Org,
  module: ModuleName,
  query: Query,
  selected: readonly Selected[],
  found: readonly ZohoRecord[],
): readonly GroupRow[] {
  checkGroups(query, selected);
  const keys = query.groupBy.map((name) => toColumn(org, module, name));
  const orders = query.orderBy.map(({ column, descending }) => {
    const item = selected.find(({ label, column: { name } }) => label === column || name === column);
    if (item === undefined)
      throw new Refusal(400, "INVALID_QUERY", "invalid query formed", { column_name: column, clause: "order by" });
    return { label: item.label, descending };
  });
  return toGroupRows(found, keys, selected).toSorted((left, right) => {
    for (const { label, descending } of orders) {
      const order = compareValues(toSortable(left[label]), toSortable(right[label]));
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
}

function toSortable(cell: unknown): FieldValue | undefined {
  if (typeof cell === "number" || typeof cell === "string" || typeof cell === "boolean") return cell;
  return cell === null || cell === undefined ? undefined : JSON.stringify(cell);
}

/** Versions before v6 answer 200 rows at most, those before v5 take 50 columns. Throws a `Refusal`. */
function checkSize(org: Org, version: string, { columns, limit, offset }: Query): void {
  const { coqlMaxRows, coqlMaxColumns } = org.config.current();
  const number = Number(version.slice(1));
  const maxRows = number < 6 ? 200 : coqlMaxRows;
  const maxColumns = number < 5 ? 50 : coqlMaxColumns;
  if (limit > maxRows) throw limitExceeded("limit", maxRows);
  if (offset + limit > maxReach) throw limitExceeded("offset", maxReach);
  if (columns.length > maxColumns) throw limitExceeded("select", maxColumns);
  const labels = columns.map(({ label }) => label);
  const twice = labels.find((label, position) => labels.indexOf(label) !== position);
  if (twice !== undefined) throw new Refusal(400, "DUPLICATE_DATA", "duplicate column", { column_name: twice });
}

function limitExceeded(clause: string, limit: number): Refusal {
  return new Refusal(400, "LIMIT_EXCEEDED", "limit exceeded", { clause, limit });
}

function toRow(record: ZohoRecord, selected: readonly Selected[]): object {
  return { ...Object.fromEntries(selected.map(({ label, column }) => [label, column.toWire(record)])), id: record.id };
}

function toTest(org: Org, module: ModuleName, where: Where | undefined): (record: ZohoRecord) => boolean {
  if (where === undefined) return () => true;
  if (where.kind === "condition") {
    const column = toColumn(org, module, where.column);
    const meets = meetsCondition(column, where);
    return (record) => meets(column.valueOf(record));
  }
  const left = toTest(org, module, where.left);
  const right = toTest(org, module, where.right);
  return where.kind === "and" ? (record) => left(record) && right(record) : (record) => left(record) || right(record);
}

/** The records that a query has to look at: few where it asks for a field's very values, as look-ups by key do. */
function candidates(org: Org, module: ModuleName, where: Where | undefined): readonly ZohoRecord[] {
  const narrow = where === undefined ? undefined : findNarrow(org, module, where);
  if (narrow === undefined) return [...org.records.readView(module).iterate()];
  const { column, values } = narrow;
  if (column === "id") {
    const view = org.records.readView(module);
    return [...new Set(values)].map((id) => view.get(id)).filter((record) => record !== undefined);
  }
  return [...new Set(values.flatMap((value) => org.records.findRead(module, column, value)))];
}

function findNarrow(org: Org, module: ModuleName, where: Where): Condition | undefined {
  if (where.kind !== "condition")
    return where.kind === "or"
      ? undefined
      : (findNarrow(org, module, where.left) ?? findNarrow(org, module, where.right));
  const isListed = where.operator === "=" || where.operator === "in";
  const type = where.column === "id" ? "id" : org.registry.allFields(module).get(where.column)?.type;
  return isListed && (type === "id" || type === "text" || type === "lookup") ? where : undefined;
}
