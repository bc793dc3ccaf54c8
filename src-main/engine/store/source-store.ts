import type { Database } from "better-sqlite3";
import { sourceSettings } from "../../../src-shared/domain/source-settings.ts";
import type { AuditLog } from "../ports/audit-log.ts";
import type { SourceStore, WatchedSource } from "../ports/ingest-store.ts";
import { fromJson } from "./json-column.ts";
import { MissingRowError } from "./store-errors.ts";
import type { PhoneSystems } from "./tenant-store.ts";
import type { Transact } from "./transaction.ts";

type Row = Omit<WatchedSource, "settings"> & Readonly<{ settings: string }>;

export type SourceParts = Readonly<{
  db: Database;
  transact: Transact;
  phoneSystems: PhoneSystems;
  audit: Pick<AuditLog, "append">;
}>;

const columns = `s.id, t.slug AS tenant, p.name AS system, s.path, s.format, s.settings, s.removed_at AS removedAt
  FROM source s JOIN phone_system p ON p.id = s.phone_system_id JOIN tenant t ON t.id = p.tenant_id`;

const toSource = (row: Row): WatchedSource => ({ ...row, settings: fromJson(sourceSettings, row.settings) });

/** Folders that are watched. A removed one keeps its row, because readings name it. */
export function createSourceStore({ db, transact, phoneSystems, audit }: SourceParts): SourceStore {
  const insert = db.prepare<[number, string, string, string, number]>(
    "INSERT INTO source (phone_system_id, path, format, settings, added_at) VALUES (?, ?, ?, ?, ?)",
  );
  const byId = db.prepare<[number], Row>(`SELECT ${columns} WHERE s.id = ?`);
  const live = db.prepare<[], Row>(`SELECT ${columns} WHERE s.removed_at IS NULL ORDER BY s.id`);
  const remove = db.prepare<[number, number]>("UPDATE source SET removed_at = ? WHERE id = ? AND removed_at IS NULL");

  function note(source: WatchedSource, at: number, operation: string, summary: string): void {
    const nowhere = { callId: null, deliveryId: null, integrationId: null };
    const terms = [source.path, source.system];
    audit.append([{ at, tenant: source.tenant, ...nowhere, operation, outcome: "info", summary, terms }]);
  }

  function get(id: number): WatchedSource {
    const row = byId.get(id);
    if (row === undefined) throw new MissingRowError(`There is no source ${id}.`);
    return toSource(row);
  }

  return {
    add: (draft, at) =>
      transact.run(() => {
        const system = phoneSystems.ensure(draft.tenant, draft.system, at);
        const { lastInsertRowid } = insert.run(system, draft.path, draft.format, JSON.stringify(draft.settings), at);
        const source = get(Number(lastInsertRowid));
        note(source, at, "source.add", `The folder ${source.path} is watched.`);
        return source;
      }),
    list: () => live.all().map(toSource),
    remove: (id, at) =>
      transact.run(() => {
        if (remove.run(at, id).changes === 0) return false;
        const source = get(id);
        note(source, at, "source.remove", `The folder ${source.path} is no longer watched.`);
        return true;
      }),
  };
}
