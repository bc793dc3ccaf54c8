import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../../build/checks/project-files.ts";

test(
  "the compiler refuses every body that did not pass the filter for what it is used for",
  { timeout: 60_000 },
  () => {
    const tsc = join(projectRoot, "node_modules/typescript/bin/tsc");
    const run = spawnSync(process.execPath, [tsc, "-p", "test/fixtures/filtered-body", "--pretty", "false"], {
      cwd: projectRoot,
      encoding: "utf8",
    });
    const refused = run.stdout.match(/^[^\s(].*?\.ts(?=\(\d+,\d+\): error TS)/gm) ?? [];
    expect([...new Set(refused.map((path) => path.replace("test/fixtures/filtered-body/", "")))].toSorted()).toEqual([
      "adds-to-a-filtered-body.ts",
      "changes-what-was-not-read.ts",
      "recovers-with-a-first-write.ts",
      "replays-as-an-update.ts",
      "writes-past-the-filter.ts",
    ]);
    expect(run.status).not.toBe(0);
  },
);
