import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { listProjectFiles, projectRoot } from "../../../build/checks/project-files.ts";

const oxlint = join(projectRoot, "node_modules/oxlint/bin/oxlint");
const report = z.object({
  number_of_files: z.int(),
  diagnostics: z.array(z.object({ filename: z.string(), code: z.string(), message: z.string() })),
});

/** What the project's own lint configuration says of the fixture, laid out like the project in a folder of its own. */
function lintFixture(folder: string): z.infer<typeof report> {
  cpSync(join(projectRoot, "test/fixtures/boundaries"), folder, { recursive: true });
  cpSync(join(projectRoot, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"), "junction");
  const run = spawnSync(process.execPath, [oxlint, "--format", "json", "src-shared", "src-main"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(run.status, run.stderr).toBe(1);
  return report.parse(JSON.parse(run.stdout));
}

let folder = "";
let findings: z.infer<typeof report>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "callledger-boundaries-"));
  findings = lintFixture(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const codesOf = (file: string) =>
  findings.diagnostics.filter(({ filename }) => filename.replaceAll("\\", "/") === file).map(({ code }) => code);

const wrong: Readonly<Record<string, string>> = {
  "src-shared/domain/reads-a-file.ts": "boundaries(dependencies)",
  "src-main/engine/sync/reaches-into-the-store.ts": "boundaries(dependencies)",
  "src-main/engine/sync/imports-it-at-run-time.ts": "boundaries(dependencies)",
  "src-main/engine/sync/knows-a-vendor.ts": "boundaries(dependencies)",
  "src-main/engine/sync/starts-electron.ts": "boundaries(dependencies)",
  "src-main/engine/sync/asks-the-machine-for-the-time.ts": "eslint(no-restricted-properties)",
  "src-main/engine/sync/calls-fetch.ts": "eslint(no-restricted-globals)",
  "src-main/engine/sync/first-of-a-circle.ts": "import(no-cycle)",
  "src-main/engine/sync/second-of-a-circle.ts": "import(no-cycle)",
  "src-main/engine/ingest/opens-a-database.ts": "boundaries(dependencies)",
  "src-main/engine/newroom/is-no-known-room.ts": "boundaries(dependencies)",
  "src-main/engine/api/knows-a-vendor.ts": "boundaries(dependencies)",
  "src-main/connectors/hubspot/talks-http-itself.ts": "boundaries(dependencies)",
  "src-main/connectors/zoho/borrows-from-another-vendor.ts": "boundaries(dependencies)",
  "src-main/connectors/zoho/reaches-into-the-store.ts": "boundaries(dependencies)",
  "src-main/sandbox/borrows-a-connector.ts": "boundaries(dependencies)",
  "src-main/cli/goes-round-the-engine-entry.ts": "boundaries(dependencies)",
  "src-main/shell/goes-round-the-engine-host.ts": "boundaries(dependencies)",
  "src-main/shell/listens-to-windows.ts": "eslint(no-restricted-imports)",
  "src-main/misplaced.ts": "boundaries(no-unknown-files)",
};

test.each(Object.entries(wrong))("the linter refuses %s", (file, code) => {
  expect(codesOf(file)).toContain(code);
});

test("the linter finds nothing in the files of the fixture that keep to the table", () => {
  const flagged = new Set(findings.diagnostics.map(({ filename }) => filename.replaceAll("\\", "/")));
  expect([...flagged].toSorted()).toEqual(Object.keys(wrong).toSorted());
  expect(findings.number_of_files).toBeGreaterThan(flagged.size);
});

test("npm run lint sees every source file of the project", () => {
  const folders = ["src-shared", "src-main", "test", "build"];
  const seen = execFileSync(process.execPath, [oxlint, "--debug=files", ...folders], {
    cwd: projectRoot,
    encoding: "utf8",
  });
  const sources = folders
    .flatMap((name) => listProjectFiles(name))
    .filter((path) => path.endsWith(".ts") && !path.startsWith("test/fixtures/"));
  expect(
    seen
      .trim()
      .split(/\r?\n/)
      .map((path) => path.replaceAll("\\", "/")),
  ).toEqual(expect.arrayContaining(sources));
  expect(sources.length).toBeGreaterThan(0);
});
