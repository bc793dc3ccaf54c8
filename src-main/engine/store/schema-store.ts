import type { Database } from "better-sqlite3";
import { z } from "zod";
import { objectSchema } from "../../../src-shared/domain/crm-schema.ts";
import { parseJson } from "../../../src-shared/domain/json-text.ts";
import type { SchemaStore } from "../ports/schema-store.ts";
import type { Transact } from "./transaction.ts";

const objects = z.array(objectSchema);

export function createSchemaStore(db: Database, transact: Transact): SchemaStore {
  const find = db.prepare<[number], Readonly<{ objects: string; readAt: number }>>(
    "SELECT objects, read_at AS readAt FROM crm_schema WHERE integration_id = ?",
  );
  const put = db.prepare<[number, string, number]>(
    `INSERT INTO crm_schema (integration_id, objects, read_at) VALUES (?, ?, ?)
     ON CONFLICT (integration_id) DO UPDATE SET objects = excluded.objects, read_at = excluded.read_at`,
  );
  return {
    get: (integrationId) => {
      const row = find.get(integrationId);
      // A description that another version wrote in another form is read from the CRM again.
      const known = row === undefined ? undefined : objects.safeParse(parseJson(row.objects));
      return row === undefined || known?.success !== true ? undefined : { objects: known.data, readAt: row.readAt };
    },
    put: (integrationId, { objects: given, readAt }) =>
      transact.run(() => void put.run(integrationId, JSON.stringify(given), readAt)),
  };
}
