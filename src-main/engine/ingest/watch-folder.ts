import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { watch as watchEvents } from "chokidar";
import type { Clock } from "../ports/clock.ts";
import { isIgnoredName } from "./ignored-names.ts";
import { halfLinePatienceMs } from "./import-position.ts";
import { LogRefusedError } from "./log-refused.ts";

/** Between two looks at the folder; a file is taken when it looked the same twice. */
const lookMs = 2500;
/** Hints come in swarms: looks are at least this far apart. */
const leastPauseMs = 500;
/** A log that is written to all the time is taken after so long: only whole lines are read anyway. */
const busyMs = 30_000;
const firstRetryMs = 5000;
const longestRetryMs = 5 * 60_000;

export type WatchRequest = Readonly<{
  path: string;
  clock: Clock;
  /** Ends the watch. */
  signal: AbortSignal;
  /** Reads one file; called for one file at a time. Has to do nothing for a file that is unchanged. */
  onFile: (path: string) => Promise<void>;
  /** Told of what went wrong; the watch goes on. `path` is the file, or the folder itself. */
  onError: (error: unknown, path: string) => void;
  /** Told when a look at the folder is done. */
  onLook?: () => void;
  /** Take hints from the file system's events too; the looks alone miss nothing. Default: true. */
  events?: boolean;
}>;

/** What was seen of a file, and what came of it. */
type Seen = {
  size: number;
  modifiedAt: number;
  /** Monotonic ms of the first look that saw it like this, and of the first look since it was taken last. */
  since: number;
  changedSince: number;
  /** Size and time at which it was taken (or refused for good). */
  taken: string | null;
  retryAt: number;
  failures: number;
  /** When to look once more at a file that has not changed, or null. */
  lookAgainAt: number | null;
};

const toMark = ({ size, modifiedAt }: Pick<Seen, "size" | "modifiedAt">): string => `${size}:${modifiedAt}`;

/** Locked, being replaced, or not yet there for us: worth another try, later. */
const isPassing = (error: unknown): boolean => {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return ["EBUSY", "EPERM", "EACCES", "ENOENT", "EMFILE", "ETXTBSY", "EAGAIN", "EIO"].includes(String(error.code));
};

type Found = Readonly<{ path: string; size: number; modifiedAt: number }>;

async function listFiles(folder: string, onError: WatchRequest["onError"]): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const name of (await readdir(folder)).toSorted()) {
    if (isIgnoredName(name)) continue;
    const path = join(folder, name);
    // A link could lead anywhere on this computer: only files that lie in the folder itself are read.
    const stats = await lstat(path).catch((error: unknown) => {
      if (!isPassing(error)) onError(error, path);
      return null;
    });
    if (stats === null || !stats.isFile() || stats.size === 0) continue;
    found.push({ path, size: stats.size, modifiedAt: stats.mtimeMs });
  }
  return found;
}

/** Decides which files are ready, by what was seen of them before. */
function createLooks(clock: Clock) {
  const seen = new Map<string, Seen>();

  const note = ({ path, size, modifiedAt }: Found): Seen => {
    const now = clock.monotonic();
    const known = seen.get(path);
    if (known === undefined) {
      const first = {
        size,
        modifiedAt,
        since: now,
        changedSince: now,
        taken: null,
        retryAt: 0,
        failures: 0,
        lookAgainAt: null,
      };
      seen.set(path, first);
      return first;
    }
    if (known.size !== size || known.modifiedAt !== modifiedAt) {
      if (known.taken === toMark(known)) known.changedSince = now;
      Object.assign(known, { size, modifiedAt, since: now });
    }
    return known;
  };

  return {
    /** The file is new or changed, and has settled (or has been busy for so long that waiting is no use). */
    isReady: (found: Found): boolean => {
      const entry = note(found);
      const now = clock.monotonic();
      if (entry.taken === toMark(entry) || now < entry.retryAt) return false;
      return now - entry.since >= lookMs || now - entry.changedSince >= busyMs;
    },
    taken: ({ path, size, modifiedAt }: Found): void => {
      const entry = seen.get(path);
      if (entry === undefined) return;
      // A half line at the end is looked at again once nobody can be expected to finish it.
      const isYoung = clock.now() - modifiedAt <= halfLinePatienceMs;
      entry.taken = toMark({ size, modifiedAt });
      entry.failures = 0;
      entry.retryAt = 0;
      entry.lookAgainAt = isYoung ? clock.monotonic() + halfLinePatienceMs : null;
    },
    isDueAgain: ({ path }: Found): boolean => {
      const entry = seen.get(path);
      if (entry === undefined || entry.lookAgainAt === null || entry.taken !== toMark(entry)) return false;
      return clock.monotonic() >= entry.lookAgainAt;
    },
    failed: ({ path, size, modifiedAt }: Found, error: unknown): void => {
      const entry = seen.get(path);
      if (entry === undefined) return;
      // What is no call log stays none until it changes; everything else is tried again, ever more rarely.
      if (error instanceof LogRefusedError) entry.taken = toMark({ size, modifiedAt });
      entry.failures += 1;
      entry.retryAt = clock.monotonic() + Math.min(longestRetryMs, firstRetryMs * 2 ** (entry.failures - 1));
    },
    forgetMissing: (found: readonly Found[]): void => {
      const present = new Set(found.map(({ path }) => path));
      for (const path of seen.keys()) if (!present.has(path)) seen.delete(path);
    },
  };
}

/** Wakes the watch when the file system says that something happened. Events get lost: they only hasten a look. */
function listenForHints({ path, signal, events }: WatchRequest, hint: () => void): void {
  if (events === false) return;
  const watcher = watchEvents(path, { depth: 0, ignoreInitial: true, followSymlinks: false });
  watcher.on("all", hint);
  // What stops the events does not stop the looks.
  watcher.on("error", () => undefined);
  signal.addEventListener("abort", () => void watcher.close(), { once: true });
}

/**
 * Watches a folder (not its subfolders) until the signal: at once, then every few seconds. A file is handed on when its
 * size and time were the same at two looks, again when they have changed. Links, hidden and half-written names are left
 * alone; one bad file or a missing folder is told of and stops nothing. Resolves when the watch has ended.
 */
export async function watchFolder(request: WatchRequest): Promise<void> {
  const { path: folder, clock, signal, onFile, onError } = request;
  const looks = createLooks(clock);
  let wake = new AbortController();
  let folderProblem = "";
  listenForHints(request, () => wake.abort());

  const take = async (found: Found): Promise<void> => {
    try {
      await onFile(found.path);
      looks.taken(found);
    } catch (error) {
      looks.failed(found, error);
      if (!signal.aborted) onError(error, found.path);
    }
  };

  const look = async (): Promise<void> => {
    try {
      const found = await listFiles(folder, onError);
      folderProblem = "";
      looks.forgetMissing(found);
      for (const file of found) {
        if (signal.aborted) return;
        if (looks.isReady(file) || looks.isDueAgain(file)) await take(file);
      }
    } catch (error) {
      // Told once, not at every look, until the folder is back.
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== folderProblem) onError(error, folder);
      folderProblem = problem;
    }
  };

  while (!signal.aborted) {
    await look();
    request.onLook?.();
    await clock.sleep(leastPauseMs, signal);
    wake = new AbortController();
    await clock.sleep(lookMs - leastPauseMs, AbortSignal.any([signal, wake.signal]));
  }
}
