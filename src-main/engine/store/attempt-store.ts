import type { Database } from "better-sqlite3";
import { recordStep } from "../../../src-shared/domain/step.ts";
import type { AttemptDraft, DeliveryStore } from "../ports/delivery-store.ts";
import { MissingRowError } from "./store-errors.ts";
import type { Transact } from "./transaction.ts";

/** What a request's drafts have in common, but for keys and links: each of these is stored by one statement. */
const alike = ({ steps, revision, payloadHash, at }: AttemptDraft): string =>
  [steps.includes(recordStep), revision, payloadHash, at].join(" ");

/** Attempts: the intent is on disk before its effect can begin. */
export function createAttemptStore(
  db: Database,
  transact: Transact,
): Pick<DeliveryStore, "commitAttempts" | "settleAttempts"> {
  const insert = db
    .prepare<[{ asked: string; revision: number; payloadHash: string; at: number }], number>(
      `INSERT INTO attempt (delivery_id, session_id, steps, key, revision, payload_hash, started_at)
       SELECT d.id, d.session_id, a.value ->> 2, a.value ->> 1, @revision, @payloadHash, @at
       FROM json_each(@asked) a CROSS JOIN delivery d ON d.id = CAST(a.value ->> 0 AS INTEGER) RETURNING id`,
    )
    .pluck();
  const mark = db.prepare<[{ sent: string; at: number; revision: number | null }]>(`
    UPDATE delivery SET last_sent_at = @at, last_attempt_revision = coalesce(@revision, last_attempt_revision)
    WHERE id IN (SELECT value FROM json_each(@sent))`);
  const settle = db.prepare<[number, string, number | null, string | null, string]>(`
    UPDATE attempt SET answered_at = ?, outcome = ?, status = ?, correlation_id = ?
    WHERE id IN (SELECT value FROM json_each(?))`);
  return {
    commitAttempts: (drafts, within) =>
      transact.run(() => {
        const ids = [...Map.groupBy(drafts, alike).values()].flatMap((group) => {
          const [draft] = group;
          if (draft === undefined) return [];
          const { steps, revision, payloadHash, at } = draft;
          const asked = group.map((each) => [each.deliveryId, each.key, each.steps.join(" ")]);
          const added = insert.all({ asked: JSON.stringify(asked), revision, payloadHash, at });
          const sent = JSON.stringify(group.map(({ deliveryId }) => deliveryId));
          mark.run({ sent, at, revision: steps.includes(recordStep) ? revision : null });
          return added;
        });
        if (ids.length !== drafts.length)
          throw new MissingRowError(
            `Not all of these deliveries are there: ${drafts.map(({ deliveryId }) => deliveryId).join(", ")}.`,
          );
        within();
        return ids;
      }),
    settleAttempts: (ids, { answeredAt, outcome, status, correlationId }, within) =>
      transact.run(() => {
        within?.();
        settle.run(answeredAt, outcome, status, correlationId, JSON.stringify(ids));
      }),
  };
}
