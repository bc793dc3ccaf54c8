import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { installFakeShell, type MadeCall, type Script } from "./fake-shell.ts";
import { now } from "./made-moment.ts";

const url = (): string => process.env["CALLLEDGER_UI_URL"] ?? "";

/** Opens the window's page over a scripted shell, at the moment these tests live in. */
export async function openPage(page: Page, script: Script, place = ""): Promise<void> {
  await page.clock.setFixedTime(now);
  await page.addInitScript(installFakeShell, script);
  await page.goto(`${url()}${place}`);
  await expect(page.locator(".app")).toBeVisible();
  await page.evaluate(() => document.fonts.ready);
}

export const madeCalls = (page: Page, name: string): Promise<readonly MadeCall[]> =>
  page.evaluate((wanted) => window.fakeShell.calls.filter((call) => call.name === wanted), name);

/** WCAG 2.0, 2.1 and 2.2, levels A and AA. */
export async function expectNoAxeFindings(page: Page): Promise<void> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).withTags(tags).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`),
  ).toEqual([]);
}

export const expectNoPolicyViolations = async (page: Page): Promise<void> =>
  expect(await page.evaluate(() => window.policyViolations)).toEqual([]);
