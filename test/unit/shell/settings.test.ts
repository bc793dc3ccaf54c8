import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLoginItem, type LoginItem } from "../../../src-main/shell/login-item.ts";
import { createSettings } from "../../../src-main/shell/settings.ts";

let folder: string;
let lines: string[];
let login: { on: boolean; sets: number };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "callledger-settings-"));
  lines = [];
  login = { on: false, sets: 0 };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const loginItem: LoginItem = {
  isOn: () => login.on,
  set(on) {
    login = { on, sets: login.sets + 1 };
  },
};
const settings = () => createSettings(folder, loginItem, (line) => void lines.push(line));

describe("settings of the app", () => {
  test("a new one closes to the tray and notifies, and says nothing about it in the log", () => {
    expect(settings().preferences()).toEqual({
      closeToTray: true,
      notifications: true,
      mutedNotices: [],
      officeHours: null,
      startAtLogin: false,
    });
    expect(lines).toEqual([]);
  });

  test("a change keeps what it does not name, and outlives the app", () => {
    settings().setPreferences({ closeToTray: false });
    settings().setPreferences({ notifications: false, startAtLogin: true });
    settings().setPreferences({ mutedNotices: ["healed"], officeHours: { from: 480, to: 1_080 } });
    expect(settings().preferences()).toEqual({
      closeToTray: false,
      notifications: false,
      mutedNotices: ["healed"],
      officeHours: { from: 480, to: 1_080 },
      startAtLogin: true,
    });
    expect(settings().setPreferences({ officeHours: null })).toMatchObject({ officeHours: null });
    expect(login.sets).toBe(1);
  });

  test("a file of an earlier version keeps what it says", () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "preferences.json"), '{"closeToTray":false,"notifications":false}');
    expect(settings().preferences()).toMatchObject({ closeToTray: false, notifications: false, mutedNotices: [] });
    expect(lines).toEqual([]);
  });

  test("closing to the tray is explained once, also over restarts, and what was told of causes is kept beside it", () => {
    expect(settings().explainClosing()).toBe(true);
    settings().causes.write([{ key: "group:a", goneAt: null }]);
    expect(settings().explainClosing()).toBe(false);
    expect(settings().causes.read()).toEqual([{ key: "group:a", goneAt: null }]);
  });

  test("a damaged file is taken as new and said", () => {
    writeFileSync(join(folder, "preferences.json"), "{ not json");
    expect(settings().preferences()).toMatchObject({ closeToTray: true });
    expect(lines).toEqual([`${join(folder, "preferences.json")} cannot be read and is taken as new.`]);
  });

  test("a disk that takes nothing is said and does not stop the app", () => {
    const blocked = join(folder, "file");
    writeFileSync(blocked, "");
    createSettings(blocked, loginItem, (line) => void lines.push(line)).setPreferences({ notifications: false });
    expect(lines.some((line) => line.includes("cannot be written"))).toBe(true);
  });
});

describe("starting at login", () => {
  const app = { getLoginItemSettings: () => ({ openAtLogin: login.on }), setLoginItemSettings: () => undefined };

  test("on Linux is a file of the desktop whose command is quoted, and goes when it is switched off", () => {
    const command = ["/apps/Call Ledger/app", "100% $HOME `x`", '"q" \\'];
    const item = createLoginItem({ app: app as never, platform: "linux", configHome: folder, command });
    const file = join(folder, "autostart", "callledger.desktop");
    expect(item.isOn()).toBe(false);
    item.set(true);
    expect(item.isOn()).toBe(true);
    // As the Desktop Entry Specification wants it: its rule for strings first, then the one for quoting.
    expect(readFileSync(file, "utf8").split("\n")).toContain(
      'Exec="/apps/Call Ledger/app" "100%% \\\\$HOME \\\\`x\\\\`" "\\\\"q\\\\" \\\\\\\\" "--hidden"',
    );
    item.set(false);
    item.set(false);
    expect(existsSync(file)).toBe(false);
  });

  test("a file that a desktop's own settings removed counts as off", () => {
    const item = createLoginItem({ app: app as never, platform: "linux", configHome: folder, command: ["app"] });
    item.set(true);
    rmSync(join(folder, "autostart"), { recursive: true });
    expect(item.isOn()).toBe(false);
    mkdirSync(join(folder, "autostart"));
    item.set(true);
    expect(item.isOn()).toBe(true);
  });

  test.each(["darwin", "win32"] as const)("on %s is the system's own setting, hidden", (platform) => {
    const asked: unknown[] = [];
    const system = {
      getLoginItemSettings(ask: unknown) {
        asked.push(ask);
        return { openAtLogin: true };
      },
      setLoginItemSettings: (ask: unknown) => void asked.push(ask),
    };
    const item = createLoginItem({ app: system as never, platform, configHome: folder, command: ["/app", "folder"] });
    expect(item.isOn()).toBe(true);
    item.set(false);
    expect(asked).toEqual([
      { path: "/app", args: ["folder", "--hidden"] },
      { path: "/app", args: ["folder", "--hidden"], openAtLogin: false },
    ]);
  });
});
