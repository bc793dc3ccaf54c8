import { expect, type Page } from "@playwright/test";
import { test } from "./page-test.ts";
import { expectNoAxeFindings, madeCalls, openPage } from "./open-page.ts";
import { aCheck } from "./made-accounts.ts";
import { aLine, lines, story } from "./made-calls.ts";
import { fullDay } from "./made-day.ts";
import { now } from "./made-moment.ts";
import { aFolder, noLog } from "./made-sources.ts";
import { empty, normal, readingSources } from "./scripts.ts";

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
});

const push = (
  page: Page,
  topic: "engine" | "activity" | "today" | "imports" | "attention",
  value: Record<string, unknown>,
) => page.evaluate(([name, next]) => window.fakeShell.push(name, next), [topic, value] as const);
/** Goes on by Tab until the keyboard is there: never more steps than a screen has. */
async function tabTo(page: Page, role: "button" | "link", name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true });
  for (let step = 0; step < 30; step += 1) {
    await page.keyboard.press("Tab");
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`the keyboard does not reach ${String(name)}`);
}
const answer = (page: Page, name: string, value: unknown) =>
  page.evaluate(([call, next]) => window.fakeShell.answer(call, next), [name, value] as const);

test("the sum always adds up, follows what is pushed, and leads to the calls behind each number", async ({ page }) => {
  await openPage(page, normal);
  const numbers = async () =>
    (await page.locator(".sum .v").allInnerTexts()).map((text) => Number(text.replace(",", "")));
  const [total, ...terms] = await numbers();
  expect(terms.reduce((sum, count) => sum + count, 0)).toBe(total);
  await push(page, "today", {
    now: { ...fullDay, calls: 1_412, outcomes: { ...fullDay.outcomes, delivered: 1_365, queued: 1 } },
  });
  await expect(page.getByRole("heading", { name: "All 1,412 calls of today are accounted for." })).toBeVisible();
  const [later, ...parts] = await numbers();
  expect(later).toBe(1_412);
  expect(parts.reduce((sum, count) => sum + count, 0)).toBe(1_412);
  await page.getByRole("link", { name: /failed, need you/ }).click();
  await expect(page.getByRole("button", { name: "Failed", pressed: true })).toBeVisible();
  expect((await madeCalls(page, "calls:list")).at(-1)?.input).toMatchObject({ outcome: "failed", text: "" });
});

test("a statement that does not balance is said before all else", async ({ page }) => {
  await openPage(page, normal);
  await push(page, "today", { now: { ...fullDay, calls: 414, balanced: false } });
  await expect(page.getByRole("heading", { name: "2 calls of today are not accounted for." })).toBeVisible();
  await expect(page.getByText("Does not balance")).toBeVisible();
});

test("when the agent dies the last numbers stand with their time, and it is told at once", async ({ page }) => {
  await openPage(page, normal);
  await push(page, "engine", { now: { phase: "restarting", since: now, restarts: 1, retryAt: now + 4_000 } });
  await expect(
    page.getByRole("heading", { name: "Numbers as of 14:31:50. The agent is starting again." }),
  ).toBeVisible();
  await expect(page.getByRole("alert")).toHaveText(/The agent stopped. Nothing is lost/);
  await expect(page.getByText("Next try at 14:31:54")).toBeVisible();
  await page.screenshot({ path: "test-results/ui-shots/overview-agent-lost.png" });
  await push(page, "engine", { now: { phase: "running", since: now, restarts: 1, pid: 2 } });
  await expect(page.getByRole("heading", { name: "All 412 calls of today are accounted for." })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveText("The agent runs again.");
});

test("by keyboard alone: find a call, read its story, settle a cause", async ({ page }) => {
  const oneAndAll = { ...lines(100), next: null };
  await openPage(page, { ...normal, answers: { ...normal.answers, "calls:list": oneAndAll } });
  await page.keyboard.press("Control+2");
  await expect(page.getByRole("heading", { name: "Calls", exact: true })).toBeFocused();
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox", { name: "Search calls" })).toBeFocused();
  await page.keyboard.type("greenhouse");
  await expect
    .poll(async () => (await madeCalls(page, "calls:list")).at(-1)?.input)
    .toMatchObject({ text: "greenhouse" });
  await page.keyboard.press("ArrowDown");
  await expect(page.locator('[data-row="1000"]')).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(page.locator('[data-row="998"]')).toBeFocused();
  await page.keyboard.press("End");
  await expect(page.locator('[data-row="901"]')).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "In 2 of 4 CRMs. Pipedrive needs you." })).toBeFocused();
  await page.keyboard.press("Alt+ArrowLeft");
  await expect(page.getByRole("searchbox", { name: "Search calls" })).toHaveValue("greenhouse");
  await page.keyboard.press("Control+3");
  await expect(page.getByRole("heading", { name: "Needs attention", exact: true })).toBeFocused();
  await tabTo(page, "link", /does not accept our value/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Several people in Pipedrive share a number." })).toBeVisible();
  await expect(page.getByRole("radio", { name: /Alice Example/ })).toBeVisible();
  await tabTo(page, "button", "Acknowledge");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Acknowledge 1 call?" })).toBeVisible();
  await page.keyboard.type("a test call");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByRole("button", { name: "Acknowledge" })).toBeFocused();
  expect(await madeCalls(page, "deadLetters:acknowledge")).toEqual([]);
});

