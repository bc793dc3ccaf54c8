import { expect, test } from "vitest";
import type { DeliveryChange } from "../../../../src-main/engine/ports/delivery-store.ts";
import type { DispatcherParts } from "../../../../src-main/engine/sync/dispatcher-parts.ts";
import type { IntegrationHealth } from "../../../../src-main/engine/sync/integration-health.ts";
import { createProbeJobs } from "../../../../src-main/engine/sync/probe-jobs.ts";
import { aDeliveryRow, anIntegration } from "../../../builders/delivery-row.ts";

const timeoutMs = 10_000;
const sentAt = 1_000_000;

/** A read by key that takes `tookMs` and finds nothing, begun so long after the send, where the CRM's time is then told anew by `tells` ms. */
async function probeOnce(beganAfterMs: number, tookMs: number, tells = 0): Promise<DeliveryChange | undefined> {
  let elapsed = beganAfterMs;
  let told = 0;
  let stored: DeliveryChange | undefined;
  const row = aDeliveryRow({ state: "uncertain", lastSentAt: sentAt, attempts: 1, lastAttemptRevision: 1 });
  const now = (): number => sentAt + elapsed + told;
  const parts = {
    integrationId: 1,
    clock: { now, monotonic: () => elapsed },
    random: { next: () => 0.5 },
    server: { now, latest: now },
    deliveries: {
      peekProbes: () => [row],
      apply: ([change]: readonly DeliveryChange[]) => {
        stored = change;
      },
    },
    connector: {
      crm: "hubspot",
      callObject: "calls",
      limits: { probeKeys: 10, hasUniqueKey: true },
      probe: async (_session: unknown, keys: readonly string[]) => {
        elapsed += tookMs;
        told = tells;
        return { ok: true, value: new Map(keys.map((key) => [key, { kind: "missing" }])) };
      },
    },
    contract: { version: 1, crm: "hubspot", objects: { calls: { fields: {} } } },
    matcher: { owners: () => () => null },
    requestTimeoutMs: timeoutMs,
    openSession: () => ({}),
  } as unknown as DispatcherParts;
  const health = { integration: () => anIntegration(), succeed: () => undefined } as unknown as IntegrationHealth;
  await createProbeJobs(parts, health, { calls: () => null }).next()?.();
  return stored;
}

test("a read counts by when it began: one that began before the quiet time was over is done again", async () => {
  expect((await probeOnce(2 * timeoutMs + 1, 5_000))?.events).toEqual(["missing"]);
  expect((await probeOnce(2 * timeoutMs - 4_000, 5_000))?.events).not.toContain("missing");
});

test("where the read's answers tell another time of the CRM, it began at the earlier one", async () => {
  expect((await probeOnce(2 * timeoutMs + 1, 5_000, -3_600_000))?.events).not.toContain("missing");
  expect((await probeOnce(2 * timeoutMs - 4_000, 5_000, 3_600_000))?.events).not.toContain("missing");
});
