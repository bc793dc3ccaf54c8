import { z } from "zod";

/** What vitest's JSON reporter writes, as far as we count it. */
export const testReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});
export type TestReport = z.infer<typeof testReport>;

export type CheckOutcome = Readonly<{
  /** Scripts before the tests that failed. */
  failedSteps: readonly string[];
  /** How vitest's process ended. */
  testsOk: boolean;
  /** Undefined where the tests broke off before they could be counted. */
  report: TestReport | undefined;
}>;

/** Tests that were not run, by file and name: nothing is ever left out in silence. */
function namesOfTestsNotRun({ testResults }: TestReport): readonly string[] {
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status !== "passed" && status !== "failed")
      .map(({ fullName }) => `${name}: ${fullName}`),
  );
}

/** Files that failed as a whole (they don't load, or a hook threw) hold no failed test, but count as one each. */
function countFailures({ numFailedTests, testResults }: TestReport): number {
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((one) => one.status === "failed"),
  );
  return numFailedTests + broken.length;
}

/** The closing lines of a check, the last of which counts the tests, and whether all is in order. */
export function summarise({ failedSteps, testsOk, report }: CheckOutcome): Readonly<{
  lines: readonly string[];
  ok: boolean;
}> {
  const notRun = report === undefined ? [] : namesOfTestsNotRun(report);
  const failed = report === undefined ? 1 : countFailures(report);
  const passed = report?.numPassedTests ?? 0;
  const wrong = [...failedSteps, ...(testsOk && failed === 0 ? [] : ["test:all"])];
  const count =
    `${passed} passed, ${failed} failed` +
    (notRun.length === 0 ? "" : `, ${notRun.length} not run`) +
    (failedSteps.length === 0 ? "" : `; ${failedSteps.join(", ")} failed`);
  const lines = [
    ...notRun.map((name) => `not run: ${name}`),
    ...(wrong.length === 0 ? [] : [`Not in order: ${wrong.map((name) => `npm run ${name}`).join(", ")}`]),
    count,
  ];
  return { lines, ok: wrong.length === 0 && passed > 0 };
}
