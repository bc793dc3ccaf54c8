import { expect, type Page } from "@playwright/test";
import { test } from "./page-test.ts";
import { expectNoAxeFindings, madeCalls, openPage } from "./open-page.ts";
import { aCheck } from "./made-accounts.ts";
import { emptyDay, fullDay } from "./made-day.ts";
import { conflict, contract, editedContract, history, ownNumbers, preferences, readBack } from "./made-setup.ts";
import { normal, silent, teamAlone } from "./scripts.ts";

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
});

const answer = (page: Page, name: string, value: unknown) =>
  page.evaluate(([call, next]) => window.fakeShell.answer(call, next), [name, value] as const);
const inputs = async (page: Page, name: string) => (await madeCalls(page, name)).map(({ input }) => input);

test("a field is given away by keyboard, looked over, put in force once, and taken back", async ({ page }) => {
  await openPage(page, normal, "#/ownership/1");
  const ours = page.getByRole("radio", { name: "Subject: Ours" });
  await ours.focus();
  await expect(page.getByRole("complementary", { name: "Subject" })).toContainText("Inbound call, answered");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("radio", { name: "CallDisposition: Fill if empty" })).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(ours).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("radio", { name: "Subject: Theirs" })).toBeChecked();
  await expect(page.getByText("4 ours, 2 filled if empty, 1 added to, 3 theirs")).toBeVisible();
  await page.getByRole("button", { name: "Review 1 change" }).click();
  const dialog = page.getByRole("dialog", { name: "Change 1 field of Salesforce?" });
  await expect(dialog.getByText("Subject: Ours becomes Theirs")).toBeVisible();
  await expectNoAxeFindings(page);
  await page.screenshot({ path: "test-results/ui-shots/ownership-review.png" });
  await dialog.getByRole("button", { name: "Put in force" }).dblclick();
  await expect(page.getByText("1 field is changed.")).toBeVisible();
  expect(await inputs(page, "ownership:change")).toEqual([
    { id: 1, changes: [{ object: "Task", field: "Subject", own: "crm" }] },
  ]);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Taken back.")).toBeVisible();
  expect(await inputs(page, "ownership:set")).toEqual([{ id: 1, yaml: null }]);
});

