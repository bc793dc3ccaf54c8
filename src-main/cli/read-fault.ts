import { LogRefusedError } from "../engine/ingest/log-refused.ts";
import { badUsage } from "./cli-fault.ts";

/** What keeps a file from being read, with its name; anything else is passed on. */
export function toReadFault(error: unknown, path: string): unknown {
  if (error instanceof LogRefusedError) return badUsage(`${path}: ${error.message}`);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return badUsage(`There is no file or folder ${path}.`);
  if (code === "EACCES" || code === "EPERM") return badUsage(`${path} may not be read by this user.`);
  if (code === "EISDIR") return badUsage(`${path} is a folder. Name a file.`);
  return error;
}
