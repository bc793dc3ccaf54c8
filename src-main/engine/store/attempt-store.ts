import type { Database } from "better-sqlite3";
import type { DeliveryStore } from "../ports/delivery-store.ts";
import { MissingRowError } from "./store-errors.ts";
import type { Transact } from "./transaction.ts";

/** Attempts: the intent is on disk before its effect can begin. */
export function createAttemptStore(
  db: Database,
  transact: Transact,
): Pick<DeliveryStore, "commitAttempts" | "settleAttempts"> {
  const insert = db
    .prepare<
      [{ deliveryId: number; step: string; key: string; revision: number; payloadHash: string; at: number }],
      number
    >(
      `INSERT INTO attempt (delivery_id, session_id, step, key, revision, payload_hash, started_at)
       SELECT id, session_id, @step, @key, @revision, @payloadHash, @at FROM delivery WHERE id = @deliveryId
       RETURNING id`,
    )
    .pluck();
  const mark = db.prepare<[{ deliveryId: number; at: number; revision: number | null }]>(`
    UPDATE delivery SET last_sent_at = @at, last_attempt_revision = coalesce(@revision, last_attempt_revision)
    WHERE id = @deliveryId`);
  const settle = db.prepare<[number, string, number | null, string | null, string]>(`
    UPDATE attempt SET answered_at = ?, outcome = ?, status = ?, correlation_id = ?
    WHERE id IN (SELECT value FROM json_each(?))`);
  return {
    commitAttempts: (drafts, within) =>
      transact.run(() => {
        const ids = drafts.map((draft) => {
          const id = insert.get(draft);
          if (id === undefined) throw new MissingRowError(`There is no delivery ${draft.deliveryId}.`);
          const { deliveryId, at, step, revision } = draft;
          mark.run({ deliveryId, at, revision: step === "record" ? revision : null });
          return id;
        });
        within();
        return ids;
      }),
    settleAttempts: (ids, { answeredAt, outcome, status, correlationId }) =>
      transact.run(() => void settle.run(answeredAt, outcome, status, correlationId, JSON.stringify(ids))),
  };
}
