import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hubspotSubject } from "../../builders/hubspot-subject.ts";
import { createMatching } from "../../builders/matching.ts";
import { type MirrorStage, crmWords, startMirror } from "../../builders/mirror-stage.ts";
import { pipedriveSubject } from "../../builders/pipedrive-subject.ts";
import { salesforceSubject } from "../../builders/salesforce-subject.ts";
import { zohoSubject } from "../../builders/zoho-subject.ts";

const cases = [
  [crmWords.hubspot, hubspotSubject],
  [crmWords.salesforce, salesforceSubject],
  [crmWords.zoho, zohoSubject],
  [crmWords.pipedrive, pipedriveSubject],
] as const;

describe.each(cases)("the copy of $crm", (words, subject) => {
  let stage: MirrorStage;
  beforeEach(async () => {
    stage = await startMirror(subject, words);
  });
  afterEach(() => stage.close());

  const idsOf = (number: string): readonly string[] =>
    stage.mirror
      .finder(stage.integration)(number)
      .map(({ id }) => id)
      .toSorted();
  const person = (name: string, phone: string, more: object = {}): Promise<string> =>
    stage.create(words.person, words.toPerson({ name, phone, ...more }));

  test("holds everybody after the first reading, however the number is typed, and says how far it is", async () => {
    expect(stage.mirror.state(stage.integration.id)).toBe("never");
    const spellings = ["+44 20 7946 0960", "020 7946 0961", "0044 (0)20 7946 0962", "(020) 7946-0963 ext. 12"];
    const ids: string[] = [];
    for (const [index, phone] of spellings.entries()) ids.push(await person(`Test ${index}`, phone));
    const both = await person("Alice Example", "07700 900123", { mobile: "+44 7700 900124" });
    await person("Bob Example", "12 34");
    await stage.mirror.readPage(stage.ask);
    expect(stage.mirror.state(stage.integration.id)).toBe("loading");
    await stage.refresh();
    for (const [index, id] of ids.entries()) expect(idsOf(`+44207946096${index}`)).toEqual([id]);
    expect(idsOf("+447700900123")).toEqual([both]);
    expect(idsOf("+447700900124")).toEqual([both]);
    expect(idsOf("+447700900125")).toEqual([]);
    const status = stage.mirror.status(stage.integration.id, []);
    expect(status).toMatchObject({ state: "complete", people: 6, phones: 6, progress: null });
    expect(status.owners).toBeGreaterThan(0);
  });

  test("learns of new people, moved numbers and deletions", async () => {
    const first = await person("Alice Example", "+442079460958");
    const second = await person("Bob Example", "+442079460959");
    await stage.refresh();
    expect(stage.mirror.hasChanged(stage.integration.id)).toBe(true);
    stage.mirror.clearChanged(stage.integration.id);
    await stage.refresh();
    expect(stage.mirror.hasChanged(stage.integration.id)).toBe(false);
    const third = await person("Carol Example", "+442079460960");
    await stage.subject.admin.update(words.person, first, words.toPhone("+442079460961"));
    await stage.subject.admin.remove(words.person, second);
    await stage.subject.admin.advance(60_000);
    stage.ledger.clock.jumpWall(25 * 3_600_000);
    await stage.refresh();
    expect(stage.mirror.hasChanged(stage.integration.id)).toBe(true);
    expect([idsOf("+442079460958"), idsOf("+442079460959")]).toEqual([[], []]);
    expect([idsOf("+442079460960"), idsOf("+442079460961")]).toEqual([[third], [first]]);
    expect(stage.ledger.store.mirror.fateOf(stage.integration.id, { object: words.person, id: second })).toEqual({
      mergedInto: null,
    });
  });

  test("follows a merge to the record that is left", async () => {
    const first = await person("Alice Example", "+442079460958");
    const second = await person("Alice Example", "+442079460959", { mobile: "+447700900123" });
    await stage.refresh();
    await stage.subject.admin.merge(words.person, first, second);
    await stage.subject.admin.advance(60_000);
    stage.ledger.clock.jumpWall(25 * 3_600_000);
    await stage.refresh();
    const [left, ...others] = idsOf("+442079460958");
    expect(others).toEqual([]);
    expect(left).toBeDefined();
    const gone = [first, second].filter((id) => id !== left);
    for (const id of gone)
      expect(stage.ledger.store.mirror.fateOf(stage.integration.id, { object: words.person, id })).not.toBeNull();
    expect(stage.ledger.store.mirror.get(stage.integration.id, { object: words.person, id: left ?? "" })).toBeDefined();
  });

  test("keeps the open deals of a person, and drops one that is closed", async () => {
    const company = await stage.create(words.company, words.toCompany({ name: "Test Clinic" }));
    const about = words.crm === "salesforce" ? company : await person("Alice Example", "+442079460958", { company });
    const open = await stage.create(words.deal, words.toDeal({ name: "Big", person: about, isOpen: true }));
    await stage.create(words.deal, words.toDeal({ name: "Old", person: about, isOpen: false }));
    await stage.refresh();
    const link = { object: words.crm === "salesforce" ? words.company : words.person, id: about };
    const names = () => stage.ledger.store.mirror.openDeals(stage.integration.id, [link]).map(({ id }) => id);
    expect(names()).toEqual([open]);
    await stage.subject.admin.update(words.deal, open, words.closed);
    await stage.subject.admin.advance(60_000);
    await stage.refresh();
    expect(names()).toEqual([]);
  });

  test("an up-to-date copy costs few requests, and a reading that was cut goes on where it stood", async () => {
    for (let each = 0; each < 5; each += 1) await person(`Test ${each}`, `+44207946095${each}`);
    stage.session.allow(2);
    expect(await stage.mirror.refresh(stage.ask, stage.ledger.clock.now())).toMatchObject({ kind: "paced" });
    expect(stage.mirror.state(stage.integration.id)).toBe("loading");
    stage.session.allow(undefined);
    await stage.refresh();
    expect(idsOf("+442079460953")).toHaveLength(1);
    stage.ledger.clock.jumpWall(10 * 60_000);
    const before = stage.session.sent.length;
    expect(await stage.mirror.refresh(stage.ask, stage.ledger.clock.now())).toBeNull();
    expect(stage.session.sent.length - before).toBeLessThanOrEqual(words.crm === "salesforce" ? 1 : 8);
  });

  test("a reading that is cut after any request, with its process, holds everybody in the end", async () => {
    const ids: string[] = [];
    for (let each = 0; each < 3; each += 1) ids.push(await person(`Test ${each}`, `+44207946095${each}`));
    for (let start = 1; start < 100; start += 1) {
      stage.session.allow(start % 4);
      const later = createMatching(stage.ledger.reopen(), stage.ledger.clock).mirror;
      const fault = await later.refresh(stage.ask, stage.ledger.clock.now());
      if (fault === null) break;
      expect(fault).toMatchObject({ kind: "paced" });
    }
    const { mirror } = createMatching(stage.ledger.store, stage.ledger.clock);
    for (const [each, id] of ids.entries())
      expect(mirror.finder(stage.integration)(`+44207946095${each}`)).toMatchObject([{ id }]);
    expect(mirror.status(stage.integration.id, [])).toMatchObject({ state: "complete", people: 3 });
  });
});

test("a key that may not see deals copies the people all the same", async () => {
  const stage = await startMirror(hubspotSubject, crmWords.hubspot);
  try {
    const id = await stage.create("contacts", crmWords.hubspot.toPerson({ name: "Alice", phone: "+442079460958" }));
    const scopes = ["contacts.read", "contacts.write", "companies.read", "owners.read"].map(
      (each) => `crm.objects.${each}`,
    );
    await stage.subject.admin.configure({ scopes });
    await stage.refresh();
    expect(stage.mirror.finder(stage.integration)("+442079460958")).toMatchObject([{ id }]);
    expect(stage.mirror.status(stage.integration.id, [])).toMatchObject({ state: "complete", deals: 0 });
  } finally {
    await stage.close();
  }
});
