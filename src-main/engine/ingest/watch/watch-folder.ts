import type { Clock } from "../../ports/clock.ts";
import type { FolderState, NotedFile } from "../../ports/ingest-store.ts";
import { LogRefusedError } from "../log-refused.ts";
import { createLooks } from "./file-looks.ts";
import { describeFileError } from "./file-problem.ts";
import { createHints } from "./folder-hints.ts";
import { FolderProblem, listFolder, type FoundFile, type Listing } from "./folder-listing.ts";
import { createNap } from "./nap.ts";

/** How often the folder is looked at, and how long a file has to stay the same, ms. */
type Rhythm = Readonly<{ lookMs: number; settleMs: number; hasEvents: boolean }>;

const onDisk: Rhythm = { lookMs: 2500, settleMs: 2500, hasEvents: true };
/** A share shows sizes and times late, a file at its full size before it is written, and mostly tells of no change. */
const onShare: Rhythm = { lookMs: 10_000, settleMs: 10_000, hasEvents: false };
/** Hints come in swarms: looks are at least this far apart. */
const leastPauseMs = 500;
/** Looking takes at most one part in so many of the time, however many files there are. */
const lookShare = 20;
const longestPauseMs = 60_000;
/** After so long of reading the folder is looked at again: what was just written comes before what has waited for long. */
const readingMs = 5000;
/** Files that are noted in one transaction. */
const notedAtOnce = 200;

/** How a file is handed on. */
export type TakeFile = Readonly<{
  path: string;
  /** It was read before; what is new in it has just been written. */
  isGrown: boolean;
  /** Nobody can be expected to finish a half line in it. */
  isQuiet: boolean;
}>;

export type WatchMemory = Readonly<{
  recall: (name: string) => NotedFile | undefined;
  names: () => readonly string[];
  note: (files: readonly NotedFile[], gone: readonly string[]) => void;
}>;

export type WatchRequest = Readonly<{
  /** A real path, without links. */
  path: string;
  subfolders: boolean;
  /** The folder lies on another computer: looked at less often, and never by events. */
  isShare: boolean;
  /** How long a file has to stay the same before it is read, ms; default: by where the folder lies. */
  settleMs?: number;
  clock: Clock;
  /** Ends the watch. */
  signal: AbortSignal;
  memory: WatchMemory;
  /** Reads one file; called for one file at a time. Has to do nothing for a file that holds nothing new. */
  onFile: (file: TakeFile) => Promise<Readonly<{ halfLine: boolean; stopped: boolean }>>;
  /** Told of each problem once, not at every look. `name` is below the folder. */
  onTrouble: (name: string, problem: string) => void;
  /** Told how the folder stands, whenever that changes. */
  onFolder: (state: Exclude<FolderState, "unseen">, problem: string | null) => void;
  /** Told when a look at the folder is done. */
  onLook?: () => void;
}>;

const toNoted = ({ name, fileId, size, modifiedAt }: FoundFile): Omit<NotedFile, "outcome" | "problem"> => ({
  path: name,
  fileId,
  size,
  modifiedAt,
});

/** Keeps what came of files until it is noted, and tells of each problem once. */
function createNotes({ memory, onTrouble }: Pick<WatchRequest, "memory" | "onTrouble">) {
  let pending: NotedFile[] = [];
  const told = new Map<string, string>();

  const flush = (gone: readonly string[] = []): void => {
    if (pending.length > 0 || gone.length > 0) memory.note(pending, gone);
    pending = [];
  };

  const put = (file: NotedFile): void => {
    pending.push(file);
    if (pending.length >= notedAtOnce) flush();
  };

  return {
    flush,
    read: (found: FoundFile, halfLine: boolean): void => {
      told.delete(found.name);
      // A half line has to be looked at again, by the next run too: its size says that nothing is known of it.
      const noted = toNoted(found);
      put({ ...noted, size: halfLine ? 0 : noted.size, outcome: "read", problem: null });
    },
    problem: (file: Omit<NotedFile, "outcome" | "problem">, outcome: "refused" | "failed", problem: string): void => {
      const known = told.get(file.path) ?? memory.recall(file.path)?.problem;
      if (told.get(file.path) === problem) return;
      told.set(file.path, problem);
      put({ ...file, outcome, problem });
      // What an earlier run told of is still listed with the source.
      if (known !== problem) onTrouble(file.path, problem);
    },
    forget: (gone: readonly string[]): void => {
      for (const name of gone) told.delete(name);
    },
    namesWithTrouble: (): readonly string[] => [...told.keys()],
  };
}

