import type { Database } from "better-sqlite3";
import type { LedgerEntry, LedgerPlace, PersonLedger } from "../ports/person-ledger.ts";
import type { Transact } from "./transaction.ts";

type Row = Readonly<{
  id: number;
  begunAt: number;
  missingReads: number;
  object: string | null;
  personId: string | null;
}>;
type Ask = LedgerPlace & Readonly<{ number: string }>;

const columns = "p.id, p.begun_at AS begunAt, p.missing_reads AS missingReads, p.object, p.person_id AS personId";

const toEntry = ({ object, personId, ...rest }: Row): LedgerEntry => ({
  ...rest,
  person: object === null || personId === null ? null : { object, id: personId },
});

/** People made for numbers; the unique index makes two of one number impossible. */
export function createPersonLedger(db: Database, transact: Transact): PersonLedger {
  const find = db.prepare<[Ask], Row>(`
    SELECT ${columns} FROM person_ledger p JOIN tenant t ON t.id = p.tenant_id
    WHERE t.slug = @tenant AND p.crm = @crm AND p.account_id = @accountId AND p.number = @number`);
  const insert = db.prepare<[Ask & { at: number }], Row>(`
    INSERT INTO person_ledger AS p (tenant_id, crm, account_id, number, begun_at, missing_reads)
    SELECT id, @crm, @accountId, @number, @at, 0 FROM tenant WHERE slug = @tenant RETURNING ${columns.replaceAll("p.", "")}`);
  const settle = db.prepare<[{ id: number; object: string; personId: string; at: number }]>(
    "UPDATE person_ledger SET object = @object, person_id = @personId, settled_at = @at WHERE id = @id",
  );
  const count = db.prepare<[number]>("UPDATE person_ledger SET missing_reads = missing_reads + 1 WHERE id = ?");
  const drop = db.prepare<[number]>("DELETE FROM person_ledger WHERE id = ? AND person_id IS NULL");
  return {
    find: (place, number) => {
      const row = find.get({ ...place, number });
      return row === undefined ? null : toEntry(row);
    },
    begin: (place, number, at) =>
      transact.run(() => {
        const row = insert.get({ ...place, number, at });
        if (row === undefined) throw new Error("the tenant of the ledger is not there");
        return toEntry(row);
      }),
    settle: (id, { object, id: personId }, at) => transact.run(() => void settle.run({ id, object, personId, at })),
    countMissing: (id) => transact.run(() => void count.run(id)),
    drop: (id) => transact.run(() => void drop.run(id)),
  };
}
