import fc from "fast-check";
import { expect, test } from "vitest";
import { type ObjectSchema, type SchemaField, toSchemaField } from "../../../src-shared/domain/crm-schema.ts";
import { type RecordAsk, findProblems, fitValues } from "../../../src-shared/domain/field-check.ts";
import { ownershipContract } from "../../../src-shared/domain/ownership.ts";

type Given = Parameters<typeof toSchemaField>[0];

const schema = (fields: readonly Given[], more: Partial<ObjectSchema> = {}): ObjectSchema => ({
  object: "calls",
  mayCreate: true,
  mayUpdate: true,
  fields: fields.map(toSchemaField),
  rules: [],
  ...more,
});
const problems = (fields: readonly Given[], body: Record<string, string>, more: Partial<RecordAsk> = {}) =>
  findProblems({ schema: schema(fields), crm: "HubSpot", operation: "create", body, linked: [], ...more });
const reasons = (...asked: Parameters<typeof problems>) =>
  problems(...asked).map(({ field, reason, mover }) => [field, reason, mover]);

/** A field by its kind, texts that it takes, and texts that it does not. */
const kinds: readonly Readonly<{
  field: Partial<SchemaField>;
  takes: readonly string[];
  refuses: readonly string[];
}>[] = [
  { field: { kind: "text" }, takes: ["anything", "12"], refuses: [] },
  { field: { kind: "whole" }, takes: ["0", "-7", "1234567"], refuses: ["1.5", "seven", " ", "1e3"] },
  { field: { kind: "whole", below: 100 }, takes: ["99", "-99"], refuses: ["100", "-100"] },
  { field: { kind: "number" }, takes: ["0.5", "-7"], refuses: ["1,5", "much"] },
  { field: { kind: "flag" }, takes: ["true", "false"], refuses: ["yes", "TRUE", "1"] },
  { field: { kind: "date" }, takes: ["2026-06-01", "86400000"], refuses: ["2026-13-01", "86400001"] },
  { field: { kind: "moment" }, takes: ["2026-06-01T09:15:00Z", "1748849536000"], refuses: ["soon"] },
  { field: { kind: "choice", options: ["a", "b"] }, takes: ["a"], refuses: ["c", "a;b"] },
  { field: { kind: "choices", options: ["a", "b"] }, takes: ["a", "a;b", "b;"], refuses: ["a;c"] },
  { field: { kind: "other" }, takes: ["whatever"], refuses: [] },
  { field: { form: { pattern: "^\\d\\d:\\d\\d$", words: "hours and minutes" } }, takes: ["09:15"], refuses: ["9:15"] },
];

test.each(kinds)("a field of $field tells what it takes", ({ field, takes, refuses }) => {
  for (const text of takes) expect(problems([{ name: "f", ...field }], { f: text })).toEqual([]);
  for (const text of refuses) {
    const [problem] = problems([{ name: "f", ...field }], { f: text });
    expect(problem).toMatchObject({ field: "f", reason: "value_rejected" });
    expect(problem?.says).toContain("HubSpot");
  }
});

test("an empty text empties a field: whatever its kind, that is no wrong value", () => {
  for (const { field } of kinds) expect(problems([{ name: "f", ...field }], { f: "" })).toEqual([]);
});

test("a text is measured by the field's length", () => {
  const field = { name: "f", maxLength: 3 };
  expect(problems([field], { f: "abc" })).toEqual([]);
  expect(reasons([field], { f: "abcd" })).toEqual([["f", "too_large", "contract"]]);
});

test("what cannot be written is told apart: gone, not allowed, computed, fixed once the record is there", () => {
  expect(reasons([], { f: "x" })).toEqual([["f", "field_missing", "administrator"]]);
  expect(reasons([], { $word: "x" })).toEqual([]);
  const barred = { name: "f", mayCreate: false, mayUpdate: false };
  expect(reasons([{ ...barred, bar: "permission" }], { f: "x" })).toEqual([
    ["f", "permission_denied", "administrator"],
  ]);
  expect(reasons([{ ...barred, bar: "computed" }], { f: "x" })).toEqual([["f", "mapping_error", "contract"]]);
  const once = { name: "f", mayUpdate: false };
  expect(reasons([once], { f: "x" })).toEqual([]);
  const [problem] = problems([once], { f: "x" }, { operation: "update" });
  expect(problem?.says).toBe("The field f cannot be written in HubSpot once the record is there.");
});

