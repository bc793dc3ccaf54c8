import type { Database } from "better-sqlite3";
import type { Lane } from "../../../src-shared/domain/budget.ts";
import type { DeliveryTally } from "./delivery-tally.ts";

export type IntakeRange = Readonly<{ integrationId: number; lane: Lane; at: number; first: number; last: number }>;

/** New deliveries of a range of calls: set-based, one statement per integration. */
export type DeliveryIntake = Readonly<{
  /** Deliveries for the calls of the range that the integration takes and has none of. Returns how many. */
  create(range: IntakeRange): number;
  /** Live integrations of the tenant that a phone system belongs to. */
  integrationsOf(systemId: number): readonly Readonly<{ id: number; since: number | null }>[];
}>;

export function createDeliveryIntake(db: Database, tally: DeliveryTally): DeliveryIntake {
  const select = `SELECT c.id, i.id, @lane, c.revision, @at,`;
  const from = `FROM integration i CROSS JOIN call c NOT INDEXED CROSS JOIN phone_system s ON s.id = c.phone_system_id
    WHERE i.id = @integrationId AND c.id BETWEEN @first AND @last AND s.tenant_id = i.tenant_id
      AND c.excluded IS NULL AND (i.since IS NULL OR c.started_at >= i.since)`;
  const columns = "call_id, integration_id, lane, wanted_revision, state_since, state, due_at, wait_why";
  const insert = (values: string, when: string) =>
    db.prepare<[IntakeRange]>(`INSERT INTO delivery (${columns}) ${select} ${values} ${from} AND ${when}
      ORDER BY c.id ON CONFLICT (call_id, integration_id) DO NOTHING`);
  const queue = insert("'queued', @at, NULL", "(c.settles_at IS NULL OR c.settles_at <= @at)");
  const settle = insert("'waiting', c.settles_at, 'settle'", "c.settles_at > @at");
  const integrationsOf = db.prepare<[number], { id: number; since: number | null }>(`
    SELECT i.id, i.since FROM integration i JOIN phone_system s ON s.tenant_id = i.tenant_id
    WHERE s.id = ? AND i.removed_at IS NULL ORDER BY i.id`);
  return {
    create(range) {
      const queued = queue.run(range).changes;
      const waiting = settle.run(range).changes;
      const { integrationId, lane } = range;
      tally.add({ integrationId, lane, state: "queued", waitWhy: null }, queued);
      tally.add({ integrationId, lane, state: "waiting", waitWhy: "settle" }, waiting);
      return queued + waiting;
    },
    integrationsOf: (systemId) => integrationsOf.all(systemId),
  };
}