test("the key of calls cannot be given away, and what a CRM refuses is said in the sheet", async ({ page }) => {
  await openPage(page, normal, "#/ownership/1");
  await expect(page.getByRole("radio", { name: "CallLedger_Key__c: Ours" })).toBeDisabled();
  await page.getByRole("radio", { name: "Priority: Ours" }).check();
  await answer(page, "ownership:change", {
    fault: { code: "bad_input", message: "Nothing is known that Priority of Task could be filled with." },
  });
  await page.getByRole("button", { name: "Review 1 change" }).click();
  await page.getByRole("button", { name: "Put in force" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Nothing is known that Priority" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(page.getByRole("button", { name: /^Review/ })).toBeHidden();
});

test("an edited contract goes back to the usual one, and that can be taken back", async ({ page }) => {
  const answers = { ...normal.answers, "ownership:show": editedContract, "ownership:set": contract };
  await openPage(page, { ...normal, answers }, "#/ownership/1");
  await page.getByRole("button", { name: "Back to the usual" }).click();
  await expect(page.getByText("The fields of Salesforce are as CallLedger came with them.")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Taken back.")).toBeVisible();
  expect(await inputs(page, "ownership:set")).toEqual([
    { id: 1, yaml: null },
    { id: 1, yaml: editedContract.yaml },
  ]);
});

test("conflicts and changes in the CRM stand beside the fields, and another kind of record has its own", async ({
  page,
}) => {
  const answers = { ...normal.answers, "conflicts:list": { conflicts: [conflict], next: null } };
  await openPage(page, { ...normal, answers }, "#/ownership/1");
  await page.getByRole("button", { name: /^Conflicts/ }).click();
  await expect(page.getByText("Robin Example rewrote Subject at 11:48.")).toBeVisible();
  await page.screenshot({ path: "test-results/ui-shots/ownership-conflicts.png" });
  await expectNoAxeFindings(page);
  await page.getByRole("button", { name: /^Changes in Salesforce/ }).click();
  await expect(page.getByRole("heading", { name: "Salesforce has the fields that we know." })).toBeVisible();
  await page.getByRole("button", { name: /^Fields/ }).click();
  await page.getByText("Contact", { exact: true }).click();
  await expect(page.getByRole("radio", { name: "Phone: Fill if empty" })).toBeChecked();
});

test("a contract that cannot be loaded says why and can be asked for again", async ({ page }) => {
  const fault = { code: "busy", message: "The agent is starting." };
  await openPage(page, { ...normal, answers: { ...normal.answers, "ownership:show": { fault } } }, "#/ownership");
  await expect(page.getByText("The agent is starting.")).toBeVisible();
  await answer(page, "ownership:show", contract);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("radio", { name: "Subject: Ours" })).toBeChecked();
});

test("a number is tried at every account, with what each rule said, and nothing is written", async ({ page }) => {
  await openPage(page, normal, "#/matching");
  const tryIt = page.getByRole("complementary", { name: "Try a number" });
  await tryIt.getByRole("textbox", { name: "Number" }).fill("020 7946 0312");
  await page.keyboard.press("Enter");
  await expect(tryIt.getByText("Pipedrive: Asks you")).toBeVisible();
  await expect(tryIt.getByText("The copy of its people is old.")).toBeVisible();
  await tryIt.getByText("What each rule said").last().click();
  await expect(tryIt.getByText("nobody knows the agent")).toBeVisible();
  await page.screenshot({ path: "test-results/ui-shots/matching-tried.png" });
  await expectNoAxeFindings(page);
  expect(await inputs(page, "match:test")).toEqual([{ number: "020 7946 0312", id: null, agent: null }]);
  await answer(page, "match:test", { fault: { code: "bad_input", message: "12 is no number." } });
  await tryIt.getByRole("textbox", { name: "Number" }).fill("12");
  await tryIt.getByRole("textbox", { name: "Agent" }).fill("ext:204");
  await page.keyboard.press("Enter");
  await expect(tryIt.getByRole("alert")).toHaveText("12 is no number.");
  expect((await inputs(page, "match:test")).at(-1)).toMatchObject({ agent: "ext:204" });
});

test("a number of the house is refused, confirmed and added, each time with a way back", async ({ page }) => {
  await openPage(page, normal, "#/matching");
  await page.getByRole("button", { name: "+44 7700 900001 is not ours" }).click();
  await expect(page.getByText("+44 7700 900001 is matched like any other from now on.")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("1 more seen in the logs").click();
  await page.getByRole("button", { name: "+44 7700 900871 is ours" }).click();
  await answer(page, "ownNumbers:say", { fault: { code: "bad_input", message: "12 is no number." } });
  const field = page.getByRole("textbox", { name: "Add a number, with its country code" });
  await field.fill("12");
  await page.keyboard.press("Enter");
  await expect(page.getByText("12 is no number.")).toBeVisible();
  await expect(field).toHaveValue("12");
  await answer(page, "ownNumbers:say", ownNumbers);
  await field.fill("+442079460999");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(field).toHaveValue("");
  expect((await inputs(page, "ownNumbers:say")).map((each) => (each as { isOwn: unknown }).isOwn)).toEqual([
    false,
    null,
    true,
    true,
    true,
  ]);
});

test("a setting counts at once, by keyboard too, and can be taken back", async ({ page }) => {
  await openPage(page, normal, "#/settings/notifications");
  const healed = page.getByRole("switch", { name: "Calls repaired by themselves" });
  await expect(healed).not.toBeChecked();
  await answer(page, "shell:setPreferences", { ...preferences, mutedNotices: [] });
  await healed.focus();
  await page.keyboard.press("Space");
  await expect(healed).toBeChecked();
  await answer(page, "shell:setPreferences", preferences);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(healed).not.toBeChecked();
  await page.getByLabel("Office hours from").fill("07:30");
  await page.getByLabel("Office hours until").focus();
  await expect.poll(() => inputs(page, "shell:setPreferences")).toHaveLength(3);
  expect(await inputs(page, "shell:setPreferences")).toEqual([
    { mutedNotices: [] },
    preferences,
    { officeHours: { from: 450, to: 1_080 } },
  ]);
  await page.getByRole("button", { name: "Send a test" }).click();
  await expect(page.getByText(/A notification was sent/)).toBeVisible();
});

test("a setting is found by a word of it on any page, and an unknown word says so", async ({ page }) => {
  await openPage(page, normal, "#/settings");
  await expect(page.getByRole("switch", { name: "Start at login" })).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("copied once a day");
  await expect(page.getByRole("button", { name: "Copy now" })).toBeVisible();
  await expect(page.getByRole("switch")).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 2 })).toHaveText(["Set up", "Keeping data"]);
  await expectNoAxeFindings(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("switch", { name: "Start at login" })).toBeChecked();
  await page.keyboard.type("colour of the walls");
  await expect(page.getByText("No setting matches “colour of the walls”.")).toBeVisible();
});