test("the keyboard reaches the work past the rail, and every key is listed where it is asked for", async ({ page }) => {
  await openPage(page, normal);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the work" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Today", exact: true })).toBeFocused();
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Keys" });
  await expect(dialog.getByText("Next part of the window")).toBeVisible();
  await expectNoAxeFindings(page);
  await page.screenshot({ path: "test-results/ui-shots/keys.png" });
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  for (const [key, title] of [
    ["4", "Sources"],
    ["5", "Connections"],
    ["1", "Today"],
  ] as const) {
    await page.keyboard.press(`Control+${key}`);
    await expect(page.getByRole("heading", { name: title, level: 1 })).toBeFocused();
  }
});

test("a window that nothing is pushed to asks for nothing, on every screen and for an hour", async ({ page }) => {
  await page.clock.install({ time: now });
  await openPage(page, normal);
  for (const place of ["#/overview", "#/calls", "#/attention", "#/sources", "#/connections", "#/call/test-clinic/17"]) {
    await page.evaluate((hash) => void (location.hash = hash), place);
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    await page.clock.runFor(5_000);
    const before = await page.evaluate(() => window.fakeShell.calls.map(({ name }) => name));
    await page.clock.runFor(3_600_000);
    expect(await page.evaluate(() => window.fakeShell.calls.map(({ name }) => name))).toEqual(before);
  }
});

