import { findSilence } from "../../../src-shared/domain/silence.ts";
import type { EngineEvent } from "../../../src-shared/ipc/events.ts";
import type { Clock } from "../ports/clock.ts";
import type { SourceStore, WatchedSource } from "../ports/ingest-store.ts";
import type { SilenceStore } from "../ports/silence-store.ts";

export type SilenceParts = Readonly<{
  clock: Pick<Clock, "now">;
  sources: Pick<SourceStore, "list">;
  silences: SilenceStore;
  onEvent: (event: EngineEvent) => void;
  /** Of this PC, for sources that name none. */
  timeZone: () => string;
}>;

/** What the rhythm of a source is learnt from, ms. */
const learntMs = 50 * 86_400_000;

/** Raises an alarm, once, for each source that gives no calls although it usually gives many by now, and ends it. */
export function lookForSilence(parts: SilenceParts): void {
  const { clock, sources, silences, onEvent } = parts;
  silences.learn();
  const raised = new Map(silences.raised().map((each) => [each.sourceId, each]));
  const watched = sources.list();
  for (const source of watched) {
    const now = clock.now();
    const before = raised.get(source.id);
    const found = findSilence({
      now,
      lastAt: silences.lastAt(source.id),
      slots: silences.slots(source.id, now - learntMs),
      timeZone: zoneOf(source, parts.timeZone),
      settings: silences.settings(source.id),
    });
    // The night, or a day off, ends what was raised in the day: tomorrow is looked at anew.
    if (found === null && before !== undefined) {
      silences.end(source.id);
      onEvent({ event: "source:heard", sourceId: source.id });
    }
    if (found === null || before !== undefined) continue;
    silences.raise({ ...found, sourceId: source.id, raisedAt: now });
    onEvent({ event: "source:silent", sourceId: source.id, path: source.path, ...found });
  }
  const known = new Set(watched.map(({ id }) => id));
  for (const id of raised.keys()) if (!known.has(id)) silences.end(id);
}

export const zoneOf = ({ settings }: WatchedSource, ofThisPc: () => string): string => settings.timeZone ?? ofThisPc();
