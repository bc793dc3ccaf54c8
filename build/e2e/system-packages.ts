import { spawnSync } from "node:child_process";

/** What Electron, its notifications, a keyring, a screen without a monitor and a team's Redis need on Debian and its relatives. */
export const debianPackages: readonly string[] = [
  "xvfb",
  "xauth",
  "libgtk-3-0",
  "libnss3",
  "libasound2",
  "libgbm1",
  "libsecret-1-0",
  "gnome-keyring",
  "dbus",
  "dbus-x11",
  "dunst",
  "fonts-liberation",
  "redis-server",
];

/** What those packages bring and a test starts by name: asked for where there is no Debian to ask. */
const programs = ["xvfb-run", "dbus-run-session", "dunstctl", "gnome-keyring-daemon"] as const;

/** What this machine is asked, so that a test can answer. */
export type Machine = Readonly<{
  platform: NodeJS.Platform;
  isRoot: boolean;
  /** Runs a program; its exit code and output, or null where there is no such program. */
  run: (command: string, args: readonly string[]) => Readonly<{ code: number; output: string }> | null;
  say: (line: string) => void;
}>;

/** Programs or libraries are missing; the message is the command that installs them, or why that failed. */
export class MissingPackagesError extends Error {
  override readonly name = "MissingPackagesError";
  /** They were to be installed, and could not be. */
  readonly wasTried: boolean;

  constructor(message: string, wasTried: boolean) {
    super(message);
    this.wasTried = wasTried;
  }
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

const isInstalled = (machine: Machine, name: string): boolean => {
  const answer = machine.run("dpkg-query", ["--show", "--showformat=${db:Status-Status}", name]);
  return answer?.code === 0 && answer.output === "installed";
};

/** Newer releases have some libraries under a name with `t64`. */
const namesOf = (name: string): readonly string[] => (name.startsWith("lib") ? [name, `${name}t64`] : [name]);

/** The name under which this release has it. */
const nameHere = (machine: Machine, name: string): string =>
  namesOf(name).findLast((each) => machine.run("apt-cache", ["show", each])?.code === 0) ?? name;

const toInstall = (names: readonly string[]): readonly string[] => [
  "install",
  "--yes",
  "--no-install-recommends",
  ...names,
];

/** Installs what is missing where that may be done (root on Debian); else throws with the exact command. */
export function ensureSystemPackages(machine: Machine, packages: readonly string[] = debianPackages): void {
  if (machine.platform !== "linux") return;
  if (machine.run("dpkg-query", ["--version"]) === null) {
    refuseWithoutPrograms(machine, packages);
    return;
  }
  const missing = packages.filter((name) => !namesOf(name).some((each) => isInstalled(machine, each)));
  if (missing.length === 0) return;
  if (!machine.isRoot) {
    const install = toInstall(missing.map((name) => nameHere(machine, name)));
    throw new MissingPackagesError(
      `Tests need packages of the system that are not installed. As root:\n  apt-get update && apt-get ${install.join(" ")}`,
      false,
    );
  }
  machine.say(`Installing packages of the system: ${missing.join(" ")}`);
  runApt(machine, ["update"]);
  runApt(machine, toInstall(missing.map((name) => nameHere(machine, name))));
}

function runApt(machine: Machine, args: readonly string[]): void {
  const answer = machine.run("apt-get", args);
  if (answer?.code === 0) return;
  const why = answer?.output.slice(-2_000) ?? "no apt-get";
  throw new MissingPackagesError(`Tests need packages of the system. apt-get ${args.join(" ")} failed:\n${why}`, true);
}

function refuseWithoutPrograms(machine: Machine, packages: readonly string[]): void {
  const missing = programs.filter((name) => machine.run(name, ["--help"]) === null);
  if (missing.length === 0) return;
  throw new MissingPackagesError(
    `Tests need ${missing.join(", ")}, which this system does not have. Install what these packages of Debian bring: ${packages.join(" ")}`,
    false,
  );
}
