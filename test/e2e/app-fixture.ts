import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { _electron, test as base, type ElectronApplication, type Page } from "@playwright/test";

export const electronVersion = process.env["E2E_ELECTRON_VERSION"] ?? "unknown";
const executablePath = process.env["E2E_ELECTRON"] ?? "";
/** Folder of the app that was built for this run. */
export const appFolder = process.env["E2E_APP"] ?? "";
const ownArguments = JSON.parse(process.env["E2E_ELECTRON_ARGUMENTS"] ?? "[]") as readonly string[];

export type RunningApp = Readonly<{
  electron: ElectronApplication;
  /** The main window. */
  page: Page;
  dataDir: string;
  /** What the app wrote to its log. */
  log: () => Promise<string>;
}>;

export type LaunchAsk = Readonly<{
  dataDir?: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
}>;

type Fixtures = Readonly<{
  /** A data folder of this test alone. */
  dataDir: string;
  /** Starts the app with a window; it is ended with the test. */
  launch: (ask?: LaunchAsk) => Promise<RunningApp>;
  app: RunningApp;
}>;

/** The command line of Electron on the app in a folder. */
export const electronCommand = (folder: string, ...args: readonly string[]): readonly [string, ...string[]] => [
  executablePath,
  ...ownArguments,
  folder,
  ...args,
];

/** The command line of the app, for tests that start it without Playwright's eyes. */
export const appCommand = (dataDir: string, ...args: readonly string[]): readonly [string, ...string[]] =>
  electronCommand(appFolder, "--data", dataDir, ...args);

export const test = base.extend<Fixtures>({
  dataDir: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "cl-e2e-"));
    await use(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  },
  launch: async ({ dataDir }, use, testInfo) => {
    const running: ElectronApplication[] = [];
    const said: string[] = [];
    await use(async (ask = {}) => {
      const folder = ask.dataDir ?? dataDir;
      // Hidden first: a window that opens while Playwright still attaches to Electron may be left paused for ever.
      const [, ...args] = appCommand(folder, "--hidden", ...(ask.args ?? []));
      const electron = await _electron.launch({
        executablePath,
        args,
        env: { ...toStrings(process.env), ...ask.env },
        cwd: appFolder,
        // As the system says: Playwright would else hold every page to light.
        colorScheme: null,
      });
      running.push(electron);
      const opened = electron.firstWindow();
      // What a click on the dock does.
      await electron.evaluate(({ app }) => void setImmediate(() => app.emit("activate")));
      const page = await opened;
      page.on("pageerror", ({ stack, message }) => said.push(stack ?? message));
      page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
      await page.waitForLoadState("load");
      return { electron, page, dataDir: folder, log: () => readFile(join(folder, "logs", "app.log"), "utf8") };
    });
    for (const each of running) await each.close().catch(() => undefined);
    if (testInfo.status !== testInfo.expectedStatus) {
      const body = await readFile(join(dataDir, "logs", "app.log"), "utf8").catch(() => "the app wrote no log");
      await testInfo.attach("app.log", { body: [body, ...said].join("\n"), contentType: "text/plain" });
    }
  },
  app: async ({ launch }, use) => {
    await use(await launch());
  },
});

export { expect } from "@playwright/test";

const toStrings = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
