import { expect, type Page } from "@playwright/test";
import type { CallOutput } from "../../src-shared/ipc/contract.ts";
import type { Script } from "./fake-shell.ts";
import { expectNoAxeFindings, madeCalls, openPage } from "./open-page.ts";
import { test } from "./page-test.ts";
import { normal, trouble } from "./scripts.ts";

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
});

const openUrl = "https://login.salesforce.com/services/oauth2/authorize?client_id=3MVG9&state=0f";
const connected: CallOutput<"integrations:connect"> = {
  integrationId: 1,
  updated: false,
  account: "Test Clinic",
  details: { accountId: "00D1", name: "Test Clinic" },
  limits: [],
  created: [],
  found: [],
  backfilled: 0,
  note: null,
};
const waiting = (script: Script, name: string): Script => ({
  ...script,
  answers: { ...script.answers, [name]: "hang" },
});
const progress = (page: Page, name: string, isOpened: boolean) =>
  page.evaluate(([call, frame]) => window.fakeShell.progress(call, frame), [name, { openUrl, isOpened }] as const);
const settle = (page: Page, name: string, value: unknown) =>
  page.evaluate(([call, next]) => window.fakeShell.settle(call, next), [name, value] as const);

test("a CRM is connected by a sign-in in the browser, with nothing typed here but the public id of the app", async ({
  page,
}) => {
  await openPage(page, waiting(normal, "integrations:connect"), "#/connections");
  await page.getByRole("button", { name: "Connect a CRM" }).click();
  const dialog = page.getByRole("dialog", { name: "Connect a CRM" });
  await dialog.getByRole("combobox", { name: "CRM" }).selectOption("salesforce");
  const start = dialog.getByRole("button", { name: "Sign in to Salesforce" });
  await expect(start).toBeDisabled();
  await dialog.getByRole("textbox", { name: "Consumer key of the app" }).fill(" 3MVG9 ");
  await dialog.getByRole("textbox", { name: "Address of your Salesforce" }).fill("acme.my.salesforce.com");
  await expectNoAxeFindings(page);
  await page.screenshot({ path: "test-results/ui-shots/connect-browser.png" });
  await start.click();
  await expect(dialog.getByText("Asking for the sign-in page of Salesforce…")).toBeVisible();
  await progress(page, "integrations:connect", true);
  await expect(dialog.getByText(/is open in your browser/)).toBeVisible();
  await expect(dialog.getByText(openUrl)).toBeVisible();
  await expectNoAxeFindings(page);
  await page.screenshot({ path: "test-results/ui-shots/connect-browser-waiting.png" });
  await settle(page, "integrations:connect", connected);
  await expect(page.getByText("Salesforce is signed in as Test Clinic.")).toBeVisible();
  await expect(dialog).toBeHidden();
  expect((await madeCalls(page, "integrations:connect")).map(({ input }) => input)).toEqual([
    {
      crm: "salesforce",
      tenant: "test-clinic",
      baseUrl: "https://acme.my.salesforce.com",
      label: null,
      unknownCaller: null,
      since: null,
      secret: { kind: "browser", app: { clientId: "3MVG9" }, waitMs: 600_000 },
      setup: true,
    },
  ]);
});

test("an account that signed us out is signed in to again, by its page or by its address", async ({ page }) => {
  await openPage(page, waiting(trouble, "integrations:signIn"));
  await page.getByRole("button", { name: "Sign in to HubSpot" }).click();
  await expect(page.getByRole("heading", { name: "HubSpot signed us out." })).toBeVisible();
  await page.getByRole("button", { name: "Sign in to HubSpot" }).click();
  const dialog = page.getByRole("dialog", { name: "Sign in to HubSpot" });
  await dialog.getByRole("button", { name: "Sign in to HubSpot" }).dblclick();
  await progress(page, "integrations:signIn", false);
  await expect(
    dialog.getByText("Open this address in a browser on this PC and sign in to HubSpot there:"),
  ).toBeVisible();
  await expectNoAxeFindings(page);
  const message = "HubSpot was connected by a key, not by a sign-in.";
  await settle(page, "integrations:signIn", { fault: { code: "bad_input", message } });
  await expect(dialog.getByRole("alert")).toHaveText(message);
  await page.screenshot({ path: "test-results/ui-shots/sign-in-refused.png" });
  expect((await madeCalls(page, "integrations:signIn")).map(({ input }) => input)).toEqual([
    { id: 2, waitMs: 600_000 },
  ]);
});

test("a sign-in that is left is called off", async ({ page }) => {
  await openPage(page, waiting(trouble, "integrations:signIn"), "#/connections/2");
  await page.getByRole("button", { name: "Sign in to HubSpot" }).click();
  const dialog = page.getByRole("dialog", { name: "Sign in to HubSpot" });
  await dialog.getByRole("button", { name: "Sign in to HubSpot" }).click();
  await dialog.getByRole("button", { name: "Stop" }).click();
  await expect(dialog).toBeHidden();
  const [asked] = await madeCalls(page, "integrations:signIn");
  expect(await page.evaluate(() => window.fakeShell.canceled)).toEqual([asked?.requestId]);
});
