import { watch as watchEvents, type FSWatcher } from "chokidar";
import { isIgnoredName } from "../ignored-names.ts";
import { basename } from "node:path";

/** Watched by the system at once; what lies in further folders is found by the looks alone. */
const mostFolders = 200;

export type Hints = Readonly<{ start(): void; stop(): Promise<void> }>;

/**
 * Listens to the file system's events for a folder and those below it. Folders are watched, not files: one watcher of the
 * system each, however many files there are. Events get lost, come twice or not at all: they only hasten a look.
 */
export function createHints(folder: string, subfolders: boolean, hint: () => void): Hints {
  let watcher: FSWatcher | null = null;
  let folders = 0;
  const isIgnored = (path: string, stats?: { isDirectory(): boolean }): boolean => {
    if (path === folder || stats === undefined) return false;
    if (!subfolders || !stats.isDirectory() || isIgnoredName(basename(path))) return true;
    folders += 1;
    return folders > mostFolders;
  };
  return {
    start() {
      if (watcher !== null) return;
      folders = 0;
      watcher = watchEvents(folder, { ignoreInitial: true, followSymlinks: false, ignored: isIgnored });
      // Events of files in a watched folder come as raw ones: the files themselves are not watched.
      watcher.on("raw", hint).on("all", hint);
      // What stops the events (the system's limit, a share without any) does not stop the looks.
      watcher.on("error", () => undefined);
    },
    async stop() {
      const ended = watcher;
      watcher = null;
      await ended?.close();
    },
  };
}
