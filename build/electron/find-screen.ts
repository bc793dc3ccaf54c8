import { spawnSync } from "node:child_process";

/** What to put before a program on Linux so that it has a screen of its own: nobody else is on it, and none is needed. */
export const ownScreen = ["xvfb-run", "--auto-servernum", "--server-args=-screen 0 1600x1200x24"] as const;

/** What to put before a program so that it has a screen: nothing where there is one. Undefined where none can be had. */
export function findScreen(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly string[] | undefined {
  if (platform !== "linux" || (env["DISPLAY"] ?? "") !== "" || (env["WAYLAND_DISPLAY"] ?? "") !== "") return [];
  return spawnSync(ownScreen[0], ["--help"], { stdio: "ignore" }).error === undefined ? ownScreen : undefined;
}

/**
 * The environment of a program behind such a screen. Nobody sits there: a keyring that asks for its password would be
 * waited for, so without a D-Bus of its own the program gets none.
 */
export const behindScreen = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  DBUS_SESSION_BUS_ADDRESS: env["DBUS_SESSION_BUS_ADDRESS"] ?? "disabled:",
});

/** What to do where there is no screen. */
export const noScreen =
  "There is no screen here, and no xvfb-run for one without a monitor. On Debian: apt-get install -y xvfb xauth";
