import { describe, expect, test } from "vitest";
import {
  countPlaywright,
  countVitest,
  summarise,
  type PlaywrightReport,
  type TestAccount,
  type TestReport,
  type TestRun,
} from "../../../build/checks/test-summary.ts";

const none: TestAccount = { passed: 0, failed: 0, notRun: [] };
const run = (script: string, account: Partial<TestAccount>, isOk = true): TestRun => ({
  script,
  isOk,
  account: { ...none, ...account },
});

describe("the closing lines", () => {
  test("count every run in one line, and all is in order when all passed", () => {
    const runs = [run("test:all", { passed: 2 }), run("test:e2e", { passed: 3 })];
    expect(summarise({ failedSteps: [], runs })).toEqual({ lines: ["5 passed, 0 failed"], ok: true });
  });

  test("name what failed: a run with a failed test, a step, and a run that calls itself failed", () => {
    const failing = [run("test:all", { passed: 1 }), run("test:e2e", { passed: 1, failed: 1 }, false)];
    expect(summarise({ failedSteps: [], runs: failing })).toEqual({
      lines: ["Not in order: npm run test:e2e", "2 passed, 1 failed"],
      ok: false,
    });
    const passing = run("test:all", { passed: 2 });
    expect(summarise({ failedSteps: ["lint", "types"], runs: [passing] })).toEqual({
      lines: ["Not in order: npm run lint, npm run types", "2 passed, 0 failed; lint, types failed"],
      ok: false,
    });
    expect(summarise({ failedSteps: [], runs: [run("test:all", { passed: 2 }, false)] }).ok).toBe(false);
  });

  test("name the tests that were not run, one by one", () => {
    const runs = [run("test:all", { passed: 1 }), run("test:ui", { notRun: ["a.spec.ts: it opens"] })];
    expect(summarise({ failedSteps: [], runs })).toEqual({
      lines: ["not run: a.spec.ts: it opens", "1 passed, 0 failed, 1 not run"],
      ok: true,
    });
  });

  test("no test at all is a failure, and so is a run that broke off before it could be counted", () => {
    expect(summarise({ failedSteps: [], runs: [run("test:all", {})] }).ok).toBe(false);
    const brokeOff: TestRun = { script: "test:e2e", isOk: true, account: undefined };
    expect(summarise({ failedSteps: [], runs: [run("test:all", { passed: 4 }), brokeOff] })).toEqual({
      lines: ["Not in order: npm run test:e2e", "4 passed, 1 failed"],
      ok: false,
    });
  });
});

describe("a report of vitest", () => {
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

  test("is counted by test, those that were not run by name", () => {
    expect(countVitest(reportOf(file("failed", "passed", "failed"), file("passed", "passed", "skipped")))).toEqual({
      passed: 2,
      failed: 1,
      notRun: ["a.test.ts: test 2"],
    });
  });

  test("a file that does not load counts as a failure, although none of its tests ran", () => {
    expect(countVitest(reportOf(file("failed"), file("passed", "passed")))).toMatchObject({ passed: 1, failed: 1 });
  });
});

describe("a report of Playwright", () => {
  const suite = (...statuses: readonly string[]): PlaywrightReport["suites"][number] => ({
    title: "a.spec.ts",
    file: "a.spec.ts",
    specs: statuses.map((status, index) => ({ title: `test ${index + 1}`, tests: [{ status }] })),
  });

  test("is counted by test, in groups too, those that were not run by name", () => {
    const suites = [{ ...suite("expected"), suites: [suite("expected", "unexpected", "skipped")] }];
    expect(countPlaywright({ suites, errors: [] })).toEqual({
      passed: 2,
      failed: 1,
      notRun: ["a.spec.ts: test 3"],
    });
  });

  test("a test that passed at its second try counts as failed, and so does an error outside of every test", () => {
    expect(countPlaywright({ suites: [suite("flaky")], errors: [] })).toMatchObject({ passed: 0, failed: 1 });
    expect(countPlaywright({ suites: [suite("skipped")], errors: [{ message: "no screen" }] })).toEqual({
      passed: 0,
      failed: 1,
      notRun: ["a.spec.ts: test 1"],
    });
  });
});
