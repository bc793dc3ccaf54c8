import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Debian: `libsecret-1-0 gnome-keyring dbus dbus-x11`. Without them the tests of the real keychain are not run, and listed. */
export const hasKeyring: boolean = process.platform === "linux" && hasPrograms() && loadsKeytar();

function hasPrograms(): boolean {
  return ["dbus-daemon", "dbus-send", "gnome-keyring-daemon"].every(
    (name) => spawnSync(name, ["--version"], { stdio: "ignore" }).error === undefined,
  );
}

function loadsKeytar(): boolean {
  try {
    createRequire(import.meta.url)("keytar");
    return true;
  } catch {
    return false;
  }
}

/** A D-Bus without services of its own: nothing of this computer's starts a second keyring or a window that asks. */
const busConfiguration = (home: string): string => `<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=${home}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

/** A person's session: a D-Bus and a keyring service, both of the test's own. */
export type Keyring = Readonly<{
  /** For processes that take part in the session. */
  env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}>;

/** Starts a session in `home`. Unlocked, its login collection is made; locked, one that is there stays closed. */
export async function startKeyring(home: string, ask: Readonly<{ locked?: boolean }> = {}): Promise<Keyring> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const configuration = join(home, "bus.conf");
  writeFileSync(configuration, busConfiguration(home));
  const own = { HOME: home, XDG_DATA_HOME: join(home, "share"), XDG_RUNTIME_DIR: home, DISPLAY: "" };
  const bus = spawn("dbus-daemon", [`--config-file=${configuration}`, "--nofork", "--nopidfile", "--print-address=1"], {
    env: { ...process.env, ...own },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = (await once(bus.stdout, "data")) as [Buffer];
  const env = { ...own, CALLLEDGER_KEYCHAIN: "on", DBUS_SESSION_BUS_ADDRESS: line.toString("utf8").trim() };
  const unlock = ask.locked === true ? [] : ["--unlock"];
  const daemon = spawn("gnome-keyring-daemon", ["--foreground", "--components=secrets", ...unlock], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "ignore", "ignore"],
  });
  daemon.stdin.end("test");
  await answers(env, daemon);
  return {
    env,
    async stop() {
      for (const child of [daemon, bus]) await end(child);
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}

/** Resolves when the service knows the login collection. */
async function answers(env: Readonly<Record<string, string>>, daemon: ChildProcess): Promise<void> {
  const ask = [
    "--session",
    "--print-reply",
    "--dest=org.freedesktop.secrets",
    "/org/freedesktop/secrets",
    "org.freedesktop.Secret.Service.ReadAlias",
    "string:default",
  ];
  while (daemon.exitCode === null) {
    const { stdout } = spawnSync("dbus-send", ask, { env: { ...process.env, ...env }, encoding: "utf8" });
    if (stdout.includes("/collection/")) return;
    await sleep(20);
  }
  throw new Error("the keyring service ended before it answered");
}