test("the ledger is copied, its record checked, and folders opened, each once and with what came of it", async ({
  page,
}) => {
  await openPage(page, normal, "#/settings/data");
  await page.getByRole("button", { name: "Copy now" }).click();
  await expect(page.getByText("2026-11-19.sqlite, 12.4 MB.")).toBeVisible();
  await page.getByRole("button", { name: "Open the folder", exact: true }).click();
  expect(await inputs(page, "shell:openFolder")).toEqual([{ folder: "data" }]);
  expect(await inputs(page, "backup:create")).toEqual([{ to: null }]);
  await page.getByRole("link", { name: "Health and support" }).click();
  await page.getByRole("button", { name: "Check it" }).click();
  await expect(page.getByText("48,120 entries, whole and unchanged.")).toBeVisible();
  const broken = { ok: false, entries: 3, seals: 0, chain: "hmac", unkeyed: 0, problem: "entry 2 was changed." };
  await answer(page, "audit:verify", broken);
  await page.getByRole("button", { name: "Check it" }).click();
  await expect(page.getByText("The record is not whole: entry 2 was changed.")).toBeVisible();
});

test("who else is told can be tested and removed, and when they are told changes at once", async ({ page }) => {
  await openPage(page, normal, "#/settings/alerts");
  await expect(page.getByText("To it@example.com and sales@example.com, by mail.example.com.")).toBeVisible();
  await page.getByRole("button", { name: "Send a test" }).click();
  await expect(page.getByText("The e-mail went.")).toBeVisible();
  await page.getByRole("combobox", { name: "After" }).selectOption("60");
  await page.getByRole("button", { name: "Remove e-mail" }).click();
  await expect(page.getByText("Nobody is told by e-mail any more.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Copy the command that sets up e-mail" })).toBeVisible();
  expect(await inputs(page, "alerts:set")).toEqual([{ afterMinutes: 60 }]);
  expect(await inputs(page, "alerts:remove")).toEqual([{ channel: "email" }]);
});

test("a silent source stands above the day's numbers with its time, and goes when it is heard", async ({ page }) => {
  await openPage(page, silent);
  await expect(page.getByText("Night line has been quiet since 10:04.")).toBeVisible();
  await expect(page.getByText(/Usually there are 40 calls by now/)).toBeVisible();
  await expect(page.getByRole("region", { name: "Sources" })).toContainText(
    "Quiet since 10:04. Usually 40 calls by now.",
  );
  await page.evaluate(() => window.fakeShell.push("silences", {}));
  await expect(page.getByText("Night line has been quiet since 10:04.")).toBeHidden();
});

test("a team without its Redis stands above the day's numbers with the time and what this PC uses meanwhile", async ({
  page,
}) => {
  await openPage(page, teamAlone);
  await expect(page.getByText("Redis can't be reached since 10:04.")).toBeVisible();
  await expect(page.getByText("Until it is back, this PC uses half of every limit.")).toBeVisible();
});

