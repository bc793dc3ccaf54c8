import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The browser engine that the page is tested in. Throws with the command that brings one. */
export function findChromium(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const named = environment["CALLLEDGER_CHROMIUM"];
  if (named !== undefined && named !== "") return named;
  const folders = (environment["PATH"] ?? "").split(delimiter);
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
  if (found !== undefined) return found;
  throw new Error(
    "The tests of the page need Chromium. On Debian: apt-get install -y chromium fonts-liberation. " +
      "Elsewhere name it: CALLLEDGER_CHROMIUM=/path/to/chrome npm run test:ui",
  );
}
