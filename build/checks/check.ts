import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { projectRoot } from "./project-files.ts";

/** The scripts of package.json that make a change good, in this order; the tests come last and are counted. */
const steps = ["format:check", "lint", "types"] as const;

const reportFile = join(projectRoot, ".cache/test-report.json");
const testReport = z.object({
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
type TestReport = z.infer<typeof testReport>;

/** Runs one script of package.json with its output shown; true when it succeeded. */
function runScript(name: string, args: readonly string[] = []): boolean {
  console.log(`\n=== ${name}`);
  const command = ["npm", "run", "--silent", name, ...(args.length === 0 ? [] : ["--", ...args])].join(" ");
  return spawnSync(command, { cwd: projectRoot, stdio: ["ignore", "inherit", "inherit"], shell: true }).status === 0;
}

function runTests(): Readonly<{ ok: boolean; report: TestReport | undefined }> {
  mkdirSync(dirname(reportFile), { recursive: true });
  rmSync(reportFile, { force: true });
  const ok = runScript("test:all", [
    "--reporter=default",
    "--reporter=json",
    "--outputFile.json=.cache/test-report.json",
  ]);
  try {
    return { ok, report: testReport.parse(JSON.parse(readFileSync(reportFile, "utf8"))) };
  } catch (error) {
    console.error(`The tests broke off before they could be counted: ${error instanceof Error ? error.message : ""}`);
    return { ok: false, report: undefined };
  }
}

/** Tests that were not run, by name: nothing is ever left out in silence. */
function namesOfTestsNotRun(report: TestReport): readonly string[] {
  return report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status !== "passed" && status !== "failed")
      .map(({ fullName }) => `${name.slice(projectRoot.length + 1)}: ${fullName}`),
  );
}

/** Files that failed as a whole (they don't import, or a hook threw) hold no failed test, but count as one each. */
function countFailures(report: TestReport): number {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((one) => one.status === "failed"),
  );
  return report.numFailedTests + broken.length;
}

const failedSteps = steps.filter((name) => !runScript(name));
const tests = runTests();
const notRun = tests.report === undefined ? [] : namesOfTestsNotRun(tests.report);
const failed = tests.report === undefined ? 1 : countFailures(tests.report);

const wrong = [...failedSteps, ...(tests.ok ? [] : ["test:all"])];

console.log("");
for (const name of notRun) console.log(`not run: ${name}`);
if (wrong.length > 0) console.log(`Not in order: ${wrong.map((name) => `npm run ${name}`).join(", ")}`);
console.log(
  `${tests.report?.numPassedTests ?? 0} passed, ${failed} failed` +
    (notRun.length === 0 ? "" : `, ${notRun.length} not run`) +
    (failedSteps.length === 0 ? "" : `; ${failedSteps.join(", ")} failed`),
);
process.exitCode = wrong.length === 0 && failed === 0 ? 0 : 1;
