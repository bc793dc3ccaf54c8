import { expect, test } from "vitest";
import { drawReasons, failureFile, readTable, toCells } from "../../../build/checks/failure-table.ts";
import { readProjectFile } from "../../../build/checks/project-files.ts";
import { reason } from "../../../src-shared/domain/reason.ts";

test("the reasons in the documents are those of the code, with their words", () => {
  const cells = toCells(readTable(readProjectFile(failureFile)));
  expect(cells, "run `npm run docs:failures`").toEqual(toCells(drawReasons()));
  expect(cells).toHaveLength(reason.options.length + 1);
});

test("a document without its marks is told of", () => {
  expect(() => readTable("# Failures")).toThrow("lacks the marks");
});
