import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** What a person would see: the notification server of this test's own session. */
export const notificationServer = {
  shown: (): number => Number(execFileSync("dunstctl", ["count", "displayed"], { encoding: "utf8" }).trim()),
  /** Those that were closed, newest first, of all tests; the server keeps the last twenty. Ids rise. */
  history: (): readonly Readonly<{ id: number; summary: string; body: string }>[] => {
    type Field = Readonly<{ data: unknown }>;
    const { data } = JSON.parse(execFileSync("dunstctl", ["history"], { encoding: "utf8" })) as {
      data: readonly (readonly Readonly<Record<string, Field>>[])[];
    };
    return data.flat().map((each) => ({
      id: Number(each["id"]?.data),
      summary: String(each["summary"]?.data),
      body: String(each["body"]?.data),
    }));
  },
  closeAll: (): void => void execFileSync("dunstctl", ["close-all"]),
  /** Closes what is shown, and answers with the id of the last one so far. */
  clear(): number {
    notificationServer.closeAll();
    return Math.max(0, ...notificationServer.history().map(({ id }) => id));
  },
  /** Every notice that came after that id, shown or closed since. Closes what is shown. */
  closeAllSince(last: number): readonly Readonly<{ summary: string; body: string }>[] {
    notificationServer.closeAll();
    return notificationServer.history().filter(({ id }) => id > last);
  },
  /** Does what a click on the newest one does. */
  clickNewest: (): void => void execFileSync("dunstctl", ["action", "0"]),
};

/** Asking the server starts it: the session's D-Bus knows its program. It ends with the session. */
export default async function startNotificationServer(): Promise<void> {
  if (process.platform !== "linux") return;
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      notificationServer.shown();
      break;
    } catch (error) {
      if (Date.now() > deadline) throw new Error("the notification server does not answer", { cause: error });
      await sleep(100);
    }
  }
}