/** One folder under watch: what is known of its files from look to look. */
function createWatch(request: WatchRequest, settleMs: number) {
  const { path: folder, subfolders, isShare, clock, signal, memory, onFile } = request;
  const looks = createLooks({ clock, settleMs, recall: memory.recall, trustsFileIds: !isShare });
  const notes = createNotes(request);
  let stood: string | null = null;
  let isFirst = true;

  const stand = (state: Exclude<FolderState, "unseen">, problem: string | null): void => {
    const now = `${state} ${problem}`;
    if (now !== stood) request.onFolder(state, problem);
    stood = now;
  };

  const take = async (found: FoundFile): Promise<void> => {
    try {
      const ask = { path: found.path, isGrown: looks.isGrown(found), isQuiet: looks.isQuiet(found) };
      const { halfLine, stopped } = await onFile(ask);
      if (stopped) return;
      looks.taken(found, halfLine);
      notes.read(found, halfLine);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof LogRefusedError) {
        looks.refused(found);
        notes.problem(toNoted(found), "refused", error.message);
        return;
      }
      looks.failed(found);
      const known = describeFileError(error);
      const sentence = known?.sentence ?? (error instanceof Error ? error.message : String(error));
      notes.problem(toNoted(found), "failed", `${sentence} It is tried again until it can be read.`);
    }
  };

  /** What just grew comes first, then the oldest: a log that was rotated away before the one that took its place. */
  const inTurn = (ready: readonly FoundFile[]): readonly FoundFile[] =>
    ready.toSorted((left, right) => {
      const byNews = Number(looks.isGrown(right)) - Number(looks.isGrown(left));
      return byNews !== 0 ? byNews : left.modifiedAt - right.modifiedAt || (left.name < right.name ? -1 : 1);
    });

  const forget = ({ files, refused }: Listing): readonly string[] => {
    const present = new Set([...files, ...refused].map(({ name }) => name));
    const missing = looks.forgetMissing(files);
    const troubled = notes.namesWithTrouble();
    // A disk that was taken out leaves an empty folder behind: it will be back with the same files.
    const earlier = present.size === 0 ? troubled : [...missing, ...(isFirst ? memory.names() : troubled)];
    isFirst &&= present.size === 0;
    const gone = earlier.filter((name) => !present.has(name));
    notes.forget(gone);
    return gone;
  };

  /** Takes what is ready, for a while. True when some is left. */
  const takeReady = async (files: readonly FoundFile[]): Promise<boolean> => {
    const until = clock.monotonic() + readingMs;
    const ready = inTurn(files.filter((file) => looks.isReady(file)));
    for (const file of ready) {
      if (signal.aborted) return false;
      if (clock.monotonic() > until) return true;
      await take(file);
    }
    return false;
  };

  return {
    stands: (): boolean => stood?.startsWith("watched") === true,
    nextIn: looks.nextIn,
    /** Looks at the folder once. Answers how long the listing took, ms, and whether files are left that are ready. */
    async look(): Promise<Readonly<{ listedMs: number; isBehind: boolean }>> {
      const begun = clock.monotonic();
      const listing = await listFolder(folder, subfolders).catch((error: unknown) => {
        if (!(error instanceof FolderProblem)) throw error;
        stand(error.state, error.message);
        return null;
      });
      const listedMs = clock.monotonic() - begun;
      if (listing === null) return { listedMs, isBehind: false };
      stand("watched", null);
      for (const { name, problem } of listing.refused)
        notes.problem({ path: name, fileId: null, size: 0, modifiedAt: 0 }, "refused", problem);
      const gone = forget(listing);
      const isBehind = await takeReady(listing.files);
      notes.flush(gone);
      return { listedMs, isBehind };
    },
  };
}

/** How long to wait for the next look: until the next file can have settled, and longer where looking takes long. */
function toPause(rhythm: Rhythm, nextIn: number | null, listedMs: number): number {
  const wanted = Math.min(rhythm.lookMs, nextIn ?? rhythm.lookMs);
  return Math.min(longestPauseMs, Math.max(wanted, listedMs * lookShare));
}

/**
 * Watches a folder until the signal: at once, then every few seconds, sooner when the file system tells of a change. A file
 * is handed on when its size and time stayed the same for a while, again when they have changed, never when it is as it was
 * noted by an earlier run. Links, hidden and half-written names are left alone; a bad file, a missing folder or a share that
 * does not answer is told of and stops nothing. Resolves when the watch has ended.
 */
export async function watchFolder(request: WatchRequest): Promise<void> {
  const { path, subfolders, isShare, clock, signal } = request;
  const rhythm = isShare ? onShare : onDisk;
  const watch = createWatch(request, request.settleMs ?? rhythm.settleMs);
  const nap = createNap(clock, signal);
  const hints = createHints(path, subfolders, nap.wake);
  while (!signal.aborted) {
    const { listedMs, isBehind } = await watch.look();
    if (rhythm.hasEvents && !signal.aborted) await (watch.stands() ? hints.start() : hints.stop());
    request.onLook?.();
    if (isBehind) continue;
    const least = Math.min(longestPauseMs, Math.max(leastPauseMs, listedMs * 3));
    await nap.sleep(least, Math.max(least, toPause(rhythm, watch.nextIn(), listedMs)));
  }
  await hints.stop();
}
