import { describe, expect, test } from "vitest";
import { connectorKinds } from "../../../../src-main/connectors/registry.ts";
import { findForbiddenChanges } from "../../../../src-main/engine/ownership/contract-guard.ts";
import { parseContract } from "../../../../src-main/engine/ownership/contract-file.ts";
import { toContractLines, toContractPage } from "../../../../src-main/engine/ownership/contract-sheet.ts";
import { crmType, type CrmType } from "../../../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../../../src-shared/domain/ownership.ts";

function read(text: string): OwnershipContract {
  const parsed = parseContract(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.fault));
  return parsed.value;
}
const textOf = (crm: CrmType): string => connectorKinds[crm]?.readDefaultContract({}) ?? "";

/** Where each CRM's default keeps the key by which a call is found again. */
const keyPlaces: Readonly<Record<CrmType, readonly [from: string, to: string]>> = {
  hubspot: ["value: { from: key }", "value: { from: callId }"],
  salesforce: ["value: { from: key }", "value: { from: callId }"],
  zoho: ["value: { from: key }", "value: { from: callId }"],
  pipedrive: ["ref:{key}", "call {key}"],
};

describe.each(crmType.options)("the contract of %s", (crm) => {
  test("may be used as it came", () => {
    expect(findForbiddenChanges(read(textOf(crm)), read(textOf(crm)))).toEqual([]);
  });

  test("may not lose or change the key by which a call is found again", () => {
    const [from, to] = keyPlaces[crm];
    expect(textOf(crm)).toContain(from);
    const problems = findForbiddenChanges(read(textOf(crm)), read(textOf(crm).replace(from, to)));
    expect(problems).toEqual([expect.stringMatching(/holds the key by which a call is found again/)]);
  });

  test("is told field by field, and as a page to sign off that names every field once", () => {
    const contract = read(textOf(crm));
    const lines = toContractLines(contract);
    const page = toContractPage(contract, { crm: "The CRM", label: "Acme", account: "4711", day: "2026-11-20" });
    expect(lines.length).toBeGreaterThan(5);
    for (const { field } of lines) expect(page).toContain(`| \`${field}\` |`);
    expect(page).toContain("Agreed by:");
    expect(page.split("\n").filter((line) => line.startsWith("| `"))).toHaveLength(lines.length);
  });
});

test("an object that is never written, and a file for another CRM, are refused by name", () => {
  const standard = read(textOf("hubspot"));
  const other = { ...standard, objects: { ...standard.objects, tickets: { fields: {} } } };
  expect(findForbiddenChanges(standard, other)).toEqual([
    "objects.tickets: nothing is ever written to it. Known: calls, contacts.",
  ]);
  expect(findForbiddenChanges(standard, read(textOf("zoho")))).toEqual([
    "crm: this integration is hubspot, the file is for zoho.",
  ]);
});

test("a bar or a line break in a value does not break the page's tables", () => {
  const contract = read(
    'version: 1\ncrm: hubspot\nobjects:\n  calls:\n    fields:\n      hs_call_body: { own: append, value: { template: "a|b\\nc" }, note: "x|y" }\n',
  );
  const page = toContractPage(contract, { crm: "HubSpot", label: "Acme", account: "1", day: "2026-11-20" });
  expect(page).toContain(String.raw`| \`hs_call_body\` | append | the text "a\|b c" | x\|y |`.replaceAll("\\`", "`"));
});
