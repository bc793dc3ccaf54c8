import { BrowserWindow, nativeTheme, screen, type Rectangle, type Session } from "electron";
import { channels } from "../../src-shared/ipc/channels.ts";
import type { JsonFile } from "./json-file.ts";
import { pageColours } from "./page-colours.ts";
import { appPage } from "./security/app-url.ts";
import { safePreferences } from "./security/harden.ts";
import { firstPlace, windowPlace, type WindowPlace } from "./window-place.ts";

export type MainWindowParts = Readonly<{
  preload: string;
  session: Session;
  devTools: boolean;
  place: JsonFile<WindowPlace>;
  /** Whether closing the window only hides it. */
  staysOnClose: () => boolean;
  onHidden: () => void;
  /** Closed, and nothing keeps the app in the tray. */
  onClosed: () => void;
  /** The page is loaded. */
  onShown: () => void;
  onGone: (how: string) => void;
  now: () => number;
}>;

/** The one window. It is made when it is first shown, and anew when its renderer died. */
export type MainWindow = Readonly<{
  show(route?: string): void;
  isOurs(contentsId: number): boolean;
  isVisible(): boolean;
  browserWindow(): BrowserWindow | undefined;
  /** Closes it for good: the app quits. */
  destroy(): void;
}>;

const deathWindowMs = 60_000;
const mostDeaths = 3;

export function createMainWindow(parts: MainWindowParts): MainWindow {
  let window: BrowserWindow | undefined;
  /** Where to go as soon as the page listens. */
  let pendingRoute: string | undefined;
  let deaths: readonly number[] = [];

  const open = (): BrowserWindow => {
    const made = build(parts);
    made.webContents.on("did-finish-load", () => {
      parts.onShown();
      if (pendingRoute !== undefined) made.webContents.send(channels.open, { route: pendingRoute });
      pendingRoute = undefined;
    });
    made.webContents.on("render-process-gone", (_event, { reason }) => {
      parts.onGone(reason);
      deaths = [...deaths.filter((at) => parts.now() - at < deathWindowMs), parts.now()];
      // A page that dies again and again stays dead until a person opens the window anew.
      if (reason === "clean-exit" || made.isDestroyed() || deaths.length > mostDeaths) return;
      // Not inside of the event: the dead renderer is still being taken down.
      setImmediate(() => {
        if (!made.isDestroyed()) void made.loadURL(appPage);
      });
    });
    made.on("close", (event) => {
      savePlace(parts.place, made);
      if (!parts.staysOnClose()) return;
      event.preventDefault();
      made.hide();
      parts.onHidden();
    });
    made.once("closed", () => {
      window = undefined;
      parts.onClosed();
    });
    void made.loadURL(appPage);
    return made;
  };

  return {
    show(route) {
      const isNew = window === undefined;
      if (window?.webContents.isCrashed() === true) {
        deaths = [];
        window.webContents.reload();
      }
      window ??= open();
      if (route !== undefined && (isNew || window.webContents.isLoading())) pendingRoute = route;
      else if (route !== undefined) window.webContents.send(channels.open, { route });
      if (window.isMinimized()) window.restore();
      if (!isNew) window.show();
      window.focus();
    },
    isOurs: (contentsId) => window?.webContents.id === contentsId,
    isVisible: () => window?.isVisible() === true,
    browserWindow: () => window,
    destroy: () => window?.destroy(),
  };
}

function build({ preload, session, devTools, place }: MainWindowParts): BrowserWindow {
  const { isMaximized, ...stored } = place.read();
  const bounds = isOnScreen(stored) ? stored : { width: firstPlace.width, height: firstPlace.height };
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 760,
    minHeight: 540,
    show: false,
    title: "CallLedger",
    backgroundColor: pageColours[nativeTheme.shouldUseDarkColors ? "dark" : "light"],
    ...(process.platform === "darwin" ? { titleBarStyle: "hiddenInset" as const } : {}),
    ...(process.platform === "win32" ? { titleBarStyle: "hidden" as const, titleBarOverlay: { height: 40 } } : {}),
    webPreferences: { ...safePreferences(preload, devTools), session },
  });
  window.once("ready-to-show", () => {
    if (isMaximized) window.maximize();
    window.show();
  });
  return window;
}

/** A place on a screen that is no longer there would hide the window. */
function isOnScreen(
  place: Readonly<{ x?: number | undefined; y?: number | undefined; width: number; height: number }>,
): place is Rectangle {
  const { x, y } = place;
  if (x === undefined || y === undefined) return false;
  return screen
    .getAllDisplays()
    .some(
      ({ workArea: area }) =>
        x >= area.x - 50 && y >= area.y - 10 && x < area.x + area.width && y < area.y + area.height,
    );
}

function savePlace(file: JsonFile<WindowPlace>, window: BrowserWindow): void {
  const { x, y, width, height } = window.getNormalBounds();
  const parsed = windowPlace.safeParse({ x, y, width, height, isMaximized: window.isMaximized() });
  if (parsed.success) file.write(parsed.data);
}
