import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../../build/checks/project-files.ts";

test("the compiler refuses Node and the DOM in the layer that runs anywhere", () => {
  const tsc = join(projectRoot, "node_modules/typescript/bin/tsc");
  const run = spawnSync(process.execPath, [tsc, "-p", "test/fixtures/shared-layer", "--pretty", "false"], {
    cwd: projectRoot,
    encoding: "utf8",
  });
  const refused = run.stdout.match(/[\w-]+\.ts\(\d+,\d+\): error TS\d+: Cannot find name '[\w:]+'/g) ?? [];
  expect(refused.map((line) => line.replace(/\(.*: /, " "))).toEqual([
    "asks-the-process.ts Cannot find name 'process'",
    "reads-a-file.ts Cannot find name 'node:fs'",
    "touches-the-window.ts Cannot find name 'window'",
  ]);
  expect(run.stdout).not.toContain("keeps-to-the-language.ts");
  expect(run.status).not.toBe(0);
});
