import type { Database } from "better-sqlite3";
import { type Lane, lanes } from "../../../src-shared/domain/budget.ts";
import { type DeliveryState, deliveryState } from "../../../src-shared/domain/delivery.ts";
import type { DeliveryCounts, LaneStanding } from "../ports/delivery-store.ts";
import type { DeliveryUpdate } from "./delivery-columns.ts";
import type { Transact } from "./transaction.ts";

/** Where a delivery is counted. */
export type TallyPlace = Readonly<{
  integrationId: number;
  state: DeliveryState;
  lane: Lane;
  waitWhy: string | null;
}>;

/** How many deliveries are where, kept up to date with every move and written once per transaction. */
export type DeliveryTally = Readonly<{
  add(place: TallyPlace, count: number): void;
  /** A delivery moves with an update of its columns, at epoch ms. */
  move(from: TallyPlace, columns: DeliveryUpdate, at: number): void;
  /** Of one integration, or of all that are in use. */
  counts(integrationId?: number): DeliveryCounts;
  /** By lane; `since` (epoch ms) is from when deliveries count as sent lately. */
  lanes(integrationId: number, since: number, now: number): readonly LaneStanding[];
}>;

/** Deliveries are counted by so many ms, for so many ms. */
const slotMs = 10_000;
const keptMs = 3_600_000;

function prepareStatements(db: Database) {
  return {
    write: db.prepare<[number, string, number, string, number]>(`
      INSERT INTO delivery_tally (integration_id, state, lane, wait_why, delivery_count) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (integration_id, state, lane, wait_why)
      DO UPDATE SET delivery_count = delivery_count + excluded.delivery_count`),
    writeSlot: db.prepare<[number, number, number, number]>(`
      INSERT INTO lane_slot (integration_id, slot, lane, delivered) VALUES (?, ?, ?, ?)
      ON CONFLICT (integration_id, slot, lane) DO UPDATE SET delivered = delivered + excluded.delivered`),
    dropSlots: db.prepare<[number, number, number]>(
      "DELETE FROM lane_slot WHERE integration_id = ? AND (slot < ? OR slot > ?)",
    ),
    read: db.prepare<[{ id: number | null }], { state: DeliveryState; count: number }>(`
      SELECT d.state, sum(d.delivery_count) AS count FROM delivery_tally d JOIN integration i ON i.id = d.integration_id
      WHERE CASE WHEN @id IS NULL THEN i.removed_at IS NULL ELSE d.integration_id = @id END GROUP BY d.state`),
    // What waits for a person of the CRM to be added is held: no time empties it.
    waiting: db.prepare<[number], { lane: Lane; waiting: number; held: number }>(`
      SELECT lane, sum(CASE wait_why WHEN 'contact' THEN 0 ELSE delivery_count END) AS waiting,
        sum(CASE wait_why WHEN 'contact' THEN delivery_count ELSE 0 END) AS held
      FROM delivery_tally
      WHERE integration_id = ? AND state IN ('queued', 'waiting', 'sending', 'uncertain') GROUP BY lane`),
    sent: db.prepare<[number, number, number], { lane: Lane; delivered: number; firstAt: number }>(`
      SELECT lane, sum(delivered) AS delivered, min(slot) AS firstAt FROM lane_slot
      WHERE integration_id = ? AND slot >= ? AND slot <= ? GROUP BY lane`),
  };
}

const toText = (value: string | number | null | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

const isSamePlace = (a: TallyPlace, b: TallyPlace): boolean =>
  a.state === b.state && a.lane === b.lane && a.waitWhy === b.waitWhy && a.integrationId === b.integrationId;

export function createDeliveryTally(db: Database, transact: Transact): DeliveryTally {
  const sql = prepareStatements(db);
  // Of one transaction: counts are added up before they are written. They are few, and looked at with every call.
  const pending: { readonly place: TallyPlace; count: number }[] = [];
  const delivered: { readonly integrationId: number; readonly slot: number; readonly lane: Lane; count: number }[] = [];
  /** The newest slot that was written, by integration: with a new one, old ones go. */
  const newestSlot = new Map<number, number>();

  transact.beforeCommit(() => {
    for (const { place, count } of pending) {
      const { integrationId, state, lane, waitWhy } = place;
      if (count !== 0) sql.write.run(integrationId, state, lane, waitWhy ?? "", count);
    }
    for (const { integrationId, slot, lane, count } of delivered) {
      sql.writeSlot.run(integrationId, slot, lane, count);
      if (newestSlot.get(integrationId) === slot) continue;
      newestSlot.set(integrationId, slot);
      // What lies ahead comes from a clock that was set back since.
      sql.dropSlots.run(integrationId, slot - keptMs, slot);
    }
  });
  transact.afterwards(() => {
    pending.length = 0;
    delivered.length = 0;
  });

  function add(place: TallyPlace, count: number): void {
    const known = pending.find((each) => isSamePlace(each.place, place));
    if (known === undefined) pending.push({ place, count });
    else known.count += count;
  }

  function countSent({ integrationId, lane }: TallyPlace, at: number): void {
    const slot = Math.floor(at / slotMs) * slotMs;
    const known = delivered.find(
      (each) => each.slot === slot && each.lane === lane && each.integrationId === integrationId,
    );
    if (known === undefined) delivered.push({ integrationId, slot, lane, count: 1 });
    else known.count += 1;
  }

  return {
    add,
    move(from, columns, at) {
      const to = placeAfter(from, columns);
      add(from, -1);
      add(to, 1);
      if (to.state === "delivered" && from.state !== "delivered") countSent(to, at);
    },
    counts(integrationId) {
      const rows = new Map(sql.read.all({ id: integrationId ?? null }).map(({ state, count }) => [state, count]));
      const of = (state: DeliveryState): number => rows.get(state) ?? 0;
      const { queued, waiting, sending, uncertain, delivered: done, dead, acknowledged } = deliveryState.enum;
      return {
        queued: of(queued),
        waiting: of(waiting),
        sending: of(sending),
        uncertain: of(uncertain),
        delivered: of(done),
        dead: of(dead),
        acknowledged: of(acknowledged),
      };
    },
    lanes(integrationId, since, now) {
      const waiting = new Map(sql.waiting.all(integrationId).map((each) => [each.lane, each]));
      const sent = new Map(
        sql.sent.all(integrationId, Math.floor(since / slotMs) * slotMs, now).map((each) => [each.lane, each]),
      );
      return lanes.map((lane) => {
        const { delivered: sentLately = 0, firstAt: sentSince = null } = sent.get(lane) ?? {};
        const { waiting: left = 0, held = 0 } = waiting.get(lane) ?? {};
        return { lane, waiting: left, held, sentLately, sentSince };
      });
    },
  };
}

const states: ReadonlyMap<unknown, DeliveryState> = new Map(deliveryState.options.map((state) => [state, state]));

function toState(given: string | number | null): DeliveryState {
  const state = states.get(given);
  if (state === undefined) throw new Error(`a delivery cannot be in the state ${given}`);
  return state;
}

/** Where a delivery is counted after an update of its columns. */
function placeAfter(from: TallyPlace, columns: DeliveryUpdate): TallyPlace {
  const { state = from.state, lane = from.lane, wait_why: why = from.waitWhy } = columns;
  return {
    integrationId: from.integrationId,
    state: toState(state),
    lane: toLane(lane, from.lane),
    waitWhy: toText(why),
  };
}

const toLane = (given: string | number | null, before: Lane): Lane =>
  given === 0 || given === 1 || given === 2 || given === 3 ? given : before;
