import { app, dialog, shell } from "electron";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { EngineHost } from "./engine-host/engine-host.ts";
import { onlyGranted } from "./granted-paths.ts";
import type { ImportJobs } from "./import-jobs.ts";
import type { MainWindow } from "./main-window.ts";
import { toExternalUrl } from "./security/app-url.ts";
import type { PathGrants } from "./security/path-grants.ts";
import type { Settings } from "./settings.ts";
import { opensPage } from "./sign-in-page.ts";
import {
  collectHandlers,
  createRelayHandlers,
  createShellHandlers,
  createWindowDispatcher,
  type WindowDispatcher,
  type WindowHandlers,
} from "./window-calls.ts";

export type WindowApiParts = Readonly<{
  host: EngineHost;
  jobs: ImportJobs;
  grants: PathGrants;
  settings: Settings;
  window: () => MainWindow;
  dataDir: string;
  engineHost: "utility process" | "node";
  /** Preferences changed: the tray shows one of them, and what was held may be told. */
  onPreferences: () => void;
  /** Shows a notification that says what it is; false where the system shows none. */
  testNotification: () => boolean;
  onBug: (call: string, error: unknown) => void;
}>;

/** Everything that a window can ask for, behind the contract. */
export function createWindowApi(parts: WindowApiParts): WindowDispatcher {
  return createWindowDispatcher(collectHandlers([engineCalls(parts), shellCallsOf(parts)]), parts.onBug);
}

/** The engine's calls; those that name files pass only with files that a person gave. */
function engineCalls({ host, jobs, grants, onBug }: WindowApiParts): WindowHandlers {
  const relayed = createRelayHandlers(host);
  const { "ingest:import": read, "ingest:examine": examine, "sources:add": watch } = relayed;
  const { "integrations:connect": connect, "integrations:signIn": signIn } = relayed;
  const { "mappings:propose": propose, "mappings:save": keep } = relayed;
  if (read === undefined || examine === undefined || watch === undefined || propose === undefined || keep === undefined)
    throw new Error("the window's contract lost its calls with paths");
  if (connect === undefined || signIn === undefined) throw new Error("the window's contract lost its sign-ins");
  const onProblem = (error: unknown) => onBug("opening the sign-in page", error);
  return {
    ...relayed,
    "integrations:connect": opensPage(connect, openExternal, onProblem),
    "integrations:signIn": opensPage(signIn, openExternal, onProblem),
    "ingest:import": onlyGranted(grants, jobs.wrap(read)),
    "ingest:examine": onlyGranted(grants, examine),
    "sources:add": onlyGranted(grants, watch),
    "mappings:propose": onlyGranted(grants, propose),
    "mappings:save": onlyGranted(grants, keep),
  };
}

function shellCallsOf({ host, settings, grants, dataDir, ...parts }: WindowApiParts): WindowHandlers {
  return createShellHandlers({
    "shell:info": async () => ({
      version: app.getVersion(),
      electron: process.versions["electron"] ?? "unknown",
      platform: process.platform,
      dataDir,
      engineHost: parts.engineHost,
      isPackaged: app.isPackaged,
    }),
    "shell:preferences": async () => settings.preferences(),
    "shell:setPreferences": async (change) => {
      const next = settings.setPreferences(change);
      parts.onPreferences();
      return next;
    },
    "shell:pick": async ({ what }) => ({ paths: await pickPaths(parts.window(), grants, what) }),
    "shell:openExternal": async ({ url }) => ({ opened: await openExternal(url) }),
    "shell:openFolder": async ({ folder }) => {
      const path = folder === "data" ? dataDir : join(dataDir, "backups");
      mkdirSync(path, { recursive: true });
      return { opened: (await shell.openPath(path)) === "" };
    },
    "shell:testNotification": async () => ({ shown: parts.testNotification() }),
    "shell:restartEngine": async () => {
      host.restart();
      return {};
    },
  });
}

/** The dialog of the system; what a person chose in it may be read. */
export async function pickPaths(window: MainWindow, grants: PathGrants, what: "files" | "folder"): Promise<string[]> {
  const properties = what === "files" ? (["openFile", "multiSelections"] as const) : (["openDirectory"] as const);
  const options = { properties: [...properties] };
  const parent = window.browserWindow();
  const { canceled, filePaths } = await (parent === undefined
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(parent, options));
  if (canceled) return [];
  grants.grant(filePaths);
  return filePaths;
}

/** The one caller of the system's browser. */
async function openExternal(url: string): Promise<boolean> {
  const page = toExternalUrl(url);
  if (page === undefined) return false;
  await shell.openExternal(page);
  return true;
}
