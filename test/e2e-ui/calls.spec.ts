import { expect, type Page } from "@playwright/test";
import { test } from "./page-test.ts";
import { expectNoAxeFindings, madeCalls, openPage } from "./open-page.ts";
import { story } from "./made-calls.ts";
import { at, dayMs } from "./made-moment.ts";
import { choice, counts, delivered, fewer } from "./made-work.ts";
import { normal } from "./scripts.ts";

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
});

const lastAsk = async (page: Page, name: string): Promise<unknown> => (await madeCalls(page, name)).at(-1)?.input;
const callPlace = `#/call/${story.tenant}/${encodeURIComponent(story.callId)}`;
const dayOf = (days: number) => ({ from: at(0, 0) + days * dayMs, to: at(0, 0) + (days + 1) * dayMs });

test("the calls of a day are reached by an arrow, a date or the rail, counted by the engine, and left again", async ({
  page,
}) => {
  await openPage(page, normal, "#/calls");
  await expect(page.getByRole("button", { name: "All 2,864" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Delivered 2,598" })).toBeVisible();
  await page.getByRole("button", { name: "Day before" }).click();
  expect(await lastAsk(page, "calls:list")).toMatchObject({ span: dayOf(0), text: "", outcome: null });
  await expect.poll(async () => lastAsk(page, "calls:count")).toMatchObject({ span: dayOf(0), text: "" });
  await expect(page.getByRole("row", { name: "Today Thursday 19 November, 2,864 calls" })).toBeVisible();
  await page.screenshot({ path: "test-results/ui-shots/calls-day.png" });
  await expect(page.getByRole("button", { name: "Day after" })).toBeDisabled();
  await page.getByRole("button", { name: "Day before" }).click();
  expect(await lastAsk(page, "calls:list")).toMatchObject({ span: dayOf(-1) });
  await page.locator("input[type=date]").fill("2026-11-10");
  expect(await lastAsk(page, "calls:list")).toMatchObject({ span: dayOf(-9) });
  await expect(page.getByText("when Tuesday 10 November")).toBeVisible();
  await page.evaluate(
    (some) => window.fakeShell.answer("calls:count", { ...some, isWhole: false, counted: 5_000 }),
    counts,
  );
  const rail = page.getByRole("slider", { name: "Calls by week" });
  await rail.press("Home");
  const week = { from: at(0, 0) - 3 * dayMs, to: at(0, 0) + 4 * dayMs };
  expect(await lastAsk(page, "calls:list")).toMatchObject({ span: week });
  await expect(rail).toHaveAttribute("aria-valuetext", "Week of Monday 16 November: 400 calls");
  await expect(page.getByRole("button", { name: "All 5,000+" })).toBeVisible();
  await rail.press("ArrowDown");
  await expect(page.getByText("when week of Monday 9 November")).toBeVisible();
  await expectNoAxeFindings(page);
  const box = await rail.boundingBox();
  if (box === null) throw new Error("the rail is not there");
  await page.mouse.click(box.x + 40, box.y + 12);
  expect(await lastAsk(page, "calls:list")).toMatchObject({ span: week });
  await rail.press("Escape");
  expect(await lastAsk(page, "calls:list")).toMatchObject({ span: null });
  await page.keyboard.press("/");
  await page.getByRole("button", { name: "Day before" }).click();
  await page.getByRole("searchbox", { name: "Search calls" }).press("Backspace");
  expect(await lastAsk(page, "calls:list")).toMatchObject({ span: null });
});

test("an empty day is named, and left by one press", async ({ page }) => {
  await openPage(page, normal, "#/calls");
  await page.evaluate(() => window.fakeShell.answer("calls:list", { calls: [], next: null }));
  await page.getByRole("button", { name: "Day before" }).click();
  await expect(page.getByText("There is no call of today.")).toBeVisible();
  await page.evaluate(() => window.fakeShell.answer("calls:list", { calls: [], next: null }));
  await page.getByRole("main").getByRole("button", { name: "Show all days" }).last().click();
  await expect(page.getByText("No call yet")).toBeVisible();
});

test("a call tells what each CRM gets or got, whose each field is, and what was sent and answered", async ({
  page,
}) => {
  await openPage(page, normal, callPlace);
  await expect(page.getByRole("heading", { name: "What Pipedrive will get" })).toBeVisible();
  await expect(page.getByText("activities, 6 of 9 fields are ours")).toBeVisible();
  await expect(page.getByRole("row", { name: "duration 00:07 Ours" })).toBeVisible();
  await expect(page.getByRole("row", { name: /^type call Fill if empty/ })).toBeVisible();
  await page.getByRole("button", { name: "As sent" }).click();
  await expect(page.getByText("2 records have the number +442079460312")).toBeVisible();
  await expect(page.getByLabel("Answer", { exact: true })).toContainText('"number": "+442079460312"');
  await expect(page.getByLabel("Sent", { exact: true })).toBeHidden();
  await page.evaluate((answer) => window.fakeShell.answer("reports:written", answer), delivered);
  await page.getByRole("button", { name: "Salesforce", exact: true }).click();
  await expect(page.getByRole("heading", { name: "What Salesforce got" })).toBeVisible();
  await page.getByRole("button", { name: "As sent" }).click();
  await expect(page.getByLabel("Sent", { exact: true })).toContainText('"key": "cl-5f0c2a9d7be10"');
  await page.screenshot({ path: "test-results/ui-shots/call-as-sent.png" });
  await expectNoAxeFindings(page);
  await page.evaluate(() =>
    window.fakeShell.answer("reports:written", { fault: { code: "failed", message: "The contract cannot be read." } }),
  );
  await page.getByRole("button", { name: "HubSpot", exact: true }).click();
  await expect(page.getByText("The contract cannot be read.")).toBeVisible();
});

test("from the list a call is one of many: its neighbours are an arrow away, and who it was with can be corrected", async ({
  page,
}) => {
  await openPage(page, normal, "#/calls");
  await page.locator('[data-row="996"]').click();
  await expect(page.getByText("call 5 of 2,864")).toBeVisible();
  await page.getByRole("button", { name: "Next call" }).click();
  await expect
    .poll(async () => lastAsk(page, "reports:why"))
    .toMatchObject({ text: expect.stringContaining("17637.995/") });
  await page.goBack();
  await page.getByRole("button", { name: "Correct who" }).click();
  const sheet = page.getByRole("dialog", { name: "Who was it in Pipedrive?" });
  await expect(page.getByText("Call 103")).toBeHidden();
  expect(await lastAsk(page, "match:choice")).toEqual({ deliveryId: 103 });
  await page.evaluate((answer) => window.fakeShell.answer("match:choice", answer), { ...choice, deliveryId: 103 });
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await page.getByRole("button", { name: "Choose the person" }).click();
  await expect(sheet.getByRole("radio", { name: /Alice Example/ })).toBeChecked();
  await page.screenshot({ path: "test-results/ui-shots/call-correct.png" });
  await expectNoAxeFindings(page);
  await sheet.getByRole("button", { name: "Log it on Alice Example" }).click();
  await expect(sheet).toBeHidden();
  await expect(page.getByText("The call goes to Alice Example.")).toBeVisible();
});

test("a person is named by a key, for good and for earlier calls on request, and it can be taken back", async ({
  page,
}) => {
  await openPage(page, normal, "#/attention/4d5e6f");
  await expect(page.getByText("Open deal “Annual service”")).toBeVisible();
  await expect(page.getByText("Somebody else in Salesforce and HubSpot")).toBeVisible();
  await expect(page.getByText("they belong to no company in common")).toBeVisible();
  await page.getByRole("radio", { name: /Alice Example/ }).focus();
  await page.keyboard.press("2");
  await expect(page.getByRole("radio", { name: /Robin Example/ })).toBeChecked();
  await page.getByLabel("Always do this for +44 20 7946 0312").check();
  await page.getByLabel("And put right 3 earlier calls").check();
  await page.getByRole("button", { name: "Log it on Robin Example" }).click();
  expect(await lastAsk(page, "match:set")).toEqual({
    call: story.callId,
    tenant: story.tenant,
    id: 4,
    person: { object: "persons", id: "2207" },
    rule: true,
    past: true,
  });
  await page.getByRole("button", { name: "Undo" }).click();
  expect(await lastAsk(page, "match:undo")).toEqual({ call: story.callId, tenant: story.tenant, id: 4 });
  await expect(page.getByText("Taken back. The call is matched anew.")).toBeVisible();
});

test("a choice that is refused is said where it was made, and nothing else happens", async ({ page }) => {
  await openPage(page, normal, "#/attention/4d5e6f");
  await page.evaluate(() =>
    window.fakeShell.answer("match:set", {
      fault: { code: "busy", message: "The call is on its way just now. Try again in a moment." },
    }),
  );
  await page.getByRole("button", { name: "Log it on Alice Example" }).click();
  await expect(page.getByRole("alert").getByText("The call is on its way just now.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Log it on Alice Example" })).toBeEnabled();
});

test("a conflict shows both texts, is answered by a key, and the next one of the field comes", async ({ page }) => {
  await openPage(page, normal, "#/attention");
  await page.getByRole("link", { name: /Subject changed in Salesforce/ }).click();
  await expect(page.locator("ins").first()).toHaveText("wants a quote by Friday");
  await expect(page.locator("del")).toHaveText(/^8\s*$/);
  await expect(page.getByText("1 more call has this question. It comes next.")).toBeVisible();
  await page.evaluate((next) => window.fakeShell.answer("conflicts:list", next), fewer);
  await page.getByRole("button", { name: "Write ours" }).focus();
  await page.keyboard.press("1");
  expect(await lastAsk(page, "conflicts:settle")).toEqual({ id: 12, verdict: "keep_theirs", note: "" });
  await expect(page.getByText("Subject of this call is left to Salesforce.")).toBeVisible();
  await expect(page.getByText("1 more call has this question.")).toBeHidden();
  await page.getByRole("button", { name: "Write ours" }).click();
  expect(await lastAsk(page, "conflicts:settle")).toEqual({ id: 11, verdict: "use_ours", note: "" });
});

test("what healed by itself stands below, and asks for nothing; the rail counts what waits for a person", async ({
  page,
}) => {
  await openPage(page, normal, "#/attention");
  const list = page.getByRole("navigation", { name: "Open causes" });
  await expect(list.getByText("Salesforce: text too long")).toBeVisible();
  await expect(list.getByText("SF, 14 calls sent 11:20")).toBeVisible();
  await expect(list.getByText("reason unknown")).toBeHidden();
  await expect(page.getByRole("img", { name: "3 open" })).toBeVisible();
});
