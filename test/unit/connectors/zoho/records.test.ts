import { describe, expect, test } from "vitest";
import { readVerdicts } from "../../../../src-main/connectors/zoho/batch-answer.ts";
import { findFlaw, toHeld, toWire } from "../../../../src-main/connectors/zoho/call-fields.ts";
import { anyOf, isIn, quote } from "../../../../src-main/connectors/zoho/coql.ts";
import type { Field, Fields } from "../../../../src-main/connectors/zoho/field-metadata.ts";
import { toLinkFields } from "../../../../src-main/connectors/zoho/links.ts";
import { readZohoSettings, toTrigger } from "../../../../src-main/connectors/zoho/settings.ts";
import { isSameNumber, toPhoneForms } from "../../../../src-main/connectors/zoho/phone-forms.ts";
import { toRecordUrl } from "../../../../src-main/connectors/zoho/record-url.ts";
import { filterBody, type OwnershipContract } from "../../../../src-shared/domain/ownership.ts";
import { valuesOf } from "../../../../src-shared/domain/mapping.ts";
import { readZohoContract } from "../../../builders/zoho-subject.ts";

const contract: OwnershipContract = readZohoContract();
const field = (api_name: string, data_type: string, more: Partial<Field> = {}): [string, Field] => [
  api_name,
  { api_name, data_type, ...more },
];
const fields: Fields = new Map([
  field("Call_Sync_Key", "text", { length: 120 }),
  field("Subject", "text", { length: 20 }),
  field("Call_Type", "picklist", {
    pick_list_values: [
      { actual_value: "Inbound", type: "used" },
      { actual_value: "Old", type: "unused" },
    ],
  }),
  field("Call_Start_Time", "datetime"),
  field("Call_Duration", "text"),
  field("Call_Sync_Seconds", "integer"),
  field("Owner", "ownerlookup"),
  field("Description", "textarea"),
  field("Seen", "boolean", { read_only: true }),
]);

const facts = {
  key: "cl_1",
  direction: "inbound",
  status: "answered",
  startedAt: "1795166100000",
  durationSeconds: "183",
  ownerId: "7",
  system: "pbx",
};
const body = (more: Record<string, string> = {}) =>
  filterBody({
    contract,
    object: "Calls",
    operation: "create",
    wanted: { ...valuesOf(contract.objects["Calls"]?.fields ?? {}, facts), ...more },
  }).body;

describe("a call on the wire", () => {
  test("has typed values, an offset in figures, and the duration in the org's unit", () => {
    expect(toWire(body(), fields, "hh:mm")).toEqual({
      Call_Sync_Key: "cl_1",
      Subject: "Inbound call, answered",
      Call_Type: "Inbound",
      Call_Start_Time: "2026-11-20T09:15:00+00:00",
      Call_Duration: "00:04",
      Call_Sync_Seconds: 183,
      Owner: { id: "7" },
      Description: "Logged by CallLedger from pbx.",
    });
    expect(toWire(body(), fields, "mm:ss")["Call_Duration"]).toBe("03:03");
  });

  test("has no duration when it was missed", () => {
    expect(toWire(body({ Call_Type: "Missed" }), fields, "hh:mm")).not.toHaveProperty("Call_Duration");
  });

  test("is read back in the form in which it was written", () => {
    const sent = body();
    for (const unit of ["hh:mm", "mm:ss"] as const)
      expect(toHeld(contract, "Call_Sync_Key", { id: "1", ...toWire(sent, fields, unit) }, unit)).toMatchObject(sent);
  });

  test("an edited duration is told as it is; a missed call's missing one is no edit", () => {
    const held = (found: object) => toHeld(contract, "Call_Sync_Key", { id: "1", ...found }, "hh:mm")["Call_Duration"];
    expect(held({ Call_Duration: "00:09", Call_Sync_Seconds: 183, Call_Type: "Inbound" })).toBe("00:09");
    expect(held({ Call_Duration: null, Call_Sync_Seconds: 0, Call_Type: "Missed" })).toBe("0");
    expect(held({ Call_Duration: null, Call_Sync_Seconds: 183, Call_Type: "Inbound" })).toBeNull();
  });

  test("is not sent where Zoho's own description speaks against it", () => {
    const flaw = (values: object) => findFlaw({ ...values }, fields, true);
    expect(flaw({ Call_Type: "Inbound" })).toBeNull();
    expect(flaw({ Gone: "x" })).toMatchObject({ reason: "field_missing", field: "Gone" });
    expect(flaw({ Seen: true })).toMatchObject({ reason: "mapping_error", field: "Seen" });
    expect(flaw({ Call_Type: "Dreamt" })).toMatchObject({ reason: "value_rejected", field: "Call_Type" });
    expect(flaw({ Call_Type: "Old" })).toMatchObject({ reason: "value_rejected" });
    expect(flaw({ Subject: "x".repeat(21) })).toMatchObject({ reason: "too_large", field: "Subject" });
  });
});

