import { beforeEach, expect, test } from "vitest";
import { codesOf, openZoho } from "./zoho-client.ts";

const zoho = await openZoho();
let one: any;
let other: any;

beforeEach(async () => {
  one = await zoho.seed("Leads", { Last_Name: "Example" });
  other = await zoho.seed("Leads", { Last_Name: "Sample" });
});

const tagsOf = async (id: string) =>
  ((await zoho.crm("GET", `Leads/${id}?fields=Tag`)).body.data[0].Tag ?? []).map(({ name }: any) => name);
const create = (...names: string[]) =>
  zoho.crm("POST", "settings/tags?module=Leads", { tags: names.map((name) => ({ name })) });

test("tags of a module are made, listed, renamed and deleted, on its records too", async () => {
  expect((await zoho.crm("GET", "settings/tags?module=Leads")).status).toBe(204);
  const made = await create("Warm", "Cold");
  expect([made.status, made.body.tags.map(({ code }: any) => code)]).toEqual([201, ["SUCCESS", "SUCCESS"]]);
  const [{ details: warm }] = made.body.tags;
  expect((await create("warm")).body.tags[0]).toMatchObject({ code: "DUPLICATE_DATA", details: { id: warm.id } });
  expect((await create("a name that is far too long for a tag")).body.tags[0].code).toBe("INVALID_DATA");
  await zoho.crm("POST", `Leads/${one.id}/actions/add_tags`, { tags: [{ name: "Warm" }] });
  const renamed = await zoho.crm("PUT", `settings/tags/${warm.id}?module=Leads`, { tags: [{ name: "Hot" }] });
  expect(renamed.body.tags[0].code).toBe("SUCCESS");
  expect(await tagsOf(one.id)).toEqual(["Hot"]);
  const count = await zoho.crm("GET", `settings/tags/${warm.id}/actions/records_count?module=Leads`);
  expect(count.body).toEqual({ count: "1" });
  expect((await zoho.crm("DELETE", `settings/tags/${warm.id}`)).body.tags.code).toBe("SUCCESS");
  expect(await tagsOf(one.id)).toEqual([]);
  const listed = (await zoho.crm("GET", "settings/tags?module=Leads")).body;
  expect([listed.tags.map(({ name }: any) => name), listed.info.count]).toEqual([["Cold"], 1]);
});

test("records are tagged one by one and many at once, and by older callers in the query", async () => {
  const many = await zoho.crm("POST", "Leads/actions/add_tags", {
    tags: [{ name: "Warm" }, { name: "Fair" }],
    ids: [one.id, other.id, "1"],
  });
  expect([many.status, codesOf(many), many.body.success_count]).toEqual([
    207,
    ["SUCCESS", "SUCCESS", "INVALID_DATA"],
    "2",
  ]);
  expect(await tagsOf(other.id)).toEqual(["Warm", "Fair"]);
  await zoho.crm("POST", `Leads/${one.id}/actions/remove_tags`, { tags: [{ name: "warm" }] });
  expect(await tagsOf(one.id)).toEqual(["Fair"]);
  await zoho.crm("POST", `/crm/v2/Leads/${one.id}/actions/add_tags?tag_names=Old,New`);
  expect(await tagsOf(one.id)).toEqual(["Fair", "Old", "New"]);
  await zoho.crm("POST", "Leads/actions/add_tags", { tags: [{ name: "Only" }], ids: [one.id], over_write: true });
  expect(await tagsOf(one.id)).toEqual(["Only"]);
  expect((await zoho.crm("POST", "Leads/actions/add_tags", { ids: [one.id] })).body.code).toBe("MANDATORY_NOT_FOUND");
  const eleven = Array.from({ length: 11 }, (_, n) => ({ name: `t${n}` }));
  expect(codesOf(await zoho.crm("POST", `Leads/${one.id}/actions/add_tags`, { tags: eleven }))).toEqual([
    "LIMIT_EXCEEDED",
  ]);
});

test("a record is written with its tags, which the module then has", async () => {
  const [made] = await zoho.insert("Leads", { Last_Name: "New", Tag: [{ name: "Fair" }] });
  expect(await tagsOf(made.details.id)).toEqual(["Fair"]);
  expect((await zoho.crm("GET", "settings/tags?module=Leads")).body.tags).toMatchObject([{ name: "Fair" }]);
  const [wrong] = await zoho.insert("Leads", { Last_Name: "New", Tag: "Fair" });
  expect(wrong).toMatchObject({ code: "INVALID_DATA", details: { expected_data_type: "jsonarray", api_name: "Tag" } });
});

test("one tag takes the place of another", async () => {
  const { tags } = (await create("Warm", "Hot")).body;
  await zoho.crm("POST", "Leads/actions/add_tags", { tags: [{ name: "Hot" }], ids: [one.id] });
  const [warm, hot] = tags.map(({ details }: any) => details.id);
  const merged = await zoho.crm("POST", `settings/tags/${warm}/actions/merge`, { tags: [{ conflict_id: hot }] });
  expect(merged.body.tags[0].code).toBe("SUCCESS");
  expect(await tagsOf(one.id)).toEqual(["Warm"]);
  expect((await zoho.crm("GET", "settings/tags?module=Leads")).body.tags).toHaveLength(1);
});
