import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openSandbox } from "./sandbox-client.ts";

const here = new URL(".", import.meta.url);

test("every configuration key is set by a test of this folder", async () => {
  const client = await openSandbox();
  const keys = Object.keys(await client.config({}));
  await client.close();
  const tests = readdirSync(here)
    .filter((name) => /^(hubspot|sandbox)-.*\.test\.ts$/.test(name))
    .map((name) => readFileSync(new URL(name, here), "utf8"))
    .join("\n");
  const untested = keys.filter((key) => !new RegExp(`\\b${key}:`).test(tests));
  expect(keys.length).toBeGreaterThan(60);
  expect(untested).toEqual([]);
});

test("every configuration key is documented, and no other", async () => {
  const client = await openSandbox();
  const keys = Object.keys(await client.config({}));
  await client.close();
  const page = readFileSync(new URL("../../../docs/sandbox/hubspot.md", import.meta.url), "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  const documented = rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map((found) => found[1] ?? ""),
  );
  expect(documented.toSorted()).toEqual(keys.toSorted());
});
