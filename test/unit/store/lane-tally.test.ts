import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EngineSession } from "../../../src-main/engine/ports/delivery-store.ts";
import { migrate } from "../../../src-main/engine/store/migrate.ts";
import { migrations } from "../../../src-main/engine/store/migrations/list.ts";
import type { Lane } from "../../../src-shared/domain/budget.ts";
import { type Ledger, aReadCall, anIntegration, createLedger, importCalls } from "../../builders/ledger.ts";

let ledger: Ledger;
let session: EngineSession;
const now = (): number => ledger.clock.now();
const deliveries = () => ledger.store.deliveries;
const minuteMs = 60_000;

beforeEach(() => {
  ledger = createLedger();
  anIntegration(ledger);
  session = deliveries().openSession(now());
});
afterEach(() => ledger.dispose());

let paths = 0;
const read = (lane: Lane, ...keys: readonly string[]) =>
  importCalls(
    ledger,
    keys.map((key) => aReadCall(key)),
    { lane, path: `/logs/${(paths += 1)}.csv` },
  );
/** What waits, is held and was sent, by lane. */
const standing = () =>
  deliveries()
    .lanes(1, now() - 5 * minuteMs, now())
    .map(({ waiting, held, sentLately }) => [waiting, held, sentLately]);
const none = [0, 0, 0];

function deliver(...ids: readonly number[]): void {
  deliveries().claim({ ids, session, now: now() });
  deliveries().apply(ids.map((id) => ({ id, events: ["accept"], patch: { sentRevision: 1 }, audit: [] })));
}

test("every lane tells what it still has to send, and what it sent lately", () => {
  read(1, "1", "2");
  read(3, "3", "4", "5");
  expect(standing()).toEqual([none, [2, 0, 0], none, [3, 0, 0]]);
  deliver(1, 3, 4);
  expect(standing()).toEqual([none, [1, 0, 1], none, [1, 0, 2]]);
  expect(deliveries().lanes(1, now() - minuteMs, now())[3]).toMatchObject({ sentSince: now() });
});

test("a call that is held until somebody adds its contact is told apart from those that go by themselves", () => {
  read(1, "1", "2", "3");
  const hold = (id: number, waitWhy: "contact" | "retry") =>
    ({ id, events: ["hold"], patch: { waitWhy, dueAt: now() + minuteMs }, audit: [] }) as const;
  deliveries().apply([hold(1, "contact"), hold(2, "retry")]);
  expect(standing()[1]).toEqual([2, 1, 0]);
  deliveries().recheckHeld(1, now());
  expect(standing()[1]).toEqual([3, 0, 0]);
});

test("a call that goes to another lane is counted there", () => {
  read(1, "1");
  deliver(1);
  deliveries().apply([{ id: 1, events: ["revise"], patch: { lane: 3 }, audit: [] }]);
  expect(standing()).toEqual([none, [0, 0, 1], none, [1, 0, 0]]);
  deliveries().apply([{ id: 1, events: [], patch: { lane: 0 }, audit: [] }]);
  expect(standing()).toEqual([[1, 0, 0], [0, 0, 1], none, none]);
});

test("what was sent long ago, or ahead of a clock that was set back, is no pace", async () => {
  read(1, "1", "2", "3");
  deliver(1);
  await ledger.clock.advance(6 * minuteMs);
  expect(standing()[1]).toEqual([2, 0, 0]);
  deliver(2);
  expect(standing()[1]).toEqual([1, 0, 1]);
  ledger.clock.jumpWall(-60 * minuteMs);
  expect(standing()[1]).toEqual([1, 0, 0]);
  deliver(3);
  expect(standing()[1]).toEqual([0, 0, 1]);
});

test("slots of more than an hour ago are not kept", async () => {
  read(1, "1", "2");
  deliver(1);
  await ledger.clock.advance(61 * minuteMs);
  deliver(2);
  expect(ledger.raw((db) => db.prepare("SELECT count(*) FROM lane_slot").pluck().get())).toBe(1);
});

test("the tally agrees with the rows after every kind of move", () => {
  read(0, "1", "2", "3", "4");
  read(3, "5", "6");
  deliver(1);
  deliveries().claim({ ids: [2, 3], session, now: now() });
  deliveries().apply([
    { id: 2, events: ["reject"], patch: { reason: "no_match" }, audit: [] },
    { id: 3, events: ["lose"], patch: { nextProbeAt: now() }, audit: [] },
    { id: 5, events: ["hold"], patch: { waitWhy: "pace", dueAt: now() }, audit: [] },
  ]);
  ledger.store.integrations.setState(1, "paused", { at: now(), reason: null, note: "" });
  ledger.store.integrations.remove(1, now());
  const odd = ledger.raw((db) =>
    db
      .prepare(
        `SELECT * FROM (SELECT integration_id, state, lane, coalesce(wait_why, '') AS why, count(*) AS n FROM delivery
           GROUP BY 1, 2, 3, 4) d
         FULL JOIN (SELECT * FROM delivery_tally WHERE delivery_count <> 0) t ON t.integration_id = d.integration_id
           AND t.state = d.state AND t.lane = d.lane AND t.wait_why = d.why
         WHERE d.n IS NOT t.delivery_count`,
      )
      .all(),
  );
  expect(odd).toEqual([]);
});

test("a ledger from before is counted once by lane", () => {
  read(1, "1", "2");
  read(3, "3");
  deliver(1);
  const { dataDir } = ledger;
  ledger.store.close();
  const step = migrations.find(({ name }) => name === "lane-tally");
  const db = new Sqlite(`${dataDir}/callledger.db`);
  db.exec(`DROP TABLE lane_slot; PRAGMA user_version = ${(step?.version ?? 0) - 1}`);
  migrate(db, now(), migrations.slice(0, step?.version));
  const counted = db.prepare("SELECT state, lane, delivery_count FROM delivery_tally ORDER BY 1, 2").raw().all();
  db.pragma(`user_version = ${migrations.length}`);
  db.close();
  expect(counted).toEqual([
    ["delivered", 1, 1],
    ["queued", 1, 1],
    ["queued", 3, 1],
  ]);
  ledger.reopen();
});
