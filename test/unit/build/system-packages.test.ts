import { expect, test } from "vitest";
import { prepareDesktop } from "../../../build/e2e/desktop.ts";
import { ensureSystemPackages, MissingPackagesError, type Machine } from "../../../build/e2e/system-packages.ts";

type Facts = Readonly<{
  isRoot?: boolean;
  platform?: NodeJS.Platform;
  /** Null: no Debian. */
  installed?: readonly string[] | null;
  /** What the release offers beside the plain names. */
  offered?: readonly string[];
  programs?: readonly string[];
  aptFails?: boolean;
}>;

function machineWith(facts: Facts): Readonly<{ machine: Machine; ran: string[]; said: string[] }> {
  const ran: string[] = [];
  const said: string[] = [];
  const installed = facts.installed === undefined ? [] : facts.installed;
  const yes = { code: 0, output: "" };
  const no = { code: 1, output: "E: no such package" };
  const machine: Machine = {
    platform: facts.platform ?? "linux",
    isRoot: facts.isRoot ?? false,
    say: (line) => void said.push(line),
    run(command, args) {
      const name = args.at(-1) ?? "";
      if (command === "dpkg-query") {
        if (installed === null) return null;
        if (name === "--version") return yes;
        return installed.includes(name) ? { code: 0, output: "installed" } : no;
      }
      if (command === "apt-cache") return (facts.offered ?? []).includes(name) ? yes : no;
      if (command !== "apt-get") return (facts.programs ?? []).includes(command) ? yes : null;
      ran.push(args.join(" "));
      return facts.aptFails === true ? no : yes;
    },
  };
  return { machine, ran, said };
}

const wanted = ["xvfb", "libgtk-3-0"];

test("what is there is left alone", () => {
  const { machine, ran } = machineWith({ isRoot: true, installed: wanted });
  ensureSystemPackages(machine, wanted);
  expect(ran).toEqual([]);
});

test("a library counts under its newer name too", () => {
  const { machine, ran } = machineWith({ isRoot: true, installed: ["xvfb", "libgtk-3-0t64"] });
  ensureSystemPackages(machine, wanted);
  expect(ran).toEqual([]);
});

test("root on Debian gets what is missing and nothing else, under the name that the release has", () => {
  const { machine, ran, said } = machineWith({ isRoot: true, installed: ["xvfb"], offered: ["libgtk-3-0t64"] });
  ensureSystemPackages(machine, wanted);
  expect(ran).toEqual(["update", "install --yes --no-install-recommends libgtk-3-0t64"]);
  expect(said).toEqual(["Installing packages of the system: libgtk-3-0"]);
});

test("anybody else is told the exact command, and nothing is run", () => {
  const { machine, ran } = machineWith({ installed: ["libgtk-3-0"] });
  expect(() => ensureSystemPackages(machine, wanted)).toThrow(
    "As root:\n  apt-get update && apt-get install --yes --no-install-recommends xvfb",
  );
  expect(ran).toEqual([]);
});

test("an installation that fails is told with apt's own words", () => {
  const { machine } = machineWith({ isRoot: true, aptFails: true });
  expect(() => ensureSystemPackages(machine, wanted)).toThrow("apt-get update failed:\nE: no such package");
});

test("other Linux systems are asked for the programs; other systems for nothing", () => {
  const without = machineWith({ installed: null, programs: ["xvfb-run"] });
  expect(() => ensureSystemPackages(without.machine, wanted)).toThrow(MissingPackagesError);
  expect(() => ensureSystemPackages(without.machine, wanted)).toThrow(
    "Tests need dbus-run-session, dunstctl, gnome-keyring-daemon, which this system does not have.",
  );
  const withAll = machineWith({
    installed: null,
    programs: ["xvfb-run", "dbus-run-session", "dunstctl", "gnome-keyring-daemon"],
  });
  expect(() => ensureSystemPackages(withAll.machine, wanted)).not.toThrow();
  expect(() => ensureSystemPackages(machineWith({ platform: "darwin" }).machine, wanted)).not.toThrow();
});

test("what root could not install is a failure on a machine of a CI; what a normal user lacks is tests not run", async () => {
  const root = machineWith({ isRoot: true, aptFails: true }).machine;
  expect(await prepareDesktop(root, { CI: "true" }, wanted)).toMatchObject({ isFailure: true });
  expect(await prepareDesktop(root, {}, wanted)).toMatchObject({ isFailure: false });
  expect(await prepareDesktop(machineWith({}).machine, { CI: "true" }, wanted)).toMatchObject({ isFailure: false });
});

test("no Electron at all is a failure on a machine of a CI, and tests not run elsewhere", async () => {
  const { machine } = machineWith({ installed: wanted });
  const env = { ELECTRON_OVERRIDE_DIST_PATH: "/nowhere" };
  const lost = await prepareDesktop(machine, { ...env, CI: "1" }, wanted);
  expect(lost).toMatchObject({ isFailure: true, message: expect.stringContaining("/nowhere") });
  expect(await prepareDesktop(machine, { ...env, CI: "false" }, wanted)).toMatchObject({ isFailure: false });
});
