import { access } from "node:fs/promises";
import { dirname } from "node:path";
import { openOffice } from "../../build/demo/window-demo.ts";
import { expect, test } from "./app-fixture.ts";

test("the demo's window shows calls that arrive, are delivered, held and refused, and one CRM that waits; nothing is left behind", async ({
  launch,
}) => {
  test.setTimeout(150_000);
  const said: string[] = [];
  const office = await openOffice({ callsEveryMs: 5_000, say: (line) => said.push(line) });
  try {
    const { page, electron } = await launch({ dataDir: office.dataDir, env: office.env });
    const sum = page.locator(".sum");
    const delivered = async (): Promise<number> =>
      Number((await sum.getByRole("link", { name: /delivered everywhere/ }).innerText()).replaceAll(/\D/g, ""));
    await expect.poll(delivered, { timeout: 60_000 }).toBeGreaterThan(5);
    const before = await delivered();
    // Nobody presses anything: the numbers rise because calls go on.
    await expect.poll(delivered, { timeout: 60_000 }).toBeGreaterThan(before);
    await office.rest(45);
    await expect(page.getByText(/Waits for the limit, goes on at/)).toBeVisible({ timeout: 30_000 });
    await page.screenshot({ path: "test-results/ui-shots/demo-overview.png" });
    await page.getByRole("link", { name: "Calls", exact: true }).click();
    const grid = page.getByRole("grid");
    await expect(grid.getByRole("row").nth(3)).toBeVisible();
    await page.screenshot({ path: "test-results/ui-shots/demo-calls.png" });
    await page.getByRole("button", { name: "Delivered" }).click();
    await expect(grid.getByText("In 4 CRMs").first()).toBeVisible();
    await page.getByRole("button", { name: "Held" }).click();
    await expect(grid.getByText(/no contact yet/).first()).toBeVisible();
    await page.getByRole("link", { name: /Needs attention/ }).click();
    const causes = page.getByRole("navigation", { name: "Open causes" });
    await expect(causes.getByText(/A rule in Salesforce refused/)).toBeVisible({ timeout: 30_000 });
    await expect(causes.getByText(/Pipedrive does not accept our value of/)).toBeVisible();
    await page.screenshot({ path: "test-results/ui-shots/demo-attention.png" });
    await electron.close();
  } finally {
    await office.close();
  }
  await expect(access(dirname(office.dataDir))).rejects.toThrow();
  expect(said).toHaveLength(1);
});
