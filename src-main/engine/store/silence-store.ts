import type { Database } from "better-sqlite3";
import {
  type CallSlot,
  type SilenceSettings,
  defaultSilenceSettings,
  silenceSettings,
  slotMs,
} from "../../../src-shared/domain/silence.ts";
import type { RaisedSilence, SilenceStore } from "../ports/silence-store.ts";
import { createAgentSettings } from "./agent-settings.ts";
import type { Transact } from "./transaction.ts";

/** A call that was read so soon after it began was read while it happened, ms. */
const liveMs = 2 * 3_600_000;
/** Nobody looks back further, slots. */
const keptSlots = 60 * 48;

type Range = Readonly<{ after: number; through: number }>;

/** What is known of the rhythm of each source: counts by half-hours, learnt from the calls as they are read, once each. */
export function createSilenceStore(db: Database, transact: Transact): SilenceStore {
  const agent = createAgentSettings(db, transact);
  const mark = db.prepare<[], number>("SELECT last_call_id FROM source_slot_mark WHERE id = 1").pluck();
  const moveMark = db.prepare<[number]>("UPDATE source_slot_mark SET last_call_id = ? WHERE id = 1");
  const newest = db.prepare<[], number | null>("SELECT max(id) FROM call").pluck();
  const learn = db.prepare<[Range]>(`
    INSERT INTO source_slot (source_id, slot, call_count, live_count, last_at)
    SELECT r.source_id, c.started_at / ${slotMs}, count(*), sum(c.read_at - c.started_at < ${liveMs}), max(c.started_at)
    FROM call c JOIN reading r ON r.id = c.reading_id
    WHERE c.id > @after AND c.id <= @through AND r.source_id IS NOT NULL GROUP BY 1, 2
    ON CONFLICT (source_id, slot) DO UPDATE SET call_count = call_count + excluded.call_count,
      live_count = live_count + excluded.live_count, last_at = max(last_at, excluded.last_at)`);
  const forget = db.prepare(`
    DELETE FROM source_slot WHERE slot < (SELECT max(slot) FROM source_slot) - ${keptSlots}`);
  const slots = db.prepare<[number, number], CallSlot>(`
    SELECT slot * ${slotMs} AS "at", call_count AS calls, live_count AS live FROM source_slot
    WHERE source_id = ? AND slot >= ? ORDER BY slot`);
  const last = db.prepare<[number], number | null>("SELECT max(last_at) FROM source_slot WHERE source_id = ?").pluck();
  const raised = db.prepare<[], RaisedSilence>(`
    SELECT source_id AS sourceId, since, raised_at AS raisedAt, expected, usual_today AS usualToday FROM silence`);
  const raise = db.prepare<[RaisedSilence]>(
    "INSERT OR REPLACE INTO silence VALUES (@sourceId, @since, @raisedAt, @expected, @usualToday)",
  );
  const end = db.prepare<[number]>("DELETE FROM silence WHERE source_id = ?");
  const nameOf = (sourceId: number): string => `silence of source ${sourceId}`;
  return {
    learn() {
      const [after, through] = [mark.get() ?? 0, newest.get() ?? 0];
      if (through <= after) return;
      transact.run(() => {
        learn.run({ after, through });
        forget.run();
        moveMark.run(through);
      });
    },
    slots: (sourceId, since) => slots.all(sourceId, Math.floor(since / slotMs)),
    lastAt: (sourceId) => last.get(sourceId) ?? null,
    raised: () => raised.all(),
    raise: (silence) => transact.run(() => void raise.run(silence)),
    end: (sourceId) => transact.run(() => void end.run(sourceId)),
    settings: (sourceId): SilenceSettings => agent.get(nameOf(sourceId), silenceSettings) ?? defaultSilenceSettings,
    set: (sourceId, settings) => agent.set(nameOf(sourceId), settings),
  };
}
