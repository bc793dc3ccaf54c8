import { expect, test } from "vitest";
import type { FieldKind, RuleCondition } from "../../../src-shared/domain/crm-schema.ts";
import { type RecordView, holds } from "../../../src-shared/domain/rule-check.ts";

const record: Readonly<Record<string, Readonly<{ text: string | null; kind: FieldKind }>>> = {
  title: { text: "Inbound call", kind: "text" },
  empty: { text: "", kind: "text" },
  seconds: { text: "60", kind: "whole" },
  noNumber: { text: "", kind: "whole" },
  done: { text: "true", kind: "flag" },
  long: { text: "x".repeat(1_001), kind: "text" },
  person: { text: null, kind: "other" },
};
const view: RecordView = (field) => record[field];

const yes: RuleCondition = { always: true };
const no: RuleCondition = { always: false };
const open: RuleCondition = { unknown: true };

test.each<readonly [RuleCondition, boolean | undefined]>([
  [{ blank: "empty" }, true],
  [{ blank: "title" }, false],
  [{ blank: "person" }, false],
  [{ blank: "unheard" }, undefined],
  [{ field: "title", is: "eq", value: "Inbound call" }, true],
  [{ field: "title", is: "ne", value: "Inbound call" }, false],
  [{ field: "title", is: "lt", value: "Z" }, undefined],
  [{ field: "seconds", is: "lt", value: 61 }, true],
  [{ field: "seconds", is: "ge", value: 60 }, true],
  [{ field: "seconds", is: "gt", value: 60 }, false],
  [{ field: "seconds", is: "le", value: 59 }, false],
  [{ field: "noNumber", is: "eq", value: 0 }, undefined],
  [{ field: "done", is: "eq", value: true }, true],
  [{ field: "title", is: "eq", value: true }, undefined],
  [{ field: "person", is: "eq", value: "x" }, undefined],
  [{ lengthOf: "title", is: "gt", value: 5 }, true],
  [{ lengthOf: "person", is: "gt", value: 5 }, undefined],
  [{ field: "title", text: "begins", value: "Inb" }, true],
  [{ field: "title", text: "contains", value: "xyz" }, false],
  [{ field: "title", matches: "^In.*l$" }, true],
  [{ field: "empty", matches: "." }, false],
  [{ field: "long", matches: "." }, undefined],
])("%j is %s", (condition, expected) => {
  expect(holds(condition, view)).toBe(expected);
  const opposite = holds({ not: condition }, view);
  expect(opposite).toBe(expected === undefined ? undefined : !expected);
});

test("and, or: what is certain decides, whatever is not known beside it", () => {
  expect(holds({ all: [yes, yes] }, view)).toBe(true);
  expect(holds({ all: [open, no] }, view)).toBe(false);
  expect(holds({ all: [open, yes] }, view)).toBeUndefined();
  expect(holds({ any: [open, yes] }, view)).toBe(true);
  expect(holds({ any: [open, no] }, view)).toBeUndefined();
  expect(holds({ any: [no, no] }, view)).toBe(false);
  expect(holds({ all: [] }, view)).toBe(true);
});