test("an acknowledgement can be taken back for ten seconds, by what was done", async ({ page }) => {
  await openPage(page, normal, "#/attention/1a2b3c");
  await page.getByRole("button", { name: "Acknowledge" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("Test calls");
  await page.getByRole("dialog").getByRole("button", { name: "Acknowledge" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("14 calls go out again.")).toBeVisible();
  expect((await madeCalls(page, "deadLetters:replay")).map(({ input }) => input)).toEqual([
    { target: `1a2b3c@${now}`, note: "" },
  ]);
});

test("what waits by itself stands beside what needs a person, and leads to its calls", async ({ page }) => {
  await openPage(page, normal, "#/attention");
  await page.getByRole("link", { name: /No contact has these numbers yet/ }).click();
  await expect(page.getByRole("button", { name: "Held", pressed: true })).toBeVisible();
});

test("the activity of the day can be read as a table", async ({ page }) => {
  await openPage(page, normal);
  const chart = page.getByRole("img", { name: /Calls per half hour since 07:30. Busiest: 13:30 with 39 calls/ });
  await expect(chart).toBeVisible();
  await page.getByRole("button", { name: "Show as table" }).click();
  await expect(page.getByRole("row", { name: "13:30 to 14:00 35 3 0 1" })).toBeVisible();
  await expectNoAxeFindings(page);
  await page.getByRole("button", { name: "Show as chart" }).click();
  await expect(chart).toBeVisible();
});

test("a watched folder is left alone after a person's word only, and what could not be done is said", async ({
  page,
}) => {
  await openPage(page, readingSources, "#/sources");
  await expect(page.getByText("There is no folder /srv/pbx/cdr any more.").first()).toBeVisible();
  await page.getByRole("button", { name: "Stop watching Front desk" }).click();
  const dialog = page.getByRole("dialog", { name: "Stop watching Front desk?" });
  await expect(dialog.getByText("The calls that were read from it stay")).toBeVisible();
  await answer(page, "sources:remove", { fault: { code: "bad_input", message: "There is no source 1." } });
  await dialog.getByRole("button", { name: "Stop watching" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("There is no source 1.");
  await answer(page, "sources:remove", { removed: 1 });
  await answer(page, "sources:list", { sources: [] });
  await dialog.getByRole("button", { name: "Stop watching" }).click();
  await expect(page.getByText("Front desk is not watched any more.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "No call log is watched." })).toBeVisible();
  expect((await madeCalls(page, "sources:remove")).map(({ input }) => input)).toEqual([{ id: 1 }, { id: 1 }]);
});

test("sources that cannot be loaded say why and can be asked for again", async ({ page }) => {
  const fault = { code: "busy", message: "The agent is starting." };
  await openPage(page, { ...normal, answers: { ...normal.answers, "sources:list": { fault } } }, "#/sources");
  await expect(page.getByRole("heading", { name: "The sources could not be loaded." })).toBeVisible();
  await page.screenshot({ path: "test-results/ui-shots/sources-failed.png" });
  await expectNoAxeFindings(page);
  await answer(page, "sources:list", normal.answers["sources:list"]);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("button", { name: "Stop watching Front desk" })).toBeVisible();
});

test("an account is checked, paused and removed, each once, and what was found stays in view", async ({ page }) => {
  await openPage(page, normal, "#/connections/1");
  const problem = "The key may not write tasks. Ask the admin for Edit on Task.";
  await answer(page, "integrations:check", { ...aCheck, integrationId: 1, ok: false, account: null, problem });
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByText(problem)).toBeVisible();
  await page.screenshot({ path: "test-results/ui-shots/connections-checked.png" });
  await expectNoAxeFindings(page);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByText("Salesforce is paused. Calls are still read and wait for it.")).toBeVisible();
  await page.getByRole("button", { name: "Remove…" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove Salesforce?" });
  await expect(dialog.getByText("The 41,200 calls already in Salesforce stay.")).toBeVisible();
  await expectNoAxeFindings(page);
  await page.screenshot({ path: "test-results/ui-shots/connections-remove.png" });
  await dialog.getByRole("button", { name: "Remove" }).dblclick();
  await expect(page.getByText("Salesforce is removed.")).toBeVisible();
  const made = await page.evaluate(() =>
    window.fakeShell.calls.flatMap(({ name, input }) => (/^integrations:(?!list)/.test(name) ? [[name, input]] : [])),
  );
  expect(made).toEqual([
    ["integrations:check", { id: 1 }],
    ["integrations:pause", { id: 1, note: "Paused in the window" }],
    ["integrations:remove", { id: 1 }],
  ]);
});

test("what was agreed for an account that cannot be loaded says why and can be asked for again", async ({ page }) => {
  const fault = { code: "busy", message: "The agent is starting." };
  await openPage(page, { ...normal, answers: { ...normal.answers, "integrations:list": { fault } } }, "#/connections");
  await expect(page.getByText("The agent is starting.")).toBeVisible();
  await answer(page, "integrations:list", normal.answers["integrations:list"]);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("In the keychain of this PC")).toBeVisible();
});

test("how an account is connected is told with the exact command, which can be copied", async ({ page }) => {
  await openPage(page, normal, "#/connections");
  await page.getByRole("button", { name: "Connect a CRM" }).click();
  const dialog = page.getByRole("dialog", { name: "Connect a CRM" });
  await dialog.getByRole("combobox", { name: "CRM" }).selectOption("zoho");
  await expect(dialog.getByText(/callledger connect zoho --tenant test-clinic --sign-in$/)).toBeVisible();
  await expectNoAxeFindings(page);
  await page.screenshot({ path: "test-results/ui-shots/connect.png" });
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Connect a CRM" })).toBeFocused();
});

test("F6 goes through the parts of the window", async ({ page }) => {
  await openPage(page, normal);
  const places: (string | undefined)[] = [];
  for (let press = 0; press < 4; press += 1) {
    await page.keyboard.press("F6");
    places.push(await page.evaluate(() => document.activeElement?.closest("nav, main, header.titlebar")?.tagName));
  }
  expect(places).toEqual(["NAV", "MAIN", "HEADER", "NAV"]);
});

test("acknowledging needs a note, and goes out once with it", async ({ page }) => {
  await openPage(page, normal, "#/attention/1a2b3c");
  await page.getByRole("button", { name: "Acknowledge" }).click();
  const dialog = page.getByRole("dialog", { name: "Acknowledge 14 calls?" });
  await dialog.getByRole("button", { name: "Acknowledge" }).click();
  await expect(dialog.getByText("Write a few words, so that a colleague understands it later.")).toBeVisible();
  await expectNoAxeFindings(page);
  await page.screenshot({ path: "test-results/ui-shots/acknowledge.png" });
  await dialog.getByRole("textbox").fill("Test calls of the installer");
  await dialog.getByRole("button", { name: "Acknowledge" }).dblclick();
  await expect(page.getByText("14 calls acknowledged. Nothing was sent.")).toBeVisible();
  const made = await madeCalls(page, "deadLetters:acknowledge");
  expect(made.map(({ input }) => input)).toEqual([{ target: "1a2b3c", note: "Test calls of the installer" }]);
});

test("sending again is done once, however often it is clicked, and the next cause is shown", async ({ page }) => {
  await openPage(page, normal, "#/attention/1a2b3c");
  await answer(page, "deadLetters:replay", "hang");
  const send = page.getByRole("button", { name: "Send 14 calls again" });
  await send.dblclick();
  await expect(send).toBeDisabled();
  expect(await madeCalls(page, "deadLetters:replay")).toHaveLength(1);
});

test("what could not be done is said in the engine's words", async ({ page }) => {
  await openPage(page, normal, "#/attention/1a2b3c");
  await answer(page, "deadLetters:replay", { fault: { code: "bad_input", message: "There are no dead letters." } });
  await page.getByRole("button", { name: "Send 14 calls again" }).click();
  await expect(page.getByText("There are no dead letters.")).toBeVisible();
});

test("dropped files are read only after a person's word, for their company and country", async ({ page }) => {
  await openPage(page, normal);
  await page.evaluate(() => window.fakeShell.drop(["/logs/calls/Master.csv", "/logs/calls/older.csv"]));
  const dialog = page.getByRole("dialog", { name: "Read 2 files" });
  await expect(dialog.getByText("New calls go to Salesforce, HubSpot, Zoho CRM and Pipedrive.")).toBeVisible();
  await expectNoAxeFindings(page);
  await page.screenshot({ path: "test-results/ui-shots/import-sheet.png" });
  expect(await madeCalls(page, "ingest:import")).toEqual([]);
  await dialog.getByRole("combobox", { name: "Country of the numbers" }).selectOption("IE");
  await answer(page, "ingest:import", "hang");
  await dialog.getByRole("button", { name: "Read 2 files" }).click();
  await expect(dialog).toBeHidden();
  const [made] = await madeCalls(page, "ingest:import");
  expect(made?.input).toEqual({
    paths: ["/logs/calls/Master.csv", "/logs/calls/older.csv"],
    tenant: "test-clinic",
    format: "auto",
    settings: { region: "IE", timeZone: "Europe/London" },
  });
});

test("what would be read is shown beforehand, with what is wrong with it, and anew for another country", async ({
  page,
}) => {
  await openPage(page, normal);
  await answer(page, "ingest:examine", ["hang", normal.answers["ingest:examine"]]);
  await page.evaluate(() => window.fakeShell.drop(["/logs/calls/Master.csv", "/logs/calls/older.csv"]));
  const dialog = page.getByRole("dialog", { name: "Read 2 files" });
  const preview = dialog.getByRole("region", { name: "What we see" });
  await expect(preview.getByText("Looking at the files…")).toBeAttached();
  await dialog.getByRole("combobox", { name: "Country of the numbers" }).selectOption("IE");
  await expect(preview.getByText("asterisk-cdr-csv, more than 5,000 rows")).toBeVisible();
  await expect(preview.getByText("17 numbers were damaged by a spreadsheet")).toBeVisible();
  await page.screenshot({ path: "test-results/ui-shots/import-preview.png" });
  await expectNoAxeFindings(page);
  const looks = await madeCalls(page, "ingest:examine");
  expect(looks.map(({ input }) => (input as { settings: unknown }).settings)).toEqual([
    { region: "GB", timeZone: "Europe/London" },
    { region: "IE", timeZone: "Europe/London" },
  ]);
  expect(await page.evaluate(() => window.fakeShell.canceled)).toEqual([looks[0]?.requestId]);
});

test("files of which none can be read are not read, and it is said why", async ({ page }) => {
  await openPage(page, { ...normal, answers: { ...normal.answers, "ingest:examine": { files: [noLog] } } });
  await page.evaluate(() => window.fakeShell.drop(["/logs/calls/invoice.csv"]));
  const dialog = page.getByRole("dialog", { name: "Read “invoice.csv”" });
  await expect(dialog.getByText("invoice.csv has no phone numbers and no times. Nothing would be read.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Read it" })).toBeDisabled();
  await answer(page, "ingest:examine", { fault: { code: "failed", message: "The disk does not answer." } });
  await dialog.getByRole("combobox", { name: "Country of the numbers" }).selectOption("IE");
  await expect(dialog.getByText("The files could not be looked at: The disk does not answer.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Read it" })).toBeEnabled();
});

test("a reading shows how far it is, can be called off, and says how it ended", async ({ page }) => {
  await openPage(page, normal);
  const job = {
    requestId: "reading-0001",
    paths: ["/logs/calls"],
    startedAt: now - 5_000,
    state: "running",
    endedAt: null,
    progress: {
      file: "/logs/calls/Master.csv",
      filesDone: 1,
      files: 3,
      rows: 612_400,
      bytes: 160_000_000,
      totalBytes: 263_000_000,
      rowsPerSecond: 24_000,
      secondsLeft: 16,
    },
    summary: null,
    fault: null,
  };
  await push(page, "imports", { "reading-0001": job });
  await expect(page.getByText("612,400 rows read, in Master.csv.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "612,400 rows read so far. File 2 of 3." })).toBeVisible();
  await page.screenshot({ path: "test-results/ui-shots/overview-reading.png" });
  await expectNoAxeFindings(page);
  await page.getByRole("button", { name: "Cancel reading Master.csv" }).click();
  expect(await page.evaluate(() => window.fakeShell.canceled)).toEqual(["reading-0001"]);
  const fault = { code: "canceled", message: "Stopped in Master.csv." };
  await push(page, "imports", { "reading-0001": { ...job, state: "canceled", endedAt: now, fault } });
  await expect(page.getByText("You stopped the reading.")).toBeVisible();
  await page.getByRole("button", { name: "Dismiss" }).click();
  await expect(page.getByText("You stopped the reading.")).toBeHidden();
});

test("new calls do not push a list that is being read", async ({ page }) => {
  await openPage(page, normal, "#/calls");
  await page.locator('[data-row="1000"]').focus();
  const page2 = lines(100);
  await answer(page, "calls:list", { calls: [aLine(1_002, 0), aLine(1_001, 1), ...page2.calls], next: page2.next });
  await push(page, "activity", { now: { version: 2, at: now } });
  const pill = page.getByRole("button", { name: "2 new calls" });
  await expect(pill).toBeVisible();
  await expect(page.locator('[data-row="1002"]')).toBeHidden();
  await pill.click();
  await expect(page.locator('[data-row="1002"]')).toBeVisible();
});

test("a long list keeps few rows in the page and goes on by pages", async ({ page }) => {
  await openPage(page, normal, "#/calls");
  await expect(page.locator('[data-row="1000"]')).toBeVisible();
  await answer(page, "calls:list", lines(100, 900));
  await page.locator(".grid").evaluate((grid) => grid.scrollTo({ top: 2_000 }));
  await expect.poll(async () => (await madeCalls(page, "calls:list")).at(-1)?.input).toMatchObject({ before: 900 });
  expect(await page.locator(".grid-row").count()).toBeLessThan(60);
});

test("an empty search names the filter, and offers to drop it", async ({ page }) => {
  await openPage(
    page,
    { ...normal, answers: { ...normal.answers, "calls:list": { calls: [], next: null } } },
    "#/calls",
  );
  await page.getByRole("searchbox", { name: "Search calls" }).fill("0313");
  await expect(page.getByText("No call matches “0313”.")).toBeVisible();
  await page.getByRole("button", { name: "Search everything" }).click();
  await expect(page.getByText("Calls appear here as soon as a call log is read.")).toBeVisible();
});

test("a list that cannot be loaded says why and can be asked for again", async ({ page }) => {
  const fault = { code: "busy", message: "The agent is starting." };
  await openPage(page, { ...normal, answers: { ...normal.answers, "calls:list": { fault } } }, "#/calls");
  await expect(page.getByText("The agent is starting.")).toBeVisible();
  await answer(page, "calls:list", { ...lines(20), next: null });
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.locator('[data-row="1000"]')).toBeVisible();
});

test("texts from outside stay texts", async ({ page }) => {
  const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  const line = aLine(1_000, 1, { who: evil, agent: evil });
  await openPage(
    page,
    { ...normal, answers: { ...normal.answers, "calls:list": { calls: [line], next: null } } },
    "#/calls",
  );
  await expect(page.getByText(evil).first()).toBeVisible();
  expect(await page.locator("main img, main script").count()).toBe(0);
  await expect(page).toHaveTitle("CallLedger");
});

test("the tray and notifications open a place; anything else is not followed", async ({ page }) => {
  await openPage(page, normal);
  await page.evaluate(() => window.fakeShell.open("attention/4d5e6f"));
  await expect(page.getByRole("heading", { name: "Several people in Pipedrive share a number." })).toBeVisible();
  await page.evaluate(() => window.fakeShell.open("https://example.com/"));
  await expect(page.getByRole("heading", { name: "Several people in Pipedrive share a number." })).toBeVisible();
  await page.evaluate(() => window.fakeShell.open("calls"));
  await expect(page.getByRole("heading", { name: "Calls", exact: true })).toBeVisible();
});

test("the story opens records in the browser and sends one CRM's call again", async ({ page }) => {
  await openPage(page, normal, `#/call/${story.tenant}/${encodeURIComponent(story.callId)}`);
  await page.getByRole("button", { name: "Open in Salesforce" }).click();
  expect((await madeCalls(page, "shell:openExternal"))[0]?.input).toEqual({ url: story.deliveries[0]?.recordUrl });
  await page.getByRole("button", { name: "Send again" }).click();
  await expect(page.getByText("The call goes out to Pipedrive again.")).toBeVisible();
  expect((await madeCalls(page, "deadLetters:replay"))[0]?.input).toEqual({ target: "103", note: "" });
});

test("the empty window offers to choose files, and a chosen folder is watched", async ({ page }) => {
  await openPage(page, { ...empty, answers: { ...empty.answers, "shell:pick": { paths: ["/srv/pbx/cdr"] } } });
  await answer(page, "sources:add", {
    id: 1,
    tenant: "test-clinic",
    system: "asterisk",
    path: "/srv/pbx/cdr",
    format: "auto",
    settings: {},
    folder: aFolder,
  });
  await page.locator(".drop").getByRole("button", { name: "Watch a folder" }).click();
  const dialog = page.getByRole("dialog", { name: "Read “cdr”" });
  await expect(dialog.getByRole("checkbox", { name: /Keep reading new files/ })).toBeChecked();
  await dialog.getByRole("button", { name: "Watch the folder" }).click();
  await expect(page.getByText("“cdr” is watched from now on.")).toBeVisible();
  expect((await madeCalls(page, "sources:add"))[0]?.input).toMatchObject({
    path: "/srv/pbx/cdr",
    tenant: "test-clinic",
  });
});

test("a hidden window follows nothing, and is brought up to date when it is seen", async ({ page }) => {
  await openPage(page, normal);
  const subscribed = () => page.evaluate(() => window.fakeShell.subscribed().length);
  await expect.poll(subscribed).toBe(8);
  const turn = (state: "hidden" | "visible") =>
    page.evaluate((next) => {
      Object.defineProperty(document, "visibilityState", { value: next, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  await turn("hidden");
  await expect.poll(subscribed).toBe(0);
  await turn("visible");
  await expect.poll(subscribed).toBe(8);
});
