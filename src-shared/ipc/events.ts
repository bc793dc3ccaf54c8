import { z } from "zod";
import { reason } from "../domain/reason.ts";
import { folderState, importProgress, importSummary } from "./ingest-views.ts";
import { syncProgressView } from "./sync-views.ts";

/** What the engine says by itself. Nothing here needs an answer, and a lost event loses nothing: the store holds the truth. */
export const engineEvent = z.discriminatedUnion("event", [
  z.strictObject({ event: z.literal("sync:progress"), progress: syncProgressView }),
  z.strictObject({ event: z.literal("source:read"), sourceId: z.int(), file: z.string(), summary: importSummary }),
  /** A file of a watched folder is being read. */
  z.strictObject({ event: z.literal("source:progress"), sourceId: z.int(), progress: importProgress }),
  /** A watched folder went away, came back, or cannot be read. */
  z.strictObject({
    event: z.literal("source:state"),
    sourceId: z.int(),
    path: z.string(),
    state: folderState,
    problem: z.string().nullable(),
  }),
  z.strictObject({ event: z.literal("source:trouble"), sourceId: z.int(), message: z.string() }),
  z.strictObject({ event: z.literal("integration:blocked"), integrationId: z.int(), label: z.string(), reason }),
  /** The cause of dead letters is gone: they go out again by themselves. */
  z.strictObject({
    event: z.literal("group:healed"),
    integrationId: z.int(),
    label: z.string(),
    reason,
    count: z.int().positive(),
  }),
  /** A source that usually gives many calls by now gave none since; it was heard again, or its day is over. */
  z.strictObject({
    event: z.literal("source:silent"),
    sourceId: z.int(),
    path: z.string(),
    since: z.int(),
    expected: z.int(),
    usualToday: z.int(),
  }),
  z.strictObject({ event: z.literal("source:heard"), sourceId: z.int() }),
  /** A call that changes something was done: what was read before may be old. */
  z.strictObject({ event: z.literal("ledger:changed"), call: z.string() }),
  z.strictObject({ event: z.literal("backup:done"), file: z.string() }),
  z.strictObject({ event: z.literal("schedule:trouble"), task: z.string(), message: z.string() }),
]);
export type EngineEvent = Readonly<z.infer<typeof engineEvent>>;
