import type { Reason } from "../../src-shared/domain/reason.ts";
import { type Ledger, aLeg, aReadCall, firstStart, importCalls } from "./ledger.ts";

export type DeathAsk = Readonly<{ reason?: Reason; causeKey?: string; from?: string }>;

/** So many more calls of the ledger's one integration, each a dead letter; their delivery ids. */
export function bury(ledger: Ledger, count: number, ask: DeathAsk = {}): readonly number[] {
  const { reason = "value_rejected", causeKey = `${reason}:field`, from = "+447700900134" } = ask;
  const before = ledger.raw((db) => db.prepare<[], number>("SELECT count(*) FROM call").pluck().get() ?? 0);
  const calls = Array.from({ length: count }, (_, index) =>
    aReadCall(`K-${before + index}`, [aLeg({ at: firstStart + (before + index) * 1_000, from })]),
  );
  importCalls(ledger, calls);
  const ids = calls.map((_, index) => before + index + 1);
  const { deliveries } = ledger.store;
  const now = ledger.clock.now();
  deliveries.claim({ ids, session: deliveries.openSession(now), now });
  kill(ledger, ids, { reason, causeKey });
  return ids;
}

/** These deliveries are refused, wherever they stand. */
export function kill(ledger: Ledger, ids: readonly number[], { reason = "value_rejected", causeKey }: DeathAsk): void {
  const { deliveries } = ledger.store;
  const patch = { reason, causeKey: causeKey ?? reason, detail: "no" } as const;
  deliveries.apply(
    ids.map((id) => {
      const isQueued = deliveries.get(id)?.state === "queued";
      const about = { tenant: "acme", callId: id, deliveryId: id, integrationId: 1 };
      const entry = {
        at: ledger.clock.now(),
        ...about,
        operation: "delivery.reject",
        outcome: "failed",
        summary: "no",
      };
      return {
        id,
        events: isQueued ? ["claim", "reject"] : ["reject"],
        patch,
        audit: [{ ...entry, outcome: "failed" }],
      };
    }),
  );
}

/** These queued deliveries reach the CRM. */
export function deliver(ledger: Ledger, ids: readonly number[]): void {
  const about = { operation: "delivery.accept", outcome: "ok", summary: "there" } as const;
  const at = ledger.clock.now();
  ledger.store.deliveries.apply(
    ids.map((id) => ({
      id,
      events: ["claim", "accept"],
      audit: [{ at, tenant: "acme", callId: id, deliveryId: id, integrationId: 1, ...about }],
    })),
  );
}
