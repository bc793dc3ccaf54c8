import { expect, test } from "vitest";
import { z } from "zod";
import { readProjectFile } from "../../../build/checks/project-files.ts";

const lockedPackage = z.looseObject({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  gypfile: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
const lock = z
  .object({ packages: z.record(z.string(), lockedPackage) })
  .parse(JSON.parse(readProjectFile("package-lock.json")));
const manifest = z
  .object({
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
    allowScripts: z.record(z.string(), z.boolean()),
  })
  .parse(JSON.parse(readProjectFile("package.json")));
const installed = Object.entries(lock.packages).filter(([path]) => path !== "");

test("the lockfile names no address, so that any registry serves", () => {
  expect(installed.filter(([, entry]) => entry.resolved !== undefined).map(([path]) => path)).toEqual([]);
});

test("the lockfile holds a digest of every package", () => {
  expect(installed.filter(([, entry]) => entry.integrity === undefined).map(([path]) => path)).toEqual([]);
  expect(installed.length).toBeGreaterThan(100);
});

test("the lockfile holds the binaries for every platform, which npm ci insists on", () => {
  const missing = installed.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`${path}/node_modules/${name}` in lock.packages) && !(`node_modules/${name}` in lock.packages),
    ),
  );
  expect(missing).toEqual([]);
});

test("no install script runs but that of the package that brings Node", () => {
  const scripted = installed.filter(([, entry]) => entry.hasInstallScript === true).map(([path]) => path);
  // The others are refused by name: they advertise (core-js), or compile what comes ready made.
  const refused = ["core-js", "core-js-pure", "msgpackr-extract"];
  expect(scripted).toEqual([...refused, "node"].map((name) => `node_modules/${name}`));
  const compiled = ["@github/keytar", "better-sqlite3"];
  const expected = [...[...compiled, ...refused].map((name) => [name, false]), ["node", true]];
  expect(manifest.allowScripts).toEqual(Object.fromEntries(expected));
  for (const name of ["better-sqlite3", "keytar"])
    expect(
      lock.packages[`node_modules/${name}`]?.gypfile,
      `npm dropped the mark that keeps ${name} from compiling: run \`node build/checks/keep-lockfile-marks.mjs\``,
    ).toBe(false);
});

test("tools whose output or findings change between releases are pinned to one version", () => {
  const { devDependencies } = manifest;
  for (const name of ["node", "typescript", "oxlint", "oxlint-tsgolint", "oxfmt", "eslint-plugin-boundaries"])
    expect(devDependencies[name], name).toMatch(/^\d+\.\d+\.\d+$/);
  expect(devDependencies["node"]).toMatch(/^24\./);
});
