import { afterEach, beforeEach, expect, test } from "vitest";
import { createSyncRig, type SyncRig } from "../../builders/sync-rig.ts";

let rig: SyncRig;
beforeEach(async () => {
  rig = await createSyncRig();
});
afterEach(() => rig.close());

const listFails = { match: { method: "GET", path: "/objects/2026-09/contacts$" }, kind: "status", status: 503 };

test("a list of people that cannot be read holds no call up: each is looked up by itself, and the mirror follows later", async () => {
  await rig.contact("+447700900000");
  await rig.admin("POST", "/faults", [{ ...listFails, times: 6 }]);
  rig.importCalls([{}, {}]);
  await rig.untilIdle();
  expect(await rig.calls()).toHaveLength(1);
  expect(rig.store.deliveries.get(2)).toMatchObject({ state: "waiting" });
  await rig.admin("DELETE", "/faults");
  await rig.contact("+447700900001");
  await rig.untilIdle();
  expect(await rig.calls()).toHaveLength(2);
  expect(rig.store.mirror.counts(rig.integration().id)).toMatchObject({ people: 2 });
});

test("a contact that a colleague deletes is found gone by the write: asked for anew, and the call is held", async () => {
  const id = await rig.contact("+447700900000");
  rig.importCalls([{}]);
  await rig.untilIdle();
  expect(await rig.calls()).toHaveLength(1);
  await rig.admin("DELETE", `/records/contacts/${id}`);
  rig.importCalls([{ logKey: "C-second", startedAt: Date.UTC(2026, 5, 2) }]);
  await rig.untilIdle();
  expect(await rig.calls()).toHaveLength(1);
  expect(rig.store.deliveries.get(2)).toMatchObject({ state: "waiting", waitWhy: "contact", match: null });
  expect(rig.store.mirror.fateOf(rig.integration().id, { object: "contacts", id })).toEqual({ mergedInto: null });
});
