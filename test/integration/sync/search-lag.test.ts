import { expect, test } from "vitest";
import { createSyncRig } from "../../builders/sync-rig.ts";

test("a person who was added a moment ago is found though the search index lags: one miss never holds a call", async () => {
  const rig = await createSyncRig({ searchLagMs: 1_200 });
  try {
    await rig.admin("POST", "/config", { searchLagMs: 900 });
    await rig.contact("+447700900000");
    rig.importCalls([{}, {}]);
    expect(await rig.untilIdle()).toMatchObject({ delivered: 1, waiting: 1 });
    expect(rig.store.deliveries.get(2)).toMatchObject({ state: "waiting", waitWhy: "contact" });
    await rig.contact("+447700900001");
    expect(await rig.untilIdle()).toMatchObject({ delivered: 1, waiting: 0 });
  } finally {
    await rig.close();
  }
});
