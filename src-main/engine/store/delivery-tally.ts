import type { Database } from "better-sqlite3";
import { type DeliveryState, deliveryState } from "../../../src-shared/domain/delivery.ts";
import type { DeliveryCounts } from "../ports/delivery-store.ts";
import type { Transact } from "./transaction.ts";

/** How many deliveries are in which state, kept up to date with every move and written once per transaction. */
export type DeliveryTally = Readonly<{
  add(integrationId: number, state: DeliveryState, count: number): void;
  /** Of one integration, or of all that are in use. */
  counts(integrationId?: number): DeliveryCounts;
}>;

export function createDeliveryTally(db: Database, transact: Transact): DeliveryTally {
  const pending = new Map<number, Map<DeliveryState, number>>();
  const write = db.prepare<[number, string, number]>(`
    INSERT INTO delivery_tally (integration_id, state, delivery_count) VALUES (?, ?, ?)
    ON CONFLICT (integration_id, state) DO UPDATE SET delivery_count = delivery_count + excluded.delivery_count`);
  const read = db.prepare<[{ id: number | null }], { state: DeliveryState; count: number }>(`
    SELECT d.state, sum(d.delivery_count) AS count FROM delivery_tally d JOIN integration i ON i.id = d.integration_id
    WHERE CASE WHEN @id IS NULL THEN i.removed_at IS NULL ELSE d.integration_id = @id END GROUP BY d.state`);

  transact.beforeCommit(() => {
    for (const [integrationId, states] of pending)
      for (const [state, count] of states) if (count !== 0) write.run(integrationId, state, count);
  });
  transact.afterwards(() => pending.clear());

  return {
    add(integrationId, state, count) {
      const states = pending.get(integrationId) ?? new Map<DeliveryState, number>();
      states.set(state, (states.get(state) ?? 0) + count);
      pending.set(integrationId, states);
    },
    counts(integrationId) {
      const rows = new Map(read.all({ id: integrationId ?? null }).map(({ state, count }) => [state, count]));
      const of = (state: DeliveryState): number => rows.get(state) ?? 0;
      const { queued, waiting, sending, uncertain, delivered, dead, acknowledged } = deliveryState.enum;
      return {
        queued: of(queued),
        waiting: of(waiting),
        sending: of(sending),
        uncertain: of(uncertain),
        delivered: of(delivered),
        dead: of(dead),
        acknowledged: of(acknowledged),
      };
    },
  };
}
