import type { App, Session, WebContents, WebPreferences } from "electron";
import { isAppUrl, isLoadable } from "./app-url.ts";

/** Said out loud although most are defaults: a change of a default must not change us. */
export const safePreferences = (preload: string, devTools: boolean): WebPreferences => ({
  preload,
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  plugins: false,
  spellcheck: false,
  disableDialogs: true,
  devTools,
});

/** The one thing that our own page may ask for: to put text on the clipboard after a click. */
const allowedPermissions: ReadonlySet<string> = new Set(["clipboard-sanitized-write"]);

const mayHave = (permission: string, url: string | undefined): boolean =>
  allowedPermissions.has(permission) && url !== undefined && isAppUrl(url);

/** Permissions, downloads and loads of a session. */
export function hardenSession(session: Session, options: Readonly<{ devTools: boolean }>): void {
  session.setPermissionRequestHandler((contents, permission, callback) =>
    callback(mayHave(permission, contents.getURL())),
  );
  session.setPermissionCheckHandler((contents, permission) => mayHave(permission, contents?.getURL()));
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.on("will-download", (event) => event.preventDefault());
  session.webRequest.onBeforeRequest((details, callback) =>
    callback({ cancel: !isLoadable(details.url, options.devTools) }),
  );
}

/** No contents of this app go anywhere, open anything or hold a webview: also those that nobody thought of. */
export function hardenContents(app: App, onRefused: (what: string) => void): void {
  app.on("web-contents-created", (_created, contents) => lockDown(contents, onRefused));
  // Chromium's answer to a bad certificate is a page to click through; ours is no.
  app.on("certificate-error", (event, _contents, _url, _error, _certificate, callback) => {
    event.preventDefault();
    callback(false);
  });
}

function lockDown(contents: WebContents, onRefused: (what: string) => void): void {
  contents.setWindowOpenHandler(() => {
    onRefused("a new window");
    return { action: "deny" };
  });
  contents.on("will-navigate", (event) => {
    event.preventDefault();
    onRefused("a navigation");
  });
  contents.on("will-frame-navigate", (event) => {
    event.preventDefault();
    onRefused("a navigation of a frame");
  });
  contents.on("will-redirect", (event) => {
    event.preventDefault();
    onRefused("a redirect");
  });
  contents.on("will-attach-webview", (event) => {
    event.preventDefault();
    onRefused("a webview");
  });
}
