import type { SandboxAnswer } from "../core/message.ts";
import { listParam, ok, param, type OrgCall } from "./org-call.ts";
import { objectOfId, type ObjectName } from "./object-types.ts";
import { recordTable, toRecordRow } from "./org-tables.ts";
import type { OrgRecord } from "./org-record.ts";
import type { Org } from "./org.ts";
import type { Row, Table } from "./query-table.ts";
import { normaliseId } from "./record-id.ts";
import { notFound } from "./refusal.ts";
import { toProjection } from "./soql-projection.ts";

/** The id in a path such as `/sobjects/Contact/003…/Account`, where an external id's field stands otherwise. */
export function pathId(object: ObjectName, call: OrgCall): string | undefined {
  const id = normaliseId(param(call, "field"));
  return id !== undefined && objectOfId(id) === object ? id : undefined;
}

/** What a record is related to by the name of the relationship: its parent, or all of its children. Throws the 404. */
export function readRelated(org: Org, call: OrgCall, record: OrgRecord): SandboxAnswer {
  const table = recordTable(org, record.object, call.base);
  const name = param(call, "value");
  const parent = table.parent(name);
  if (parent !== undefined) {
    const row = toRecordRow(org, record, call.base).parent(parent.name);
    if (row === undefined) throw notFound();
    return ok(toReader(call, parent.table)(row));
  }
  const child = table.children?.(name);
  if (child === undefined) throw notFound();
  const rows = [...child.table.rows(false)].filter((row) => row.get(child.column) === record.id);
  return ok({ done: true, totalSize: rows.length, records: rows.map(toReader(call, child.table)) });
}

function toReader(call: OrgCall, table: Table): (row: Row) => object {
  const paths = listParam(call, "fields");
  return toProjection(table, paths === undefined ? { kind: "group", group: "ALL" } : { kind: "fields", paths });
}
