import type { Database } from "better-sqlite3";
import type { AuditLog } from "../ports/audit-log.ts";
import type { FolderView } from "../../../src-shared/ipc/ingest-views.ts";
import type { FolderState, NotedFile, SourceMemory } from "../ports/ingest-store.ts";
import type { Transact } from "./transaction.ts";

type StateRow = Readonly<{ state: Exclude<FolderState, "unseen">; problem: string | null; since: number }>;

function prepareStatements(db: Database) {
  return {
    state: db.prepare<[number], StateRow>("SELECT state, problem, since FROM source_state WHERE source_id = ?"),
    setState: db.prepare<[number, string, string | null, number]>(`
      INSERT INTO source_state (source_id, state, problem, since) VALUES (?, ?, ?, ?)
      ON CONFLICT (source_id) DO UPDATE SET state = excluded.state, problem = excluded.problem, since = excluded.since`),
    source: db.prepare<[number], { path: string; tenant: string }>(`
      SELECT s.path, t.slug AS tenant FROM source s JOIN phone_system p ON p.id = s.phone_system_id
      JOIN tenant t ON t.id = p.tenant_id WHERE s.id = ?`),
    find: db.prepare<[number, string], NotedFile>(`
      SELECT path, file_id AS fileId, size, modified_at AS modifiedAt, outcome, problem
      FROM source_file WHERE source_id = ? AND path = ?`),
    paths: db.prepare<[number], string>("SELECT path FROM source_file WHERE source_id = ?").pluck(),
    note: db.prepare<[number, string, string | null, number, number, string, string | null, number]>(`
      INSERT INTO source_file (source_id, path, file_id, size, modified_at, outcome, problem, noted_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (source_id, path) DO UPDATE SET file_id = excluded.file_id, size = excluded.size,
        modified_at = excluded.modified_at, outcome = excluded.outcome, problem = excluded.problem,
        noted_at = excluded.noted_at`),
    forget: db.prepare<[number, string]>("DELETE FROM source_file WHERE source_id = ? AND path = ?"),
    troubleCount: db
      .prepare<[number], number>("SELECT count(*) FROM source_file WHERE source_id = ? AND problem IS NOT NULL")
      .pluck(),
    troubles: db.prepare<[number, number], { path: string; problem: string }>(
      "SELECT path, problem FROM source_file WHERE source_id = ? AND problem IS NOT NULL ORDER BY id LIMIT ?",
    ),
  };
}

/** What the watch remembers of its folders and files. */
export function createSourceMemory(
  parts: Readonly<{ db: Database; transact: Transact; audit: Pick<AuditLog, "append"> }>,
): SourceMemory {
  const { db, transact, audit } = parts;
  const sql = prepareStatements(db);

  function tell(sourceId: number, state: StateRow["state"], problem: string | null, at: number): void {
    const source = sql.source.get(sourceId);
    if (source === undefined) return;
    const summary = problem ?? `The folder ${source.path} can be read.`;
    const nowhere = { callId: null, deliveryId: null, integrationId: null };
    const outcome = state === "watched" ? "info" : "failed";
    audit.append([
      { at, tenant: source.tenant, ...nowhere, operation: "source.state", outcome, summary, terms: [source.path] },
    ]);
  }

  return {
    setState: (sourceId, state, problem, at) =>
      transact.run(() => {
        const known = sql.state.get(sourceId);
        if (known?.state === state && known.problem === problem) return false;
        sql.setState.run(sourceId, state, problem, at);
        // That a folder can be read when it is looked at first is no news.
        if (known !== undefined || state !== "watched") tell(sourceId, state, problem, at);
        return true;
      }),
    find: (sourceId, path) => sql.find.get(sourceId, path),
    paths: (sourceId) => sql.paths.all(sourceId),
    note(sourceId, files, gone, at) {
      transact.run(() => {
        for (const { path, fileId, size, modifiedAt, outcome, problem } of files)
          sql.note.run(sourceId, path, fileId, size, modifiedAt, outcome, problem, at);
        for (const path of gone) sql.forget.run(sourceId, path);
      });
    },
    view(sourceId, shownTroubles): FolderView {
      const known = sql.state.get(sourceId);
      return {
        state: known?.state ?? "unseen",
        problem: known?.problem ?? null,
        since: known?.since ?? null,
        troubleCount: sql.troubleCount.get(sourceId) ?? 0,
        troubles: sql.troubles.all(sourceId, shownTroubles),
      };
    },
  };
}
