import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { appCommand, expect, test, type RunningApp } from "./app-fixture.ts";
import { notificationServer } from "./notification-server.ts";
import { callRaw, followInPage, topicValue, waitForEngine } from "./page-calls.ts";

const isVisible = ({ electron }: RunningApp) =>
  electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((window) => window.isVisible()));

const closeWindow = ({ electron }: RunningApp) =>
  electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());

const keepsWorking = "CallLedger keeps working";

/** Its exit code, or the signal that ended it. */
const howItEnds = (child: ChildProcess): Promise<number | NodeJS.Signals | null> =>
  new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? code)));

/** Starts the app once more, as a person would; resolves with its exit code. */
function startAgain(dataDir: string, ...args: readonly string[]): Promise<number | null> {
  const [program, ...rest] = appCommand(dataDir, ...args);
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { stdio: "ignore" });
    child.once("error", reject);
    child.once("exit", resolve);
  });
}

test("closing the window keeps the agent and says so once; a second start brings the window back", async ({ app }) => {
  await waitForEngine(app.page);
  const last = notificationServer.clear();
  await closeWindow(app);
  await expect.poll(() => isVisible(app)).toBe(false);
  await expect.poll(() => notificationServer.shown()).toBe(1);
  expect((await callRaw(app.page, "status:get", {})).ok).toBe(true);

  expect(await startAgain(app.dataDir)).toBe(0);
  await expect.poll(() => isVisible(app)).toBe(true);
  await closeWindow(app);
  await expect.poll(() => isVisible(app)).toBe(false);
  // An answer of the shell comes after all that the closing set off.
  expect((await callRaw(app.page, "shell:preferences", {})).ok).toBe(true);
  expect(notificationServer.closeAllSince(last).map(({ summary }) => summary)).toEqual([keepsWorking]);
});

test("a second start with a link opens that place in the first window; links to nowhere open nothing", async ({
  app,
}) => {
  await app.page.evaluate(() => {
    const places: unknown[] = [];
    const api = window.callledger as unknown as { onOpen(listener: (frame: unknown) => void): void };
    api.onOpen((frame) => places.push(frame));
    Reflect.set(window, "openedPlaces", places);
  });
  const places = () => app.page.evaluate(() => Reflect.get(window, "openedPlaces") as unknown[]);
  expect(await startAgain(app.dataDir, "callledger://elsewhere/../../x")).toBe(0);
  expect(await startAgain(app.dataDir, "callledger://attention/1-value_rejected-00aa11bb")).toBe(0);
  await expect.poll(places).toEqual([{ route: "attention/1-value_rejected-00aa11bb" }]);
  expect(app.electron.windows()).toHaveLength(1);
});

test("an app that is told to quit on closing does so, and its engine ends with it", async ({ app }) => {
  await waitForEngine(app.page);
  expect(await callRaw(app.page, "shell:setPreferences", { closeToTray: false })).toMatchObject({
    value: { closeToTray: false },
  });
  const ended = howItEnds(app.electron.process());
  await closeWindow(app);
  expect(await ended).toBe(0);
  expect(existsSync(join(app.dataDir, "engine-endpoint.json"))).toBe(false);
});

test("started hidden, the app works without a window until a second start asks for one", async ({ dataDir }) => {
  const [program, ...args] = appCommand(dataDir, "--hidden");
  const child = spawn(program, args, { stdio: "ignore" });
  const ended = howItEnds(child);
  await expect.poll(() => existsSync(join(dataDir, "engine-endpoint.json")), { timeout: 15_000 }).toBe(true);
  expect(await startAgain(dataDir)).toBe(0);
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
});

test("an engine that is killed under the window is said within two seconds and works again", async ({ app }) => {
  await waitForEngine(app.page);
  await followInPage(app.page, "engine", 8001);
  await app.page.evaluate(() => {
    const phases: unknown[] = [];
    Reflect.set(window, "phases", phases);
    window.callledger.onTopic(({ subscription, set }) => {
      if (subscription === 8001) phases.push({ ...(set["now"] as object), heardAt: Date.now() });
    });
  });
  await expect.poll(async () => (await topicValue(app.page, 8001))["now"]?.phase).toBe("running");
  const before = (await topicValue(app.page, 8001))["now"] as { pid: number };
  const killedAt = Date.now();
  process.kill(before.pid, "SIGKILL");
  const asked = callRaw(app.page, "status:get", {});
  await expect.poll(async () => (await topicValue(app.page, 8001))["now"]?.restarts).toBe(1);
  expect(await asked).toMatchObject({ ok: true });
  await expect.poll(async () => (await topicValue(app.page, 8001))["now"]?.phase).toBe("running");
  expect((await topicValue(app.page, 8001))["now"].pid).not.toBe(before.pid);
  const phases = (await app.page.evaluate(() => Reflect.get(window, "phases") as unknown)) as readonly {
    phase: string;
    heardAt: number;
  }[];
  const said = phases.find(({ phase }) => phase === "restarting");
  expect(said, JSON.stringify(phases)).toBeDefined();
  expect((said?.heardAt ?? 0) - killedAt).toBeLessThan(2_000);
});

test("a renderer that dies comes back with its page", async ({ dataDir }) => {
  test.skip(process.platform !== "linux", "the renderer's process is looked up in /proc");
  // Without Playwright: it would hold the new renderer for its own eyes.
  const [program, ...args] = appCommand(dataDir);
  const child = spawn(program, args, { stdio: "ignore" });
  const ended = howItEnds(child);
  const log = () => readFile(join(dataDir, "logs", "app.log"), "utf8").catch(() => "");
  const shown = async () => (await log()).split("The window shows its page.").length - 1;
  await expect.poll(shown, { timeout: 20_000 }).toBe(1);
  process.kill(await findRenderer(dataDir), "SIGKILL");
  await expect.poll(shown, { timeout: 20_000 }).toBe(2);
  expect(await log()).toContain("The window's renderer ended: killed.");
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
});

/** The process that shows the page of the app on this data folder. */
async function findRenderer(dataDir: string): Promise<number> {
  for (const name of await readdir("/proc")) {
    const line = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
    if (line.includes("--type=renderer") && line.includes(dataDir)) return Number(name);
  }
  throw new Error("there is no renderer");
}

test("starting at login is a file of the desktop that names this app, and goes when it is switched off", async ({
  app,
}) => {
  test.skip(process.platform !== "linux", "other systems have a setting of their own");
  const file = join(process.env["XDG_CONFIG_HOME"] ?? "", "autostart", "callledger.desktop");
  await callRaw(app.page, "shell:setPreferences", { startAtLogin: true });
  const entry = await readFile(file, "utf8");
  expect(entry).toContain("[Desktop Entry]");
  expect(entry).toMatch(/^Exec=".*electron".* "--hidden"$/m);
  expect(await callRaw(app.page, "shell:preferences", {})).toMatchObject({ value: { startAtLogin: true } });
  await callRaw(app.page, "shell:setPreferences", { startAtLogin: false });
  expect(existsSync(file)).toBe(false);
  expect(await callRaw(app.page, "shell:preferences", {})).toMatchObject({
    value: { startAtLogin: false, closeToTray: true },
  });
});
