import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSetupFolder } from "../../../../src-main/engine/api/setup-folder.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "callledger-setup-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test("files for an administrator are written into a folder of their own, again and again", async () => {
  const save = createSetupFolder(dataDir);
  const files = new Map([
    ["README.md", "one"],
    ["deep/er/field.xml", "<a/>"],
  ]);
  const folder = await save("salesforce-key-field", files);
  expect(folder).toBe(join(dataDir, "setup", "salesforce-key-field"));
  expect(readFileSync(join(folder, "deep/er/field.xml"), "utf8")).toBe("<a/>");
  await save("salesforce-key-field", new Map([["README.md", "two"]]));
  expect(readFileSync(join(folder, "README.md"), "utf8")).toBe("two");
});

test("no file leaves the folder", async () => {
  const save = createSetupFolder(dataDir);
  await expect(save("x", new Map([["../../secret", "no"]]))).rejects.toThrow(/leaves its folder/);
});
