import { spawn } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "../checks/project-files.ts";

/** Tests on a real Electron. `app`: the whole app, as people have it; `page`: the page alone, over a scripted shell. */
export const suites = {
  app: { script: "test:e2e", config: "test/e2e/playwright.config.ts", report: ".cache/e2e-report.json" },
  page: { script: "test:ui", config: "test/e2e-ui/playwright.config.ts", report: ".cache/ui-report.json" },
} as const;

export type SuiteName = keyof typeof suites;
export const suiteNames: readonly SuiteName[] = ["app", "page"];
export const isSuiteName = (text: string | undefined): text is SuiteName =>
  text !== undefined && Object.hasOwn(suites, text);

const playwright = [process.execPath, join(projectRoot, "node_modules", "@playwright", "test", "cli.js")] as const;

/** Runs a suite, behind a program where `before` names one; resolves to its exit code and, where `isHeld`, to what it said. */
export function runSuite(
  name: SuiteName,
  args: readonly string[],
  { isHeld, before }: Readonly<{ isHeld: boolean; before: readonly string[] }>,
): Promise<Readonly<{ code: number; output: string }>> {
  const [program, ...rest] = [...before, ...playwright];
  const child = spawn(program, [...rest, "test", "--config", suites[name].config, ...args], {
    cwd: projectRoot,
    stdio: ["ignore", isHeld ? "pipe" : "inherit", "inherit"],
  });
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Every test of a suite as Playwright's JSON report has it, all of them not run. Needs no browser and no screen. */
export async function listSuite(name: SuiteName): Promise<string> {
  const { code, output } = await runSuite(name, ["--list", "--reporter=json"], { isHeld: true, before: [] });
  if (code !== 0) throw new Error(`the tests of ${suites[name].script} cannot be listed:\n${output.slice(0, 2_000)}`);
  return output;
}
