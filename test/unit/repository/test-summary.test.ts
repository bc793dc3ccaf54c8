import { describe, expect, test } from "vitest";
import {
  countPlaywright,
  countVitest,
  failedFiles,
  summarise,
  type PlaywrightReport,
  type TestAccount,
  type TestReport,
  type TestRun,
} from "../../../build/checks/test-summary.ts";

const none: TestAccount = { passed: 0, failed: 0, failures: [], secondTries: [], notRun: [] };
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

  test("name what failed, and what passed only when it was tried again", () => {
    const runs = [run("test:all", { passed: 1, failed: 1, failures: ["a: 1"], secondTries: ["b: 2"] })];
    expect(summarise({ failedSteps: [], runs })).toEqual({
      lines: ["passed at the second try: b: 2", "failed: a: 1", "Not in order: npm run test:all", "1 passed, 1 failed"],
      ok: false,
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
  const reportOf = (...testResults: TestReport["testResults"]): TestReport => ({ testResults });

  test("is counted by test, those that failed or were not run by name", () => {
    const other = { ...file("passed", "passed", "skipped"), name: "b.test.ts" };
    expect(countVitest(reportOf(file("failed", "passed", "failed"), other))).toEqual({
      passed: 2,
      failed: 1,
      failures: ["a.test.ts: test 2"],
      secondTries: [],
      notRun: ["b.test.ts: test 2"],
    });
  });

  test("a file that does not load counts as a failure, although none of its tests ran", () => {
    const other = { ...file("passed", "passed"), name: "b.test.ts" };
    const report = reportOf(file("failed"), other);
    expect(countVitest(report)).toMatchObject({ passed: 1, failed: 1, failures: ["a.test.ts"] });
    expect(failedFiles(report)).toEqual(["a.test.ts"]);
  });

  test("a file that is run again counts by its second run, and what it mended is named", () => {
    const first = reportOf(file("failed", "failed", "failed"));
    expect(countVitest(first, reportOf(file("failed", "passed", "failed")))).toMatchObject({
      passed: 1,
      failed: 1,
      failures: ["a.test.ts: test 2"],
      secondTries: ["a.test.ts: test 1"],
    });
    expect(countVitest(first, reportOf())).toMatchObject({ passed: 0, failed: 2, secondTries: [] });
  });
});

describe("a report of Playwright", () => {
  const suite = (...statuses: readonly string[]): PlaywrightReport["suites"][number] => ({
    title: "a.spec.ts",
    file: "a.spec.ts",
    specs: statuses.map((status, index) => ({ title: `test ${index + 1}`, tests: [{ status }] })),
  });

  test("is counted by test, in groups too, those that failed or were not run by name", () => {
    const suites = [{ ...suite("expected"), suites: [suite("expected", "unexpected", "skipped")] }];
    expect(countPlaywright({ suites, errors: [] })).toEqual({
      passed: 2,
      failed: 1,
      failures: ["a.spec.ts: test 2"],
      secondTries: [],
      notRun: ["a.spec.ts: test 3"],
    });
  });

  test("a test that passed at its second try is named; an error outside of every test is a failure", () => {
    expect(countPlaywright({ suites: [suite("flaky")], errors: [] })).toMatchObject({
      passed: 1,
      failed: 0,
      secondTries: ["a.spec.ts: test 1"],
    });
    expect(countPlaywright({ suites: [suite("skipped")], errors: [{ message: "no screen" }] })).toMatchObject({
      passed: 0,
      failed: 1,
      notRun: ["a.spec.ts: test 1"],
    });
  });
});
