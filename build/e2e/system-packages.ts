import { spawnSync } from "node:child_process";

/** What Electron, its notifications and a screen without a monitor need on Debian and its relatives. */
export const debianPackages: readonly string[] = [
  "xvfb",
  "xauth",
  "libgtk-3-0",
  "libnss3",
  "libasound2",
  "libgbm1",
  "libsecret-1-0",
  "dbus",
  "dbus-x11",
  "dunst",
  "fonts-liberation",
];

/** A keyring service in a D-Bus session of its own, for the tests of the system's keychain. */
export const keyringPackages: readonly string[] = ["libsecret-1-0", "gnome-keyring", "dbus", "dbus-x11"];

/** What this machine is asked, so that a test can answer. */
export type Machine = Readonly<{
  platform: NodeJS.Platform;
  isRoot: boolean;
  /** Runs a program; its exit code and output, or null where there is no such program. */
  run: (command: string, args: readonly string[]) => Readonly<{ code: number; output: string }> | null;
  say: (line: string) => void;
}>;

/** Programs or libraries are missing; the message is the command that installs them. */
export class MissingPackagesError extends Error {
  override readonly name = "MissingPackagesError";
}

export const thisMachine = (say: (line: string) => void): Machine => ({
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
  run(command, args) {
    const { status, stdout, stderr, error } = spawnSync(command, args, {
      encoding: "utf8",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return error === undefined ? { code: status ?? 1, output: `${stdout}${stderr}` } : null;
  },
  say,
});

const installed = (machine: Machine, name: string): boolean => {
  const answer = machine.run("dpkg-query", ["--show", "--showformat=${db:Status-Status}", name]);
  // Newer releases have some libraries under a name with `t64`, which says that it provides the old one.
  const renamed = () => machine.run("dpkg-query", ["--show", "--showformat=${db:Status-Status}", `${name}t64`]);
  return [answer, answer?.code === 0 ? null : renamed()].some(
    (each) => each?.code === 0 && each.output === "installed",
  );
};

/** Installs what is missing where that may be done (root on Debian); else throws with the exact command. */
export function ensureSystemPackages(
  machine: Machine,
  packages: readonly string[] = debianPackages,
  what = "The end-to-end tests",
): void {
  if (machine.platform !== "linux") return;
  if (machine.run("dpkg-query", ["--version"]) === null) {
    machine.say(`This is no Debian. ${what} need what these packages have: ${packages.join(" ")}`);
    return;
  }
  const missing = packages.filter((name) => !installed(machine, name));
  if (missing.length === 0) return;
  const install = ["install", "--yes", "--no-install-recommends", ...missing];
  if (!machine.isRoot)
    throw new MissingPackagesError(
      `${what} need packages of the system that are not installed. As root:\n  apt-get update && apt-get ${install.join(" ")}`,
    );
  machine.say(`Installing packages of the system: ${missing.join(" ")}`);
  for (const args of [["update"], install]) {
    const answer = machine.run("apt-get", args);
    if (answer?.code !== 0)
      throw new MissingPackagesError(
        `apt-get ${args.join(" ")} failed:\n${answer?.output.slice(-2_000) ?? "no apt-get"}`,
      );
  }
}
