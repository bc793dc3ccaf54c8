import { expect, test } from "vitest";
import { documentOf, drawContract, putContract } from "../../../build/checks/contract-tables.ts";
import { readProjectFile } from "../../../build/checks/project-files.ts";
import { connectorKinds } from "../../../src-main/connectors/registry.ts";
import { crmType } from "../../../src-shared/domain/integration.ts";

const crms = crmType.options.filter((crm) => connectorKinds[crm] !== undefined);

test.each(crms)("the table of the document of %s is that of its default contract", (crm) => {
  const document = readProjectFile(documentOf(crm));
  expect(document, "run `npm run docs:contracts`").toBe(putContract(document, drawContract(crm)));
});

test("a table tells object, field, whose it is, what is written and the note, and nothing in it is rendered", () => {
  const table = drawContract("pipedrive");
  expect(table).toMatch(
    /^\| activities \| `type` +\| `fill-blank` \| always "call" +\| Must be an active activity type/m,
  );
  expect(table).toContain("&lt;p>Started");
  expect(new Set(table.split("\n").map(({ length }) => length)).size).toBe(1);
});

test("a document without the marks is no place for a table", () => {
  expect(() => putContract("# Nothing here", "| a |")).toThrow("lacks the marks");
});
