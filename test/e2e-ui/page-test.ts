import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { _electron, test as base, type ElectronApplication } from "@playwright/test";

const executablePath = process.env["E2E_ELECTRON"] ?? "";
const ownArguments = JSON.parse(process.env["E2E_ELECTRON_ARGUMENTS"] ?? "[]") as readonly string[];

/** An app that does nothing by itself: its windows are the tests'. */
async function writeHost(): Promise<string> {
  const folder = join(process.env["E2E_APP"] ?? "", "page-host");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "page-host", main: "main.cjs" }));
  await writeFile(join(folder, "main.cjs"), 'require("electron").app.on("window-all-closed", () => undefined);');
  return folder;
}

/** The page in the browser engine of the Electron that is here, without our shell; each test has a window and storage of its own. */
export const test = base.extend<object, Readonly<{ electron: ElectronApplication }>>({
  electron: [
    async ({}, use) => {
      const electron = await _electron.launch({
        executablePath,
        args: [...ownArguments, await writeHost()],
        locale: "en-GB",
        timezoneId: "Europe/London",
      });
      await use(electron);
      await electron.close();
    },
    { scope: "worker" },
  ],
  page: async ({ electron }, use, { testId }) => {
    const opened = electron.waitForEvent("window");
    await electron.evaluate(({ BrowserWindow }, partition) => {
      const window = new BrowserWindow({
        width: 1280,
        height: 800,
        useContentSize: true,
        webPreferences: { partition, sandbox: true, contextIsolation: true },
      });
      void window.loadURL("about:blank");
    }, testId);
    const page = await opened;
    // A document that Playwright saw from its beginning: the clock of an earlier test would be half set in it.
    await page.goto("about:blank");
    await page.setViewportSize({ width: 1280, height: 800 });
    await use(page);
    await page.close();
  },
});
