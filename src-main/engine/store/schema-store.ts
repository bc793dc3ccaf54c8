import type { Database } from "better-sqlite3";
import { z } from "zod";
import { objectSchema } from "../../../src-shared/domain/crm-schema.ts";
import { parseJson } from "../../../src-shared/domain/json-text.ts";
import type { SchemaStore, StoredSchema } from "../ports/schema-store.ts";
import type { Transact } from "./transaction.ts";

const objects = z.array(objectSchema);

type IsOurs = NonNullable<Parameters<SchemaStore["put"]>[2]>;
type Row = Readonly<{ objects: string; readAt: number }>;

/** A description that another version wrote in another form is read from the CRM again. */
function toStored(row: Row): StoredSchema | undefined {
  const known = objects.safeParse(parseJson(row.objects));
  return known.success ? { objects: known.data, readAt: row.readAt } : undefined;
}

/** Whoever looks at the status asks often: a text that is the same as before is not read again. */
function createReader(find: (integrationId: number) => Row | undefined): SchemaStore["get"] {
  const before = new Map<number, Readonly<{ row: Row; stored: StoredSchema | undefined }>>();
  return (integrationId) => {
    const row = find(integrationId);
    if (row === undefined) return undefined;
    const known = before.get(integrationId);
    if (known !== undefined && known.row.readAt === row.readAt && known.row.objects === row.objects)
      return known.stored;
    const stored = toStored(row);
    before.set(integrationId, { row, stored });
    return stored;
  };
}

export function createSchemaStore(db: Database, transact: Transact): SchemaStore {
  const find = db.prepare<[number], Row>("SELECT objects, read_at AS readAt FROM crm_schema WHERE integration_id = ?");
  const put = db.prepare<[number, string, number]>(
    `INSERT INTO crm_schema (integration_id, objects, read_at) VALUES (?, ?, ?)
     ON CONFLICT (integration_id) DO UPDATE SET objects = excluded.objects, read_at = excluded.read_at`,
  );
  const findBaseline = db.prepare<[number], Row>(
    "SELECT objects, taken_at AS readAt FROM crm_schema_baseline WHERE integration_id = ?",
  );
  const firstBaseline = db.prepare<[number, string, number]>(
    "INSERT OR IGNORE INTO crm_schema_baseline (integration_id, objects, taken_at) VALUES (?, ?, ?)",
  );
  const rebase = db.prepare<[number]>(
    `INSERT OR REPLACE INTO crm_schema_baseline (integration_id, objects, taken_at)
     SELECT integration_id, objects, read_at FROM crm_schema WHERE integration_id = ?`,
  );
  const setBaseline = db.prepare<[string, number]>(
    "UPDATE crm_schema_baseline SET objects = ? WHERE integration_id = ?",
  );
  const baseline = createReader((integrationId) => findBaseline.get(integrationId));

  /** A field that came into the CRM, or an object that was described, only after the contract named it. */
  function widenBaseline(id: number, given: StoredSchema["objects"], isOurs: IsOurs): void {
    const before = baseline(id)?.objects;
    if (before === undefined) return;
    const known = before.map((schema) => {
      const names = new Set(schema.fields.map(({ name }) => name));
      const now = given.find(({ object }) => object === schema.object)?.fields ?? [];
      const came = now.filter(({ name }) => !names.has(name) && isOurs(schema.object, name));
      return came.length === 0 ? schema : { ...schema, fields: [...schema.fields, ...came] };
    });
    const others = given.filter(({ object }) => before.every((each) => each.object !== object));
    if (others.length === 0 && known.every((schema, at) => schema === before[at])) return;
    setBaseline.run(JSON.stringify([...known, ...others]), id);
  }

  return {
    get: createReader((integrationId) => find.get(integrationId)),
    put: (integrationId, { objects: given, readAt }, isOurs = () => false) =>
      transact.run(() => {
        const text = JSON.stringify(given);
        put.run(integrationId, text, readAt);
        firstBaseline.run(integrationId, text, readAt);
        widenBaseline(integrationId, given, isOurs);
      }),
    baseline,
    rebase: (integrationId) => transact.run(() => void rebase.run(integrationId)),
  };
}
