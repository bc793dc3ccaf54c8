import { afterAll, beforeAll, expect, test } from "vitest";
import { type Office, startOffice } from "../../builders/office.ts";

let office: Office;
beforeAll(async () => {
  office = await startOffice({ crms: ["hubspot", "salesforce", "zoho", "pipedrive"] });
}, 30_000);
afterAll(() => office.close());

test(
  "a correction links the logged call anew, holds for later and, on request, for earlier calls of the number, and can be taken back",
  { timeout: 120_000 },
  async () => {
    const people = new Map<number, Readonly<{ first: string; second: string; company: string }>>();
    for (const crm of office.crms) {
      const company = await crm.create(crm.words.company, crm.words.toCompany({ name: "Test Clinic" }));
      const first = await crm.person("Alice Example", "+442079460958", { company });
      const second = await crm.person("Bob Example", "+442079460959");
      people.set(crm.id, { first, second, company });
    }
    const [early, call] = await office.importCalls(["+442079460958", "+442079460958"]);
    await office.sync();
    for (const { id, linksOf, words } of office.crms) {
      const { first, second, company } = people.get(id) ?? { first: "", second: "", company: "" };
      expect(await linksOf(call ?? 0), words.crm).toEqual([first, company].toSorted());
      const person = { object: words.person, id: second };
      const changed = await office.call("match:set", { call: `C-${call}`, id, person, rule: true, past: true });
      expect(changed).toMatchObject({ changed: 2, skipped: 0, person: { name: "Bob Example" } });
      expect(changed.ruleId).toEqual(expect.any(Number));
    }
    const [later] = await office.importCalls(["02079460958"]);
    await office.sync();
    for (const { id, linksOf, words } of office.crms) {
      const { second } = people.get(id) ?? { second: "" };
      for (const each of [early, call, later])
        expect(await linksOf(each ?? 0), `${words.crm} ${each}`).toEqual([second]);
      const story = await office.why(call ?? 0, id);
      expect(story.state).toBe("delivered");
      expect(story.timeline.map(({ summary }) => summary).join(" ")).toContain(
        `set the person: Bob Example (${words.person} ${second}) instead of Alice Example`,
      );
      expect((await office.why(later ?? 0, id)).paragraphs.join(" ")).toContain('by the rule "told"');
      expect(await office.call("match:undo", { call: `C-${call}`, id })).toMatchObject({ changed: 2 });
    }
    await office.sync();
    for (const { id, linksOf, words } of office.crms) {
      const { first, second, company } = people.get(id) ?? { first: "", second: "", company: "" };
      for (const each of [early, call])
        expect(await linksOf(each ?? 0), `${words.crm} ${each}`).toEqual([first, company].toSorted());
      expect(await linksOf(later ?? 0)).toEqual([second]);
      const trial = await office.call("match:test", { number: "+442079460958", id, agent: null });
      expect(trial.trials[0]).toMatchObject({ outcome: "matched", rule: "only_one", person: { id: first } });
    }
  },
);

test("what cannot be corrected is refused with what to do", async () => {
  const [hubspot] = office.crms;
  const person = { object: "contacts", id: "999999" };
  const ask = { id: hubspot?.id ?? 0, person, rule: false, past: false };
  const set = async (call: string) => await office.engine.call("match:set", { ...ask, call });
  expect(await set("C-31")).toMatchObject({ ok: false, fault: { message: expect.stringContaining("mirror sync 1") } });
  expect(await set("C-999")).toMatchObject({
    ok: false,
    fault: { message: expect.stringContaining("No call of acme") },
  });
  const undone = await office.engine.call("match:undo", { call: "C-31", id: hubspot?.id ?? 0 });
  expect(undone).toMatchObject({ ok: false, fault: { message: expect.stringContaining("nothing to take back") } });
});
