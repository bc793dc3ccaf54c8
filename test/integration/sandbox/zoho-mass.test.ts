import { beforeEach, expect, test } from "vitest";
import { codesOf, openZoho } from "./zoho-client.ts";

const zoho = await openZoho();
let people: any[];

beforeEach(async () => {
  people = [];
  for (const Last_Name of ["Example", "Sample", "Other"]) people.push(await zoho.seed("Contacts", { Last_Name }));
});
const ids = () => people.map(({ id }) => id);
const titles = async () => (await zoho.records("Contacts")).map(({ Title }) => Title);

test("a mass update writes one field into the records named, each with its own result", async () => {
  const reply = await zoho.crm("POST", "Contacts/actions/mass_update", {
    data: [{ Title: "Owner" }],
    ids: [...ids().slice(0, 2), "1"],
  });
  expect([reply.status, codesOf(reply)]).toEqual([207, ["SUCCESS", "SUCCESS", "INVALID_DATA"]]);
  expect(await titles()).toEqual(["Owner", "Owner", null]);
  const two = await zoho.crm("POST", "Contacts/actions/mass_update", {
    data: [{ Title: "x", Phone: "1" }],
    ids: ids(),
  });
  expect(two.body.code).toBe("LIMIT_EXCEEDED");
  const tooMany = await zoho.crm("POST", "Contacts/actions/mass_update", {
    data: [{ Title: "x" }],
    ids: Array.from({ length: 501 }, (_, n) => String(n + 1)),
  });
  expect(tooMany.body).toMatchObject({ code: "LIMIT_EXCEEDED", details: { limit: 500 } });
});

test("a mass update of a view is a job that can be asked for", async () => {
  const { custom_views } = (await zoho.crm("GET", "settings/custom_views?module=Contacts")).body;
  const { id: cvid } = custom_views[0];
  const made = await zoho.crm("POST", "Contacts/actions/mass_update", { data: [{ Title: "Owner" }], cvid });
  expect(made.body.data[0]).toMatchObject({ code: "SCHEDULED", details: { job_id: expect.any(String) } });
  const job = await zoho.crm("GET", `Contacts/actions/mass_update?job_id=${made.body.data[0].details.job_id}`);
  expect(job.body.data).toMatchObject([{ Status: "COMPLETED", Total_Count: 3, Updated_Count: 3, Failed_Count: 0 }]);
  expect(await titles()).toEqual(["Owner", "Owner", "Owner"]);
  expect((await zoho.crm("GET", "Contacts/actions/mass_update?job_id=1")).body.code).toBe("INVALID_DATA");
  expect(
    (await zoho.crm("POST", "Contacts/actions/mass_update", { data: [{ Title: "x" }], cvid: "1" })).body.code,
  ).toBe("INVALID_DATA");
  expect((await zoho.crm("GET", `Contacts?fields=Title&cvid=${cvid}`)).body.data).toHaveLength(3);
  expect((await zoho.crm("GET", "Contacts?fields=Title&cvid=1")).body.code).toBe("INVALID_DATA");
});

test("owners are changed for one record and for many, to active users only", async () => {
  const [, bob] = (await zoho.crm("GET", "users?type=AllUsers")).body.users;
  const one = await zoho.crm("POST", `Contacts/${ids()[0]}/actions/change_owner`, { owner: { id: bob.id } });
  expect(codesOf(one)).toEqual(["SUCCESS"]);
  const many = await zoho.crm("POST", "Contacts/actions/change_owner", { owner: { id: "1" }, ids: ids() });
  expect([many.status, codesOf(many)]).toEqual([400, ["INVALID_DATA", "INVALID_DATA", "INVALID_DATA"]]);
  expect((await zoho.crm("GET", `Contacts/${ids()[0]}`)).body.data[0].Owner).toMatchObject({ id: bob.id });
});

test("records are counted in whole, by a view, or by what a search would find", async () => {
  const count = async (query: string) => (await zoho.crm("GET", `Contacts/actions/count${query}`)).body;
  await zoho.advance(15_000);
  expect(await count("")).toEqual({ count: 3 });
  expect(await count("?criteria=(Last_Name:equals:Sample)")).toEqual({ count: 1 });
  expect(await count("?word=ample")).toEqual({ count: 2 });
  expect(await count("?word=ample&cvid=1")).toMatchObject({ code: "INVALID_DATA" });
  const { id } = (await zoho.crm("GET", "settings/custom_views?module=Contacts")).body.custom_views[0];
  expect(await count(`?cvid=${id}`)).toEqual({ count: 3 });
  expect(await count(`?word=ample&cvid=${id}`)).toMatchObject({ code: "AMBIGUITY_DURING_PROCESSING" });
});

