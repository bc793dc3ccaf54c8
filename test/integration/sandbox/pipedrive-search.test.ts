import { beforeEach, expect, test } from "vitest";
import { openPipedrive } from "./pipedrive-client.ts";

const pipedrive = await openPipedrive();
const { pd, ok, config, advance, seed } = pipedrive;
const key = "f".repeat(40);

beforeEach(async () => {
  await config({
    searchLagMs: 0,
    customFields: { organizations: [{ field_code: key, field_name: "Line", field_type: "phone" }] },
  });
});
const found = async (query: string, object = "persons"): Promise<number[]> =>
  (await ok("GET", `${object}/search?${query}`)).items.map(({ item }: any) => item.id);

test("searchLagMs: a write shows in search only after it, and at once in the lists", async () => {
  await config({ searchLagMs: 10_000 });
  const { id } = await ok("POST", "persons", { name: "Jane Doe" });
  expect(await found("term=jane")).toEqual([]);
  expect((await ok("GET", "persons")).length).toBe(1);
  await advance(10_000);
  expect(await found("term=jane")).toEqual([id]);
});

test("an item shows texts of phones, its owner and its organization", async () => {
  const organization = await seed("organizations", { name: "Test Clinic" });
  await seed("persons", {
    name: "Jane Doe",
    phones: ["020 7946 0187"],
    emails: ["jane@example.com"],
    org_id: organization.id,
  });
  const { items } = await ok("GET", "persons/search?term=7946&fields=phone");
  expect(items).toHaveLength(1);
  expect(items[0].item).toMatchObject({
    type: "person",
    name: "Jane Doe",
    phones: ["020 7946 0187"],
    emails: ["jane@example.com"],
    organization: { id: organization.id, name: "Test Clinic", address: null },
    custom_fields: [],
  });
  expect(items[0].result_score).toBeGreaterThan(0);
});

test("exact_match compares the stored text, whole and without regard to case; no match is an empty 200", async () => {
  const { id } = await seed("persons", { name: "Jane Doe", phones: ["020 7123 4567"] });
  expect(await found("term=%2B442071234567&fields=phone&exact_match=true")).toEqual([]);
  expect(await found(`term=${encodeURIComponent("020 7123 4567")}&fields=phone&exact_match=true`)).toEqual([id]);
  expect(await found("term=JANE%20DOE&exact_match=true")).toEqual([id]);
  expect(await found("term=JANE&exact_match=true")).toEqual([]);
});

test("searchTokenisesPunctuation: digits miss a number with punctuation, or find it", async () => {
  await seed("persons", { name: "Jane", phones: ["+44 20 7123-4567"] });
  const plain = await seed("persons", { name: "John", phones: ["02071234567"] });
  expect(await found("term=2071234567&fields=phone")).toEqual([plain.id]);
  await config({ searchTokenisesPunctuation: false });
  expect((await found("term=2071234567&fields=phone")).length).toBe(2);
});

test("short terms, unknown fields and wrong limits are refused", async () => {
  for (const query of ["term=a", "term=ab&fields=phones", "term=ab&limit=501", ""])
    expect([query, (await pd("GET", `persons/search?${query}`)).status]).toEqual([query, 400]);
  expect((await pd("GET", "persons/search?term=a&exact_match=true")).status).toBe(200);
  expect((await pd("GET", "itemSearch?term=ab&limit=101")).status).toBe(400);
  expect((await pd("GET", "itemSearch?term=ab&item_types=activity")).status).toBe(400);
});

test("pages of a search follow one another", async () => {
  for (let n = 0; n < 3; n++) await seed("persons", { name: `Jane ${n}` });
  const first = await pd("GET", "persons/search?term=jane&limit=2");
  expect(first.body.data.items).toHaveLength(2);
  const second = await pd("GET", `persons/search?term=jane&limit=2&cursor=${first.body.additional_data.next_cursor}`);
  expect(second.body.data.items.map(({ item }: any) => item.name)).toEqual(["Jane 2"]);
  expect(second.body.additional_data.next_cursor).toBeNull();
});

test("itemSearch goes over persons, organizations and deals, custom phones included", async () => {
  await seed("persons", { name: "Clinic Contact" });
  const organization = await seed("organizations", { name: "Test Clinic", [key]: "02079460187" });
  await seed("deals", { title: "Clinic order", org_id: organization.id });
  const types = async (query: string) =>
    (await ok("GET", `itemSearch?${query}`)).items.map(({ item }: any) => item.type).toSorted();
  expect(await types("term=clinic")).toEqual(["deal", "organization", "person"]);
  expect(await types("term=clinic&item_types=person,deal")).toEqual(["deal", "person"]);
  expect(await types("term=2079460187&fields=custom_fields")).toEqual(["organization"]);
  expect(await ok("GET", "itemSearch?term=clinic&search_for_related_items=true")).toHaveProperty("related_items");
  expect(await found("term=clinic", "deals")).toHaveLength(1);
  expect(await found("term=clinic", "organizations")).toEqual([organization.id]);
});

test("itemSearch/field: one field, three ways to match, case-sensitive", async () => {
  const { id } = await seed("organizations", { name: "Test Clinic", [key]: "02079460187" });
  const ask = async (term: string, match: string, field = key) =>
    (await ok("GET", `itemSearch/field?entity_type=organization&field=${field}&match=${match}&term=${term}`)).map(
      (one: any) => one.id,
    );
  expect(await ask("02079460187", "exact")).toEqual([id]);
  expect(await ask("0207", "beginning")).toEqual([id]);
  expect(await ask("9460", "middle")).toEqual([id]);
  expect(await ask("9460", "beginning")).toEqual([]);
  expect(await ask("test", "beginning", "name")).toEqual([]);
  expect(await ask("Test", "beginning", "name")).toEqual([id]);
  expect((await pd("GET", "itemSearch/field?entity_type=activity&field=note&term=ab")).status).toBe(400);
});

test("deleted records leave the index", async () => {
  const { id } = await seed("persons", { name: "Jane" });
  await ok("DELETE", `persons/${id}`);
  expect(await found("term=jane")).toEqual([]);
});
