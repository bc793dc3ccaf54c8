import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { app, session } from "electron";
import { readArguments, type ShellArguments } from "./command-line.ts";
import { createEngineHost, type EngineHost } from "./engine-host/engine-host.ts";
import { chooseEngine } from "./engine-launcher.ts";
import { createImportJobs } from "./import-jobs.ts";
import { registerIpc } from "./ipc.ts";
import { createLedgerWatch, type LedgerWatch } from "./ledger-watch.ts";
import { createLog } from "./log.ts";
import { createLoginItem } from "./login-item.ts";
import { createMainWindow, type MainWindow } from "./main-window.ts";
import { createNotifications } from "./notifications.ts";
import { createNotifier, type Notifier } from "./notifier.ts";
import { isOutsideOffice } from "./office-hours.ts";
import { createPauseSwitch, pauseEnds } from "./pause-switch.ts";
import { serveApp } from "./security/app-protocol.ts";
import { hardenContents, hardenSession } from "./security/harden.ts";
import { createPathGrants } from "./security/path-grants.ts";
import { isTrustedSender } from "./security/trusted-sender.ts";
import { createSettings, type Settings } from "./settings.ts";
import { installShutdown } from "./shutdown.ts";
import { followTopic } from "./topics/follow-topic.ts";
import { createTopicHub, type TopicHub } from "./topics/topic-hub.ts";
import { createTopicReaders } from "./topics/topic-readers.ts";
import { createAppTray } from "./tray.ts";
import type { TrayAction } from "./tray-menu.ts";
import { showInTray } from "./tray-presence.ts";
import { createWindowApi } from "./window-api.ts";

/** Set by the build: true in a build that is made for tests. */
declare const CALLLEDGER_TEST_BUILD: boolean;

/** The engine closes within ten seconds; what is left of them is for the rest of the app. */
const engineStopMs = 9_000;
/** A page that takes longer to load is no reason to leave calls unread. */
const pagePatienceMs = 3_000;

