import { expect, test } from "vitest";
import { listProjectFiles, readProjectFile } from "../../../build/checks/project-files.ts";

/** Put together from parts, so that this file does not hold what it looks for. `alice` is nobody: the user of made-up paths. */
const either = (...parts: readonly string[]) => `(?:${parts.join("|")})`;
const foreign: Readonly<Record<string, RegExp>> = {
  "a folder of one machine": new RegExp(
    `(?<![\\w.~*)}\\]/:-])/${either("work", "root", "home", "tmp", "opt", "Users")}/(?!alice\\b)[\\w.-]`,
  ),
  "a Windows folder of one machine": /[A-Z]:[\\/]+(?:Users[\\/]+(?!alice\b)\w|Windows\b|Temp\b)/,
  "a sibling of the repository": new RegExp(`\\.\\./${either("shared", "library", "main")}\\b`),
  "a package registry": new RegExp(
    either("https?://(?:registry|deb|security)\\.", "npmjs\\.(?:org|com)", "pypi\\.org"),
  ),
};

/** The one file that may name paths of the machine, npm's own record, and texts that are input or vendors' own. */
const mayNameOthers = (path: string): boolean =>
  path === ".ci/run" ||
  path === "package-lock.json" ||
  path.startsWith("test/contract/specs/") ||
  /\.(?:png|ico|icns|gz|zip|sqlite)$/.test(path);

const texts = listProjectFiles()
  .filter((path) => !mayNameOthers(path))
  .map((path) => ({ path, lines: readProjectFile(path).split(/\r?\n/) }));

test.each(Object.entries(foreign))("no file of the project names %s", (_name, pattern) => {
  const found = texts.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
  expect(found).toEqual([]);
  expect(texts.length).toBeGreaterThan(100);
});

test.each([
  ["a folder of one machine", "home", 'const file = "/*/somebody/calls.csv";'],
  ["a Windows folder of one machine", "Users", 'const file = "C:\\*\\somebody";'],
  ["a sibling of the repository", "shared", 'import x from "../../*/x.ts";'],
  ["a package registry", "registry", '"resolved": "https://*.example/x.tgz"'],
])("the search finds %s", (name, word, line) => {
  expect(line.replace("*", word)).toMatch(foreign[name] ?? /$^/);
});

test("a source file over 400 lines is on the list of those that are long for a reason", () => {
  const reasons = JSON.parse(readProjectFile("build/checks/long-files.json")) as Readonly<Record<string, string>>;
  const long = texts.filter(
    ({ path, lines }) =>
      /\.(?:ts|tsx|mjs|sql|sh)$/.test(path) && !path.startsWith("test/fixtures/") && lines.length > 400,
  );
  expect(long.map(({ path }) => path)).toEqual(Object.keys(reasons).toSorted());
  for (const reason of Object.values(reasons)) expect(reason.length).toBeGreaterThan(20);
});
