import type { Database } from "better-sqlite3";
import type { CrmCheckKind, CrmFindingKind } from "../../../src-shared/domain/crm-check.ts";
import { recordStep } from "../../../src-shared/domain/step.ts";
import type { CheckItem, CrmCheck, CrmCheckRecord, CrmCheckStore, CrmFinding } from "../ports/crm-checks.ts";
import { fromJson, textList } from "./json-column.ts";
import { settled } from "./settled-parameter.ts";
import type { Transact } from "./transaction.ts";

type Ask = Readonly<{ integrationId: number; kind: CrmCheckKind; askedBy: string; at: number; cursor: number }>;
type FindingRow = Readonly<{ deliveryId: number; kind: CrmFindingKind; detail: string; remoteIds: string }>;
type DrawAsk = Readonly<{ ids: string; integrationId: number; before: number }>;

const columns = `id, integration_id AS integrationId, kind, asked_at AS askedAt, asked_by AS askedBy, ended_at AS endedAt,
  trouble, cursor, checked`;

/** Of attempts: those that wrote the call's own record. */
const writesRecord = `instr(concat(' ', steps, ' '), ' ${recordStep} ') > 0`;

/** Deliveries among which a sample is drawn: enough for it, however many belong to other accounts or are under way. */
const drawn = 4_000;

function prepareChecks(db: Database) {
  return {
    insert: db.prepare<[Ask], { id: number }>(`
      INSERT INTO crm_check (integration_id, kind, asked_at, asked_by, cursor)
      VALUES (@integrationId, @kind, @at, @askedBy, @cursor) RETURNING id`),
    get: db.prepare<[number], CrmCheck>(`SELECT ${columns} FROM crm_check WHERE id = ?`),
    open: db.prepare<[number], CrmCheck>(
      `SELECT ${columns} FROM crm_check WHERE integration_id = ${settled("?")} AND ended_at IS NULL ORDER BY id`,
    ),
    lastAsked: db
      .prepare<[number, CrmCheckKind], number | null>(
        "SELECT max(asked_at) FROM crm_check WHERE integration_id = ? AND kind = ?",
      )
      .pluck(),
    lastCursor: db
      .prepare<[number], number | null>(
        "SELECT max(cursor) FROM crm_check WHERE integration_id = ? AND kind = 'copies'",
      )
      .pluck(),
    newest: db.prepare<[], number | null>("SELECT max(id) FROM delivery").pluck(),
    delivered: db
      .prepare<[DrawAsk], number>(
        `SELECT id FROM delivery WHERE id IN (SELECT value FROM json_each(@ids)) AND state = 'delivered'
           AND integration_id = @integrationId AND delivered_at <= @before AND remote_id IS NOT NULL`,
      )
      .pluck(),
    addSample: db.prepare<[number, number, number]>("INSERT INTO crm_check_sample VALUES (?, ?, ?)"),
    sample: db.prepare<[{ id: number; cursor: number; limit: number }], CheckItem>(`
      SELECT place, delivery_id AS deliveryId, 0 AS writtenAt FROM crm_check_sample
      WHERE check_id = @id AND place > @cursor ORDER BY place LIMIT @limit`),
    written: db.prepare<[{ after: number; before: number; integrationId: number; limit: number }], CheckItem>(`
      SELECT max(a.id) AS place, a.delivery_id AS deliveryId, min(a.started_at) AS writtenAt FROM (
        SELECT id, delivery_id, started_at FROM attempt WHERE id > @after AND started_at < @before AND ${writesRecord}
        ORDER BY id LIMIT @limit) a
      JOIN delivery d ON d.id = a.delivery_id AND d.integration_id = @integrationId
      GROUP BY a.delivery_id ORDER BY place`),
    lastWritten: db
      .prepare<[{ after: number; before: number; limit: number }], number | null>(
        `SELECT max(id) FROM (SELECT id FROM attempt WHERE id > @after AND started_at < @before AND ${writesRecord}
           ORDER BY id LIMIT @limit)`,
      )
      .pluck(),
    advance: db.prepare<[{ id: number; cursor: number; checked: number }]>(
      "UPDATE crm_check SET cursor = @cursor, checked = checked + @checked WHERE id = @id",
    ),
    addFinding: db.prepare<[{ id: number } & FindingRow]>(
      "INSERT OR REPLACE INTO crm_check_finding VALUES (@id, @deliveryId, @kind, @detail, @remoteIds)",
    ),
    findings: db.prepare<[number], FindingRow>(`
      SELECT delivery_id AS deliveryId, kind, detail, remote_ids AS remoteIds FROM crm_check_finding
      WHERE check_id = ? ORDER BY delivery_id`),
    end: db.prepare<[number, string | null, number]>("UPDATE crm_check SET ended_at = ?, trouble = ? WHERE id = ?"),
    ended: db.prepare<[number, number], CrmCheck>(
      `SELECT ${columns} FROM crm_check WHERE ended_at >= ? AND ended_at < ? ORDER BY ended_at DESC, id DESC`,
    ),
  };
}

