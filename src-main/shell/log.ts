import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";

const mostBytes = 1_000_000;

/** The app's log: a line each, with the time; two files of a megabyte. A disk that is full must not stop the app. */
export function createLog(path: string, now: () => number, alsoSay: (line: string) => void): (line: string) => void {
  mkdirSync(dirname(path), { recursive: true });
  return (line) => {
    const text = `${new Date(now()).toISOString()} ${line}`;
    alsoSay(text);
    try {
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > mostBytes) renameSync(path, `${path}.1`);
      appendFileSync(path, `${text}\n`, { mode: 0o600 });
    } catch {
      // Nobody is left to tell.
    }
  };
}
