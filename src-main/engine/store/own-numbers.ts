import type { Database } from "better-sqlite3";
import type { MirrorStore } from "../ports/mirror.ts";
import type { OwnNumber, OwnNumberStore } from "../ports/own-numbers.ts";
import type { Transact } from "./transaction.ts";

/** A number is taken for the house's own when it was its side of so many calls: one row of a log may be read wrongly. */
const callsToLearn = 2;

export type OwnNumbers = Pick<MirrorStore, "ownNumbers"> & Readonly<{ settled: OwnNumberStore }>;

/** The house's own numbers: learnt from the calls as they are read, once each; what a person said of a number stands. */
export function createOwnNumbers(db: Database, transact: Transact): OwnNumbers {
  const unread = db.prepare<[], { after: number | null; through: number | null }>(
    "SELECT (SELECT last_call_id FROM own_number_mark WHERE id = 1) AS after, (SELECT max(id) FROM call) AS through",
  );
  const learn = db.prepare<[{ after: number; through: number }]>(`
    INSERT INTO own_number (tenant_id, number, calls)
    SELECT s.tenant_id, CASE c.direction WHEN 'inbound' THEN c.to_party ELSE c.from_party END AS own, count(*)
    FROM call c JOIN phone_system s ON s.id = c.phone_system_id
    WHERE c.id > @after AND c.id <= @through AND own LIKE '+%' GROUP BY 1, 2
    ON CONFLICT (tenant_id, number) DO UPDATE SET calls = calls + excluded.calls`);
  const moveMark = db.prepare<[number]>("UPDATE own_number_mark SET last_call_id = ? WHERE id = 1");
  const all = db
    .prepare<[string], string>(
      `SELECT o.number FROM own_number o JOIN tenant t ON t.id = o.tenant_id
       WHERE t.slug = ? AND coalesce(o.is_own, o.calls >= ${callsToLearn}) = 1`,
    )
    .pluck();
  type Row = Readonly<{ number: string; calls: number; isOwn: 0 | 1; said: 0 | 1 | null }>;
  const listed = db.prepare<[string], Row>(
    `SELECT o.number, o.calls, coalesce(o.is_own, o.calls >= ${callsToLearn}) AS isOwn, o.is_own AS said
     FROM own_number o JOIN tenant t ON t.id = o.tenant_id WHERE t.slug = ? ORDER BY o.calls DESC, o.number`,
  );
  const say = db.prepare<[{ tenant: string; number: string; isOwn: 0 | 1 | null }]>(`
    INSERT INTO own_number (tenant_id, number, calls, is_own) SELECT id, @number, 0, @isOwn FROM tenant WHERE slug = @tenant
    ON CONFLICT (tenant_id, number) DO UPDATE SET is_own = excluded.is_own`);
  const toOwnNumber = ({ isOwn, said, ...rest }: Row): OwnNumber => ({
    ...rest,
    isOwn: isOwn === 1,
    said: said === null ? null : said === 1,
  });
  /** What was asked last, as long as no call came since and nobody else learnt from one. */
  const known = new Map<string, ReadonlySet<string>>();
  let knownAt = "";

  function catchUp(): void {
    const found = unread.get();
    const [after, through] = [found?.after ?? 0, found?.through ?? 0];
    const at = `${after} ${through}`;
    if (at === knownAt) return;
    known.clear();
    knownAt = at;
    if (through <= after) return;
    if (db.readonly || db.prepare<[], number>("PRAGMA query_only").pluck().get() === 1) return;
    transact.run(() => {
      learn.run({ after, through });
      moveMark.run(through);
    });
  }

  return {
    settled: {
      list: (tenant) => {
        catchUp();
        return listed.all(tenant).map(toOwnNumber);
      },
      say: (tenant, number, isOwn) =>
        transact.run(() => {
          catchUp();
          known.clear();
          say.run({ tenant, number, isOwn: isOwn === null ? null : isOwn ? 1 : 0 });
        }),
    },
    ownNumbers: (tenant) => {
      catchUp();
      const found = known.get(tenant) ?? new Set(all.all(tenant));
      known.set(tenant, found);
      return found;
    },
  };
}
