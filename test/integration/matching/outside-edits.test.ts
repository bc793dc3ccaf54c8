import { afterAll, beforeAll, expect, test } from "vitest";
import { type Office, type OfficeCrm, startOffice } from "../../builders/office.ts";

let office: Office;
beforeAll(async () => {
  office = await startOffice({ crms: ["hubspot", "salesforce", "zoho", "pipedrive"] });
}, 30_000);
afterAll(() => office.close());

/** Something of each CRM, by integration. */
const each = async <T>(work: (crm: OfficeCrm) => Promise<T>): Promise<ReadonlyMap<number, T>> => {
  const found = new Map<number, T>();
  for (const crm of office.crms) found.set(crm.id, await work(crm));
  return found;
};
const storyOf = async (seconds: number, crm: OfficeCrm): Promise<string> => {
  const story = await office.why(seconds, crm.id);
  return [story.headline, ...story.paragraphs, ...story.timeline.map(({ summary }) => summary)].join(" ");
};

test(
  "a call of a stranger is held, and logged without a look-up of its own when a colleague adds the number",
  { timeout: 60_000 },
  async () => {
    const [held = 0, unknown = 0] = await office.importCalls(["+442079460901", "+442079460902"]);
    expect(await office.sync()).toMatchObject({ delivered: 0, waiting: 8 });
    const added = await each((crm) => crm.person("Alice Example", "020 7946 0901"));
    const searches = async (): Promise<number> => {
      let count = 0;
      for (const { admin } of office.crms)
        for (const [name, requests] of Object.entries(await admin.endpoints()))
          if (/persons\/search|(Contacts|Leads|Accounts)\/search$|\/search\/?$/.test(name) && !/objects/.test(name))
            count += requests;
      return count;
    };
    const before = await searches();
    expect(await office.sync()).toMatchObject({ delivered: 4, waiting: 4 });
    expect(await searches()).toBe(before);
    for (const crm of office.crms) {
      expect(await crm.linksOf(held), crm.words.crm).toEqual([added.get(crm.id)]);
      expect(await storyOf(held, crm)).toContain("somebody may have added the contact");
      expect((await office.why(unknown, crm.id)).waitWhy).toBe("contact");
    }
  },
);

test(
  "a number that moved to another contact, a new name, a merged and a deleted contact are seen before the next call",
  { timeout: 60_000 },
  async () => {
    const moved = await each((crm) => crm.person("Bob Example", "+442079460911"));
    const taker = await each((crm) => crm.person("Carol Example", "+442079460912"));
    const kept = await each((crm) => crm.person("Dora Example", "+442079460913"));
    const double = await each((crm) => crm.person("Dora Example", "+442079460914"));
    const deleted = await each((crm) => crm.person("Emil Example", "+442079460915"));
    await office.importCalls(["+442079460911", "+442079460914", "+442079460915"]);
    expect(await office.sync()).toMatchObject({ delivered: 12 });
    for (const { id, admin, words } of office.crms) {
      await admin.update(words.person, moved.get(id) ?? "", words.toPhone("+442079460919"));
      await admin.update(words.person, taker.get(id) ?? "", words.toPhone("+442079460911"));
      await admin.merge(words.person, kept.get(id) ?? "", double.get(id) ?? "");
      await admin.remove(words.person, deleted.get(id) ?? "");
    }
    // HubSpot tells of changed records by its search, which lags by seconds.
    await office.crms[0]?.admin.advance(60_000);
    const [byTaker = 0, byMerged = 0, byDeleted = 0] = await office.importCalls([
      "+442079460911",
      "+442079460913",
      "+442079460915",
    ]);
    await office.sync();
    for (const crm of office.crms) {
      expect(await crm.linksOf(byTaker), crm.words.crm).toEqual([taker.get(crm.id)]);
      expect(await storyOf(byTaker, crm)).toContain("Carol Example");
      const survivors = (await crm.admin.records(crm.words.person)).map((record) =>
        String(record["id"] ?? record["Id"]),
      );
      const linked = await crm.linksOf(byMerged);
      expect(linked, crm.words.crm).toHaveLength(1);
      expect(survivors).toContain(linked[0]);
      const gone = await office.why(byDeleted, crm.id);
      expect({ crm: crm.words.crm, state: gone.state, waitWhy: gone.waitWhy }).toEqual({
        crm: crm.words.crm,
        state: "waiting",
        waitWhy: "contact",
      });
      expect(await crm.linksOf(byDeleted)).toEqual([]);
      expect(await storyOf(byDeleted, crm)).toContain("Held: nobody");
    }
  },
);

test(
  "the agent's open deal decides between people who share a number, until it is closed",
  { timeout: 60_000 },
  async () => {
    const [hubspot] = office.crms;
    if (hubspot === undefined) throw new Error("there is no HubSpot");
    const { id, admin, words } = hubspot;
    const one = await hubspot.person("Fay Example", "+442079460931");
    await hubspot.person("Gus Example", "+442079460931");
    const deal = words.toDeal({ name: "Big order", person: one, owner: "77", isOpen: true });
    const dealId = await hubspot.create(words.deal, deal);
    const decide = async (agent: string) =>
      (await office.call("match:test", { number: "+442079460931", id, agent })).trials[0];
    await office.call("mirror:sync", { id });
    await office.call("integrations:set", { id, settings: { agents: ["ext:204=alice@example.com"] } });
    expect(await decide("ext:204")).toMatchObject({
      outcome: "matched",
      rule: "open_deal_of_agent",
      person: { id: one },
    });
    expect(await decide("ext:205")).toMatchObject({ outcome: "ask", person: null });
    await admin.update(words.deal, dealId, words.closed);
    await admin.advance(60_000);
    await office.call("mirror:sync", { id });
    expect(await decide("ext:204")).toMatchObject({ outcome: "ask", person: null });
  },
);