test("a quiet day ends the alarms of a source for that day, and can be taken back", async ({ page }) => {
  await openPage(page, silent, "#/sources");
  await expect(page.getByText("10:04, quiet since")).toBeVisible();
  await page.getByRole("button", { name: "It is a quiet day" }).click();
  await expect(page.getByText("No more alarms about Night line today.")).toBeVisible();
  await page.screenshot({ path: "test-results/ui-shots/sources-silent.png" });
  await page.getByRole("button", { name: "Undo" }).click();
  await expect
    .poll(() => inputs(page, "silence:set"))
    .toEqual([
      { id: 2, settings: { holidays: ["2026-11-19"] } },
      { id: 2, settings: { holidays: [] } },
    ]);
  await answer(page, "silence:set", { fault: { code: "busy", message: "The agent is starting." } });
  await page.getByRole("button", { name: "It is a quiet day" }).click();
  await expect(page.getByText("The agent is starting.")).toBeVisible();
});

test("a source that is not listened to raises no alarm", async ({ page }) => {
  await openPage(page, silent, "#/settings/silence");
  await expect(page.getByText("Quiet since 10:04. Usually there are 40 calls by now.")).toBeVisible();
  await page.getByRole("switch", { name: "/srv/pbx/cdr" }).click();
  await expect.poll(() => inputs(page, "silence:set")).toEqual([{ id: 1, settings: { isOn: false } }]);
});

test("lanes say what waits over all accounts, and when each is clear", async ({ page }) => {
  await openPage(page, normal);
  const lanes = page.getByRole("region", { name: "Lanes" });
  await expect(lanes.getByRole("listitem")).toHaveText([
    "Just ended0 queuedclear",
    "Normal9 queuedclear by 14:41",
    "Backfill1,204 queuedclear by 17:20",
    "Bulk271 heldclear",
  ]);
});

test("what was done with failed calls is listed, and an acknowledgement is taken back from there", async ({ page }) => {
  const answers = { ...normal.answers, "deadLetters:history": history };
  await openPage(page, { ...normal, answers }, "#/attention");
  await page.getByRole("button", { name: "Done lately" }).click();
  const dialog = page.getByRole("dialog", { name: "Done lately" });
  await expect(dialog.getByText("14 calls sent again")).toBeVisible();
  await expect(dialog.getByText("12 delivered. 1 failed again. 1 on its way.")).toBeVisible();
  await expect(dialog.getByText("5 calls repaired by themselves")).toBeVisible();
  await page.screenshot({ path: "test-results/ui-shots/attention-history.png" });
  await expectNoAxeFindings(page);
  await dialog.getByRole("button", { name: "Send them after all: 3 calls acknowledged" }).dblclick();
  await expect.poll(() => inputs(page, "deadLetters:undo")).toEqual([{ run: 4, note: "" }]);
});

test("Ctrl and a number or a comma lead to the screens of the set-up and to the settings", async ({ page }) => {
  await openPage(page, normal);
  for (const [key, title] of [
    ["6", "Field ownership"],
    ["7", "Matching"],
    [",", "Settings"],
  ] as const) {
    await page.keyboard.press(`Control+${key}`);
    await expect(page.getByRole("heading", { name: title, level: 1 })).toBeFocused();
  }
});

