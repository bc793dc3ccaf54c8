import { basename } from "node:path";
import type { Database } from "better-sqlite3";
import type { Lane } from "../../../src-shared/domain/budget.ts";
import type { SkipReason, SkippedRow } from "../../../src-shared/domain/call-record.ts";
import type { AuditLog } from "../ports/audit-log.ts";
import type { IngestCounts, ReadingStart } from "../ports/ingest-store.ts";
import type { DeliveryIntake } from "./delivery-intake.ts";
import { MissingRowError } from "./store-errors.ts";

/** What a batch needs to know of its reading. */
export type ReadingFacts = Readonly<{
  fileId: number;
  systemId: number;
  lane: Lane;
  integrations: readonly Readonly<{ id: number; since: number | null }>[];
}>;

type Summary = Readonly<{
  path: string;
  tenant: string;
  rows: number;
  legs: number;
  calls: number;
  revised: number;
  deliveries: number;
}>;
type Range = Readonly<{ first: number; last: number }>;

function prepareStatements(db: Database) {
  return {
    insert: db
      .prepare<[number, number | null, string, number, number], number>(
        "INSERT INTO reading (file_id, source_id, format, lane, started_at) VALUES (?, ?, ?, ?, ?) RETURNING id",
      )
      .pluck(),
    facts: db.prepare<[number], Omit<ReadingFacts, "integrations">>(`
      SELECT r.file_id AS fileId, f.phone_system_id AS systemId, r.lane
      FROM reading r JOIN file f ON f.id = r.file_id WHERE r.id = ?`),
    skip: db.prepare<[number, string | null, number | null, string, string | null]>(
      "INSERT INTO skipped_row (reading_id, file, line, reason, detail) VALUES (?, ?, ?, ?, ?)",
    ),
    countSkip: db.prepare<[number, string, number]>(`
      INSERT INTO reading_skip (reading_id, reason, row_count) VALUES (?, ?, ?)
      ON CONFLICT (reading_id, reason) DO UPDATE SET row_count = row_count + excluded.row_count`),
    addCounts: db.prepare(`
      UPDATE reading SET row_count = row_count + ?, leg_count = leg_count + ?, call_count = call_count + ?,
        revised_count = revised_count + ?, delivery_count = delivery_count + ?,
        first_call_id = coalesce(first_call_id, ?), last_call_id = coalesce(?, last_call_id) WHERE id = ?`),
    end: db.prepare<[number, string | null, number]>("UPDATE reading SET ended_at = ?, error = ? WHERE id = ?"),
    summary: db.prepare<[number], Summary>(`
      SELECT f.path, t.slug AS tenant, r.row_count AS rows, r.leg_count AS legs, r.call_count AS calls,
        r.revised_count AS revised, r.delivery_count AS deliveries
      FROM reading r JOIN file f ON f.id = r.file_id JOIN phone_system s ON s.id = f.phone_system_id
      JOIN tenant t ON t.id = s.tenant_id WHERE r.id = ?`),
    skips: db.prepare<[number], { reason: SkipReason; count: number }>(
      "SELECT reason, row_count AS count FROM reading_skip WHERE reading_id = ? ORDER BY reason",
    ),
  };
}

/** Readings: what came of each file on each day. */
export function createReadingTable(db: Database, audit: Pick<AuditLog, "append">) {
  const sql = prepareStatements(db);

  function describe(id: number, at: number, error: string | null): void {
    const read = sql.summary.get(id);
    if (read === undefined) throw new MissingRowError(`There is no reading ${id}.`);
    const { path, tenant, ...counts } = read;
    const skipped = Object.fromEntries(sql.skips.all(id).map(({ reason, count }) => [reason, count]));
    const name = basename(path.replaceAll("\\", "/"));
    const facts = `${counts.rows} rows, ${counts.calls} new calls, ${counts.revised} changed, ${counts.rows - counts.legs} rows skipped`;
    const summary =
      error === null ? `${name} was read: ${facts}.` : `Reading ${name} stopped: ${error} Before that: ${facts}.`;
    const nothing = { callId: null, deliveryId: null, integrationId: null };
    const outcome = error === null ? "ok" : "failed";
    const payload = { answered: { ...counts, skipped } };
    audit.append([{ at, tenant, ...nothing, operation: "import.file", outcome, summary, terms: [path], payload }]);
  }

  return {
    start({ sourceId, format, lane, startedAt }: ReadingStart, fileId: number): number {
      const id = sql.insert.get(fileId, sourceId, format, lane, startedAt);
      if (id === undefined) throw new Error("the reading was not stored");
      return id;
    },
    factsOf(id: number, intake: DeliveryIntake): ReadingFacts {
      const facts = sql.facts.get(id);
      if (facts === undefined) throw new MissingRowError(`There is no reading ${id}.`);
      return { ...facts, integrations: intake.integrationsOf(facts.systemId) };
    },
    addSkipped(id: number, rows: readonly SkippedRow[], counts: IngestCounts["skipped"]): void {
      for (const { file, line, reason, detail } of rows)
        sql.skip.run(id, file ?? null, line ?? null, reason, detail ?? null);
      for (const [reason, count] of Object.entries(counts)) sql.countSkip.run(id, reason, count);
    },
    addCounts(id: number, { rows, legs, calls, revised, deliveries }: IngestCounts, range: Range | null): void {
      sql.addCounts.run(rows, legs, calls, revised, deliveries, range?.first ?? null, range?.last ?? null, id);
    },
    end(id: number, at: number, error: string | null): void {
      sql.end.run(at, error, id);
      describe(id, at, error);
    },
  };
}
