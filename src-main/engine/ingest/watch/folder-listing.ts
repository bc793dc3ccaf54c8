import type { Dirent } from "node:fs";
import { lstat, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { isIgnoredName } from "../ignored-names.ts";
import { describeFileError, readCode } from "./file-problem.ts";

/** A file as the folder shows it. */
export type FoundFile = Readonly<{
  path: string;
  /** Below the folder, with `/`. */
  name: string;
  /** `device:inode`, where the file system has them. */
  fileId: string | null;
  size: number;
  /** Epoch ms with its fraction. */
  modifiedAt: number;
}>;

/** What lies in the folder and is not read, with the reason for people. */
export type RefusedEntry = Readonly<{ name: string; problem: string }>;

export type Listing = Readonly<{ files: readonly FoundFile[]; refused: readonly RefusedEntry[] }>;

/** The folder as a whole cannot be read. The message is for people. */
export class FolderProblem extends Error {
  readonly state: "missing" | "unreadable" | "refused";

  constructor(state: FolderProblem["state"], message: string) {
    super(message);
    this.name = "FolderProblem";
    this.state = state;
  }
}

/** Deeper than any phone system nests its days. */
const deepest = 8;
/** Asked of the file system at once. */
const askedAtOnce = 64;

const isLinkProblem =
  "It is a link. Only files that lie in the folder itself are read; put the log there, or watch the folder it leads to.";

/** Refuses a folder that is no longer the one that was chosen: a link in its place could lead anywhere. */
async function checkFolder(folder: string): Promise<void> {
  const real = await realpath(folder).catch((error: unknown) => {
    throw toFolderProblem(folder, error);
  });
  if (real !== folder)
    throw new FolderProblem(
      "refused",
      `${folder} is a link to ${real} now. If that is meant, remove the source and add ${real}.`,
    );
}

function toFolderProblem(folder: string, error: unknown): FolderProblem {
  const code = readCode(error);
  if (code === "ENOENT" || code === "ENOTDIR")
    return new FolderProblem(
      "missing",
      `The folder ${folder} is not there. It is watched again as soon as it is back.`,
    );
  const known = describeFileError(error, { isFolder: true });
  const why = known?.sentence ?? (error instanceof Error ? error.message : String(error));
  return new FolderProblem("unreadable", `The folder ${folder} cannot be read: ${why}`);
}

type Level = Readonly<{ path: string; name: string; depth: number }>;
type Found = { readonly files: FoundFile[]; readonly refused: RefusedEntry[]; readonly below: Level[] };

async function addFile(path: string, name: string, found: Found): Promise<void> {
  try {
    const { size, mtimeMs, ino, dev } = await lstat(path);
    // What is empty was only just begun.
    if (size > 0)
      found.files.push({ path, name, fileId: ino === 0 ? null : `${dev}:${ino}`, size, modifiedAt: mtimeMs });
  } catch (error) {
    if (readCode(error) === "ENOENT") return;
    const problem = describeFileError(error)?.sentence ?? (error instanceof Error ? error.message : String(error));
    found.refused.push({ name, problem });
  }
}

/** One entry: a file to look at, a folder to go into, or something that is left alone. */
async function addEntry(entry: Dirent, level: Level, subfolders: boolean, found: Found): Promise<void> {
  if (isIgnoredName(entry.name)) return;
  const path = join(level.path, entry.name);
  const name = level.name === "" ? entry.name : `${level.name}/${entry.name}`;
  if (entry.isSymbolicLink()) found.refused.push({ name, problem: isLinkProblem });
  else if (entry.isFile()) await addFile(path, name, found);
  else if (!entry.isDirectory()) found.refused.push({ name, problem: "It is no regular file." });
  else if (subfolders && level.depth < deepest) found.below.push({ path, name, depth: level.depth + 1 });
  else if (subfolders) found.refused.push({ name, problem: `It lies more than ${deepest} folders deep.` });
}

async function listLevel(level: Level, subfolders: boolean, found: Found): Promise<void> {
  const entries = await readdir(level.path, { withFileTypes: true });
  for (let at = 0; at < entries.length; at += askedAtOnce) {
    const some = entries.slice(at, at + askedAtOnce);
    await Promise.all(some.map((entry) => addEntry(entry, level, subfolders, found)));
  }
}

/**
 * Everything in a watched folder that may be a log, by name, and what is left alone although somebody may have meant it.
 * No link is followed, at any level. Throws `FolderProblem` when the folder itself cannot be read.
 */
export async function listFolder(folder: string, subfolders: boolean): Promise<Listing> {
  await checkFolder(folder);
  const found: Found = { files: [], refused: [], below: [] };
  await listLevel({ path: folder, name: "", depth: 0 }, subfolders, found).catch((error: unknown) => {
    throw toFolderProblem(folder, error);
  });
  for (let level = found.below.shift(); level !== undefined; level = found.below.shift()) {
    const { name } = level;
    await listLevel(level, subfolders, found).catch((error: unknown) => {
      // A folder that went away between two looks is no problem.
      if (readCode(error) === "ENOENT") return;
      const known = describeFileError(error, { isFolder: true });
      found.refused.push({ name, problem: known?.sentence ?? String(error) });
    });
  }
  return { files: found.files, refused: found.refused };
}
