import { afterAll, beforeAll, expect, test } from "vitest";
import { type Office, startOffice } from "../../builders/office.ts";

let office: Office;
beforeAll(async () => {
  office = await startOffice({ crms: ["hubspot", "pipedrive"] });
}, 60_000);
afterAll(() => office.close());

test(
  "a call that two people may have had is told with what speaks for each, and after a person's word with what was written",
  { timeout: 120_000 },
  async () => {
    const [hubspot, pipedrive] = office.crms;
    if (hubspot === undefined || pipedrive === undefined) throw new Error("the office has two CRMs");
    const company = await hubspot.create(hubspot.words.company, hubspot.words.toCompany({ name: "Test Clinic" }));
    const alice = await hubspot.person("Alice Example", "+442079460958", { company });
    const bob = await hubspot.person("Bob Example", "+442079460958");
    await pipedrive.person("Bob Example", "+442079460958");
    const [early, call] = await office.importCalls(["+442079460958", "+442079460958"]);
    await office.sync();
    const open = await office.why(call ?? 0, hubspot.id);
    expect(open).toMatchObject({ state: "dead", reason: "ambiguous_match" });
    const { deliveryId } = open;

    const choice = await office.call("match:choice", { deliveryId });
    expect(choice).toMatchObject({ deliveryId, crm: "hubspot", number: "+442079460958", more: 0, earlier: 1 });
    const { person: object } = hubspot.words;
    expect(choice.candidates.map(({ name }) => name).toSorted()).toEqual([
      "Alice Example",
      "Bob Example",
      "Test Clinic",
    ]);
    expect(choice.candidates.find(({ id }) => id === alice)).toMatchObject({
      object,
      kind: "person",
      companies: ["Test Clinic"],
      calls: 0,
      deal: null,
      sameIn: [],
      otherIn: ["pipedrive"],
    });
    expect(choice.candidates.find(({ id }) => id === bob)).toMatchObject({ sameIn: ["pipedrive"], otherIn: [] });
    expect(choice.candidates.at(-1)).toMatchObject({ name: "Test Clinic", kind: "company" });
    expect(choice.rules.map(({ rule }) => rule)).toContain("owner_is_the_agent");
    expect(choice.rules.some(({ decided }) => decided)).toBe(false);

    const before = await office.call("reports:written", { deliveryId });
    expect(before).toMatchObject({ deliveryId, object: expect.any(String) });
    expect(before.fields.length).toBeGreaterThan(3);
    for (const field of before.fields) expect(field).toMatchObject({ pushed: null, planned: expect.any(String) });
    expect(before.contract.ours).toBeGreaterThanOrEqual(before.fields.length);

    const person = { object, id: bob };
    await office.call("match:set", { call: `C-${call}`, id: hubspot.id, person, rule: false, past: false });
    await office.sync();
    const after = await office.call("reports:written", { deliveryId });
    for (const field of after.fields) expect(field).toMatchObject({ pushed: expect.any(String), planned: null });
    expect(after.fields.map(({ field }) => field)).toEqual(before.fields.map(({ field }) => field));
    const accepted = after.exchanges.find(({ operation }) => operation === "delivery.accept");
    expect(accepted?.pushed).toContain('"operation": "create"');
    expect(accepted?.pushed).toContain(open.key);
    expect(accepted?.answered).toContain("remoteId");
    expect(after.exchanges.map(({ at }) => at)).toEqual(after.exchanges.map(({ at }) => at).toSorted((a, b) => b - a));

    const earlier = await office.why(early ?? 0, hubspot.id);
    const again = await office.call("match:choice", { deliveryId: earlier.deliveryId });
    expect(again).toMatchObject({ earlier: 0 });
  },
);

test("a delivery that is not there is refused", async () => {
  for (const name of ["match:choice", "reports:written"] as const)
    expect(await office.engine.call(name, { deliveryId: 99_999 })).toMatchObject({
      ok: false,
      fault: { code: "bad_input", message: "There is no delivery 99999." },
    });
});
