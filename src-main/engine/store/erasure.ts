import type { Database } from "better-sqlite3";
import type { AuditLog } from "../ports/audit-log.ts";
import type { ErasureFindings, ErasureStore, RecordLeft } from "../ports/erasure.ts";
import type { AuditUpkeep } from "./audit-seals.ts";
import { fromLegsText, toLegsText } from "./call-legs.ts";
import type { DeliveryMover, MovableRow } from "./delivery-moves.ts";
import { movableColumns, movableTables } from "./delivery-moves.ts";
import type { Transact } from "./transaction.ts";

/** Records of the CRMs that are named; the count is of all. */
const recordsLeftShown = 500;
/** In place of what a person wrote. */
const erasedNote = "Erased on request.";
const nothing = { tenant: null, callId: null, deliveryId: null, integrationId: null };

export type ErasureParts = Readonly<{
  db: Database;
  transact: Transact;
  mover: DeliveryMover;
  audit: AuditUpkeep & Pick<AuditLog, "append">;
}>;

/** The number as logs may have it, without its country: blanks and hyphens are taken out before it is looked for. */
const digitsOf = (number: string): string => number.replace(/^\+/, "").slice(-9);

/** Calls, deliveries and entries that are about a number are in temporary tables while it is looked into. */
function prepareStatements(db: Database) {
  db.exec(`
    CREATE TEMP TABLE IF NOT EXISTS erased_call (id INTEGER PRIMARY KEY) STRICT;
    CREATE TEMP TABLE IF NOT EXISTS erased_delivery (id INTEGER PRIMARY KEY) STRICT;
    CREATE TEMP TABLE IF NOT EXISTS erased_entry (id INTEGER PRIMARY KEY) STRICT;`);
  const plain = (column: string) =>
    [" ", "-", "/", "(", ")", "."].reduce((text, sign) => `replace(${text}, '${sign}', '')`, column);
  type Ask = [Readonly<{ number: string; digits: string }>];
  type Term = [Readonly<{ term: string; digits: string }>];
  return {
    clear: ["erased_call", "erased_delivery", "erased_entry"].map((table) => db.prepare(`DELETE FROM ${table}`)),
    calls: db.prepare<Ask>(`
      INSERT INTO erased_call SELECT id FROM call c
      WHERE (c.from_party = @number OR c.to_party = @number OR instr(${plain("c.legs")}, @digits) > 0
          OR c.id IN (SELECT call_id FROM call_revision
            WHERE instr(record, @number) > 0 OR instr(${plain("legs")}, @digits) > 0))
        AND c.excluded IS NOT 'erased'`),
    deliveries: db.prepare(`
      INSERT INTO erased_delivery SELECT id FROM delivery WHERE call_id IN (SELECT id FROM erased_call)`),
    entries: db.prepare<Term>(`
      INSERT INTO erased_entry
      SELECT p.audit_id FROM audit_payload p JOIN audit a ON a.id = p.audit_id
      WHERE (a.call_id IN (SELECT id FROM erased_call)
          OR p.audit_id IN (SELECT rowid FROM audit_fts WHERE audit_fts MATCH @term)
          OR instr(${plain("concat_ws(' ', p.summary, p.terms, p.payload)")}, @digits) > 0)
        AND a.operation <> 'audit.erase'`),
    counts: db.prepare<[], { calls: number; undelivered: number; inFlight: number; auditEntries: number }>(`
      SELECT (SELECT count(*) FROM erased_call) AS calls, (SELECT count(*) FROM erased_entry) AS auditEntries,
        count(*) FILTER (WHERE d.state IN ('queued', 'waiting', 'dead')) AS undelivered,
        count(*) FILTER (WHERE d.state IN ('sending', 'uncertain')) AS inFlight
      FROM delivery d WHERE d.id IN (SELECT id FROM erased_delivery)`),
    records: db.prepare<[number], RecordLeft>(`
      SELECT d.integration_id AS integrationId, i.crm, i.label, d.remote_id AS remoteId
      FROM delivery d JOIN integration i ON i.id = d.integration_id
      WHERE d.id IN (SELECT id FROM erased_delivery) AND d.remote_id IS NOT NULL ORDER BY d.id LIMIT ?`),
    recordCount: db
      .prepare<[], number>(
        "SELECT count(*) FROM delivery WHERE id IN (SELECT id FROM erased_delivery) AND remote_id IS NOT NULL",
      )
      .pluck(),
    open: db.prepare<[string], MovableRow>(
      `SELECT ${movableColumns} FROM ${movableTables}
       WHERE d.id IN (SELECT id FROM erased_delivery) AND d.state IN (SELECT value FROM json_each(?)) ORDER BY d.id`,
    ),
    legs: db.prepare<[], { id: number; legs: string }>(
      "SELECT id, legs FROM call WHERE id IN (SELECT id FROM erased_call)",
    ),
    eraseCall: db.prepare<[{ number: string; legs: string; id: number }]>(`
      UPDATE call SET from_party = nullif(from_party, @number), to_party = nullif(to_party, @number), legs = @legs,
        excluded = 'erased', settles_at = NULL WHERE id = @id`),
    entryIds: db.prepare<[], number>("SELECT id FROM erased_entry ORDER BY id").pluck(),
    phone: db.prepare<[string], { id: number }>("SELECT id FROM phone WHERE number = ?"),
    unindexPhone: db.prepare<[number, string]>(
      "INSERT INTO phone_fts (phone_fts, rowid, number) VALUES ('delete', ?, ?)",
    ),
    ofCalls: [
      "DELETE FROM call_revision WHERE call_id IN (SELECT id FROM erased_call)",
      "DELETE FROM match_correction WHERE delivery_id IN (SELECT id FROM erased_delivery)",
      "DELETE FROM delivery_match WHERE delivery_id IN (SELECT id FROM erased_delivery)",
      "DELETE FROM field_conflict WHERE delivery_id IN (SELECT id FROM erased_delivery)",
      "UPDATE delivery_written SET fields = '{}' WHERE delivery_id IN (SELECT id FROM erased_delivery)",
      "UPDATE delivery SET detail = NULL, cause_key = NULL WHERE id IN (SELECT id FROM erased_delivery)",
      `UPDATE delivery SET note = '${erasedNote}' WHERE id IN (SELECT id FROM erased_delivery) AND note IS NOT NULL`,
      "UPDATE crm_check_finding SET detail = '' WHERE delivery_id IN (SELECT id FROM erased_delivery)",
    ].map((sql) => db.prepare(sql)),
    ofNumber: [
      "DELETE FROM match_correction WHERE rule_id IN (SELECT id FROM match_rule WHERE number = @number)",
      "DELETE FROM match_rule WHERE number = @number",
      "DELETE FROM person_ledger WHERE number = @number",
      "DELETE FROM own_number WHERE number = @number",
      `UPDATE skipped_row SET detail = NULL WHERE instr(${plain("detail")}, @digits) > 0`,
      `UPDATE dead_run SET note = '${erasedNote}' WHERE instr(${plain("note")}, @digits) > 0`,
      `UPDATE delivery SET detail = NULL WHERE instr(${plain("detail")}, @digits) > 0`,
      `UPDATE delivery SET note = '${erasedNote}' WHERE instr(${plain("note")}, @digits) > 0`,
      `UPDATE crm_check SET trouble = '' WHERE instr(${plain("trouble")}, @digits) > 0`,
      `UPDATE reading SET error = '' WHERE instr(${plain("error")}, @digits) > 0`,
      `UPDATE source_file SET problem = '' WHERE instr(${plain("problem")}, @digits) > 0`,
      `DELETE FROM request WHERE instr(${plain("answer")}, @digits) > 0`,
      "DELETE FROM phone WHERE number = @number",
    ].map((sql) => db.prepare<Ask>(sql)),
    forgetWords: db.prepare("INSERT INTO audit_fts (audit_fts) VALUES ('optimize')"),
    forgetNumbers: db.prepare("INSERT INTO phone_fts (phone_fts) VALUES ('optimize')"),
  };
}

