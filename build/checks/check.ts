import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { z } from "zod";
import { prepareDesktop, runOnDesktop, type NoDesktop } from "../e2e/desktop.ts";
import { listSuite, suiteNames, suites, type SuiteName } from "../e2e/suites.ts";
import { thisMachine } from "../e2e/system-packages.ts";
import { projectRoot } from "./project-files.ts";
import {
  countPlaywright,
  countVitest,
  failedFiles,
  playwrightReport,
  summarise,
  testReport,
  type TestRun,
} from "./test-summary.ts";

/** The scripts of package.json that make a change good, in this order; the tests come last and are counted. */
const steps = ["format:check", "lint", "types", "coverage:contract"] as const;

const vitestReport = ".cache/test-report.json";
const secondVitestReport = ".cache/second-test-report.json";
const mostFilesAgain = 8;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Hundreds of tests start the command line in a process of its own: what Node compiled for the first is there for the others. */
const env = { ...process.env, NODE_COMPILE_CACHE: join(projectRoot, ".cache", "compiled") };

/** Runs one script of package.json with its output shown; true when it succeeded. */
function runScript(name: string, args: readonly string[] = []): boolean {
  console.log(`\n=== ${name}`);
  const command = ["npm", "run", "--silent", name, ...(args.length === 0 ? [] : ["--", ...args])].join(" ");
  return (
    spawnSync(command, { cwd: projectRoot, env, stdio: ["ignore", "inherit", "inherit"], shell: true }).status === 0
  );
}

function forget(report: string): void {
  mkdirSync(dirname(join(projectRoot, report)), { recursive: true });
  rmSync(join(projectRoot, report), { force: true });
}

/** A report of tests; undefined where they broke off before they could be counted. */
function readReport<S extends z.ZodType>(report: string, schema: S): z.output<S> | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(join(projectRoot, report), "utf8")));
  } catch (error) {
    console.error("The tests broke off before they could be counted.", error);
    return undefined;
  }
}

const vitest = "test:all";

function reportVitest(report: string, args: readonly string[]): boolean {
  forget(report);
  return runScript(vitest, ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...args]);
}

/**
 * Files that fail are run once more by themselves, since a test that waits for a time may meet its end on a computer
 * that does ten other things. Many at once are a fault that another run would only repeat.
 */
function runVitest(): TestRun {
  const isOk = reportVitest(vitestReport, []);
  const report = readReport(vitestReport, testReport);
  const files = report === undefined ? [] : failedFiles(report);
  if (report === undefined || isOk || files.length === 0 || files.length > mostFilesAgain)
    return { script: vitest, isOk, account: report === undefined ? undefined : countVitest(report) };
  const isOkAgain = reportVitest(secondVitestReport, ["--no-file-parallelism", ...files]);
  return { script: vitest, isOk: isOkAgain, account: countVitest(report, readReport(secondVitestReport, testReport)) };
}

/** The app and its page, on a real Electron. */
async function runSuites(desktop: Awaited<ReturnType<typeof prepareDesktop>>): Promise<readonly TestRun[]> {
  console.log(`\n=== ${suiteNames.map((name) => suites[name].script).join(", ")}`);
  if ("message" in desktop) {
    say(desktop.message);
    return Promise.all(suiteNames.map((name) => toNotRun(name, desktop)));
  }
  for (const name of suiteNames) forget(suites[name].report);
  const program = [process.execPath, join(projectRoot, "build", "e2e", "run-suites.ts"), "all"];
  const code = await runOnDesktop(desktop, say, program);
  const runs = suiteNames.map((name): TestRun => {
    const { script, report } = suites[name];
    const read = readReport(report, playwrightReport);
    const account = read === undefined ? undefined : countPlaywright(read);
    return { script, isOk: account?.failed === 0, account };
  });
  // A process that failed although every test of its report is well: it is said, by the first name.
  return runs.map((run, index) => (index === 0 && code !== 0 && runs.every(({ isOk }) => isOk) ? fail(run) : run));
}

const fail = (run: TestRun): TestRun => ({ ...run, isOk: false });

/** Named one by one, and a failure where a machine of a CI could not do what it should be able to. */
async function toNotRun(name: SuiteName, { isFailure }: NoDesktop): Promise<TestRun> {
  const listed = countPlaywright(playwrightReport.parse(JSON.parse(await listSuite(name))));
  const account = { ...listed, passed: 0, failed: isFailure ? 1 : 0 };
  return { script: suites[name].script, isOk: !isFailure, account };
}

// First: tests of the keychain need some of its packages too.
const desktop = await prepareDesktop(thisMachine(say), process.env);
const failedSteps = steps.filter((name) => !runScript(name));
const runs = [runVitest(), ...(await runSuites(desktop))];
const { lines, ok } = summarise({ failedSteps, runs });
console.log(`\n${lines.join("\n")}`);
process.exitCode = ok ? 0 : 1;
