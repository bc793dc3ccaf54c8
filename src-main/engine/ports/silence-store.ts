import type { CallSlot, Silence, SilenceSettings } from "../../../src-shared/domain/silence.ts";

/** A silence that was raised and has not ended. */
export type RaisedSilence = Silence & Readonly<{ sourceId: number; raisedAt: number }>;

/** How many calls a source gives when, and which sources are silent. */
export interface SilenceStore {
  /** Takes in the calls that were read since the last time. */
  learn(): void;
  slots(sourceId: number, since: number): readonly CallSlot[];
  /** When the newest call of a source began, epoch ms, or null. */
  lastAt(sourceId: number): number | null;
  raised(): readonly RaisedSilence[];
  raise(silence: RaisedSilence): void;
  end(sourceId: number): void;
  settings(sourceId: number): SilenceSettings;
  set(sourceId: number, settings: SilenceSettings): void;
}
