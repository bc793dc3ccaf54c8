import { expect, test } from "vitest";
import { changeModes } from "../../../../src-main/engine/ownership/contract-edit.ts";
import { parseContract } from "../../../../src-main/engine/ownership/contract-file.ts";
import { connectorKinds } from "../../../../src-main/connectors/registry.ts";

const text = `# Agreed with the sales team.
version: 1
crm: hubspot
objects:
  calls:
    fields:
      # What people read first.
      hs_call_title:
        own: agent
        value: { template: "{direction:capital} call, {status}" }
        trim: true
        note: Nobody edits it, and this note is long enough that a writer with narrow lines would have to fold it somewhere.
      hs_call_body:
        own: crm
        note: People's notes stay.
`;
const standard = text.replace("own: crm", 'own: fill-blank\n        value: { template: "From {from}" }');

test("a field is given away with what filled it, and taken back with what usually does; all else stays as it was written", () => {
  const given = changeModes(text, standard, [{ object: "calls", field: "hs_call_title", own: "crm" }]);
  expect(given).toEqual({
    ok: true,
    value: text
      .replace("own: agent", "own: crm")
      .replace(/ {8}value: .*\n/, "")
      .replace(/ {8}trim: .*\n/, ""),
  });
  const taken = changeModes(text, standard, [{ object: "calls", field: "hs_call_body", own: "append" }]);
  if (!taken.ok) throw new Error(taken.fault);
  expect(taken.value).toContain("# Agreed with the sales team.");
  const parsed = parseContract(taken.value);
  expect(parsed).toMatchObject({
    ok: true,
    value: { objects: { calls: { fields: { hs_call_body: { own: "append", value: { template: "From {from}" } } } } } },
  });
});

test("what the contract does not name, and what nothing is known to fill, is refused in a sentence", () => {
  expect(changeModes(text, standard, [{ object: "deals", field: "name", own: "agent" }])).toEqual({
    ok: false,
    fault: "The contract names no field name of deals.",
  });
  expect(changeModes(text, text, [{ object: "calls", field: "hs_call_body", own: "agent" }])).toEqual({
    ok: false,
    fault: "Nothing is known that hs_call_body of calls could be filled with.",
  });
});

test("every field of every CRM's own contract can be given away, and what comes of it is a contract", () => {
  for (const [crm, kind] of Object.entries(connectorKinds)) {
    const own = kind?.readDefaultContract({}) ?? "";
    const parsed = parseContract(own);
    if (!parsed.ok) throw new Error(crm);
    const changes = Object.entries(parsed.value.objects).flatMap(([object, { fields }]) =>
      Object.keys(fields).map((field) => ({ object, field, own: "crm" as const })),
    );
    const changed = changeModes(own, own, changes);
    expect(changed.ok && parseContract(changed.value).ok, crm).toBe(true);
    // And back: the value comes from the standard.
    const back = changes.map((change) => ({ ...change, own: "fill-blank" as const }));
    const again = changed.ok ? changeModes(changed.value, own, back) : changed;
    const fields = Object.values(parsed.value.objects).flatMap((object) => Object.values(object.fields));
    if (fields.every(({ own: mode }) => mode !== "crm"))
      expect(again.ok && parseContract(again.value).ok, crm).toBe(true);
  }
});