test("an account's people are read anew, and what a check found stands line by line", async ({ page }) => {
  await openPage(page, normal, "#/connections/2");
  await expect(page.getByText("5,106 people, 1,204 companies, 6,204 numbers, as of 14:28.")).toBeVisible();
  await page.getByRole("button", { name: "Refresh the local copy of people" }).click();
  await expect(page.getByText("5,107 people")).toBeVisible();
  await answer(page, "mirror:sync", { fault: { code: "failed", message: "HubSpot does not answer." } });
  await page.getByRole("button", { name: "Refresh the local copy of people" }).click();
  await expect(page.getByText("HubSpot does not answer.")).toBeVisible();
  const drift = {
    object: "calls",
    field: "hs_call_title",
    kind: "renamed",
    says: "Title was renamed.",
    fix: "Name it so.",
  };
  await answer(page, "integrations:check", { ...aCheck, drift: [drift] });
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByText("Title was renamed.")).toBeVisible();
  await expect(page.getByText("We know its people")).toBeVisible();
  await page.screenshot({ path: "test-results/ui-shots/connections-check-lines.png" });
  await expectNoAxeFindings(page);
});

test("the statement says what was read back from the CRMs, and what is not as we wrote it", async ({ page }) => {
  await openPage(page, normal);
  await expect(page.getByText("Read back from the CRMs at 14:30: all 40 sampled calls are there.")).toBeVisible();
  const [first, ...others] = readBack.checks;
  const gone = { deliveryId: 1, callId: "c-1", kind: "gone", detail: "", remoteIds: [], links: [] };
  const answers = { ...normal.answers, "checks:list": { checks: [{ ...first, findings: [gone] }, ...others] } };
  await openPage(page, { ...normal, answers });
  await expect(page.getByText(/39 of 40 sampled calls are there as we wrote them/)).toBeVisible();
});

test("the arrows move the page to another day and back, and its numbers lead to that day's calls", async ({ page }) => {
  const yesterday = { ...fullDay, date: "2026-11-18", calls: 398, outcomes: { ...fullDay.outcomes, delivered: 352 } };
  await openPage(page, { ...normal, answers: { ...normal.answers, "reports:statement": yesterday } });
  await expect(page.getByRole("button", { name: "Next day" })).toBeDisabled();
  await page.getByRole("button", { name: "Previous day" }).click();
  await expect(page.getByRole("heading", { name: "Wednesday 18 November" })).toBeVisible();
  await expect(
    page.getByRole("heading", { name: "All 398 calls of this day are accounted for. 3 need you." }),
  ).toBeVisible();
  await expectNoAxeFindings(page);
  await page.screenshot({ path: "test-results/ui-shots/overview-past.png" });
  expect(await inputs(page, "reports:statement")).toMatchObject([{ date: "2026-11-18", timeZone: "Europe/London" }]);
  await page.getByRole("link", { name: /delivered everywhere/ }).click();
  await expect
    .poll(async () => (await inputs(page, "calls:list")).at(-1))
    .toMatchObject({
      outcome: "delivered",
      span: { from: Date.UTC(2026, 10, 18), to: Date.UTC(2026, 10, 19) },
    });
  await page.keyboard.press("Control+1");
  await expect(page.getByRole("heading", { name: "Today", exact: true })).toBeVisible();
});

test("a day that cannot be loaded says why and can be asked for again", async ({ page }) => {
  const fault = { code: "busy", message: "The agent is starting." };
  await openPage(page, { ...normal, answers: { ...normal.answers, "reports:statement": { fault } } });
  await page.getByRole("button", { name: "Previous day" }).click();
  await expect(page.getByText("The agent is starting.")).toBeVisible();
  await answer(page, "reports:statement", emptyDay);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "No call began on this day." })).toBeVisible();
  await page.getByRole("button", { name: "Next day" }).click();
  await expect(
    page.getByRole("heading", { name: "All 412 calls of today are accounted for. 3 need you." }),
  ).toBeVisible();
});

test("what is kept how long changes at once and can be taken back", async ({ page }) => {
  await openPage(page, normal, "#/settings/data");
  const record = page.getByRole("combobox", { name: "The record of what was done" });
  await expect(record).toHaveValue("396");
  await expect(page.getByText("The ledger takes 209.8 MB on this PC.")).toBeVisible();
  await record.selectOption("For good");
  await expect(record).toHaveValue("");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect
    .poll(() => inputs(page, "retention:set"))
    .toEqual([{ auditDays: null }, { auditDays: 396, detailDays: 90, backups: 7 }]);
});
