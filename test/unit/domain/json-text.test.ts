import { expect, test } from "vitest";
import { parseJson } from "../../../src-shared/domain/json-text.ts";

test.each([
  ['{"a":[1]}', { a: [1] }],
  ["null", null],
  ["", undefined],
  ['{"a":', undefined],
  ["<html></html>", undefined],
])("the JSON of %s", (text, value) => {
  expect(parseJson(text)).toEqual(value);
});
