import type { Database } from "better-sqlite3";
import type { AccountMemory, RememberedAnswer } from "../ports/account-memory.ts";
import type { Transact } from "./transaction.ts";

/** A longer answer is asked for again: the ledger is no cache of documents. In characters. */
const longestKept = 1_000_000;

type Ask = Readonly<{ integrationId: number; request: string; since: number; now: number; sessionId: number }>;

export function createAccountMemory(db: Database, transact: Transact): AccountMemory {
  const find = db.prepare<[Ask], RememberedAnswer>(
    `UPDATE account_memory SET session_id = @sessionId WHERE integration_id = @integrationId AND request = @request
     AND session_id < @sessionId AND answered_at BETWEEN @since AND @now RETURNING status, body`,
  );
  const put = db.prepare<[number, string, number, number, number, string]>(
    `INSERT INTO account_memory (integration_id, request, session_id, answered_at, status, body)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (integration_id, request) DO UPDATE SET
     session_id = excluded.session_id, answered_at = excluded.answered_at, status = excluded.status, body = excluded.body`,
  );
  const drop = db.prepare<[number | null, number | null]>(
    "DELETE FROM account_memory WHERE ? IS NULL OR integration_id = ?",
  );
  return {
    recall: (ask) => transact.run(() => find.get(ask)),
    keep: ({ integrationId, request, sessionId, at, answer: { status, body } }) => {
      if (body.length > longestKept) return;
      transact.run(() => void put.run(integrationId, request, sessionId, at, status, body));
    },
    forget: (integrationId) => {
      const id = integrationId ?? null;
      transact.run(() => void drop.run(id, id));
    },
  };
}
