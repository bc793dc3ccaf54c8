import { expect } from "@playwright/test";
import { test } from "./page-test.ts";
import { expectNoAxeFindings, expectNoPolicyViolations, madeCalls, openPage } from "./open-page.ts";
import { accounts, byId, connection, noStates } from "./made-accounts.ts";
import { aReading, aSummary } from "./made-sources.ts";
import { lines } from "./made-calls.ts";
import { counts } from "./made-work.ts";
import { untouched } from "./scripts.ts";

const script = {
  ...untouched,
  answers: {
    ...untouched.answers,
    "integrations:pause": accounts.integrations[0],
    "integrations:resume": accounts.integrations[0],
  },
};

for (const theme of ["light", "dark"] as const)
  test(`the first run stands in the ${theme} theme and in a small window, without findings of axe`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await openPage(page, script, "#/setup");
    const shot = async (name: string): Promise<void> => {
      await page.screenshot({ path: `test-results/ui-shots/first-run-${name}-${theme}.png` });
      await expectNoAxeFindings(page);
    };
    await expect(page.getByRole("heading", { name: "Whose calls are these?" })).toBeVisible();
    await shot("company");
    await page.getByRole("textbox", { name: "Company" }).fill("test-clinic");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Which CRM do your calls belong in?" })).toBeFocused();
    await shot("crm");
    await page.setViewportSize({ width: 900, height: 640 });
    await shot("crm-900");
    const tooWide = await page.evaluate(() =>
      [...document.querySelectorAll("body, main, .inner, .plan")]
        .filter((element) => element.scrollWidth > element.clientWidth + 1)
        .map(({ className }) => className),
    );
    expect(tooWide).toEqual([]);
    await expectNoPolicyViolations(page);
  });

test("from nothing to calls that are logged: each step says what it lacks, and nothing is sent before the last press", async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openPage(page, script);
  await page.getByRole("link", { name: "Set up step by step" }).click();
  await expect(page.getByText("A name first")).toBeVisible();
  await page.getByRole("textbox", { name: "Company" }).fill("Test Clinic");
  await expect(page.getByText("Letters, digits, dots, hyphens and underscores only, and no spaces.")).toBeVisible();
  const goOn = page.getByRole("button", { name: "Continue" });
  await expect(goOn).toBeDisabled();
  await page.getByRole("textbox", { name: "Company" }).fill("test-clinic");
  await goOn.click();
  await expect(page.getByText("Connect one CRM first; more can follow later")).toBeVisible();
  await page.getByRole("radio", { name: /HubSpot/ }).check();
  await expect(page.getByText(/connect hubspot --tenant test-clinic/)).toBeVisible();
  const account = connection(1, { deliveries: noStates });
  await page.evaluate((value) => window.fakeShell.push("connections", value), byId([account]));
  await expect(page.getByText("It sends nothing before the last step.")).toBeVisible();
  await expect
    .poll(async () => (await madeCalls(page, "integrations:pause")).map(({ input }) => input))
    .toEqual([{ id: account.id, note: "Held until the set-up is done" }]);
  await page.evaluate((value) => window.fakeShell.push("connections", value), byId([{ ...account, state: "paused" }]));
  expect(await madeCalls(page, "integrations:pause")).toHaveLength(1);
  await goOn.click();
  await expect(page.getByRole("heading", { name: "Where does your phone system write its calls?" })).toBeVisible();
  await expect(goOn).toBeDisabled();
  await page.getByRole("button", { name: "Choose files" }).click();
  expect((await madeCalls(page, "shell:pick")).at(-1)?.input).toEqual({ what: "files" });
  const reading = aReading("reading-0001", {
    state: "done",
    paths: ["/logs/cdr.csv"],
    summary: { ...aSummary, rows: 412 },
  });
  await page.evaluate((value) => window.fakeShell.push("imports", value), { "reading-0001": reading });
  await expect(page.getByText("412 rows read")).toBeVisible();
  await page.evaluate(
    ([some, listed]) => {
      window.fakeShell.answer("calls:count", some);
      window.fakeShell.answer("calls:list", listed);
    },
    [counts, lines(40)] as const,
  );
  await goOn.click();
  await expect(page.getByText("2,864")).toBeVisible();
  await expect(page.getByText("2,655")).toBeVisible();
  await expect(page.getByRole("row", { name: /Between your own extensions/ })).toBeVisible();
  await page.screenshot({ path: "test-results/ui-shots/first-run-dry-run.png" });
  await expectNoAxeFindings(page);
  await page.getByRole("button", { name: "Back" }).click();
  await expect(page.getByText("412 rows read")).toBeVisible();
  await goOn.click();
  expect(await madeCalls(page, "integrations:resume")).toEqual([]);
  await page.getByRole("button", { name: "Start logging calls" }).click();
  await expect.poll(async () => (await madeCalls(page, "integrations:resume")).length).toBe(1);
  await expect(page.getByRole("heading", { name: "Today", exact: true })).toBeVisible();
});

test("a set-up that was left goes on where it was, and an account that was there before is left as it is", async ({
  page,
}) => {
  await openPage(
    page,
    {
      ...script,
      topics: { ...script.topics, connections: byId([connection(1, { deliveries: noStates })]) },
    },
    "#/setup",
  );
  await expect(page.getByRole("heading", { name: "Where does your phone system write its calls?" })).toBeVisible();
  expect(await madeCalls(page, "integrations:pause")).toEqual([]);
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByRole("button", { name: "Back" }).click();
  await expect(page.getByRole("textbox", { name: "Company" })).toBeDisabled();
  await page.getByRole("link", { name: "Set up later" }).click();
  await expect(page.getByRole("heading", { name: "Nothing to account for yet." })).toBeVisible();
});
