import { spawn } from "node:child_process";

/** Opens a page in the person's browser; false where there is none to open it in. */
export type OpenBrowser = (url: string) => Promise<boolean>;

type Opener = Readonly<{ command: string; args: readonly string[] }>;

/** The system's own way to open a page, or undefined without a desktop. The address is an argument, never part of a shell's line. */
function findOpener(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): Opener | undefined {
  if (platform === "darwin") return { command: "open", args: [] };
  if (platform === "win32") return { command: "rundll32", args: ["url.dll,FileProtocolHandler"] };
  const hasDesktop = (env["DISPLAY"] ?? "") !== "" || (env["WAYLAND_DISPLAY"] ?? "") !== "";
  return hasDesktop ? { command: "xdg-open", args: [] } : undefined;
}

export function createOpenBrowser(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): OpenBrowser {
  return async (url) => {
    const opener = findOpener(platform, env);
    if (opener === undefined || !/^https?:\/\//.test(url)) return false;
    const child = spawn(opener.command, [...opener.args, url], { stdio: "ignore", detached: true, env });
    child.unref();
    return new Promise((resolve) => {
      child.once("error", () => resolve(false));
      child.once("spawn", () => resolve(true));
    });
  };
}
