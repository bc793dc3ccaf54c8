import { describe, expect, test } from "vitest";
import type { Field, ObjectDescription } from "../../../../src-main/connectors/salesforce/describe.ts";
import { listCreateOnly, toLinkFields, toTypedValue } from "../../../../src-main/connectors/salesforce/task-body.ts";
import { toRecordUrl } from "../../../../src-main/connectors/salesforce/record-url.ts";

const field = (name: string, type: string, more: object = {}): Field => ({
  name,
  type,
  createable: true,
  updateable: true,
  ...more,
});

describe("values", () => {
  test("are sent as JSON of the field's type; an empty text empties the field", () => {
    expect(toTypedValue(field("A", "int"), "183")).toBe(183);
    expect(toTypedValue(field("A", "double"), "1.5")).toBe(1.5);
    expect(toTypedValue(field("A", "int"), "long")).toBe("long");
    expect(toTypedValue(field("A", "boolean"), "true")).toBe(true);
    expect(toTypedValue(field("A", "boolean"), "yes")).toBe("yes");
    expect(toTypedValue(field("A", "string"), "183")).toBe("183");
    expect(toTypedValue(field("A", "string"), "")).toBeNull();
    expect(toTypedValue(undefined, "x")).toBe("x");
  });

  test("fields that can only be set once are known from the describe", () => {
    const fields = [
      field("A", "string"),
      field("B", "picklist", { updateable: false }),
      field("C", "string", { createable: false, updateable: false }),
    ];
    const task: ObjectDescription = {
      name: "Task",
      createable: true,
      updateable: true,
      fields: new Map(fields.map((each) => [each.name, each])),
    };
    expect([...listCreateOnly(task)]).toEqual(["B"]);
  });
});

describe("links", () => {
  const link = (object: string, id: string) => ({ object, id });
  test("a person goes into WhoId, a deal before its company into WhatId", () => {
    expect(toLinkFields([])).toEqual({});
    expect(toLinkFields([link("Contact", "003"), link("Account", "001")])).toEqual({ WhoId: "003", WhatId: "001" });
    expect(toLinkFields([link("Account", "001"), link("Opportunity", "006"), link("Contact", "003")])).toEqual({
      WhoId: "003",
      WhatId: "006",
    });
    expect(toLinkFields([link("Account", "001")])).toEqual({ WhatId: "001" });
  });

  test("a lead stands alone", () => {
    expect(toLinkFields([link("Lead", "00Q"), link("Account", "001")])).toEqual({ WhoId: "00Q" });
  });
});

test("records have a page where the org's address is known", () => {
  const account = { accountId: "00D", name: "Org", uiUrl: "https://acme.my.salesforce.com" };
  expect(toRecordUrl(account, "Task", "00T1")).toBe("https://acme.my.salesforce.com/00T1");
  expect(toRecordUrl(account, "Secret", "1")).toBeNull();
  expect(toRecordUrl({ accountId: "00D", name: "Org" }, "Task", "00T1")).toBeNull();
  expect(toRecordUrl(null, "Task", "00T1")).toBeNull();
});
