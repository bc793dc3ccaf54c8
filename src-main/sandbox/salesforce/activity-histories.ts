import type { ChildTable, Row, Table } from "./query-table.ts";
import type { ObjectName } from "./object-types.ts";

const histories: Readonly<
  Record<string, { readonly name: string; readonly type: string; readonly isClosed: boolean }>
> = {
  activityhistories: { name: "ActivityHistories", type: "ActivityHistory", isClosed: true },
  openactivities: { name: "OpenActivities", type: "OpenActivity", isClosed: false },
};

const columns: Readonly<Partial<Record<ObjectName, string>>> = {
  Contact: "WhoId",
  Lead: "WhoId",
  Account: "WhatId",
  Opportunity: "WhatId",
};

/** The tasks of a record that are over, or those that are not, under the names by which queries know them. */
export function findHistory(parent: ObjectName, relationship: string, tasks: () => Table): ChildTable | undefined {
  const history = histories[relationship.toLowerCase()];
  const column = columns[parent];
  if (history === undefined || column === undefined) return undefined;
  const { name, type, isClosed } = history;
  const table = tasks();
  function* rows(all: boolean): Iterable<Row> {
    for (const row of table.rows(all))
      if ((row.get("IsClosed") === true) === isClosed) yield { ...row, attributes: { ...row.attributes, type } };
  }
  const { find: _indexed, ...plain } = table;
  return { name, column, table: { ...plain, name: type, rows } };
}
