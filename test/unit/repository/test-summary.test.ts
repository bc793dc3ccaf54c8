import { expect, test } from "vitest";
import { summarise, type TestReport } from "../../../build/checks/test-summary.ts";

const file = (status: string, ...statuses: readonly string[]): TestReport["testResults"][number] => ({
  name: "a.test.ts",
  status,
  assertionResults: statuses.map((each, index) => ({ fullName: `test ${index + 1}`, status: each })),
});
const reportOf = (...testResults: TestReport["testResults"]): TestReport => {
  const count = (wanted: string): number =>
    testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === wanted).length;
  return { numPassedTests: count("passed"), numFailedTests: count("failed"), testResults };
};
const fine = { failedSteps: [], testsOk: true };

test("a check in which everything passed ends with the count and is in order", () => {
  expect(summarise({ ...fine, report: reportOf(file("passed", "passed", "passed")) })).toEqual({
    lines: ["2 passed, 0 failed"],
    ok: true,
  });
});

test("a failed test, a failed step, and a run that vitest itself calls failed are not in order", () => {
  const failing = reportOf(file("failed", "passed", "failed"));
  expect(summarise({ ...fine, testsOk: false, report: failing })).toEqual({
    lines: ["Not in order: npm run test:all", "1 passed, 1 failed"],
    ok: false,
  });
  const passing = reportOf(file("passed", "passed"));
  expect(summarise({ failedSteps: ["lint", "types"], testsOk: true, report: passing })).toEqual({
    lines: ["Not in order: npm run lint, npm run types", "1 passed, 0 failed; lint, types failed"],
    ok: false,
  });
  expect(summarise({ ...fine, testsOk: false, report: passing }).ok).toBe(false);
});

test("a file that does not load counts as a failure, although none of its tests ran", () => {
  expect(
    summarise({ ...fine, testsOk: false, report: reportOf(file("failed"), file("passed", "passed")) }).lines,
  ).toContain("1 passed, 1 failed");
});

test("tests that were not run are named and counted, and none at all is a failure", () => {
  expect(summarise({ ...fine, report: reportOf(file("passed", "passed", "skipped")) }).lines).toEqual([
    "not run: a.test.ts: test 2",
    "1 passed, 0 failed, 1 not run",
  ]);
  expect(summarise({ ...fine, report: reportOf() }).ok).toBe(false);
  expect(summarise({ ...fine, testsOk: false, report: undefined })).toMatchObject({ ok: false });
});
