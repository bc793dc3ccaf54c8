import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../../build/checks/project-files.ts";

const imports = /^(?:import|export)\s+(?!type\b)(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm;

/** Everything that a module brings along when it is loaded, without what it loads later: files and packages. */
async function listLoaded(entry: string, seen = new Set<string>()): Promise<ReadonlySet<string>> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  const source = await readFile(join(projectRoot, entry), "utf8");
  for (const [, name = ""] of source.matchAll(imports)) {
    if (!name.startsWith(".")) seen.add(name);
    else if (/\.tsx?$/.test(name))
      await listLoaded(relative(projectRoot, join(projectRoot, dirname(entry), name)), seen);
  }
  return seen;
}

test("the first page loads neither the schemas of the contract nor the plans of phone numbers", async () => {
  const loaded = await listLoaded("src-renderer/main.tsx");
  expect(loaded).toContain("react-dom/client");
  expect([...loaded].filter((each) => each === "zod" || each.startsWith("libphonenumber-js"))).toEqual([]);
});

test("a screen that is loaded later makes no schema before the bridge has forbidden them to compile code", async () => {
  const screens = [
    ...(await readFile(join(projectRoot, "src-renderer/views/window/screen.tsx"), "utf8")).matchAll(
      /import\("\.\.\/([^"]+)"\)/g,
    ),
  ];
  expect(screens.length).toBeGreaterThan(3);
  for (const [, screen = ""] of screens)
    expect([...(await listLoaded(`src-renderer/views/${screen}`))], screen).not.toContain("zod");
});
