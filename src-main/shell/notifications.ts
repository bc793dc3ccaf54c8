import { Notification } from "electron";
import type { Notice } from "./notifier.ts";

/** Notices as the system shows them. They are kept until settled: one that is collected could not be clicked. `show` tells whether the system shows any. */
export type Notifications = Readonly<{ show(notice: Notice): boolean; withdraw(key: string): void }>;

export function createNotifications(onClick: (route: string) => void, log: (line: string) => void): Notifications {
  const shown = new Map<string, Notification>();
  const withdraw = (key: string) => {
    shown.get(key)?.close();
    shown.delete(key);
  };
  return {
    show(notice) {
      if (!Notification.isSupported()) {
        log("This system shows no notifications.");
        return false;
      }
      withdraw(notice.key);
      const notification = new Notification({ title: notice.title, body: notice.body, silent: !notice.sound });
      notification.on("click", () => onClick(notice.route));
      notification.on("failed", (_event, error) => log(`A notification was not shown: ${error}`));
      shown.set(notice.key, notification);
      notification.show();
      return true;
    },
    withdraw,
  };
}
