import type { Clock } from "../../ports/clock.ts";
import type { NotedFile } from "../../ports/ingest-store.ts";
import { halfLinePatienceMs } from "../import-position.ts";
import type { FoundFile } from "./folder-listing.ts";

/** A log that is written to all the time is taken after so long: only whole lines are read anyway. */
const busyMs = 30_000;
const firstRetryMs = 5000;
const longestRetryMs = 5 * 60_000;
const refusedAgainMs = 10 * 60_000;

/** What was seen of a file, and what came of it. */
type Seen = {
  mark: string;
  /** Monotonic ms of the first look that saw it like this, and of the first look since it was taken last. */
  since: number;
  changedSince: number;
  /** How it looked when it was taken, or refused for as long as it stays like this. */
  taken: string | null;
  /** It was read in this run of the watch. */
  wasRead: boolean;
  retryAt: number;
  failures: number;
  /** Monotonic ms at which to look once more although nothing has changed, or null. */
  lookAgainAt: number | null;
};

type Marked = Pick<FoundFile, "size" | "modifiedAt" | "fileId">;

export type LookAsk = Readonly<{
  clock: Pick<Clock, "monotonic">;
  /** How long a file has to stay the same before it is taken, ms. */
  settleMs: number;
  /** What is known of a file from earlier runs. */
  recall: (name: string) => NotedFile | undefined;
  /** Ids of files come and go on some network shares. */
  trustsFileIds: boolean;
}>;

/**
 * Decides which files are ready, by what was seen of them before. Only the monotonic clock takes part, and times of files
 * are compared for being the same, never for being earlier: no clock that is set, here or on a share, hides a file.
 */
export function createLooks({ clock, settleMs, recall, trustsFileIds }: LookAsk) {
  const seen = new Map<string, Seen>();

  const toMark = ({ size, modifiedAt, fileId }: Marked): string =>
    trustsFileIds ? `${size}:${modifiedAt}:${fileId}` : `${size}:${modifiedAt}`;

  const begin = (found: FoundFile, mark: string, now: number): Seen => {
    const noted = recall(found.name);
    // What was refused is tried once more in each run: a newer version may know it.
    const isKnown = noted?.outcome === "read" && toMark(noted) === mark;
    return {
      mark,
      since: now,
      changedSince: now,
      taken: isKnown ? mark : null,
      wasRead: isKnown,
      retryAt: 0,
      failures: 0,
      lookAgainAt: null,
    };
  };

  const note = (found: FoundFile): Seen => {
    const now = clock.monotonic();
    const mark = toMark(found);
    const known = seen.get(found.name);
    if (known === undefined) {
      const first = begin(found, mark, now);
      seen.set(found.name, first);
      return first;
    }
    if (known.mark !== mark) {
      if (known.taken === known.mark) known.changedSince = now;
      known.mark = mark;
      known.since = now;
    }
    return known;
  };

  const isSettled = (entry: Seen, now: number): boolean =>
    now - entry.since >= settleMs || now - entry.changedSince >= Math.max(busyMs, settleMs);

  return {
    /** The file is new or changed, and has settled (or has been busy for so long that waiting is no use). */
    isReady: (found: FoundFile): boolean => {
      const entry = note(found);
      const now = clock.monotonic();
      if (now < entry.retryAt) return false;
      if (entry.taken === entry.mark) return entry.lookAgainAt !== null && now >= entry.lookAgainAt;
      return isSettled(entry, now);
    },
    /** It was read before and has changed since: what is new in it has just been written. */
    isGrown: ({ name }: FoundFile): boolean => seen.get(name)?.wasRead === true,
    /** It has stayed the same for so long that nobody can be expected to finish a half line. */
    isQuiet: ({ name }: FoundFile): boolean => {
      const entry = seen.get(name);
      return entry !== undefined && clock.monotonic() - entry.since >= halfLinePatienceMs;
    },
    taken: (found: FoundFile, hasHalfLine: boolean): void => {
      const entry = seen.get(found.name);
      if (entry === undefined) return;
      // A half line is looked at once more when nobody can be expected to finish it.
      const lookAgainAt = hasHalfLine ? entry.since + halfLinePatienceMs : null;
      Object.assign(entry, { taken: toMark(found), wasRead: true, failures: 0, retryAt: 0, lookAgainAt });
    },
    /** It will not be read as it is, unless a person settles what it asks: it is looked at again now and then. */
    refused: (found: FoundFile): void => {
      const entry = seen.get(found.name);
      const lookAgainAt = clock.monotonic() + refusedAgainMs;
      if (entry !== undefined) Object.assign(entry, { taken: toMark(found), lookAgainAt });
    },
    /** It is tried again, ever more rarely. */
    failed: ({ name }: FoundFile): void => {
      const entry = seen.get(name);
      if (entry === undefined) return;
      entry.retryAt = clock.monotonic() + Math.min(longestRetryMs, firstRetryMs * 2 ** entry.failures);
      entry.failures += 1;
    },
    /** Ms until the next file can have settled, or null when none is waited for. */
    nextIn: (): number | null => {
      const now = clock.monotonic();
      let next: number | null = null;
      for (const { taken, mark, since, retryAt } of seen.values()) {
        if (taken === mark) continue;
        const left = Math.max(0, since + settleMs - now, retryAt - now);
        next = next === null ? left : Math.min(next, left);
      }
      return next;
    },
    /** Forgets files that are not there any more, and names them. */
    forgetMissing: (found: readonly FoundFile[]): readonly string[] => {
      const present = new Set(found.map(({ name }) => name));
      const gone = [...seen.keys()].filter((name) => !present.has(name));
      for (const name of gone) seen.delete(name);
      return gone;
    },
  };
}

export type Looks = ReturnType<typeof createLooks>;