/** Draws `count` of these, each as likely as any other. */
function draw(from: readonly number[], count: number, random: () => number): readonly number[] {
  const left = [...from];
  const taken: number[] = [];
  while (taken.length < count && left.length > 0) {
    const at = Math.min(left.length - 1, Math.floor(random() * left.length));
    taken.push(...left.splice(at, 1));
  }
  return taken;
}

const toFinding = (row: FindingRow): CrmFinding => ({ ...row, remoteIds: fromJson(textList, row.remoteIds) });

export function createCrmCheckStore(db: Database, transact: Transact): CrmCheckStore {
  const sql = prepareChecks(db);

  function drawSample(integrationId: number, size: number, before: number, random: () => number): readonly number[] {
    const newest = sql.newest.get() ?? 0;
    const ids =
      newest <= drawn
        ? Array.from({ length: newest }, (_, index) => index + 1)
        : [...new Set(Array.from({ length: drawn }, () => 1 + Math.floor(random() * newest)))];
    return draw(sql.delivered.all({ ids: JSON.stringify(ids), integrationId, before }), size, random);
  }

  const withFindings = (check: CrmCheck): CrmCheckRecord => ({
    ...check,
    findings: sql.findings.all(check.id).map(toFinding),
  });

  return {
    ask: (draft, { size, deliveredBefore, random }) =>
      transact.run(() => {
        const cursor = draft.kind === "copies" ? (sql.lastCursor.get(draft.integrationId) ?? 0) : 0;
        const made = sql.insert.get({ ...draft, cursor });
        if (made === undefined) throw new Error("the check was not stored");
        if (draft.kind === "copies") return made.id;
        const sample = drawSample(draft.integrationId, size, deliveredBefore, random);
        for (const [index, deliveryId] of sample.entries()) sql.addSample.run(made.id, index + 1, deliveryId);
        return made.id;
      }),
    get: (id) => sql.get.get(id),
    open: (integrationId) => sql.open.all(integrationId),
    lastAskedAt: (integrationId, kind) => sql.lastAsked.get(integrationId, kind) ?? null,
    items({ id, integrationId, kind, cursor }, limit, writtenBefore) {
      if (kind === "read_back") return sql.sample.all({ id, cursor, limit });
      // Attempts of other accounts lie between ours: pages without one of ours are passed over.
      for (let after = cursor; ;) {
        const page = { after, before: writtenBefore, limit };
        const found = sql.written.all({ ...page, integrationId });
        const last = sql.lastWritten.get(page) ?? null;
        if (found.length > 0 || last === null) return found;
        after = last;
      }
    },
    advance: (id, { cursor, checked, findings }, within) =>
      transact.run(() => {
        sql.advance.run({ id, cursor, checked });
        for (const { remoteIds, ...finding } of findings)
          sql.addFinding.run({ id, ...finding, remoteIds: JSON.stringify(remoteIds) });
        within();
      }),
    end: (id, at, trouble) => transact.run(() => void sql.end.run(at, trouble, id)),
    ended: (from, to) => sql.ended.all(from, to).map(withFindings),
    record: (id) => {
      const check = sql.get.get(id);
      return check === undefined ? undefined : withFindings(check);
    },
  };
}
