import { expect } from "@playwright/test";
import { test } from "./page-test.ts";
import { expectNoAxeFindings, madeCalls, openPage } from "./open-page.ts";
import { oldLog } from "./made-sources.ts";
import { proposal, settledProposal } from "./made-work.ts";
import { normal } from "./scripts.ts";

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
});

const answers = { ...normal.answers, "ingest:examine": { files: [oldLog] }, "mappings:propose": proposal };
const script = { ...normal, answers };

for (const theme of ["light", "dark"] as const)
  test(`the source wizard stands in the ${theme} theme and in a small window, without findings of axe`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme: theme });
    await openPage(page, script, "#/sources");
    await page.evaluate(() => window.fakeShell.drop(["/logs/calls/older.csv"]));
    const dialog = page.getByRole("dialog", { name: "Read “older.csv”" });
    await expect(dialog.getByRole("heading", { name: "Which column is what" })).toBeVisible();
    await expect(dialog.getByText("03.04.2026 the 3rd of April")).toBeVisible();
    await page.screenshot({ path: `test-results/ui-shots/source-wizard-${theme}.png` });
    await expectNoAxeFindings(page);
    await page.setViewportSize({ width: 900, height: 640 });
    await page.screenshot({ path: `test-results/ui-shots/source-wizard-900-${theme}.png` });
    expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(1);
  });

test("a table that nobody knows is read after what it leaves open was said, column by column", async ({ page }) => {
  await openPage(page, script, "#/sources");
  await page.evaluate(() => window.fakeShell.drop(["/logs/calls/older.csv"]));
  const dialog = page.getByRole("dialog", { name: "Read “older.csv”" });
  const read = dialog.getByRole("button", { name: "Read it" });
  await expect(dialog.getByText("1 thing to confirm first")).toBeVisible();
  await expect(read).toBeDisabled();
  await expect(dialog.getByRole("combobox", { name: "What Kosten means" })).toHaveValue("");
  await expect(dialog.getByText("Incoming call from +44 20 7946 0312 to ext 204")).toBeVisible();
  await dialog.getByRole("button", { name: "Next row" }).click();
  await expect(dialog.getByText("Outgoing call from ext 204 to +44 20 7946 0455")).toBeVisible();
  await page.evaluate((answer) => window.fakeShell.answer("mappings:propose", answer), settledProposal);
  await dialog.getByRole("button", { name: /^3 April/ }).click();
  await expect(read).toBeEnabled();
  await dialog.getByRole("combobox", { name: "What Kosten means" }).selectOption("Ringing");
  const wanted = { dateOrder: "DMY", columns: { ring: "Kosten" }, timeZone: "Europe/London" };
  await expect
    .poll(async () => (await madeCalls(page, "mappings:propose")).at(-1)?.input)
    .toMatchObject({ path: "/logs/calls/older.csv", settings: wanted });
  await expect
    .poll(async () => (await madeCalls(page, "ingest:examine")).at(-1)?.input)
    .toMatchObject({ settings: wanted });
  await read.click();
  await expect
    .poll(async () => (await madeCalls(page, "ingest:import")).at(-1)?.input)
    .toMatchObject({ paths: ["/logs/calls/older.csv"], settings: wanted });
});

test("why a table cannot be looked at is said beside what could be", async ({ page }) => {
  await openPage(page, script, "#/sources");
  await page.evaluate(() =>
    window.fakeShell.answer("mappings:propose", { fault: { code: "bad_input", message: "older.csv: it is locked." } }),
  );
  await page.evaluate(() => window.fakeShell.drop(["/logs/calls/older.csv"]));
  await expect(page.getByRole("alert").getByText("older.csv: it is locked.")).toBeVisible();
  await expect(page.getByText("17 numbers were damaged by a spreadsheet")).toBeVisible();
});
