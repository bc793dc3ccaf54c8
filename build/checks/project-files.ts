import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder, without a slash at its end. */
export const projectRoot = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** Folders that .gitignore names, and git's own: made by tools, no part of the project. */
const generated = new Set([".git", "node_modules", ".types", ".cache", "dist", "coverage", "test-results"]);

/**
 * Every file of the project below `folder`, as paths from the root with forward slashes, sorted. Walks the disk rather
 * than asking git, so that a copy without its history is checked all the same.
 */
export function listProjectFiles(folder = ""): readonly string[] {
  const entries = readdirSync(join(projectRoot, folder), { withFileTypes: true });
  const paths = entries.flatMap((entry): readonly string[] => {
    if (generated.has(entry.name) || entry.name.endsWith(".log")) return [];
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? listProjectFiles(path) : [path];
  });
  return paths.toSorted();
}

/** The text of a project file. */
export function readProjectFile(path: string): string {
  return readFileSync(join(projectRoot, path), "utf8");
}
