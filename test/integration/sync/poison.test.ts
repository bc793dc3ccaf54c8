import { afterEach, expect, test } from "vitest";
import { type RigOptions, type SyncRig, createSyncRig } from "../../builders/sync-rig.ts";

let rig: SyncRig | undefined;
afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

/** Three calls of people whom the CRM knows, the second of which is 77 seconds long. */
async function openOffice(options: RigOptions): Promise<SyncRig> {
  rig = await createSyncRig(options);
  for (let index = 0; index < 3; index += 1) await rig.contact(`+44770090${String(index).padStart(4, "0")}`);
  rig.importCalls([{}, { durationSeconds: 77 }, {}]);
  return rig;
}

test("a call that breaks its batch before anything is sent is a dead letter; the others of its batch are delivered", async () => {
  const batches: number[] = [];
  const { sync, store, calls } = await openOffice({
    matcher: (real) => ({
      ...real,
      owners: () => () => null,
      match: async (ask) => {
        batches.push(ask.rows.length);
        if (ask.rows.some(({ call }) => call.durationSeconds === 77)) throw new TypeError("no such call");
        return real.match(ask);
      },
    }),
  });
  await sync.run({ until: "idle", idleHorizonMs: 1_000 });
  expect(batches.toSorted((a, b) => a - b)).toEqual([1, 1, 1, 3]);
  expect(await calls()).toHaveLength(2);
  expect(store.deliveries.get(2)).toMatchObject({ state: "dead", reason: "our_bug" });
  expect(store.reports.deadGroups()).toMatchObject([{ cause: "TypeError", count: 1 }]);
});

test("calls of a job that broke while it was planned go once more, each alone; the one that breaks it is a dead letter", async () => {
  const { sync, store, calls } = await openOffice({
    connector: (real) => ({
      ...real,
      write: (session, items) => {
        if (items.some(({ body }) => body?.["hs_call_duration"] === "77000")) throw new RangeError("too long");
        return real.write(session, items);
      },
    }),
  });
  const stop = new AbortController();
  const running = sync.run({ until: "stopped", idleHorizonMs: 0, signal: stop.signal });
  await expect.poll(() => calls(), { timeout: 60_000 }).toHaveLength(2);
  await expect
    .poll(() => [1, 3].map((id) => store.deliveries.get(id)?.state), { timeout: 60_000 })
    .toEqual(["delivered", "delivered"]);
  expect(store.deliveries.get(2)?.rescues).toBeGreaterThanOrEqual(2);
  stop.abort();
  await running;
});
