import type { Database } from "better-sqlite3";
import type { FileIdentity, FilePosition, IngestStore, KnownFile } from "../ports/ingest-store.ts";

type FileRow = Omit<KnownFile, "position" | "finished"> &
  Readonly<{
    offset: number;
    line: number;
    size: number;
    modifiedAt: number;
    headHash: string;
    tailHash: string;
    readerState: string;
    finished: number;
  }>;

export type FileTable = Readonly<{
  find(systemId: number, identity: FileIdentity, ask: Parameters<IngestStore["findFiles"]>[1]): readonly KnownFile[];
  /** Row of the file that a reading is about: the same file by its id (also after a rename), else by its path. */
  ensure(systemId: number, identity: FileIdentity, ask: Readonly<{ format: string; isOther: boolean }>): number;
  setPosition(id: number, position: FilePosition, done: Readonly<{ contentHash: string }> | undefined): void;
}>;

const columns = `id, path, file_id AS fileId, format, "offset", line, size, modified_at AS modifiedAt,
  head_hash AS headHash, tail_hash AS tailHash, reader_state AS readerState, finished, content_hash AS contentHash
  FROM file`;

function toKnownFile(row: FileRow): KnownFile {
  const { id, path, fileId, format, offset, line, size, modifiedAt, headHash, tailHash, readerState } = row;
  const position = { offset, line, size, modifiedAt, headHash, tailHash, state: readerState };
  return { id, path, fileId, format, position, finished: row.finished === 1, contentHash: row.contentHash };
}

function prepareStatements(db: Database) {
  return {
    byPath: db.prepare<[number, string], FileRow>(
      `SELECT ${columns} WHERE phone_system_id = ? AND path = ? ORDER BY id DESC LIMIT 20`,
    ),
    byFileId: db.prepare<[number, string], FileRow>(
      `SELECT ${columns} WHERE phone_system_id = ? AND file_id = ? ORDER BY id DESC LIMIT 20`,
    ),
    byHead: db.prepare<[number, string], FileRow>(
      `SELECT ${columns} WHERE phone_system_id = ? AND head_hash = ? ORDER BY id DESC LIMIT 20`,
    ),
    byContent: db.prepare<[number, string], FileRow>(
      `SELECT ${columns} WHERE phone_system_id = ? AND content_hash = ? ORDER BY id DESC LIMIT 20`,
    ),
    insert: db
      .prepare<[number, string, string | null, string], number>(
        `INSERT INTO file (phone_system_id, path, file_id, format, "offset", line, size, modified_at, head_hash,
           tail_hash, reader_state, finished) VALUES (?, ?, ?, ?, 0, 0, 0, 0, '', '', '', 0) RETURNING id`,
      )
      .pluck(),
    rename: db.prepare<[string, string | null, string, number]>(
      "UPDATE file SET path = ?, file_id = ?, format = ? WHERE id = ?",
    ),
    setPosition: db.prepare(`
      UPDATE file SET "offset" = ?, line = ?, size = ?, modified_at = ?, head_hash = ?, tail_hash = ?, reader_state = ?,
        finished = ?, content_hash = coalesce(?, content_hash) WHERE id = ?`),
  };
}

/** Files that were read, and how far. */
export function createFileTable(db: Database): FileTable {
  const sql = prepareStatements(db);
  return {
    find(systemId, { path, fileId }, { headHash, shorterHashes = [], contentHash }) {
      const rows = [
        ...sql.byPath.all(systemId, path),
        ...(fileId === null ? [] : sql.byFileId.all(systemId, fileId)),
        ...(contentHash === undefined ? [] : sql.byContent.all(systemId, contentHash)),
        ...[headHash, ...shorterHashes].flatMap((head) => sql.byHead.all(systemId, head)),
      ];
      return [...new Map(rows.map((row) => [row.id, row])).values()].map(toKnownFile);
    },
    ensure(systemId, { path, fileId }, { format, isOther }) {
      const byPath = sql.byPath.all(systemId, path);
      const byFileId = fileId === null ? [] : sql.byFileId.all(systemId, fileId);
      // Another id under the same name is another file: the old one was rotated away and may still have rows to give.
      const known =
        byFileId.find((row) => row.path === path) ??
        byFileId[0] ??
        byPath.find((row) => row.fileId === null || fileId === null);
      // One that nothing was read of holds nothing to remember.
      if (known !== undefined && (!isOther || known.size === 0)) {
        sql.rename.run(path, fileId ?? known.fileId, format, known.id);
        return known.id;
      }
      const id = sql.insert.get(systemId, path, fileId, format);
      if (id === undefined) throw new Error(`the file ${path} was not stored`);
      return id;
    },
    setPosition(id, position, done) {
      const { offset, line, size, modifiedAt, headHash, tailHash, state } = position;
      const place = [offset, line, size, modifiedAt, headHash, tailHash, state];
      sql.setPosition.run(...place, done === undefined ? 0 : 1, done?.contentHash ?? null, id);
    },
  };
}
