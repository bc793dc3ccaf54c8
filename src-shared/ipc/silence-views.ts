import { z } from "zod";
import { silenceSettings } from "../domain/silence.ts";

const at = z.int();
const count = z.int().nonnegative();

/** What is raised for a source that gives no calls: since when, and how many there usually are. */
export const raisedSilence = z.strictObject({
  sourceId: z.int().positive(),
  path: z.string(),
  /** Zone in which its times are told. */
  timeZone: z.string(),
  since: at,
  raisedAt: at,
  expected: count,
  usualToday: count,
});
export type RaisedSilenceView = Readonly<z.infer<typeof raisedSilence>>;

export const silenceView = z.strictObject({
  sourceId: z.int().positive(),
  path: z.string(),
  timeZone: z.string(),
  settings: silenceSettings,
  /** When its newest call began, or null. */
  lastAt: at.nullable(),
  raised: raisedSilence.nullable(),
});
export type SilenceView = Readonly<z.infer<typeof silenceView>>;
