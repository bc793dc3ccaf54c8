import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { type Office, type OfficeCrm, startOffice } from "../../builders/office.ts";
import { type OutsideField, outsideFields } from "../../builders/outside-fields.ts";
import { type ContractFields, toldRefusals } from "../../builders/told-refusals.ts";
import { widenLimits } from "../../builders/wide-limits.ts";

const caller = "+447700900101";

let office: Office;
beforeAll(async () => {
  office = await startOffice({ crms: ["hubspot", "salesforce", "zoho", "pipedrive"], requestTimeoutMs: 10_000 });
  await widenLimits(office);
  for (const crm of office.crms) {
    await crm.admin.configure({ searchLagMs: 0, ...fieldOf(crm)?.mended });
    await crm.person("Alice Example", caller);
    const own = fieldOf(crm);
    if (own === undefined) continue;
    const { yaml } = await office.call("ownership:show", { id: crm.id });
    const contract = parse(yaml) as { objects: Record<string, { fields: ContractFields }> };
    Object.assign(contract.objects[own.object]?.fields ?? {}, {
      [own.field]: { own: "agent", value: { from: "logId" } },
    });
    await office.call("ownership:set", { id: crm.id, yaml: stringify(contract) });
  }
  // The first run reads how the fields are.
  await office.importCalls([caller]);
  await office.sync();
}, 60_000);
afterAll(() => office.close());

function fieldOf({ words }: OfficeCrm): OutsideField | undefined {
  return words.crm === "pipedrive" ? undefined : outsideFields[words.crm];
}
const caseOf = ({ words }: OfficeCrm, what: string) =>
  toldRefusals[words.crm].cases.find((each) => each.what === what && each.broken !== undefined);
const driftOf = async ({ id }: OfficeCrm) => (await office.call("integrations:check", { id })).drift;

test.each([
  ["a field is gone", "removed"],
  ["a value was retired from its list", "value_retired"],
])(
  "that %s is seen in the check, in status and in why, with what to do, until it is mended",
  { timeout: 120_000 },
  async (what, kind) => {
    const broken = office.crms.filter((crm) => caseOf(crm, what) !== undefined);
    expect(broken.length).toBeGreaterThan(1);
    for (const crm of broken) await crm.admin.configure(caseOf(crm, what)?.broken ?? {});
    const [seconds = 0] = await office.importCalls([caller]);
    await office.sync();
    const { integrations } = await office.call("status:get", {});
    for (const crm of broken) {
      const { crm: name } = crm.words;
      const field = caseOf(crm, what)?.field ?? "";
      expect(await driftOf(crm), name).toMatchObject([{ field, kind, fix: expect.stringMatching(/contract/) }]);
      const [sentence] = integrations.find(({ id }) => id === crm.id)?.drift ?? [];
      expect(sentence, name).toContain(field);
      const story = await office.why(seconds, crm.id);
      expect({ name, state: story.state }).toEqual({ name, state: "dead" });
      expect(story.paragraphs, name).toContain(sentence);
    }
    for (const crm of broken) {
      await crm.admin.configure(caseOf(crm, what)?.mended ?? {});
      expect(await driftOf(crm), crm.words.crm).toEqual([]);
    }
  },
);

test.each(["renamed", "retyped", "closed"] as const)(
  "that a field was %s is seen in the check, in status and in why, its calls wait as failures of that cause, and go out once it is mended",
  { timeout: 120_000 },
  async (how) => {
    const edited = office.crms.flatMap((crm) => {
      const own = fieldOf(crm);
      return own === undefined ? [] : [{ crm, own, edit: own.edits[how] }];
    });
    expect(edited).toHaveLength(3);
    for (const { crm, edit } of edited) await crm.admin.configure(edit.broken);
    const [seconds = 0] = await office.importCalls([caller]);
    await office.sync();
    const { integrations } = await office.call("status:get", {});
    for (const { crm, own, edit } of edited) {
      const { crm: name } = crm.words;
      const drift = await driftOf(crm);
      expect(drift, name).toMatchObject([
        { field: own.field, kind: edit.kind, says: expect.stringMatching(edit.says) },
      ]);
      const [sentence = ""] = integrations.find(({ id }) => id === crm.id)?.drift ?? [];
      expect(sentence, name).toMatch(edit.says);
      const story = await office.why(seconds, crm.id);
      expect({ name, state: story.state, reason: story.reason }).toEqual({ name, state: "dead", reason: edit.reason });
      expect(story.timeline.at(-1)?.summary, name).toMatch(/^Not sent to /);
      expect(story.paragraphs, name).toContain(sentence);
    }
    // Where nothing was changed, nothing is told and nothing stops.
    const other = office.crms.find((crm) => fieldOf(crm) === undefined);
    if (other === undefined) throw new Error("there is no other CRM");
    expect(await driftOf(other)).toEqual([]);
    expect((await office.why(seconds, other.id)).state).toBe("delivered");
    for (const { crm, own } of edited) {
      await crm.admin.configure(own.mended);
      expect(await driftOf(crm), crm.words.crm).toEqual([]);
    }
    const { groups } = await office.call("deadLetters:list", {});
    for (const { id } of groups) await office.call("deadLetters:replay", { target: id, note: "" });
    await office.sync();
    for (const { crm } of edited) expect((await office.why(seconds, crm.id)).state, crm.words.crm).toBe("delivered");
  },
);
