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

type PlaywrightSuite = Readonly<{
  title: string;
  file: string;
  specs: readonly Readonly<{ title: string; tests: readonly Readonly<{ status: string }>[] }>[];
  suites?: readonly PlaywrightSuite[] | undefined;
}>;
const playwrightSuite: z.ZodType<PlaywrightSuite> = z.lazy(() =>
  z.object({
    title: z.string(),
    file: z.string(),
    specs: z.array(z.object({ title: z.string(), tests: z.array(z.object({ status: z.string() })) })),
    suites: z.array(playwrightSuite).optional(),
  }),
);

/** What Playwright's JSON reporter writes, as far as we count it. */
export const playwrightReport = z.object({
  suites: z.array(playwrightSuite),
  /** What went wrong outside of every test. */
  errors: z.array(z.unknown()),
});
export type PlaywrightReport = z.infer<typeof playwrightReport>;

/** What one run of tests came to. */
export type TestAccount = Readonly<{ passed: number; failed: number; notRun: readonly string[] }>;

export type TestRun = Readonly<{
  /** The script of package.json. */
  script: string;
  /** How its process ended. */
  isOk: boolean;
  /** Undefined where the tests broke off before they could be counted. */
  account: TestAccount | undefined;
}>;

export type CheckOutcome = Readonly<{
  /** Scripts before the tests that failed. */
  failedSteps: readonly string[];
  runs: readonly TestRun[];
}>;

/** Files that failed as a whole (they don't load, or a hook threw) hold no failed test, but count as one each. */
export function countVitest({ numPassedTests, numFailedTests, testResults }: TestReport): TestAccount {
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((one) => one.status === "failed"),
  );
  const notRun = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status !== "passed" && status !== "failed")
      .map(({ fullName }) => `${name}: ${fullName}`),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length, notRun };
}

/** A test that passed only when it was tried again counts as failed; so does each error outside of the tests. */
export function countPlaywright({ suites, errors }: PlaywrightReport): TestAccount {
  const tests = suites.flatMap(testsOf);
  const count = (...wanted: readonly string[]): number => tests.filter(({ status }) => wanted.includes(status)).length;
  return {
    passed: count("expected"),
    failed: count("unexpected", "flaky") + errors.length,
    notRun: tests.filter(({ status }) => status === "skipped").map(({ name }) => name),
  };
}

const testsOf = (suite: PlaywrightSuite): readonly Readonly<{ name: string; status: string }>[] => [
  ...suite.specs.flatMap(({ title, tests }) =>
    tests.map(({ status }) => ({ name: `${suite.file}: ${title}`, status })),
  ),
  ...(suite.suites ?? []).flatMap(testsOf),
];

/** The closing lines of a check, the last of which counts the tests, and whether all is in order. */
export function summarise({ failedSteps, runs }: CheckOutcome): Readonly<{ lines: readonly string[]; ok: boolean }> {
  const broken = { passed: 0, failed: 1, notRun: [] };
  const accounts = runs.map(({ account }) => account ?? broken);
  const sum = (of: (account: TestAccount) => number): number =>
    accounts.reduce((total, account) => total + of(account), 0);
  const notRun = accounts.flatMap((account) => account.notRun);
  const passed = sum((account) => account.passed);
  const failedRuns = runs.filter(({ isOk, account }) => !isOk || account === undefined || account.failed > 0);
  const wrong = [...failedSteps, ...failedRuns.map(({ script }) => script)];
  const count =
    `${passed} passed, ${sum((account) => account.failed)} failed` +
    (notRun.length === 0 ? "" : `, ${notRun.length} not run`) +
    (failedSteps.length === 0 ? "" : `; ${failedSteps.join(", ")} failed`);
  const lines = [
    ...notRun.map((name) => `not run: ${name}`),
    ...(wrong.length === 0 ? [] : [`Not in order: ${wrong.map((name) => `npm run ${name}`).join(", ")}`]),
    count,
  ];
  return { lines, ok: wrong.length === 0 && passed > 0 };
}
