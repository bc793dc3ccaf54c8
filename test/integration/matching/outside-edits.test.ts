import { afterAll, beforeAll, expect, test } from "vitest";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import { type Office, type OfficeCrm, startOffice } from "../../builders/office.ts";
import { widenLimits } from "../../builders/wide-limits.ts";

let office: Office;
beforeAll(async () => {
  office = await startOffice({ crms: ["hubspot", "salesforce", "zoho", "pipedrive"], requestTimeoutMs: 10_000 });
  await widenLimits(office);
}, 60_000);
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

/** The CRMs' user Alice Example. */
const alice: Readonly<Record<CrmType, string>> = {
  hubspot: "77",
  salesforce: "0055g00000AliceAAB",
  zoho: "3652397000000225013",
  pipedrive: "77",
};

test(
  "the agent's open deal decides between people who share a number until its stage changes, and a new name is told of at once",
  { timeout: 120_000 },
  async () => {
    const shared = "+442079460931";
    const alone = "+442079460932";
    const deals = new Map<number, Readonly<{ dealId: string; one: string; renamed: string }>>();
    for (const crm of office.crms) {
      const { words, id } = crm;
      // Salesforce knows deals by their company.
      const company =
        words.crm === "salesforce" ? await crm.create(words.company, words.toCompany({ name: "Test Clinic" })) : null;
      const one = await crm.person("Fay Example", shared, company === null ? {} : { company });
      await crm.person("Gus Example", shared);
      const deal = { name: "Big order", person: company ?? one, owner: alice[words.crm], isOpen: true };
      const dealId = await crm.create(words.deal, words.toDeal(deal));
      deals.set(id, { dealId, one, renamed: await crm.person("Hal Example", alone) });
    }
    await office.crms[0]?.admin.advance(60_000);
    const [decided = 0] = await office.importCalls([shared], "Alice Example");
    await office.sync();
    for (const crm of office.crms) {
      const { crm: name } = crm.words;
      expect((await crm.linksOf(decided)).includes(deals.get(crm.id)?.one ?? ""), name).toBe(true);
      expect(await storyOf(decided, crm), name).toContain('by the rule "open deal of agent"');
    }
    for (const { admin, words, id } of office.crms) {
      const { dealId = "", renamed = "" } = deals.get(id) ?? {};
      await admin.update(words.deal, dealId, words.closed);
      await admin.update(words.person, renamed, words.toPerson({ name: "Ida Example", phone: alone }));
    }
    await office.crms[0]?.admin.advance(60_000);
    const [asked = 0] = await office.importCalls([shared], "Alice Example");
    const [told = 0] = await office.importCalls([alone], "Alice Example");
    await office.sync();
    for (const crm of office.crms) {
      const { crm: name } = crm.words;
      // Another rule decides, or somebody is asked: with no deal open, that one says nothing more.
      const story = await storyOf(asked, crm);
      expect(story, name).toMatch(/by the rule "|the agent has no open deal with any of them/);
      expect(story, name).not.toContain('by the rule "open deal of agent"');
      expect(await storyOf(told, crm), name).toContain("Ida Example");
    }
  },
);
