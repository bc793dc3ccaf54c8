import type { Database } from "better-sqlite3";
import type { RetentionSettings } from "../../../src-shared/domain/retention.ts";
import type { UpkeepStep } from "../ports/upkeep.ts";
import type { AuditUpkeep } from "./audit-seals.ts";
import type { Transact } from "./transaction.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** Rows that are looked at in one step: some 20 ms. */
const rowsPerStep = 1_000;
const numbersPerStep = 200;
/** Windows of a budget look back a day at most; a month with its reset would be the longest that a vendor has. */
const budgetDays = 32;

type PageRow = Readonly<{ id: number; at: number }>;
type Range = Readonly<{ after: number; through: number; before: number }>;

/** Rows in the order of their ids, which ascend with time: the walk ends at the first page with a row that stays. */
type Walk = Readonly<{
  task: UpkeepStep["task"];
  page(after: number): readonly PageRow[];
  /** Takes out what is over among the rows after one id and through another. */
  drop(range: Range): number;
}>;

/** A call whose work is over: nothing of it is on its way, waits, or failed without anybody having said so. */
const isOver = (deliveryId: string): string =>
  `NOT EXISTS (SELECT 1 FROM delivery d WHERE d.id = ${deliveryId} AND d.state NOT IN ('delivered', 'acknowledged'))`;

function prepareWalks(db: Database): readonly Walk[] {
  const toWalk = (task: UpkeepStep["task"], rows: string, drop: string): Walk => {
    const page = db.prepare<[number], PageRow>(`${rows} ORDER BY 1 LIMIT ${rowsPerStep}`);
    const dropRange = db.prepare<[Range]>(drop);
    return { task, page: (after) => page.all(after), drop: (range) => dropRange.run(range).changes };
  };
  return [
    toWalk(
      "attempts",
      "SELECT id, started_at AS at FROM attempt WHERE id > ?",
      `DELETE FROM attempt WHERE id > @after AND id <= @through AND started_at < @before
       AND ${isOver("attempt.delivery_id")}`,
    ),
    toWalk(
      "skipped rows",
      `SELECT k.id, r.started_at AS at FROM skipped_row k CROSS JOIN reading r ON r.id = k.reading_id WHERE k.id > ?`,
      `DELETE FROM skipped_row WHERE id > @after AND id <= @through
       AND (SELECT started_at FROM reading WHERE id = skipped_row.reading_id) < @before`,
    ),
  ];
}

function prepareStatements(db: Database) {
  return {
    changedCalls: db
      .prepare<[number], number>(
        `SELECT DISTINCT call_id FROM call_revision WHERE call_id > ? ORDER BY call_id LIMIT ${rowsPerStep}`,
      )
      .pluck(),
    // A version that was the last one sent is what a lost answer is compared with.
    dropRevisions: db.prepare<[Range]>(`
      DELETE FROM call_revision WHERE call_id > @after AND call_id <= @through AND replaced_at < @before
        AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.call_id = call_revision.call_id
          AND (d.state NOT IN ('delivered', 'acknowledged') OR d.last_attempt_revision = call_revision.revision))`),
    // The newest of each kind tells when it was looked last, and how far.
    oldChecks: db
      .prepare<[number], number>(
        `SELECT id FROM crm_check c WHERE ended_at < ? AND id < (SELECT max(id) FROM crm_check n
           WHERE n.integration_id = c.integration_id AND n.kind = c.kind AND n.ended_at IS NOT NULL) ORDER BY ended_at LIMIT 100`,
      )
      .pluck(),
    dropChecks: ["crm_check_sample", "crm_check_finding"]
      .map((table) => `DELETE FROM ${table} WHERE check_id IN (SELECT value FROM json_each(?))`)
      .concat("DELETE FROM crm_check WHERE id IN (SELECT value FROM json_each(?))")
      .map((sql) => db.prepare<[string]>(sql)),
    dropHours: db.prepare<[number]>("DELETE FROM budget_hour WHERE hour < ?"),
    hasDropped: db.prepare("SELECT 1 FROM audit_seal WHERE dropped_at IS NOT NULL LIMIT 1"),
    numbers: db.prepare<[number], Readonly<{ id: number; number: string }>>(
      `SELECT id, number FROM phone WHERE id > ? ORDER BY id LIMIT ${numbersPerStep}`,
    ),
    isTold: db.prepare<[string]>("SELECT 1 FROM audit_fts WHERE audit_fts MATCH ? LIMIT 1"),
    unindexNumber: db.prepare<[number, string]>(
      "INSERT INTO phone_fts (phone_fts, rowid, number) VALUES ('delete', ?, ?)",
    ),
    dropNumber: db.prepare<[number]>("DELETE FROM phone WHERE id = ?"),
  };
}

