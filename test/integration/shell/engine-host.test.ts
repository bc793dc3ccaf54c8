import { join } from "node:path";
import { describe, test } from "vitest";
import { projectRoot } from "../../../build/checks/project-files.ts";
import { createNodeLauncher } from "../../../src-main/shell/engine-host/node-launcher.ts";
import { hostCases } from "../../builders/engine-host-suite.ts";

const launch = createNodeLauncher({
  node: process.execPath,
  entry: join(projectRoot, "test/builders/store-free-engine.ts"),
  env: process.env,
});

/** The same suite runs on the utility process inside of Electron: test/e2e/engine-host.spec.ts. */
describe("the engine host on a plain Node", () => {
  // oxlint-disable-next-line vitest/expect-expect -- the cases assert by themselves: they run in Electron too
  test.each(hostCases.map((each) => [each.name, each] as const))("%s", async (_name, each) => {
    await each.run(launch);
  });
});
