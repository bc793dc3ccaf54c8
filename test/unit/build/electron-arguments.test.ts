import { expect, test } from "vitest";
import { electronArguments, type SandboxFacts } from "../../../build/electron/electron-arguments.ts";

const ask = (change: Partial<SandboxFacts>) => {
  const said: string[] = [];
  const facts = { platform: "linux", isRoot: false, hasUserNamespaces: () => true, ...change } as const;
  return { given: electronArguments((line) => void said.push(line), facts), said };
};

test("Chromium's own sandbox stays on wherever it can work", () => {
  expect(ask({})).toEqual({ given: [], said: [] });
  expect(ask({ platform: "darwin", isRoot: true })).toEqual({ given: [], said: [] });
  expect(ask({ platform: "win32", hasUserNamespaces: () => false })).toEqual({ given: [], said: [] });
});

test("where it cannot, it is switched off and said", () => {
  expect(ask({ isRoot: true })).toMatchObject({ given: ["--no-sandbox"], said: [expect.stringContaining("root")] });
  expect(ask({ hasUserNamespaces: () => false })).toMatchObject({
    given: ["--no-sandbox"],
    said: [expect.stringContaining("namespace")],
  });
});