test("a required field wants a value in a new record, from the body or from a link; a change must not empty it", () => {
  const field = { name: "f", required: "always" as const };
  expect(reasons([field], {})).toEqual([["f", "rule_rejected", "contract"]]);
  expect(reasons([field], { f: "" })).toEqual([["f", "rule_rejected", "contract"]]);
  expect(reasons([field], { f: "x" })).toEqual([]);
  expect(reasons([field], {}, { operation: "update" })).toEqual([]);
  expect(reasons([field], { f: "" }, { operation: "update" })).toEqual([["f", "rule_rejected", "contract"]]);
  const link = { ...field, linksTo: ["contacts"] };
  expect(reasons([link], {}, { linked: ["contacts"] })).toEqual([]);
  expect(reasons([link], {}, { linked: ["deals"] })).toEqual([["f", "rule_rejected", "contract"]]);
  expect(problems([{ ...field, required: "form" }], {})[0]?.says).toContain("is required in its form");
});

test("a right to the whole object that is missing is told once, and nothing beside it", () => {
  const closed = schema([], { mayCreate: false });
  expect(problems([], { f: "x" }, { schema: closed })).toMatchObject([{ field: null, reason: "permission_denied" }]);
  const fixed = schema([{ name: "f" }], { mayUpdate: false });
  expect(problems([], { f: "x" }, { schema: fixed })).toEqual([]);
  expect(problems([], { f: "x" }, { schema: fixed, operation: "update" })).toMatchObject([{ field: null }]);
});

test("an administrator's rule refuses only what is certain: defaults, unread and computed fields are not known", () => {
  const rule = { name: "R", says: "No.", field: null, refuses: { blank: "f" } };
  const ruled = (field: Given): ObjectSchema => schema([field], { rules: [rule] });
  const told = (field: Given, more: Partial<RecordAsk>) => problems([], {}, { schema: ruled(field), ...more }).length;
  expect(told({ name: "f" }, {})).toBe(1);
  expect(told({ name: "f" }, { body: { f: "x" } })).toBe(0);
  expect(told({ name: "f", hasDefault: true }, {})).toBe(0);
  expect(told({ name: "f", mayCreate: false }, {})).toBe(0);
  expect(told({ name: "g" }, {})).toBe(0);
  expect(told({ name: "f" }, { operation: "update" })).toBe(0);
  expect(told({ name: "f" }, { operation: "update", held: { f: null } })).toBe(1);
  expect(told({ name: "f", linksTo: ["contacts"] }, { linked: ["contacts"] })).toBe(0);
  expect(told({ name: "f", linksTo: ["contacts"] }, {})).toBe(1);
});

test("a value is cut or named otherwise only where the contract says so and the field wants it", () => {
  const fields = [
    { name: "title", maxLength: 5 },
    { name: "status", kind: "choice" as const, options: ["Done", "Busy"] },
  ];
  const rule = { own: "agent" as const, value: { const: "" } };
  const fit = (values: Record<string, string>, extra: object) =>
    fitValues(values, { title: { ...rule, ...extra }, status: { ...rule, ...extra } }, schema(fields));
  expect(fit({ title: "too long" }, {}).values).toEqual({ title: "too long" });
  expect(fit({ title: "too long" }, { trim: true })).toEqual({
    values: { title: "too l" },
    fitted: [{ field: "title", how: "trim", from: "too long", to: "too l" }],
  });
  expect(fit({ title: "short" }, { trim: true }).fitted).toEqual([]);
  const alias = { Completed: "Done", Busy: "Done", Lost: "Gone" };
  expect(fit({ status: "Completed" }, { alias })).toEqual({
    values: { status: "Done" },
    fitted: [{ field: "status", how: "alias", from: "Completed", to: "Done" }],
  });
  // What the list has stays; another name that it lacks as well helps nobody.
  expect(fit({ status: "Busy" }, { alias }).values).toEqual({ status: "Busy" });
  expect(fit({ status: "Lost" }, { alias }).values).toEqual({ status: "Lost" });
  expect(fitValues({ title: "too long" }, { title: { ...rule, trim: true } }, null).values).toEqual({
    title: "too long",
  });
});

test("a cut text always fits, begins as the whole one did, and ends in no half of a character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), fc.integer({ min: 1, max: 30 }), (text, maxLength) => {
      const rules = { f: { own: "agent" as const, value: { const: "" }, trim: true } };
      const { values } = fitValues({ f: text }, rules, schema([{ name: "f", maxLength }]));
      const cut = values["f"] ?? "";
      expect(cut.length).toBeLessThanOrEqual(maxLength);
      expect(text.startsWith(cut)).toBe(true);
      expect(cut).not.toMatch(/[\uD800-\uDBFF]$/);
      expect(problems([{ name: "f", maxLength }], { f: cut })).toEqual([]);
    }),
  );
});

test("a contract cannot cut the text that holds the key of calls", () => {
  const contract = (value: object) => ({
    version: 1,
    crm: "pipedrive",
    objects: { activities: { fields: { note: { own: "fill-blank", trim: true, value } } } },
  });
  expect(ownershipContract.safeParse(contract({ template: "Call {status}" })).success).toBe(true);
  const refused = ownershipContract.safeParse(contract({ template: "Call {status} ref:{key}" }));
  expect(refused.error?.issues[0]?.message).toContain("would cut the key");
});
