import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The data folder: `--data`, else `CALLLEDGER_DATA`, else the system's place for a user's application data. */
export function dataFolder(
  option: string | undefined,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const named = [option, env["CALLLEDGER_DATA"]].find((each) => each !== undefined && each !== "");
  if (named !== undefined) return resolve(named);
  if (platform === "win32") return join(env["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), "CallLedger");
  if (platform === "darwin") return join(home, "Library", "Application Support", "CallLedger");
  const xdg = env["XDG_DATA_HOME"];
  // The XDG specification: a path that is not absolute is to be ignored.
  return join(xdg !== undefined && xdg.startsWith("/") ? xdg : join(home, ".local", "share"), "callledger");
}

/** Where compiled code is kept between commands: the system's place for a user's caches. Nothing of the user's data goes there. */
export function cacheFolder(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (platform === "win32") return join(env["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), "CallLedger", "Cache");
  if (platform === "darwin") return join(home, "Library", "Caches", "CallLedger");
  const xdg = env["XDG_CACHE_HOME"];
  return join(xdg !== undefined && xdg.startsWith("/") ? xdg : join(home, ".cache"), "callledger");
}
