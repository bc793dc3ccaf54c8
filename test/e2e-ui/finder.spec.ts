import { expect } from "@playwright/test";
import { test } from "./page-test.ts";
import { expectNoAxeFindings, madeCalls, openPage } from "./open-page.ts";
import { aLine } from "./made-calls.ts";
import { normal } from "./scripts.ts";

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
});

const found = { calls: [aLine(992, 11), aLine(990, 40), aLine(980, 500)], next: 980 };

for (const theme of ["light", "dark"] as const)
  test(`the finder stands in the ${theme} theme and in a small window, without findings of axe`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme });
    await openPage(page, { ...normal, answers: { ...normal.answers } }, "#/calls");
    await expect(page.locator('[data-row="1000"]')).toBeVisible();
    await page.evaluate((answer) => window.fakeShell.answer("calls:list", answer), found);
    await page.keyboard.press("Control+k");
    const finder = page.getByRole("dialog", { name: "Find a call or a command" });
    await finder.getByRole("combobox").fill("0042");
    await expect(finder.getByRole("option", { name: /All calls with “0042”/ })).toBeVisible();
    await page.screenshot({ path: `test-results/ui-shots/palette-${theme}.png` });
    await expectNoAxeFindings(page);
    await page.setViewportSize({ width: 900, height: 640 });
    await page.screenshot({ path: `test-results/ui-shots/palette-900-${theme}.png` });
  });

test("by keyboard alone: a call is found and opened, all that match are listed, a command is done", async ({
  page,
}) => {
  await openPage(page, normal, "#/attention");
  await page.evaluate((answer) => window.fakeShell.answer("calls:list", answer), found);
  const finder = page.getByRole("dialog", { name: "Find a call or a command" });
  await page.keyboard.press("/");
  await expect(finder.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("0042");
  await expect(finder.getByRole("option").first()).toContainText("+44 20 7946 0042");
  await expect(finder.locator("mark").first()).toHaveText("0042");
  await page.keyboard.press("ArrowDown");
  await expect(finder.getByRole("option", { selected: true })).toContainText("+44 20 7946 0040");
  await page.keyboard.press("Enter");
  await expect(finder).toBeHidden();
  await expect(page.getByRole("heading", { name: "In 2 of 4 CRMs. Pipedrive needs you." })).toBeVisible();
  expect((await madeCalls(page, "reports:why")).at(-1)?.input).toMatchObject({ text: found.calls[1]?.callId });

  await page.keyboard.press("Control+k");
  await page.keyboard.type("0042");
  await finder.getByRole("option", { name: /All calls with “0042”/ }).click();
  await expect(page.getByRole("searchbox", { name: "Search calls" })).toHaveValue("0042");

  await page.keyboard.press("Control+k");
  await expect(finder.getByRole("option", { name: /Go to Sources/ })).toBeVisible();
  await page.keyboard.type("> pause");
  await expect(finder.getByRole("option")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Paused. Calls are still read.")).toBeVisible();
  expect((await madeCalls(page, "integrations:pause")).length).toBeGreaterThan(0);

  await page.keyboard.press("Control+k");
  await page.keyboard.type("> greenhouse");
  await expect(finder.getByText("Nothing matches “> greenhouse”.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(finder).toBeHidden();
});

test("a search that fails says why, and what was found before stays", async ({ page }) => {
  await openPage(page, normal, "#/overview");
  await page.evaluate((answer) => window.fakeShell.answer("calls:list", answer), found);
  await page.getByRole("button", { name: /Find a call, a number/ }).click();
  const input = page.getByRole("combobox", { name: "Find a call or a command" });
  await input.fill("0042");
  await expect(page.getByRole("option").first()).toContainText("0042");
  await page.evaluate(() =>
    window.fakeShell.answer("calls:list", { fault: { code: "busy", message: "The agent is starting." } }),
  );
  await input.press("1");
  await expect(page.getByText("The agent is starting.")).toBeVisible();
  await expect(page.getByRole("option").first()).toContainText("0042");
});