export type RetentionParts = Readonly<{ db: Database; transact: Transact; audit: Pick<AuditUpkeep, "dropSealed"> }>;
export type Retention = Readonly<{ steps(now: number, settings: RetentionSettings): Iterable<UpkeepStep> }>;

/** Takes out what is over, a short transaction at a time. */
export function createRetention({ db, transact, audit }: RetentionParts): Retention {
  let prepared: (ReturnType<typeof prepareStatements> & { readonly walks: readonly Walk[] }) | undefined;
  const statements = () => (prepared ??= { ...prepareStatements(db), walks: prepareWalks(db) });

  function* dropAudit(before: number, now: number): Iterable<UpkeepStep> {
    for (;;) {
      const count = audit.dropSealed(before, now);
      if (count === 0) return;
      yield { task: "audit days", count };
    }
  }

  /** Numbers that no entry of the audit log has any more: they could still be found by their parts. */
  function* dropNumbers(): Iterable<UpkeepStep> {
    const sql = statements();
    if (sql.hasDropped.get() === undefined) return;
    for (let after = 0; ;) {
      const page = sql.numbers.all(after);
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.id;
      const count = transact.run(() => {
        const gone = page.filter(({ number }) => sql.isTold.get(`"${number}"`) === undefined);
        for (const { id, number } of gone) {
          sql.unindexNumber.run(id, number);
          sql.dropNumber.run(id);
        }
        return gone.length;
      });
      yield { task: "numbers", count };
    }
  }

  function* walk({ task, page, drop }: Walk, before: number): Iterable<UpkeepStep> {
    for (let after = 0; ;) {
      const rows = page(after);
      const last = rows.at(-1);
      if (last === undefined || rows.every(({ at }) => at >= before)) return;
      const range = { after, through: last.id, before };
      yield { task, count: transact.run(() => drop(range)) };
      after = last.id;
    }
  }

  function* dropRevisions(before: number): Iterable<UpkeepStep> {
    const sql = statements();
    for (let after = 0; ;) {
      const through = sql.changedCalls.all(after).at(-1);
      if (through === undefined) return;
      const range = { after, through, before };
      yield { task: "replaced versions", count: transact.run(() => sql.dropRevisions.run(range).changes) };
      after = through;
    }
  }

  function* dropChecks(before: number): Iterable<UpkeepStep> {
    const sql = statements();
    for (;;) {
      const ids = sql.oldChecks.all(before);
      if (ids.length === 0) return;
      transact.run(() => {
        for (const drop of sql.dropChecks) drop.run(JSON.stringify(ids));
      });
      yield { task: "looks into the CRMs", count: ids.length };
    }
  }

  return {
    *steps(now, { auditDays, detailDays }) {
      if (auditDays !== null) {
        yield* dropAudit(now - auditDays * dayMs, now);
        yield* dropNumbers();
      }
      if (detailDays === null) return;
      const before = now - detailDays * dayMs;
      for (const each of statements().walks) yield* walk(each, before);
      yield* dropRevisions(before);
      yield* dropChecks(before);
      const hour = Math.floor((now - Math.max(detailDays, budgetDays) * dayMs) / hourMs);
      yield { task: "hours of budgets", count: transact.run(() => statements().dropHours.run(hour).changes) };
    },
  };
}
