import { afterAll, beforeAll, expect, test } from "vitest";
import { type Office, startOffice } from "../../builders/office.ts";
import { widenLimits } from "../../builders/wide-limits.ts";

let office: Office;
beforeAll(async () => {
  office = await startOffice({ crms: ["hubspot", "salesforce", "zoho", "pipedrive"], requestTimeoutMs: 10_000 });
  await widenLimits(office);
}, 60_000);
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

test(
  "why of a call that nobody can be told for names everybody it may be, as the CRM shows them, and what each rule found",
  { timeout: 120_000 },
  async () => {
    const shared = "+442079460977";
    const people = new Map<number, readonly [string, string]>();
    for (const { id, person } of office.crms)
      people.set(id, [await person("Carol Specimen", shared), await person("Dan Specimen", "020 7946 0977")]);
    const [call = 0] = await office.importCalls([shared]);
    await office.sync();
    for (const { id, admin, words } of office.crms)
      await admin.update(
        words.person,
        people.get(id)?.[1] ?? "",
        words.toPerson({ name: "Erin Specimen", phone: shared }),
      );
    for (const { id, admin } of office.crms) {
      await admin.advance(60_000);
      await office.call("mirror:sync", { id });
    }
    for (const { id, words } of office.crms) {
      const [carol = "", erin = ""] = people.get(id) ?? [];
      const story = await office.why(call, id);
      expect(story, words.crm).toMatchObject({ state: "dead", reason: "ambiguous_match" });
      const named = story.question?.candidates.map((each) => `${each.object} ${each.id} ${each.isThere}`);
      expect(new Set(named), words.crm).toEqual(new Set([carol, erin].map((each) => `${words.person} ${each} true`)));
      // By the name that the CRM shows now.
      const nameOf = (of: string): string | undefined =>
        story.question?.candidates.find((each) => each.id === of)?.name;
      expect([nameOf(carol), nameOf(erin)], words.crm).toEqual([
        expect.stringContaining("Carol Specimen"),
        expect.stringContaining("Erin Specimen"),
      ]);
      const rules = story.question?.rules ?? [];
      expect(rules.map(({ rule, decided }) => [rule, decided])).toEqual([
        ["only_one", false],
        ["open_deal_of_agent", false],
        ["last_activity", false],
        ["owner_is_the_agent", false],
        ["company", false],
      ]);
      for (const { said } of rules.slice(1)) expect(story.headline).toContain(said);
      expect(story.headline).toContain(`Carol Specimen (${words.person} ${carol})`);
      expect(story.headline).not.toContain("said:");
      expect(story.paragraphs.join(" ")).toContain(`Erin Specimen (${words.person} ${erin}), who has the number in`);
      expect(story.nextStep).toMatch(new RegExp(`match set "\\S+" --integration ${id} --person ${words.person}:`));
      const person = { object: words.person, id: erin };
      await office.call("match:set", { call: `C-${call}`, id, person, rule: false, past: false });
    }
    await office.sync();
    for (const { id, linksOf, words } of office.crms) {
      expect(await linksOf(call), words.crm).toEqual([people.get(id)?.[1]]);
      expect((await office.why(call, id)).question).toBeUndefined();
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
