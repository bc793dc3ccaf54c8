import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createHubspotConfiguration } from "../../../src-main/sandbox/hubspot/configuration.ts";
import { createPipedriveConfiguration } from "../../../src-main/sandbox/pipedrive/configuration.ts";
import { createSalesforceConfiguration } from "../../../src-main/sandbox/salesforce/configuration.ts";
import { createZohoConfiguration } from "../../../src-main/sandbox/zoho/configuration.ts";

const documents = join(import.meta.dirname, "../../../docs/sandbox");

/** Defaults by key as a page's tables give them; several keys of a row share one default, or have one each. */
function readTables(crm: string): ReadonlyMap<string, string> {
  const rows = readFileSync(join(documents, `${crm}.md`), "utf8")
    .split("\n")
    .filter((line) => /^\| `\w+`/.test(line))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
  return new Map(
    rows.flatMap(([, names = "", , defaults = ""]) => {
      const keys = [...names.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? "");
      const given = keys.length > 1 && !/[[{]/.test(defaults) ? defaults.split(", ") : [defaults];
      return keys.map((key, at) => [key, (given.length === keys.length ? given[at] : given[0]) ?? ""] as const);
    }),
  );
}

const toText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
const isPlain = (value: unknown): boolean => typeof value !== "object" || value === null;

test.each([
  ["salesforce", createSalesforceConfiguration],
  ["hubspot", createHubspotConfiguration],
  ["zoho", createZohoConfiguration],
  ["pipedrive", createPipedriveConfiguration],
] as const)("every configuration key of %s is documented with the default in force", (crm, create) => {
  const documented = readTables(crm);
  const current: Readonly<Record<string, unknown>> = create().current();
  expect([...documented.keys()].toSorted()).toEqual(Object.keys(current).toSorted());
  for (const [key, value] of Object.entries(current).filter(([, each]) => isPlain(each)))
    expect(`${key}: ${documented.get(key)?.replaceAll("`", "")}`).toBe(`${key}: ${toText(value)}`);
});