/** Erasure over every table that holds something of a call's other party. The mirror follows the CRM, not this. */
export function createErasureStore({ db, transact, mover, audit }: ErasureParts): ErasureStore {
  let prepared: ReturnType<typeof prepareStatements> | undefined;
  /** Prepared when first asked for: most engines never erase anything. */
  const statements = () => (prepared ??= prepareStatements(db));

  function look(number: string): ErasureFindings {
    const sql = statements();
    for (const clear of sql.clear) clear.run();
    sql.calls.run({ number, digits: digitsOf(number) });
    sql.deliveries.run();
    sql.entries.run({ term: `"${number}"`, digits: digitsOf(number) });
    const counts = sql.counts.get() ?? { calls: 0, undelivered: 0, inFlight: 0, auditEntries: 0 };
    return { ...counts, records: sql.records.all(recordsLeftShown), recordCount: sql.recordCount.get() ?? 0 };
  }

  /** What was not written is not written any more, told without its number. */
  function giveUp(at: number): void {
    const { open } = statements();
    const said = {
      operation: "delivery.cancel",
      outcome: "info",
      summary: "Not written: the call was erased.",
    } as const;
    const columns = { note: erasedNote };
    const cancel = open.all('["queued","waiting"]');
    if (cancel.length > 0) mover.move({ rows: cancel, events: ["cancel"], at, columns, audit: said });
    const dead = open.all('["dead"]');
    if (dead.length > 0) mover.move({ rows: dead, events: ["acknowledge"], at, columns, audit: said });
  }

  /** Hashes of the rows stay, so that a log that is read again brings nothing back. */
  function eraseCalls(number: string): void {
    const sql = statements();
    for (const { id, legs } of sql.legs.all()) {
      const stored = fromLegsText(legs);
      const superseded = [...stored.superseded, ...stored.legs.map(({ hash }) => hash)];
      sql.eraseCall.run({ number, id, legs: toLegsText({ legs: [], superseded }) });
    }
    for (const statement of sql.ofCalls) statement.run();
  }

  function eraseNumber(number: string): void {
    const sql = statements();
    const phone = sql.phone.get(number);
    if (phone !== undefined) sql.unindexPhone.run(phone.id, number);
    for (const statement of sql.ofNumber) statement.run({ number, digits: digitsOf(number) });
  }

  return {
    find: (number) => transact.run(() => look(number)),
    erase(number, { at, actor }) {
      // Freed pages are overwritten, and so is what the words of the search were: nothing is left to be read in the file.
      const before = db.pragma("secure_delete", { simple: true });
      db.pragma("secure_delete = ON");
      try {
        const found = transact.run(() => {
          const findings = look(number);
          giveUp(at);
          audit.erase(statements().entryIds.all(), at, `At a person's request, by ${actor}.`);
          eraseCalls(number);
          eraseNumber(number);
          const summary = `${findings.calls} calls of one number were erased by ${actor}.`;
          audit.append([{ at, ...nothing, operation: "erase.number", outcome: "info", summary }]);
          statements().forgetWords.run();
          statements().forgetNumbers.run();
          return findings;
        });
        db.pragma("wal_checkpoint(TRUNCATE)");
        return found;
      } finally {
        db.pragma(`secure_delete = ${String(before)}`);
      }
    },
  };
}
