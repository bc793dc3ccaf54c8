import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { build } from "vite";
import { programConfig } from "../../build/electron/app-configs.ts";
import { hostCases } from "../builders/engine-host-suite.ts";
import { appFolder, electronCommand } from "./app-fixture.ts";

/** The suite of test/integration/shell/engine-host.test.ts, on utility processes of the Electron that is here. */
const folder = join(appFolder, "host-suite");
let results = new Map<string, string | null>();

function runSuite(): Promise<Map<string, string | null>> {
  const [program, ...args] = electronCommand(folder);
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => {
      const lines = output.split("\n").filter((line) => line.startsWith('{"name"'));
      const parsed = lines.map((line) => JSON.parse(line) as { name: string; problem: string | null });
      resolve(new Map(parsed.map(({ name, problem }) => [name, problem])));
    });
  });
}

test.beforeAll(async () => {
  test.setTimeout(180_000);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "host-suite", main: "main.cjs" }));
  const shared = { format: "cjs", target: "node18", outDir: folder, external: ["electron", /^node:/] } as const;
  await build(programConfig({ ...shared, entry: "test/e2e/host-suite/main.ts", file: "main.cjs" }));
  await build(programConfig({ ...shared, entry: "test/builders/store-free-engine.ts", file: "store-free-engine.cjs" }));
  results = await runSuite();
});

for (const { name } of hostCases)
  test(`utility process: ${name}`, () => {
    expect(results.get(name), "no result: the suite broke off before").toBe(null);
  });