describe("whom a call is with", () => {
  const contact = { object: "Contacts", id: "1" };
  const account = { object: "Accounts", id: "2" };
  const deal = { object: "Deals", id: "3" };
  const lead = { object: "Leads", id: "4" };
  test("a contact in Who_Id, its deal before its account in What_Id", () => {
    expect(toLinkFields([contact, account])).toEqual({
      Who_Id: { id: "1" },
      What_Id: { id: "2" },
      $se_module: "Accounts",
    });
    expect(toLinkFields([contact, account, deal])).toMatchObject({ What_Id: { id: "3" }, $se_module: "Deals" });
  });
  test("a lead in What_Id alone", () => {
    expect(toLinkFields([lead])).toEqual({ What_Id: { id: "4" }, $se_module: "Leads" });
    expect(toLinkFields([contact, lead])).toEqual({ What_Id: { id: "4" }, $se_module: "Leads" });
  });
  test("nobody", () => {
    expect(toLinkFields([])).toEqual({});
  });
});

describe("a batch's answer", () => {
  const done = (id: string) => ({ code: "SUCCESS", status: "success", details: { id }, message: "record added" });
  const refused = (position: number) => ({
    code: "INVALID_DATA",
    status: "error",
    message: "",
    details: { api_name: "Subject", json_path: `$.data[${position}].Subject` },
  });
  test("is read in the order of the request", () => {
    const verdicts = readVerdicts({ data: [done("1"), refused(1)] }, 2);
    expect(verdicts.map(({ kind }) => kind)).toEqual(["done", "refused"]);
  });
  test.each([
    ["an element is missing", [done("1")]],
    ["an element is too many", [done("1"), done("2"), done("3")]],
    ["an error names another place", [done("1"), refused(0)]],
  ])("says nothing of anybody where %s", (_name, data) => {
    expect(readVerdicts({ data }, 2)).toEqual([{ kind: "silent" }, { kind: "silent" }]);
  });
  test("an element in no known form is silent by itself", () => {
    expect(readVerdicts({ data: [done("1"), { odd: true }] }, 2).map(({ kind }) => kind)).toEqual(["done", "silent"]);
  });
});

describe("queries", () => {
  test("quotes are doubled and alternatives nested in pairs", () => {
    expect(quote("O'Neil")).toBe("'O''Neil'");
    expect(isIn("id", ["1", "2"])).toBe("id in ('1', '2')");
    expect(anyOf(["a", "b", "c"])).toBe("((a or b) or c)");
    expect(() => anyOf([])).toThrow(/missing/);
  });
});

describe("numbers", () => {
  test.each([
    "+44 20 7946 0958",
    "020 7946 0958",
    "(020) 7946-0958",
    "0044 20 7946 0958",
    "+44 (0)20 7946 0958",
    "02079460958 / 0113 496 0001",
  ])("%s is the number asked for", (typed) => {
    const forms = toPhoneForms("+442079460958");
    expect(forms).toBeDefined();
    expect(forms !== undefined && isSameNumber(typed, forms)).toBe(true);
  });
  test("another number, a part of it and a text are not", () => {
    const forms = toPhoneForms("+442079460958");
    for (const typed of ["+44 20 7946 0959", "7946 0958", "call me", "+1 207 946 0958"])
      expect(forms !== undefined && isSameNumber(typed, forms)).toBe(false);
    expect(toPhoneForms("ext:204")).toBeUndefined();
  });
});

test("the trigger is a setting: nothing, everything, or what it names", () => {
  const of = (settings: object) => toTrigger(readZohoSettings(settings).trigger);
  expect([of({}), of({ trigger: "none" }), of({ trigger: "all" }), of({ trigger: "workflow,approval" })]).toEqual([
    [],
    [],
    undefined,
    ["workflow", "approval"],
  ]);
});

test("links of records need the org's own address", () => {
  const account = { accountId: "1", name: "Org", uiUrl: "https://crm.zoho.eu/crm/org1" };
  expect(toRecordUrl(account, "Deals", "9")).toBe("https://crm.zoho.eu/crm/org1/tab/Potentials/9");
  expect(toRecordUrl({ accountId: "1", name: "Org" }, "Calls", "9")).toBeNull();
  expect(toRecordUrl(account, "Nothing", "9")).toBeNull();
});
