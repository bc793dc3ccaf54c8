import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureSystemPackages, keyringPackages, MissingPackagesError, thisMachine } from "../e2e/system-packages.ts";
import { projectRoot } from "./project-files.ts";
import { summarise, testReport, type TestReport } from "./test-summary.ts";

/** The scripts of package.json that make a change good, in this order; the tests come last and are counted. */
const steps = ["format:check", "lint", "types"] as const;

const reportName = ".cache/test-report.json";

/** Runs one script of package.json with its output shown; true when it succeeded. */
function runScript(name: string, args: readonly string[] = []): boolean {
  console.log(`\n=== ${name}`);
  const command = ["npm", "run", "--silent", name, ...(args.length === 0 ? [] : ["--", ...args])].join(" ");
  return spawnSync(command, { cwd: projectRoot, stdio: ["ignore", "inherit", "inherit"], shell: true }).status === 0;
}

function readReport(): TestReport | undefined {
  try {
    return testReport.parse(JSON.parse(readFileSync(join(projectRoot, reportName), "utf8")));
  } catch (error) {
    console.error("The tests broke off before they could be counted.", error);
    return undefined;
  }
}

/** Where no keyring service can be had, its tests are not run, which the closing lines say by name. */
function installKeyring(): void {
  try {
    ensureSystemPackages(
      thisMachine((line) => console.error(line)),
      keyringPackages,
      "The tests of the system's keychain",
    );
  } catch (error) {
    if (!(error instanceof MissingPackagesError)) throw error;
    console.error(error.message);
  }
}

installKeyring();
const failedSteps = steps.filter((name) => !runScript(name));
mkdirSync(dirname(join(projectRoot, reportName)), { recursive: true });
rmSync(join(projectRoot, reportName), { force: true });
const testsOk = runScript("test:all", ["--reporter=default", "--reporter=json", `--outputFile.json=${reportName}`]);
const { lines, ok } = summarise({ failedSteps, testsOk, report: readReport() });
console.log(`\n${lines.join("\n")}`);
process.exitCode = ok ? 0 : 1;