test("the recycle bin is listed, emptied and refuses what is not in it", async () => {
  const [gone, kept] = ids();
  const both = (given: any[]) => new Set(given);
  await zoho.crm("DELETE", `Contacts?ids=${gone},${kept}`);
  const bin = (await zoho.crm("GET", "settings/recycle_bin")).body;
  expect([both(bin.recycle_bin.map(({ id }: any) => id)), bin.info.count]).toEqual([both([gone, kept]), 2]);
  expect((await zoho.crm("GET", `settings/recycle_bin/${gone}`)).body.recycle_bin).toMatchObject([
    { id: gone, display_name: "Example", module: { api_name: "Contacts" } },
  ]);
  const purged = await zoho.crm("DELETE", `settings/recycle_bin?ids=${gone},1`);
  expect([purged.status, purged.body.recycle_bin.map(({ code }: any) => code)]).toEqual([
    207,
    ["SUCCESS", "INVALID_DATA"],
  ]);
  expect((await zoho.crm("POST", `settings/recycle_bin/${gone}/actions/restore`)).body.recycle_bin[0].code).toBe(
    "INVALID_DATA",
  );
  expect((await zoho.crm("POST", `settings/recycle_bin/${kept}/actions/restore`)).body.recycle_bin[0].code).toBe(
    "SUCCESS",
  );
  const deleted = (await zoho.crm("GET", "Contacts/deleted?type=permanent")).body.data;
  expect(deleted).toMatchObject([{ id: gone, type: "permanent", display_name: null }]);
});

test("subscriptions to changes are kept until they expire or are given up", async () => {
  const channel = {
    channel_id: "1000000068001",
    events: ["Contacts.edit", "Leads.delete"],
    notify_url: "https://example.com/x",
  };
  const made = await zoho.crm("POST", "actions/watch", { watch: [channel] });
  expect([made.status, made.body.watch[0].details.events.map((each: any) => each.resource_name)]).toEqual([
    201,
    ["Contacts", "Leads"],
  ]);
  const listed = async () => (await zoho.crm("GET", "actions/watch?channel_id=1000000068001")).body?.watch?.length ?? 0;
  expect(await listed()).toBe(2);
  const less = { channel_id: channel.channel_id, events: ["Leads.delete"], _delete_events: true };
  expect((await zoho.crm("PATCH", "actions/watch", { watch: [less] })).status).toBe(200);
  expect(await listed()).toBe(1);
  await zoho.advance(3_600_000);
  expect(await listed()).toBe(0);
  const wrong = await zoho.crm("POST", "actions/watch", {
    watch: [
      { ...channel, events: ["Nothing.edit"] },
      { ...channel, channel_expiry: "2099-01-01T00:00:00+00:00" },
      { ...channel, notify_url: undefined },
    ],
  });
  expect(wrong.body.watch.map(({ code }: any) => code)).toEqual([
    "INVALID_DATA",
    "INVALID_DATA",
    "MANDATORY_NOT_FOUND",
  ]);
  expect((await zoho.crm("DELETE", "actions/watch?channel_ids=7")).body.watch[0].code).toBe("INVALID_DATA");
});

test("what is below the settings, the org or its users and not answered is no path", async () => {
  for (const path of ["org/currencies", "settings/territories", "files?id=1"])
    expect((await zoho.crm("GET", path)).body.code, path).toBe("INVALID_URL_PATTERN");
  expect((await zoho.crm("GET", "Campaigns?fields=id")).body.code).toBe("INVALID_MODULE");
});

test("an id that is no number is refused, and more than a hundred of them are too many", async () => {
  expect((await zoho.crm("GET", "Contacts/abc")).body.code).toBe("INVALID_DATA");
  const many = Array.from({ length: 101 }, (_, n) => n + 1).join(",");
  expect((await zoho.crm("GET", `Contacts?fields=id&ids=${many}`)).body.code).toBe("LIMIT_EXCEEDED");
});
