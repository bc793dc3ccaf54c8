import { z } from "zod";

/** What vitest's JSON reporter writes, as far as we count it. */
export const testReport = z.object({
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
export type TestAccount = Readonly<{
  passed: number;
  failed: number;
  /** By file and name: those that failed, those that passed only when they were tried again, those that were not run. */
  failures: readonly string[];
  secondTries: readonly string[];
  notRun: readonly string[];
}>;

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

type TestFile = TestReport["testResults"][number];

const named = ({ name, assertionResults }: TestFile, isWanted: (status: string) => boolean): readonly string[] =>
  assertionResults.filter(({ status }) => isWanted(status)).map(({ fullName }) => `${name}: ${fullName}`);

/** Files that failed as a whole (they don't load, or a hook threw) hold no failed test, but count as one each. */
const failuresOf = (file: TestFile): readonly string[] => {
  const failed = named(file, (status) => status === "failed");
  return file.status === "failed" && failed.length === 0 ? [file.name] : failed;
};

/** The files of a report in which something failed. */
export const failedFiles = ({ testResults }: TestReport): readonly string[] =>
  testResults.filter((file) => failuresOf(file).length > 0).map(({ name }) => name);

/**
 * Counts a report; `again` is that of its failed files, run once more by themselves. What failed among other tests and
 * passes alone counts as passed, and is named.
 */
export function countVitest(report: TestReport, again?: TestReport): TestAccount {
  const retried = new Map(again?.testResults.map((file) => [file.name, file]));
  const files = report.testResults.map((file) => retried.get(file.name) ?? file);
  const failures = files.flatMap(failuresOf);
  const stillFailed = new Set(failures);
  return {
    passed: files.flatMap((file) => named(file, (status) => status === "passed")).length,
    failed: failures.length,
    failures,
    secondTries: report.testResults
      .filter(({ name }) => retried.has(name))
      .flatMap(failuresOf)
      .filter((name) => !stillFailed.has(name)),
    notRun: files.flatMap((file) => named(file, (status) => status !== "passed" && status !== "failed")),
  };
}

/** A test that passed at its second try is named; an error outside of the tests counts as a failure. */
export function countPlaywright({ suites, errors }: PlaywrightReport): TestAccount {
  const tests = suites.flatMap(testsOf);
  const namesOf = (wanted: string): readonly string[] =>
    tests.filter(({ status }) => status === wanted).map(({ name }) => name);
  const failures = namesOf("unexpected");
  const secondTries = namesOf("flaky");
  return {
    passed: namesOf("expected").length + secondTries.length,
    failed: failures.length + errors.length,
    failures,
    secondTries,
    notRun: namesOf("skipped"),
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
  const broken: TestAccount = { passed: 0, failed: 1, failures: [], secondTries: [], notRun: [] };
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
    ...accounts.flatMap(({ secondTries }) => secondTries.map((name) => `passed at the second try: ${name}`)),
    ...accounts.flatMap(({ failures }) => failures.map((name) => `failed: ${name}`)),
    ...(wrong.length === 0 ? [] : [`Not in order: ${wrong.map((name) => `npm run ${name}`).join(", ")}`]),
    count,
  ];
  return { lines, ok: wrong.length === 0 && passed > 0 };
}
