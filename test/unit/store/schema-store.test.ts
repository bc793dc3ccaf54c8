import { afterEach, beforeEach, expect, test } from "vitest";
import { type ObjectSchema, toSchemaField } from "../../../src-shared/domain/crm-schema.ts";
import { anIntegration, createLedger, type Ledger } from "../../builders/ledger.ts";

let ledger: Ledger;
let id: number;
beforeEach(() => {
  ledger = createLedger();
  id = anIntegration(ledger).id;
});
afterEach(() => ledger.dispose());

const objects: readonly ObjectSchema[] = [
  {
    object: "calls",
    mayCreate: true,
    mayUpdate: false,
    fields: [
      toSchemaField({ name: "status", kind: "choice", options: ["a", "b"], maxLength: 40, required: "form" }),
      toSchemaField({ name: "day", kind: "date", form: { pattern: "^x$", words: "x" }, linksTo: ["contacts"] }),
    ],
    rules: [
      {
        name: "R",
        says: "No.",
        field: null,
        refuses: {
          all: [{ not: { blank: "day" } }, { any: [{ field: "status", is: "eq", value: "a" }] }, { unknown: true }],
        },
      },
    ],
  },
];

test("what a CRM said last of its fields is there after a restart, for its own integration alone", () => {
  expect(ledger.store.schemas.get(id)).toBeUndefined();
  ledger.store.schemas.put(id, { objects: [], readAt: 1 });
  ledger.store.schemas.put(id, { objects, readAt: 2 });
  ledger.reopen();
  expect(ledger.store.schemas.get(id)).toEqual({ objects, readAt: 2 });
  expect(ledger.store.schemas.get(id + 1)).toBeUndefined();
});

test("a description in another form counts as none: it is read from the CRM again", () => {
  ledger.store.schemas.put(id, { objects, readAt: 2 });
  ledger.raw((db) => db.prepare('UPDATE crm_schema SET objects = \'[{"object":"calls"}]\'').run());
  expect(ledger.store.schemas.get(id)).toBeUndefined();
  ledger.raw((db) => db.prepare("UPDATE crm_schema SET objects = 'cut'").run());
  expect(ledger.store.schemas.get(id)).toBeUndefined();
});

test("a field that came only after the contract named it counts from when it was first seen, and others never do", () => {
  const [calls] = objects;
  if (calls === undefined) throw new Error("there is no object");
  const withFields = (...names: readonly string[]): readonly ObjectSchema[] => [
    { ...calls, fields: [...calls.fields, ...names.map((name) => toSchemaField({ name }))] },
  ];
  const isOurs = (_object: string, field: string): boolean => field === "log_id";
  ledger.store.schemas.put(id, { objects, readAt: 1 }, isOurs);
  ledger.store.schemas.put(id, { objects: withFields("log_id", "theirs"), readAt: 2 }, isOurs);
  const known = () => ledger.store.schemas.baseline(id)?.objects[0]?.fields.map(({ name }) => name);
  expect(known()).toEqual(["status", "day", "log_id"]);
  ledger.store.schemas.put(id, { objects: withFields("renamed"), readAt: 3 }, isOurs);
  expect(known()).toEqual(["status", "day", "log_id"]);
  const people = { ...calls, object: "contacts" };
  ledger.store.schemas.put(id, { objects: [calls, people], readAt: 4 }, isOurs);
  expect(ledger.store.schemas.baseline(id)?.objects.map(({ object }) => object)).toEqual(["calls", "contacts"]);
});