const clock = {
  now: () => Date.now(),
  after(ms: number, work: () => void) {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

type Log = (line: string) => void;
type Base = Readonly<{ dataDir: string; dist: string; devTools: boolean; log: Log; settings: Settings }>;

/**
 * Starts everything, in this order: log, topics, window, tray, notices, and the engine when the page is there: on a small PC
 * an engine that starts beside it makes a person wait for both. Runs when Electron is ready.
 */
export function runApp({ dataDir, given }: Readonly<{ dataDir: string; given: ShellArguments }>): void {
  const base = openBase(dataDir);
  const { log, settings } = base;
  const engine = createEngine(base);
  const { host, hub } = engine;

  const notifications = createNotifications((route) => window.show(route), log);
  const window: MainWindow = openMainWindow(base, {
    isQuitting: () => shutdown.isQuitting(),
    onLoaded: () => host.start(),
    onHidden() {
      if (settings.explainClosing()) notifications.show(closedNotice);
    },
  });
  // Its page loads in processes of its own while the rest of the app is made here; it is answered when all of this has run.
  if (!given.isHidden) window.show(given.route);
  const pause = createPauseSwitch({ host, newRequestId: randomUUID, now: clock.now, timed: settings.timedPause });
  const lookAtPause = (): void => {
    void pause.look().finally(() => clock.after(heldLookMs, lookAtPause));
  };
  clock.after(heldLookMs, lookAtPause);
  const tray = createAppTray(join(base.dist, "build", "icons", "tray"), (action) => void act(action));
  const inTray = showInTray({
    hub,
    tray,
    engine: host.state(),
    startAtLogin: () => settings.preferences().startAtLogin,
    pausedUntil: pause.until,
    now: clock.now,
    after: (ms, work) => clock.after(ms, work),
  });
  const act = async (action: TrayAction): Promise<void> => {
    await actOnTray(action, { host, window, settings, pause });
    inTray.refresh();
  };
  const shutdown = installShutdown({
    app,
    async finish() {
      inTray.end();
      tray.destroy();
      await host.stop(engineStopMs);
      window.destroy();
      log("Ended.");
    },
  });

  const grants = createPathGrants();
  registerIpc({
    dispatcher: createWindowApi({
      host,
      jobs: engine.jobs,
      grants,
      settings,
      dataDir,
      engineHost: engine.kind,
      window: () => window,
      onPreferences() {
        inTray.refresh();
        notifier.wake();
      },
      testNotification: () => notifications.show(testNotice),
      onBug: (call, error) => log(`${call} failed: ${error instanceof Error ? (error.stack ?? error.message) : "?"}`),
    }),
    hub,
    isTrusted: (event) => isTrustedSender(event, window.isOurs),
    grant: grants.grant,
    onRefused: (what) => log(`Refused: ${what}.`),
  });
  const notifier = tellCauses(engine, settings, notifications);
  listenToSystem(window);
  if (given.isHidden) host.start();
  else clock.after(pagePatienceMs, () => host.start());
}

function openBase(dataDir: string): Base {
  const log = createLog(join(dataDir, "logs", "app.log"), clock.now, (line) => process.stderr.write(`${line}\n`));
  const dist = app.getAppPath();
  const loginItem = createLoginItem({
    app,
    platform: process.platform,
    configHome: process.env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"),
    command: app.isPackaged ? [process.execPath] : [process.execPath, dist],
  });
  return {
    dataDir,
    dist,
    devTools: !app.isPackaged,
    log,
    settings: createSettings(join(dataDir, "window"), loginItem, log),
  };
}

type AppEngine = Readonly<{
  host: EngineHost;
  hub: TopicHub;
  jobs: ReturnType<typeof createImportJobs>;
  watch: LedgerWatch;
  kind: "utility process" | "node";
}>;

function createEngine({ dataDir, dist, log }: Base): AppEngine {
  const { kind, launch } = chooseEngine({
    entry: join(dist, "dist", "app", "engine.mjs"),
    env: process.env,
    isPackaged: app.isPackaged,
    isTestBuild: CALLLEDGER_TEST_BUILD,
  });
  log(`CallLedger ${app.getVersion()} on Electron ${process.versions["electron"]}, engine in a ${kind}.`);
  const watch = createLedgerWatch({ now: clock.now, touch: (...names) => hub.touch(...names), log });
  const host = createEngineHost({
    launch,
    dataDir,
    background: true,
    clock,
    resolveProxy: (url) => session.defaultSession.resolveProxy(url),
    onState: watch.onState,
    onEvent: watch.onEvent,
    log,
  });
  const jobs = createImportJobs({
    now: clock.now,
    onChanged: () => hub.touch("imports"),
    // Whoever sees that a file was read looks at once for its calls.
    onEnded: () => hub.hurry("today", "totals", "connections"),
  });
  const timeZone = () => new Intl.DateTimeFormat("en").resolvedOptions().timeZone;
  const readers = createTopicReaders({ host, jobs, activity: watch.activity, now: clock.now, timeZone });
  const hub: TopicHub = createTopicHub({ readers, gapMs: { engine: 0, today: 2_000 }, clock, log });
  return { host, hub, jobs, watch, kind };
}

/** The window in a session of its own, which loads our files and nothing else. */
function openMainWindow(
  { dist, devTools, settings, log }: Base,
  on: Readonly<{ isQuitting: () => boolean; onLoaded: () => void; onHidden: () => void }>,
): MainWindow {
  hardenContents(app, (what) => log(`Refused: ${what}.`));
  const ofWindow = session.fromPartition("callledger");
  for (const each of [session.defaultSession, ofWindow]) hardenSession(each, { devTools });
  serveApp(ofWindow.protocol, join(dist, "dist", "app", "renderer"));
  return createMainWindow({
    preload: join(dist, "dist", "app", "preload.cjs"),
    session: ofWindow,
    devTools,
    place: settings.place,
    staysOnClose: () => !on.isQuitting() && settings.preferences().closeToTray,
    onHidden: on.onHidden,
    onClosed: () => app.quit(),
    onShown() {
      log("The window shows its page.");
      on.onLoaded();
    },
    onGone: (how) => log(`The window's renderer ended: ${how}.`),
    now: clock.now,
  });
}

const closedNotice = {
  key: "closed",
  title: "CallLedger keeps working",
  body: "The window is closed; calls are still read and logged. Quit from the tray to stop.",
  route: "overview",
  sound: false,
} as const;

const testNotice = {
  key: "test",
  title: "This is a test",
  body: "So you hear of what needs you. Nothing needs you now.",
  route: "settings",
  sound: false,
} as const;

/** How often it is looked whether the time of held notices, or of a pause, is over. */
const heldLookMs = 60_000;

/** One notice for each new cause; its click opens exactly that. */
function tellCauses(
  { hub, watch }: Pick<AppEngine, "hub" | "watch">,
  settings: Settings,
  notifications: ReturnType<typeof createNotifications>,
): Notifier {
  const notifier = createNotifier({
    show: notifications.show,
    withdraw: notifications.withdraw,
    told: settings.causes,
    now: clock.now,
    isOn(kind) {
      const { notifications: isOn, mutedNotices } = settings.preferences();
      return isOn && !mutedNotices.includes(kind);
    },
    isHeld: () => isOutsideOffice(new Date(clock.now()), settings.preferences().officeHours),
  });
  const look = (): void => {
    notifier.wake();
    clock.after(heldLookMs, look);
  };
  clock.after(heldLookMs, look);
  followTopic(hub, "attention", (groups) => notifier.attention(Object.values(groups)));
  followTopic(hub, "connections", (connections) => notifier.connections(Object.values(connections)));
  watch.tell((event) => {
    if (event.event === "group:healed") notifier.healed(event);
    if (event.event === "source:silent") notifier.silent(event);
    if (event.event === "source:heard") notifier.heard(event.sourceId);
  });
  return notifier;
}

/** A second start, a click on the dock, and links all lead to the one window. */
function listenToSystem(window: MainWindow): void {
  app.on("second-instance", (_event, argv) => window.show(readArguments(argv).route));
  app.on("activate", () => window.show());
  app.on("open-url", (event, url) => {
    event.preventDefault();
    window.show(readArguments([url]).route);
  });
}

async function actOnTray(
  action: TrayAction,
  parts: Readonly<{
    host: EngineHost;
    window: MainWindow;
    settings: Settings;
    pause: ReturnType<typeof createPauseSwitch>;
  }>,
): Promise<void> {
  switch (action.do) {
    case "open":
      parts.window.show(action.route);
      return;
    case "import":
      parts.window.show("import");
      return;
    case "pause":
      await parts.pause.pauseAll(action.for === "ever" ? null : pauseEnds(clock.now())[action.for]);
      return;
    case "resume":
      await parts.pause.resumeAll();
      return;
    case "toggle-login":
      parts.settings.setPreferences({ startAtLogin: !parts.settings.preferences().startAtLogin });
      return;
    case "restart-engine":
      parts.host.restart();
      return;
    case "quit":
      app.quit();
  }
}
