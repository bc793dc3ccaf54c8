import { expect, test } from "vitest";
import { startEngine } from "../../../src-main/engine/main.ts";
import { aReadCall, anIntegration, createLedger, importCalls, statesOf } from "../../builders/ledger.ts";

test("an acknowledged group can be taken back: its calls are queued again, and those of an earlier day are left alone", async () => {
  const ledger = createLedger();
  try {
    const { id: integrationId } = anIntegration(ledger, { secret: { kind: "env", name: "NO_SUCH_TOKEN" } });
    importCalls(ledger, [aReadCall("1"), aReadCall("2"), aReadCall("3")]);
    const { deliveries, integrations } = ledger.store;
    const now = ledger.clock.now();
    deliveries.claim({ ids: [1, 2, 3], session: deliveries.openSession(now), now });
    const patch = { reason: "value_rejected", causeKey: "field", detail: "no" } as const;
    deliveries.apply([1, 2, 3].map((id) => ({ id, events: ["reject"] as const, patch, audit: [] })));
    deliveries.apply([{ id: 3, events: ["acknowledge"], patch: { note: "long ago" }, audit: [] }]);
    integrations.setState(integrationId, "paused", { at: now, reason: null, note: "" });
    ledger.store.close();

    const later = now + 60_000;
    const clock = { ...ledger.clock, now: () => later };
    const { call, close } = await startEngine({ dataDir: ledger.dataDir, clock });
    const list = await call("deadLetters:list", {});
    const target = list.ok ? (list.value.groups[0]?.id ?? "") : "";
    expect(await call("deadLetters:acknowledge", { target, note: "a test" })).toMatchObject({
      value: { acknowledged: 2 },
    });
    expect(await call("deadLetters:replay", { target: `${target}@${later + 1}`, note: "" })).toMatchObject({
      fault: { code: "bad_input" },
    });
    expect(await call("deadLetters:replay", { target: `${target}@${later}`, note: "" })).toMatchObject({
      value: { replayed: 2 },
    });
    await close();
    expect(statesOf(ledger)).toEqual(["queued", "queued", "acknowledged"]);
  } finally {
    ledger.dispose();
  }
});
