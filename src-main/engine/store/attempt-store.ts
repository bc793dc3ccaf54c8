import type { Database } from "better-sqlite3";
import type { AttemptDraft, DeliveryStore } from "../ports/delivery-store.ts";
import { MissingRowError } from "./store-errors.ts";
import type { Transact } from "./transaction.ts";

/** What a request's drafts have in common, but for the keys: each step and version is stored by one statement. */
const alike = ({ step, revision, payloadHash, at }: AttemptDraft): string =>
  [step, revision, payloadHash, at].join(" ");

/** Attempts: the intent is on disk before its effect can begin. */
export function createAttemptStore(
  db: Database,
  transact: Transact,
): Pick<DeliveryStore, "commitAttempts" | "settleAttempts"> {
  const insert = db
    .prepare<[{ keys: string; step: string; revision: number; payloadHash: string; at: number }], number>(
      `INSERT INTO attempt (delivery_id, session_id, step, key, revision, payload_hash, started_at)
       SELECT d.id, d.session_id, @step, k.value, @revision, @payloadHash, @at
       FROM json_each(@keys) k CROSS JOIN delivery d ON d.id = CAST(k.key AS INTEGER) RETURNING id`,
    )
    .pluck();
  const mark = db.prepare<[{ keys: string; at: number; revision: number | null }]>(`
    UPDATE delivery SET last_sent_at = @at, last_attempt_revision = coalesce(@revision, last_attempt_revision)
    WHERE id IN (SELECT CAST(key AS INTEGER) FROM json_each(@keys))`);
  const settle = db.prepare<[number, string, number | null, string | null, string]>(`
    UPDATE attempt SET answered_at = ?, outcome = ?, status = ?, correlation_id = ?
    WHERE id IN (SELECT value FROM json_each(?))`);
  return {
    commitAttempts: (drafts, within) =>
      transact.run(() => {
        const ids = [...Map.groupBy(drafts, alike).values()].flatMap((group) => {
          const [draft] = group;
          if (draft === undefined) return [];
          const { step, revision, payloadHash, at } = draft;
          const keys = JSON.stringify(Object.fromEntries(group.map(({ deliveryId, key }) => [deliveryId, key])));
          const added = insert.all({ keys, step, revision, payloadHash, at });
          mark.run({ keys, at, revision: step === "record" ? revision : null });
          return added;
        });
        if (ids.length !== drafts.length)
          throw new MissingRowError(
            `Not all of these deliveries are there: ${drafts.map(({ deliveryId }) => deliveryId).join(", ")}.`,
          );
        within();
        return ids;
      }),
    settleAttempts: (ids, { answeredAt, outcome, status, correlationId }) =>
      transact.run(() => void settle.run(answeredAt, outcome, status, correlationId, JSON.stringify(ids))),
  };
}
