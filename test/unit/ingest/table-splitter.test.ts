import { expect, test } from "vitest";
import { splitText } from "../../../src-main/engine/ingest/records/delimiter.ts";
import { createCellSplitter } from "../../../src-main/engine/ingest/records/split-cells.ts";

const layout = { delimiter: ",", multiline: true, wrapped: false };
const isWholeRow = (cells: readonly string[]): boolean => cells.length === 3 && /^\d/.test(cells[0] ?? "");
const split = (text: string) =>
  splitText(text, layout, isWholeRow).map(({ line, cells, fault }) => ({ line, cells: cells.join("|"), fault }));

test.each([
  ["a,b,c", ["a", "b", "c"]],
  ['"a","b",""', ["a", "b", ""]],
  ['"a ""x"" b",,3', ['a "x" b', "", "3"]],
  ['"a, b" , "c",d', ["a, b", "c", "d"]],
  ['"Bob "the" Builder",2', ['Bob "the" Builder', "2"]],
  ['5" pipe,2', ['5" pipe', "2"]],
  ["", [""]],
  [",", ["", ""]],
])("%j splits into its cells", (line, cells) => {
  const splitter = createCellSplitter(",");
  expect(splitter.split(line)).toEqual(cells);
  expect(splitter.isOpen()).toBe(false);
});

test("a splitter that met a long line gives a short one no further cells", () => {
  const splitter = createCellSplitter(",");
  expect(splitter.split('"1","2","3","4"')).toHaveLength(4);
  expect(splitter.split('"1","2"')).toEqual(["1", "2"]);
});

test("a record over several lines is known by its first line, and lines are counted on", () => {
  expect(split('1,"a\nb\n\nc",2\n3,d,4\n')).toEqual([
    { line: 1, cells: "1|a\nb\n\nc|2", fault: null },
    { line: 5, cells: "3|d|4", fault: null },
  ]);
});

test("reading goes on at the next line that is a whole row", () => {
  expect(split('1,"a,2\n3,b,4\n5,c,6\n')).toEqual([
    { line: 1, cells: "", fault: "open_quote" },
    { line: 2, cells: "3|b|4", fault: null },
    { line: 3, cells: "5|c|6", fault: null },
  ]);
});

test("a quote that is never closed gives up one line after twenty", () => {
  const remarks = Array.from({ length: 40 }, (_, at) => `remark ${at}`).join("\n");
  const found = split(`1,"a,2\n${remarks}\n3,b,4\n`);
  expect(found[0]).toMatchObject({ line: 1, fault: "open_quote" });
  expect(found.at(-1)).toMatchObject({ line: 42, cells: "3|b|4" });
});

test("a quoted cell of more than 64 KB is a lost quote", () => {
  const found = split(`1,"${"x".repeat(70_000)}\ny",2\n3,b,4\n`);
  expect(found[0]).toMatchObject({ line: 1, fault: "open_quote" });
  expect(found.at(-1)).toMatchObject({ line: 3, cells: "3|b|4" });
});
