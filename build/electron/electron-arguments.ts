import { spawnSync } from "node:child_process";

/** What Chromium's own sandbox depends on. */
export type SandboxFacts = Readonly<{ platform: NodeJS.Platform; isRoot: boolean; hasUserNamespaces: () => boolean }>;

const thisSystem: SandboxFacts = {
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
  // Containers and hardened systems keep them from normal users. Where nobody can tell, Chromium tries by itself.
  hasUserNamespaces: () => {
    const { status, error } = spawnSync("unshare", ["--user", "true"], { stdio: "ignore" });
    return error !== undefined || status === 0;
  },
};

/** Switches that Electron needs on this machine: none, or one that is said, since it is a loss. */
export function electronArguments(say: (line: string) => void, facts: SandboxFacts = thisSystem): readonly string[] {
  if (facts.platform !== "linux") return [];
  if (facts.isRoot) {
    say("Running as root: Chromium's own sandbox is off. Use a normal account for real work.");
    return ["--no-sandbox"];
  }
  if (facts.hasUserNamespaces()) return [];
  say("This system lets no program make a namespace: Chromium's own sandbox is off.");
  return ["--no-sandbox"];
}
