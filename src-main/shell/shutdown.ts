import { powerMonitor, type App } from "electron";

type Preventable = Readonly<{ preventDefault(): void }>;

const isPreventable = (event: unknown): event is Preventable =>
  typeof event === "object" && event !== null && "preventDefault" in event;

export type ShutdownParts = Readonly<{
  app: App;
  /** Ends the engine and everything else; never rejects. */
  finish: () => Promise<void>;
}>;

/**
 * Every way out goes through one door: the app ends when what is in flight has ended. Quit from tray and menu, Ctrl+C, a
 * stop of its service (SIGTERM), log-out and shut-down of the system.
 */
export function installShutdown({ app, finish }: ShutdownParts): Readonly<{ isQuitting: () => boolean }> {
  let quitting: Promise<void> | undefined;
  let isFinished = false;
  const quitAfter = async () => {
    await finish();
    isFinished = true;
    app.quit();
  };
  app.on("before-quit", (event) => {
    if (isFinished) return;
    event.preventDefault();
    quitting ??= quitAfter();
  });
  // Linux and macOS wait for us this way; Windows tells the window.
  powerMonitor.on("shutdown", (...sent: readonly unknown[]) => {
    const [event] = sent;
    if (isPreventable(event)) event.preventDefault();
    app.quit();
  });
  // Windows ends the session without a quit: the engine is told at once and has what time the system gives.
  app.on("browser-window-created", (_event, window) => {
    if (process.platform === "win32") window.on("session-end", () => app.quit());
  });
  // With the window hidden in the tray, the app goes on.
  app.on("window-all-closed", () => undefined);
  return { isQuitting: () => quitting !== undefined };
}
