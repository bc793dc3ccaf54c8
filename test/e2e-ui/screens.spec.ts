import { expect } from "@playwright/test";
import { test } from "./page-test.ts";
import type { Script } from "./fake-shell.ts";
import { expectNoAxeFindings, expectNoPolicyViolations, openPage } from "./open-page.ts";
import { story } from "./made-calls.ts";
import { empty, normal, readingSources, restarting, silent, trouble, untouched } from "./scripts.ts";

const callPlace = `#/call/${story.tenant}/${encodeURIComponent(story.callId)}`;
type Screen = Readonly<{
  name: string;
  script: Script;
  place: string;
  says: string | RegExp;
  /** Laid out as another one is: looked at in one theme and size. */
  isAlike?: true;
}>;

const screens: readonly Screen[] = [
  { name: "overview", script: normal, place: "", says: "All 412 calls of today are accounted for. 3 need you." },
  { name: "overview-empty", script: empty, place: "", says: "Nothing to account for yet." },
  {
    name: "overview-trouble",
    script: trouble,
    place: "",
    says: "All 412 calls of today are accounted for. 46 wait for you.",
  },
  { name: "overview-restarting", script: restarting, place: "", says: /The agent is starting/ },
  { name: "calls", script: normal, place: "#/calls", says: "Calls" },
  { name: "call", script: normal, place: callPlace, says: "In 2 of 4 CRMs. Pipedrive needs you." },
  { name: "attention", script: normal, place: "#/attention", says: /does not accept our value of “CallDisposition”/ },
  {
    name: "attention-match",
    script: normal,
    place: "#/attention/4d5e6f",
    says: "Who was it? Several people in Pipedrive share a number.",
  },
  {
    name: "attention-conflict",
    script: normal,
    place: "#/attention/conflict%3A1%3ASubject",
    says: "Somebody changed Subject, which CallLedger keeps up to date.",
  },
  { name: "sources", script: readingSources, place: "#/sources", says: "Sources" },
  { name: "sources-empty", script: empty, place: "#/sources", says: "No call log is watched." },
  { name: "connections", script: normal, place: "#/connections/2", says: "Working." },
  { name: "connections-trouble", script: trouble, place: "#/connections/2", says: "HubSpot signed us out." },
  { name: "connections-empty", script: untouched, place: "#/connections", says: "No CRM is connected yet." },
  {
    name: "overview-silent",
    script: silent,
    place: "",
    says: "All 412 calls of today are accounted for. 3 need you.",
    isAlike: true,
  },
  { name: "ownership", script: normal, place: "#/ownership/1", says: "Field ownership" },
  { name: "ownership-empty", script: untouched, place: "#/ownership", says: "No CRM is connected yet.", isAlike: true },
  { name: "matching", script: normal, place: "#/matching", says: "When several people have the number" },
  { name: "matching-empty", script: untouched, place: "#/matching", says: "When nobody has the number", isAlike: true },
  { name: "settings", script: normal, place: "#/settings/notifications", says: "When to tell you" },
  { name: "settings-general", script: normal, place: "#/settings", says: "Start and end", isAlike: true },
  { name: "settings-alerts", script: normal, place: "#/settings/alerts", says: "Also tell somebody else" },
  { name: "settings-silence", script: silent, place: "#/settings/silence", says: "Silent sources", isAlike: true },
  { name: "settings-data", script: normal, place: "#/settings/data", says: "Keeping data", isAlike: true },
  { name: "settings-health", script: normal, place: "#/settings/health", says: "Health and support", isAlike: true },
  { name: "settings-about", script: normal, place: "#/settings/about", says: "CallLedger", isAlike: true },
  { name: "attention-empty", script: empty, place: "#/attention", says: "Nothing needs you." },
];

for (const theme of ["light", "dark"] as const)
  for (const { name, script, place, says } of screens.filter(({ isAlike }) => isAlike !== true || theme === "light"))
    test(`${name} stands in the ${theme} theme, without findings of axe and within the policy`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await openPage(page, script, place);
      await expect(page.getByRole("heading", { name: says }).first()).toBeVisible();
      await page.screenshot({ path: `test-results/ui-shots/${name}-${theme}.png` });
      await expectNoAxeFindings(page);
      await expectNoPolicyViolations(page);
    });

for (const { name, script, place, says } of screens.filter(({ isAlike }) => isAlike !== true))
  test(`${name} fits a small window without a second scroll direction`, async ({ page }) => {
    await page.setViewportSize({ width: 900, height: 640 });
    await page.emulateMedia({ reducedMotion: "reduce" });
    await openPage(page, script, place);
    await expect(page.getByRole("heading", { name: says }).first()).toBeVisible();
    await page.screenshot({ path: `test-results/ui-shots/${name}-900.png` });
    await page.setViewportSize({ width: 760, height: 540 });
    const tooWide = await page.evaluate(() =>
      [...document.querySelectorAll("body, main, .scroll, .call, .detail, .list, .settings-page, .own-wrap")]
        .filter((element) => element.scrollWidth > element.clientWidth + 1)
        .map(({ className }) => className),
    );
    expect(tooWide).toEqual([]);
    await expectNoAxeFindings(page);
  });

test("contrast themes and a wish for more contrast keep every mark and edge", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  await openPage(page, normal);
  await page.screenshot({ path: "test-results/ui-shots/overview-forced-colors.png" });
  await expectNoAxeFindings(page);
  await page.emulateMedia({ forcedColors: "none", contrast: "more" });
  const line = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--line"));
  expect(line.trim()).toBe(
    await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--control").trim()),
  );
  await page.screenshot({ path: "test-results/ui-shots/overview-more-contrast.png" });
});
