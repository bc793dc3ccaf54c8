import { describe, expect, test } from "vitest";
import { readDefaultContract } from "../../../../src-main/connectors/hubspot/default-contract.ts";
import {
  describeProblems,
  formatContract,
  parseContract,
} from "../../../../src-main/engine/ownership/contract-file.ts";

function problemsOf(text: string): string {
  const parsed = parseContract(text);
  return parsed.ok ? "none" : describeProblems(parsed.fault.problems);
}

const header = ["version: 1", "crm: hubspot", "objects:", "  calls:", "    fields:"];
const withFields = (...fields: readonly string[]): string =>
  [...header, ...fields.map((field) => `      ${field}`)].join("\n");

describe("a contract file", () => {
  test("of HubSpot's defaults is read, written and read again without a change", () => {
    const first = parseContract(readDefaultContract());
    if (!first.ok) throw new Error(describeProblems(first.fault.problems));
    const again = parseContract(formatContract(first.value));
    expect(again).toEqual(first);
    expect(Object.keys(first.value.objects["calls"]?.fields ?? {})).toEqual([
      "callledger_key",
      "hs_timestamp",
      "hs_call_title",
      "hs_call_direction",
      "hs_call_duration",
      "hs_call_from_number",
      "hs_call_to_number",
      "hs_call_status",
      "hs_call_disposition",
      "hubspot_owner_id",
      "hs_call_body",
    ]);
  });

  test("can name the key property otherwise", () => {
    const parsed = parseContract(readDefaultContract("our_key"));
    if (!parsed.ok) throw new Error("the contract does not parse");
    expect(parsed.value.objects["calls"]?.fields).toHaveProperty("our_key.own", "agent");
    expect(parsed.value.objects["calls"]?.fields).not.toHaveProperty("callledger_key");
  });

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ["that is no YAML", `${header.join("\n")}\n  - }`, /^line 5: /],
    ["with a tab for indentation", "version: 1\n\tcrm: hubspot", /^line 2: /],
    ["with a field named twice", withFields("a: { own: crm }", "a: { own: crm }"), /^line 7: .*unique/],
    [
      "with an unknown owner",
      withFields("a: { own: crm }", "b: { own: us }"),
      /^line 7: objects\.calls\.fields\.b\.own: .*crm.*agent/,
    ],
    [
      "with an unknown fact",
      withFields("a:", "  own: agent", "  value:", "    from: mood"),
      /^line 9: objects\.calls\.fields\.a\.value\.from: .*"direction"/,
    ],
    [
      "with a change that does not fit",
      withFields("a: { own: agent, value: { from: agent, as: iso } }"),
      /^line 6: .*value\.as: "iso" changes a time/,
    ],
    [
      "with a text that names no fact",
      withFields('a: { own: agent, value: { template: "{mood}" } }'),
      /^line 6: .*\{mood\} names no fact/,
    ],
    [
      "with a value of no known form",
      withFields("a: { own: agent, value: { form: x } }"),
      /^line 6: .*value: is none of the forms/,
    ],
    [
      "with a number for a text",
      withFields("a: { own: agent, value: { const: 5 } }"),
      /^line 6: .*value\.const: .*string/,
    ],
    ["with an unknown word", withFields("a: { own: crm, mode: x }"), /^line 6: .*mode/],
    ["with a strange field name", withFields('"a b": { own: crm }'), /^line 6: .*is no field name/],
    ["with a key of the prototype", withFields("__proto__: { own: crm }"), /^line 6: __proto__ is no field name/],
    ["of another version", "version: 2\ncrm: hubspot\nobjects: {}", /^line 1: version: /],
    ["of an unknown CRM", "version: 1\ncrm: other\nobjects: {}", /^line 2: crm: /],
    ["that is empty", "", /expected object/],
    ["with aliases", "version: &a 1\ncrm: hubspot\nobjects: { calls: { fields: { x: *a } } }", /expected object/],
    ["that is far too large", "x".repeat(300_000), /too large/],
  ];
  test.each(wrong)("%s is refused with the line", (_name, text, expected) => {
    expect(problemsOf(text)).toMatch(expected);
  });

  test("with several mistakes names them all", () => {
    const problems = problemsOf(withFields("a: { own: us }", "b: { own: agent, value: { from: mood } }"));
    expect(problems.split("\n")).toHaveLength(2);
  });
});
