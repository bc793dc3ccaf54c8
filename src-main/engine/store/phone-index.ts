import type { Database } from "better-sqlite3";

/** Distinct numbers of the audit log, found by any part of them. */
export type PhoneIndex = Readonly<{
  /** Adds numbers that are new. */
  add(numbers: readonly string[]): void;
  /** Numbers that contain these digits, at most `limit`. */
  containing(digits: string, limit: number): readonly string[];
}>;

/** Shortest part of a number that is looked for. */
export const shortestFragment = 4;

export function createPhoneIndex(db: Database): PhoneIndex {
  const insert = db.prepare<[string], { id: number; number: string }>(`
    INSERT INTO phone (number) SELECT value FROM json_each(?) WHERE true
    ON CONFLICT (number) DO NOTHING RETURNING id, number`);
  const index = db.prepare<[string]>(`
    INSERT INTO phone_fts (rowid, number) SELECT id, number FROM phone WHERE id IN (SELECT value FROM json_each(?))`);
  const find = db.prepare<[string, number], string>(`SELECT number FROM phone_fts WHERE number LIKE ? LIMIT ?`).pluck();
  return {
    add(numbers) {
      if (numbers.length === 0) return;
      const added = insert.all(JSON.stringify(numbers));
      if (added.length > 0) index.run(JSON.stringify(added.map(({ id }) => id)));
    },
    containing: (digits, limit) => find.all(`%${digits}%`, limit),
  };
}
