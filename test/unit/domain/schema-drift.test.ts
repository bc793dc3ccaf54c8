import { expect, test } from "vitest";
import { type ObjectSchema, type SchemaField, toSchemaField } from "../../../src-shared/domain/crm-schema.ts";
import type { FieldRule, OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import { findDrift } from "../../../src-shared/domain/schema-drift.ts";

const map = { answered: "COMPLETED", busy: "BUSY" };
const status: FieldRule = { own: "agent", value: { from: "status", map } };
const rules: Readonly<Record<string, FieldRule>> = {
  title: { own: "agent", value: { template: "Call" } },
  status,
  notes: { own: "crm" },
};
const contractOf = (fields: Readonly<Record<string, FieldRule>>): OwnershipContract => ({
  version: 1,
  crm: "hubspot",
  objects: { calls: { fields: { ...fields } } },
});
const title = toSchemaField({ name: "title", label: "Call title" });
const list = toSchemaField({ name: "status", kind: "choice", options: ["COMPLETED", "BUSY", "RINGING"] });
const notes = toSchemaField({ name: "notes" });
const schemaOf = (...fields: readonly SchemaField[]): readonly ObjectSchema[] => [
  { object: "calls", mayCreate: true, mayUpdate: true, fields: [...fields], rules: [] },
];
const was = schemaOf(title, list, notes);
const driftTo = (...fields: readonly SchemaField[]) =>
  findDrift({ contract: contractOf(rules), crm: "HubSpot", was, now: schemaOf(...fields) }).map(
    ({ field, kind, says }) => [field, kind, says],
  );

test("nothing drifts while the fields are as they were, whatever happens to fields that are not written", () => {
  expect(driftTo(title, list, notes)).toEqual([]);
  expect(driftTo({ ...title, label: "Title" }, list)).toEqual([]);
  expect(driftTo(title, { ...list, options: ["COMPLETED", "BUSY", "NEW"] }, notes)).toEqual([]);
});

test("a field that is gone is removed, or renamed where one of its kind came in its place", () => {
  expect(driftTo(list, notes)).toEqual([
    ["title", "removed", "HubSpot has no field title in calls any more, or hides it from CallLedger."],
  ]);
  const heir = toSchemaField({ name: "call_title", label: "Call title" });
  const other = toSchemaField({ name: "region", label: "Region" });
  expect(driftTo(heir, list, notes)[0]?.slice(0, 2)).toEqual(["title", "renamed"]);
  expect(driftTo(heir, other, list, notes)[0]?.[2]).toContain("call_title came in its place");
  // Two that may be it: nobody can tell.
  expect(driftTo({ ...heir, label: "X" }, other, list, notes)[0]?.slice(0, 2)).toEqual(["title", "removed"]);
});

test("a field of another kind, and one that cannot be written any more, are told", () => {
  expect(driftTo({ ...title, kind: "number" }, list, notes)[0]?.slice(0, 2)).toEqual(["title", "type_changed"]);
  expect(driftTo({ ...title, mayCreate: false, mayUpdate: false }, list, notes)[0]?.slice(0, 2)).toEqual([
    "title",
    "closed",
  ]);
});

test("a retired value counts where the contract writes it and names no other for it", () => {
  const less = { ...list, options: ["COMPLETED"] };
  expect(driftTo(title, less, notes)).toEqual([["status", "value_retired", 'The list status in HubSpot lost "BUSY".']]);
  const aliased = contractOf({ ...rules, status: { ...status, alias: { BUSY: "COMPLETED" } } });
  expect(findDrift({ contract: aliased, crm: "HubSpot", was, now: schemaOf(title, less, notes) })).toEqual([]);
});
