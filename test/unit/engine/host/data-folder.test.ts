import { resolve } from "node:path";
import { expect, test } from "vitest";
import { dataFolder } from "../../../../src-main/engine/host/data-folder.ts";

test("the option wins over the variable, and both over the system's place", () => {
  const env = { CALLLEDGER_DATA: "from-env" };
  expect(dataFolder("from-option", env, "linux", "/home/alice")).toBe(resolve("from-option"));
  expect(dataFolder(undefined, env, "linux", "/home/alice")).toBe(resolve("from-env"));
});

test("each system has its own place for a user's data", () => {
  expect(dataFolder(undefined, {}, "linux", "/home/alice")).toBe("/home/alice/.local/share/callledger");
  expect(dataFolder(undefined, { XDG_DATA_HOME: "/data" }, "linux", "/home/alice")).toBe("/data/callledger");
  expect(dataFolder(undefined, {}, "darwin", "/Users/alice")).toBe(
    "/Users/alice/Library/Application Support/CallLedger",
  );
  expect(dataFolder(undefined, { LOCALAPPDATA: "/local" }, "win32", "/x")).toContain("CallLedger");
});

test("a relative XDG_DATA_HOME is ignored, as the specification asks", () => {
  expect(dataFolder(undefined, { XDG_DATA_HOME: "data" }, "linux", "/home/alice")).toBe(
    "/home/alice/.local/share/callledger",
  );
});
