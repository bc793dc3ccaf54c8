import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { projectRoot, readProjectFile } from "../../../build/checks/project-files.ts";

const guard = pathToFileURL(join(projectRoot, "build/checks/node-version.mjs")).href;

/** Runs a script behind the guard in a process that says it is this version of Node. */
function runAs(version: string) {
  const pretence = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`;
  const before = `data:text/javascript,${encodeURIComponent(pretence)}`;
  return spawnSync(process.execPath, ["--import", before, "--import", guard, "-e", "console.log('ran')"], {
    encoding: "utf8",
  });
}

test.each(["18.20.4", "20.20.2", "23.11.0"])(
  "Node %s is told in plain words which Node it takes, and runs nothing",
  (version) => {
    const run = runAs(version);
    expect(run.status).toBe(1);
    expect(run.stdout).toBe("");
    expect(run.stderr).toContain(`CallLedger runs on Node 24; this is Node ${version}.`);
    expect(run.stderr).toContain("npm ci");
    expect(run.stderr).not.toContain("at ");
  },
);

test.each(["24.0.0", "24.21.0", "26.1.0"])("Node %s runs it", (version) => {
  const run = runAs(version);
  expect(run.stdout).toBe("ran\n");
  expect(run.status).toBe(0);
});

test("every npm script that runs a TypeScript file stands behind the guard", () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readProjectFile("package.json")));
  const unguarded = Object.entries(scripts).filter(
    ([, command]) =>
      /\bnode\b.*\.ts\b/.test(command) && !command.startsWith("node --import ./build/checks/node-version.mjs "),
  );
  expect(unguarded.map(([name]) => name)).toEqual([]);
});
