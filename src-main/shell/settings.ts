import { join } from "node:path";
import { z } from "zod";
import { type ShellPreferences, shellPreferences } from "../../src-shared/ipc/window-views.ts";
import { createJsonFile } from "./json-file.ts";
import type { LoginItem } from "./login-item.ts";
import type { ToldCause } from "./notifier.ts";
import { timedPause } from "./pause-switch.ts";
import { firstPlace, windowPlace } from "./window-place.ts";

const { closeToTray, notifications, mutedNotices, officeHours } = shellPreferences.shape;
/** A file of an earlier version has fewer of them. */
const stored = z.object({
  closeToTray,
  notifications,
  mutedNotices: mutedNotices.default([]),
  officeHours: officeHours.default(null),
});
/** What a person was told once, and of which causes. */
const memory = z.object({
  closedToTray: z.boolean(),
  causes: z.array(z.object({ key: z.string(), goneAt: z.int().nullable() })),
});

type PreferenceChange = Readonly<{ [K in keyof ShellPreferences]?: ShellPreferences[K] | undefined }>;

export type Settings = ReturnType<typeof createSettings>;

/** The app's own small files beside the ledger: preferences, what was told, the window's place. */
export function createSettings(folder: string, loginItem: LoginItem, log: (line: string) => void) {
  const preferences = createJsonFile(
    join(folder, "preferences.json"),
    stored,
    { closeToTray: true, notifications: true, mutedNotices: [], officeHours: null },
    log,
  );
  const told = createJsonFile(join(folder, "told.json"), memory, { closedToTray: false, causes: [] }, log);
  const timed = createJsonFile(join(folder, "pause.json"), timedPause, null, log);
  const place = createJsonFile(join(folder, "window-place.json"), windowPlace, firstPlace, log);
  const read = (): ShellPreferences => ({ ...preferences.read(), startAtLogin: loginItem.isOn() });
  return {
    place,
    timedPause: timed,
    preferences: read,
    setPreferences(change: PreferenceChange): ShellPreferences {
      const before = read();
      const startAtLogin = change.startAtLogin ?? before.startAtLogin;
      if (startAtLogin !== before.startAtLogin) loginItem.set(startAtLogin);
      preferences.write({
        closeToTray: change.closeToTray ?? before.closeToTray,
        notifications: change.notifications ?? before.notifications,
        mutedNotices: change.mutedNotices ?? before.mutedNotices,
        officeHours: change.officeHours === undefined ? before.officeHours : change.officeHours,
      });
      return read();
    },
    /** True the first time: closing the window is explained once. */
    explainClosing(): boolean {
      const before = told.read();
      if (!before.closedToTray) told.write({ ...before, closedToTray: true });
      return !before.closedToTray;
    },
    causes: {
      read: () => told.read().causes,
      write: (causes: readonly ToldCause[]) => told.write({ ...told.read(), causes: [...causes] }),
    },
  };
}
