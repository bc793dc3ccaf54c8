import { describe, expect, test } from "vitest";
import {
  type CallFacts,
  type FieldValue,
  fieldValue,
  toWrittenForm,
  valueOf,
  valuesOf,
} from "../../../src-shared/domain/mapping.ts";
import type { FieldRule } from "../../../src-shared/domain/ownership.ts";

const facts: CallFacts = {
  key: "cl_7gq2mzk4x5wn3vbt6yhc2rd4fa",
  direction: "inbound",
  status: "answered",
  from: "+442079460958",
  startedAt: "1795166100000",
  durationSeconds: "61",
  agent: "constructor",
};

describe("what a field gets", () => {
  const cases: readonly (readonly [string, FieldValue, string | undefined])[] = [
    ["a fact as it is", { from: "from" }, "+442079460958"],
    ["nothing where the fact is not known", { from: "to" }, undefined],
    ["a time as ISO text", { from: "startedAt", as: "iso" }, "2026-11-20T09:15:00.000Z"],
    ["a time without fractions", { from: "startedAt", as: "iso-seconds" }, "2026-11-20T09:15:00Z"],
    ["the UTC day", { from: "startedAt", as: "date" }, "2026-11-20"],
    ["milliseconds", { from: "durationSeconds", as: "milliseconds" }, "61000"],
    [
      "what several facts together stand for",
      { template: "{direction}/{status}", map: { "inbound/answered": "Inbound" } },
      "Inbound",
    ],
    [
      "nothing where the map does not know the facts",
      { template: "{direction}", map: { outbound: "Outbound" } },
      undefined,
    ],
    ["minutes, rounded up", { from: "durationSeconds", as: "minutes" }, "2"],
    ["hours and minutes", { from: "durationSeconds", as: "hours-minutes" }, "00:02"],
    ["hour and minute of the UTC day", { from: "startedAt", as: "time" }, "09:15"],
    ["upper case", { from: "direction", as: "upper" }, "INBOUND"],
    ["lower case", { from: "direction", as: "lower" }, "inbound"],
    ["a capital", { from: "direction", as: "capital" }, "Inbound"],
    ["what a map says", { from: "direction", map: { inbound: "INBOUND" } }, "INBOUND"],
    ["nothing where the map is silent", { from: "direction", map: { outbound: "OUTBOUND" } }, undefined],
    ["nothing from the map's prototype", { from: "agent", map: { a: "b" } }, undefined],
    ["a map behind a change", { from: "direction", as: "upper", map: { INBOUND: "1" } }, "1"],
    ["a constant", { const: "CALL" }, "CALL"],
    ["a text with facts", { template: "{direction:capital} call, {status}" }, "Inbound call, answered"],
    ["a text with facts that are not known", { template: "to {to}!" }, "to !"],
  ];
  test.each(cases)("%s", (_name, value, expected) => {
    expect(valueOf(value, facts)).toBe(expected);
  });

  test("a fact that is no number or time gives nothing instead of a wrong value or an exception", () => {
    const broken: CallFacts = { startedAt: "soon", endedAt: "9e99", durationSeconds: "" };
    expect(valueOf({ from: "startedAt", as: "iso" }, broken)).toBeUndefined();
    expect(valueOf({ from: "endedAt", as: "date" }, broken)).toBeUndefined();
    expect(valueOf({ from: "durationSeconds", as: "milliseconds" }, broken)).toBeUndefined();
    expect(valueOf({ template: "[{startedAt:iso}]" }, broken)).toBe("[]");
  });

  test("fields without a value are left out of the whole", () => {
    const fields: Record<string, FieldRule> = {
      a: { own: "agent", value: { from: "from" } },
      b: { own: "agent", value: { from: "to" } },
      c: { own: "crm" },
    };
    expect(valuesOf(fields, facts)).toEqual({ a: "+442079460958" });
  });

  test("a field called __proto__ is a field like any other, not the object's prototype", () => {
    const fields = Object.fromEntries([["__proto__", { own: "agent", value: { const: "x" } } as const]]);
    const values = valuesOf(fields, facts);
    expect(Object.keys(values)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
  });
});

describe("what a contract may say", () => {
  const refused: readonly (readonly [string, unknown])[] = [
    ["an unknown fact", { from: "mood" }],
    ["an unknown change", { from: "status", as: "reverse" }],
    ["a time's change of something else", { from: "agent", as: "iso" }],
    ["a duration's change of something else", { from: "startedAt", as: "milliseconds" }],
    ["a text that names no fact", { template: "{mood}" }],
    ["a text that names no change", { template: "{status:reverse}" }],
    ["a text with a change that does not fit", { template: "{agent:minutes}" }],
    ["two sources", { from: "status", const: "x" }],
    ["none", {}],
  ];
  test.each(refused)("is not %s", (_name, value) => {
    expect(fieldValue.safeParse(value).success).toBe(false);
  });

  test("is every change of a fact that it fits", () => {
    expect(fieldValue.safeParse({ from: "endedAt", as: "iso-seconds" }).success).toBe(true);
    expect(fieldValue.safeParse({ from: "durationSeconds", as: "minutes" }).success).toBe(true);
    expect(fieldValue.safeParse({ template: "{startedAt:date} {direction:capital} {}" }).success).toBe(false);
    expect(fieldValue.safeParse({ template: "{startedAt:date} {direction:capital}" }).success).toBe(true);
  });
});

describe("what a CRM holds, in the form that we write", () => {
  const iso: FieldValue = { from: "startedAt", as: "iso" };
  const cases: readonly (readonly [FieldValue | undefined, string, string])[] = [
    [iso, "2026-11-20T09:15:00Z", "2026-11-20T09:15:00.000Z"],
    [iso, "2026-11-20T10:15:00.000+0100", "2026-11-20T09:15:00.000Z"],
    [iso, "1795166100000", "2026-11-20T09:15:00.000Z"],
    [iso, "tomorrow", "tomorrow"],
    [{ from: "startedAt", as: "iso-seconds" }, "2026-11-20T09:15:00.000Z", "2026-11-20T09:15:00Z"],
    [{ from: "startedAt", as: "date" }, "2026-11-20", "2026-11-20"],
    [{ from: "durationSeconds", as: "milliseconds" }, "183000.0", "183000"],
    [{ from: "durationSeconds", as: "minutes" }, "three", "three"],
    [{ from: "durationSeconds", as: "hours-minutes" }, "00:02", "00:02"],
    [{ from: "startedAt", as: "time" }, "09:15", "09:15"],
    [{ from: "direction", as: "upper" }, "Inbound", "Inbound"],
    [{ from: "direction", map: { inbound: "1.0" } }, "1.0", "1.0"],
    [{ const: "1.0" }, "1.0", "1.0"],
    [undefined, "2026-11-20T09:15:00Z", "2026-11-20T09:15:00Z"],
  ];
  test.each(cases)("%j: %s is %s", (value, held, expected) => {
    expect(toWrittenForm(value, held)).toBe(expected);
  });
});
