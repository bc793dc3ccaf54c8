import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { projectRoot } from "../../build/checks/project-files.ts";
import type { RunningApp } from "./app-fixture.ts";
import { demoLogs, dropFiles, expect, importFiles, readCounts, test } from "./ledger-rig.ts";

const logs = [join(demoLogs, "Master.csv"), join(demoLogs, "calls.csv")];
const shots = join(projectRoot, "test-results", "app-shots");

const settled = async (page: Page): Promise<number> => {
  const { queued, sending, uncertain } = await readCounts(page);
  return queued + sending + uncertain;
};

/** WCAG 2.0 to 2.2, levels A and AA, in this window alone: Electron opens no pages for tools. */
async function expectNoFindings(page: Page, where: string): Promise<void> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).withTags(tags).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  expect(found, where).toEqual([]);
}

/** Goes on by the Tab key until the element has the focus. */
async function tabTo(page: Page, element: Locator): Promise<void> {
  const hasFocus = () => element.evaluate((each) => each === document.activeElement);
  for (let tabs = 0; tabs < 20 && !(await hasFocus()); tabs += 1) await page.keyboard.press("Tab");
  await expect(element).toBeFocused();
}

const setTheme = ({ electron }: RunningApp, theme: "light" | "dark") =>
  electron.evaluate(({ nativeTheme }, source) => void (nativeTheme.themeSource = source), theme);

const ground = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

test("files are dropped on the window by hand, read on a person's word, and arrive in the CRM", async ({
  connected,
  admin,
}) => {
  test.setTimeout(120_000);
  const { page } = connected;
  await dropFiles(page, logs);
  const dialog = page.getByRole("dialog", { name: "Read 2 files" });
  await expect(dialog).toBeVisible();
  // Nothing is read before the person says so.
  expect(Object.values(await readCounts(page)).every((count) => count === 0)).toBe(true);
  await dialog.getByRole("combobox", { name: "Country of the numbers" }).selectOption("GB");
  await dialog.getByRole("button", { name: "Read 2 files" }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(async () => (await readCounts(page)).delivered, { timeout: 60_000 }).toBeGreaterThan(0);
  await expect.poll(() => settled(page), { timeout: 60_000 }).toBe(0);
  const { delivered } = await readCounts(page);
  expect(await admin.records("calls")).toHaveLength(delivered);
});

test("with the keyboard alone: find a call, read its story, settle a cause; without findings of axe in both themes", async ({
  connected,
}) => {
  test.setTimeout(240_000);
  const { page } = connected;
  await mkdir(shots, { recursive: true });
  expect(await importFiles(page, logs)).toMatchObject({ ok: true });
  await expect.poll(() => settled(page), { timeout: 90_000 }).toBe(0);
  const { dead } = await readCounts(page);
  expect(dead).toBeGreaterThan(0);
  // The drop asked what to do with the files; they are read already.
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  // The window has heard of it.
  await expect(page.getByRole("link", { name: /^Needs attention \d+ open$/ })).toBeVisible();
  const look = async (name: string) => {
    for (const theme of ["light", "dark"] as const) {
      await setTheme(connected, theme);
      await expect.poll(() => ground(page)).toBe(theme === "light" ? "rgb(237, 240, 238)" : "rgb(14, 19, 17)");
      await page.screenshot({ path: join(shots, `${name}-${theme}.png`) });
      await expectNoFindings(page, `${name}, ${theme}`);
    }
  };

  await page.keyboard.press("Control+1");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await look("overview");

  await page.keyboard.press("Control+2");
  await expect(page.getByRole("heading", { name: "Calls", exact: true })).toBeFocused();
  await expect(page.locator("[data-row]").first()).toBeVisible();
  await look("calls");
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox", { name: "Search calls" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.locator("[data-row]").first()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#\/call\//);
  await expect(page.locator("main").getByRole("heading").first()).toBeVisible();
  await look("call");

  await page.keyboard.press("Control+3");
  await expect(page.getByRole("heading", { name: "Needs attention", exact: true })).toBeFocused();
  await look("attention");
  await tabTo(page, page.getByRole("navigation", { name: "Open causes" }).getByRole("link").first());
  await page.keyboard.press("Enter");
  const acknowledge = page.getByRole("button", { name: "Acknowledge" });
  await expect(acknowledge).toBeVisible();
  await tabTo(page, acknowledge);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await look("acknowledge");
  await page.keyboard.type("test calls");
  await tabTo(page, page.getByRole("dialog").getByRole("button", { name: "Acknowledge" }));
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await readCounts(page)).dead, { timeout: 15_000 }).toBeLessThan(dead);
});

test("the tray says how things stand, and its menu pauses and resumes sending", async ({ connected }) => {
  const { electron, page } = connected;
  await electron.evaluate(({ Menu }) => {
    const build = Menu.buildFromTemplate.bind(Menu);
    Reflect.set(Menu, "buildFromTemplate", (template: unknown) => {
      // What lies below a line is built by itself.
      if (JSON.stringify(template).includes("Open CallLedger")) Reflect.set(globalThis, "trayLines", template);
      return build(template as never);
    });
  });
  const labels = () =>
    electron.evaluate(() =>
      ((Reflect.get(globalThis, "trayLines") as readonly { label?: string }[] | undefined) ?? []).map(
        ({ label }) => label,
      ),
    );
  const choose = (label: string) =>
    electron.evaluate((_electron, wanted) => {
      type Line = Readonly<{ label?: string; click?: () => void; submenu?: readonly Line[] }>;
      const lines = Reflect.get(globalThis, "trayLines") as readonly Line[];
      const all = lines.flatMap((line) => [line, ...(line.submenu ?? [])]);
      all.find((line) => line.label === wanted)?.click?.();
    }, label);
  await importFiles(page, logs);
  await expect.poll(labels, { timeout: 30_000 }).toContain("Pause sending");
  await choose("Until I resume");
  await expect.poll(labels, { timeout: 30_000 }).toContain("Resume sending");
  await choose("Resume sending");
  await expect.poll(labels, { timeout: 30_000 }).toContain("Pause sending");
  await expect.poll(() => settled(page), { timeout: 60_000 }).toBe(0);
  await expect.poll(async () => (await labels()).some((label) => /calls? needs? you/.test(label ?? ""))).toBe(true);
});
