import { z } from "zod";
import { callFault } from "./contract.ts";
import { importProgress, importSummary } from "./ingest-views.ts";

const at = z.int();

/**
 * Where the engine stands, as the shell sees it. `restarting`: it died and starts again at `retryAt`. `held`: another
 * CallLedger has the data; we look again at `retryAt`. `refused`: the data folder cannot be used until a person acts.
 */
export const engineState = z.discriminatedUnion("phase", [
  z.strictObject({ phase: z.literal("starting"), since: at, restarts: z.int().nonnegative() }),
  z.strictObject({ phase: z.literal("running"), since: at, restarts: z.int().nonnegative(), pid: z.int() }),
  z.strictObject({ phase: z.literal("restarting"), since: at, restarts: z.int().nonnegative(), retryAt: at }),
  z.strictObject({ phase: z.literal("held"), since: at, retryAt: at, message: z.string() }),
  z.strictObject({ phase: z.literal("refused"), since: at, message: z.string() }),
  z.strictObject({ phase: z.literal("stopping"), since: at }),
  z.strictObject({ phase: z.literal("stopped"), since: at }),
]);
export type EngineState = Readonly<z.infer<typeof engineState>>;

/** A reading of files that was started in the window or the tray. It outlives the window. */
export const importJob = z.strictObject({
  requestId: z.string(),
  paths: z.array(z.string()),
  startedAt: at,
  state: z.enum(["running", "done", "failed", "canceled"]),
  endedAt: at.nullable(),
  progress: importProgress.nullable(),
  summary: importSummary.nullable(),
  fault: callFault.nullable(),
});
export type ImportJob = Readonly<z.infer<typeof importJob>>;

/** Bumped whenever something of the ledger changed: what a list shows may be old, pull it again. */
export const activity = z.strictObject({ version: z.int().nonnegative(), at });

/** What a notification may be about: calls that fail for a new reason, a CRM that blocks us, a silent source, a cause that went away. */
export const noticeKind = z.enum(["failing", "blocked", "silent", "healed"]);
export type NoticeKind = z.infer<typeof noticeKind>;

const minuteOfDay = z.int().min(0).max(1_440);

/** What a person may set about the app itself. */
export const shellPreferences = z.strictObject({
  startAtLogin: z.boolean(),
  /** Closing the window keeps the agent in the tray; else it quits. */
  closeToTray: z.boolean(),
  /** All of them, or none. */
  notifications: z.boolean(),
  /** Kinds of notifications that are not wanted. */
  mutedNotices: z.array(noticeKind),
  /** Notifications are held outside of these minutes of a day, Monday to Friday, and come together when the next begin; null: none is held. */
  officeHours: z.strictObject({ from: minuteOfDay, to: minuteOfDay }).nullable(),
});
export type ShellPreferences = Readonly<z.infer<typeof shellPreferences>>;

export const shellInfo = z.strictObject({
  version: z.string(),
  electron: z.string(),
  platform: z.string(),
  dataDir: z.string(),
  /** Which implementation of the engine host runs. */
  engineHost: z.enum(["utility process", "node"]),
  isPackaged: z.boolean(),
});
export type ShellInfo = Readonly<z.infer<typeof shellInfo>>;

/** Places of the window that a notification, the tray or a link may open. Ids are checked again where they are used. */
export const windowRoute = z
  .string()
  .max(200)
  .regex(
    /^(overview|calls|find|import|attention|sources|connections|ownership|matching|settings|(call|attention)\/[\w.:@+-]{1,150})$/,
  );
