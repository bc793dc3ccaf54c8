import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { createSyncRig } from "../../builders/sync-rig.ts";

const numberOf = (index: number): string => `+44770090${String(index).padStart(4, "0")}`;

/** What another process reads in the data folder now: only what is committed to the file. */
function readFromOutside(dataDir: string): {
  attempts: readonly Record<string, unknown>[];
  budget: readonly Record<string, unknown>[];
  states: readonly string[];
} {
  const script = `
    const db = require("better-sqlite3")(${JSON.stringify(join(dataDir, "callledger.db"))}, { readonly: true });
    console.log(JSON.stringify({
      attempts: db.prepare("SELECT delivery_id, steps, key, payload_hash, answered_at, outcome FROM attempt ORDER BY id").all(),
      budget: db.prepare("SELECT cost, answered_at FROM budget_entry ORDER BY id").all(),
      states: db.prepare("SELECT state FROM delivery ORDER BY id").pluck().all(),
    }));`;
  return JSON.parse(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }));
}

test("attempt, claim and budget reservation are on disk before the first byte of a write leaves, and say how it ended after", async () => {
  const seen: ReturnType<typeof readFromOutside>[] = [];
  const holds: { dataDir?: string } = {};
  const holdWrites = (real: Http): Http => ({
    ...real,
    request: (request) => {
      if (request.url.endsWith("/calls/batch/create") && holds.dataDir !== undefined)
        seen.push(readFromOutside(holds.dataDir));
      return real.request(request);
    },
  });
  const rig = await createSyncRig({ http: holdWrites });
  holds.dataDir = rig.dataDir;
  try {
    for (const index of [0, 1]) await rig.contact(numberOf(index));
    rig.importCalls([{}, {}]);
    expect(await rig.untilIdle()).toMatchObject({ delivered: 2 });
    const [before] = seen;
    expect(seen).toHaveLength(1);
    expect(before?.states).toEqual(["sending", "sending"]);
    expect(before?.attempts.filter(({ steps }) => String(steps).startsWith("record"))).toHaveLength(2);
    expect(
      before?.attempts.every(
        ({ answered_at, payload_hash }) => answered_at === null && String(payload_hash).length === 64,
      ),
    ).toBe(true);
    expect(before?.budget.filter(({ answered_at }) => answered_at === null)).toHaveLength(1);
    const after = readFromOutside(rig.dataDir);
    expect(after.attempts.every(({ outcome, answered_at }) => outcome === "answered" && Number(answered_at) > 0)).toBe(
      true,
    );
    expect(after.budget.filter(({ answered_at }) => answered_at === null)).toHaveLength(0);
    expect(new Set(after.attempts.map(({ key }) => key))).toEqual(
      new Set((await rig.calls()).map(({ properties }) => properties["callledger_key"])),
    );
  } finally {
    await rig.close();
  }
});

test("a session that finds claims of an older one reads them by key; it never claims its own rows again", async () => {
  const rig = await createSyncRig();
  try {
    await rig.contact(numberOf(0));
    rig.importCalls([{}]);
    await rig.untilIdle();
    rig.importCalls([{ logKey: "C-late", startedAt: Date.UTC(2026, 5, 2) }]);
    const now = Date.now();
    const session = rig.store.deliveries.openSession(now);
    rig.store.deliveries.apply([
      { id: 2, events: [], patch: { match: rig.store.deliveries.get(1)?.match ?? null }, audit: [] },
    ]);
    expect(rig.store.deliveries.claim({ ids: [2], session, now })).toEqual([2]);
    // The process dies here, before anything was sent.
    expect(await rig.untilIdle()).toMatchObject({ delivered: 1 });
    expect(rig.store.deliveries.get(2)).toMatchObject({ state: "delivered", attempts: 0 });
    expect(await rig.calls()).toHaveLength(2);
    const told = rig.store.audit.ofCall(rig.store.deliveries.get(2)?.callRowId ?? 0).map(({ operation }) => operation);
    expect(told).toContain("delivery.lose");
    expect(told).toContain("delivery.missing");
  } finally {
    await rig.close();
  }
});
