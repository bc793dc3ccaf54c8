import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { App } from "electron";

/** Whether the app starts when the person signs in to the system: read from the system, so that its own settings count. */
export type LoginItem = Readonly<{ isOn(): boolean; set(on: boolean): void }>;

export type LoginItemAsk = Readonly<{
  app: Pick<App, "getLoginItemSettings" | "setLoginItemSettings">;
  platform: NodeJS.Platform;
  /** `XDG_CONFIG_HOME` or `~/.config`, for Linux. */
  configHome: string;
  /** The program and its arguments, without the one that starts hidden. */
  command: readonly string[];
}>;

/** Started at login, the app stays in the tray. */
export const hiddenArgument = "--hidden";

export function createLoginItem(ask: LoginItemAsk): LoginItem {
  return ask.platform === "linux" ? createAutostartFile(ask) : createSystemItem(ask);
}

function createSystemItem({ app, command }: LoginItemAsk): LoginItem {
  const [path = "", ...rest] = command;
  const args = [...rest, hiddenArgument];
  return {
    isOn: () => app.getLoginItemSettings({ path, args }).openAtLogin,
    set: (openAtLogin) => app.setLoginItemSettings({ openAtLogin, path, args }),
  };
}

/** Quoted as the Desktop Entry Specification wants it for `Exec`. */
const quote = (argument: string): string =>
  `"${argument
    .replaceAll("\\", "\\\\\\\\")
    .replaceAll(/["`$]/g, String.raw`\\$&`)
    .replaceAll("%", "%%")}"`;

/** Electron has no login item on Linux; desktops read the autostart folder of the XDG specification. */
function createAutostartFile({ configHome, command }: LoginItemAsk): LoginItem {
  const file = join(configHome, "autostart", "callledger.desktop");
  return {
    isOn: () => existsSync(file),
    set(on) {
      if (!on) {
        rmSync(file, { force: true });
        return;
      }
      mkdirSync(dirname(file), { recursive: true });
      const exec = [...command, hiddenArgument].map(quote).join(" ");
      const lines = ["[Desktop Entry]", "Type=Application", "Name=CallLedger", `Exec=${exec}`, "Terminal=false", ""];
      writeFileSync(file, lines.join("\n"), { mode: 0o644 });
    },
  };
}
