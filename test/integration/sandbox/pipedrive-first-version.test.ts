import { expect, test } from "vitest";
import { openPipedrive } from "./pipedrive-client.ts";

const pipedrive = await openPipedrive();
const { pd, ok } = pipedrive;

test("notes are pinned, sorted, and hang on leads too; they have comments", async () => {
  const person = await ok("POST", "persons", { name: "Jane" });
  const lead = await ok("POST", "/v1/leads", { title: "Wants an offer", person_id: person.id });
  const first = await ok("POST", "/v1/notes", { content: "one", person_id: person.id, pinned_to_person_flag: 1 });
  await pipedrive.advance(1000);
  const second = await ok("POST", "/v1/notes", { content: "two", lead_id: lead.id });
  const list = async (query: string) => (await ok("GET", `/v1/notes?${query}`)).map(({ id }: any) => id);
  expect(await list("sort=add_time DESC")).toEqual([second.id, first.id]);
  expect(await list("pinned_to_person_flag=1")).toEqual([first.id]);
  expect(await list(`lead_id=${lead.id}`)).toEqual([second.id]);
  expect((await pd("POST", "/v1/notes", { content: "x", lead_id: "nothing" })).status).toBe(404);
  expect((await pd("POST", "/v1/notes", { content: "x" })).status).toBe(400);

  const at = `/v1/notes/${first.id}/comments`;
  const comment = await ok("POST", at, { content: "seen" });
  expect(comment).toMatchObject({
    content: "seen",
    object_id: String(first.id),
    object_type: "note",
    active_flag: true,
  });
  expect(await ok("PUT", `${at}/${comment.uuid}`, { content: "done" })).toMatchObject({ content: "done" });
  expect(await ok("GET", at)).toMatchObject([{ uuid: comment.uuid, content: "done" }]);
  expect((await pd("GET", `/v1/notes/${second.id}/comments/${comment.uuid}`)).status).toBe(404);
  expect(await ok("DELETE", `${at}/${comment.uuid}`)).toBe(true);
  expect(await ok("GET", at)).toEqual([]);
});

test("leads are made for a person or an organization, changed, archived, found and deleted", async () => {
  const person = await ok("POST", "persons", { name: "Jane" });
  const [label] = await ok("GET", "/v1/leadLabels");
  const made = await pd("POST", "/v1/leads", {
    title: "Wants an offer",
    person_id: person.id,
    label_ids: [label.id],
    value: { amount: 100, currency: "GBP" },
  });
  expect([made.status, made.body.data]).toEqual([
    201,
    expect.objectContaining({ person_id: person.id, label_ids: [label.id], value: { amount: 100, currency: "GBP" } }),
  ]);
  const at = `/v1/leads/${made.body.data.id}`;
  expect(await ok("PATCH", at, { title: "Wants two" })).toMatchObject({ title: "Wants two", person_id: person.id });
  expect((await ok("GET", "leads/search?term=wants")).items).toMatchObject([{ item: { title: "Wants two" } }]);
  expect(await ok("GET", `/v1/leads?person_id=${person.id}`)).toHaveLength(1);
  await ok("PATCH", at, { is_archived: true });
  expect([await ok("GET", "/v1/leads"), await ok("GET", "/v1/leads/archived")]).toEqual([[], [expect.anything()]]);
  expect((await pd("POST", "/v1/leads", { title: "for nobody" })).status).toBe(400);
  expect((await pd("POST", "/v1/leads", { title: "x", person_id: 99 })).status).toBe(404);
  expect((await pd("POST", "/v1/leads", { title: "x", person_id: person.id, label_ids: ["y"] })).status).toBe(400);
  await ok("DELETE", at);
  expect((await pd("GET", at)).status).toBe(404);
});

test("kinds of activity are made, renamed and taken out of use", async () => {
  const type = await ok("POST", "/v1/activityTypes", { name: "Video call", icon_key: "camera" });
  expect(type).toMatchObject({ key_string: "video_call", active_flag: true, is_custom_flag: true });
  expect(await ok("POST", "activities", { subject: "x", type: "video_call" })).toMatchObject({ type: "video_call" });
  expect(await ok("PUT", `/v1/activityTypes/${type.id}`, { name: "Video" })).toMatchObject({
    name: "Video",
    icon_key: "camera",
  });
  expect(await ok("DELETE", `/v1/activityTypes/${type.id}`)).toMatchObject({ active_flag: false });
  expect((await pd("POST", "activities", { subject: "x", type: "video_call" })).status).toBe(400);
  expect((await pd("POST", "/v1/activityTypes", { name: "Call", icon_key: "call" })).status).toBe(400);
  const kinds = (await ok("GET", "/v1/activityTypes")).map(({ key_string }: any) => key_string);
  expect(kinds).toEqual(["call", "meeting", "task", "deadline", "email", "lunch", "video_call"]);
});

test("custom fields are made, changed and deleted the older way, by their number", async () => {
  const options = [{ label: "Private" }, { label: "Company" }];
  const field = await ok("POST", "/v1/personFields", { name: "Kind", field_type: "enum", options });
  expect(field).toMatchObject({
    name: "Kind",
    field_type: "enum",
    edit_flag: true,
    key: expect.stringMatching(/^[0-9a-f]{40}$/),
  });
  const at = `/v1/personFields/${field.id}`;
  const more = [...field.options, { label: "Other" }];
  expect(await ok("PUT", at, { name: "Sort", options: more })).toMatchObject({
    name: "Sort",
    options: [{}, {}, { id: 3 }],
  });
  expect(await ok("GET", at)).toMatchObject({ key: field.key });
  expect((await ok("GET", "personFields?limit=500")).map(({ field_code }: any) => field_code)).toContain(field.key);
  expect(await ok("DELETE", at)).toEqual({ id: field.id });
  expect((await pd("GET", at)).status).toBe(404);
  expect((await pd("DELETE", "/v1/personFields/1")).status).toBe(400);
  expect((await pd("POST", "/v1/personFields", { name: "x", field_type: "dream" })).status).toBe(400);
});

test("currencies, sets of permissions and connections are listed", async () => {
  expect(await ok("GET", "/v1/currencies?term=pound")).toMatchObject([{ code: "GBP", symbol: "£" }]);
  expect(await ok("GET", "/v1/permissionSets?app=sales")).toMatchObject([{ app: "sales", type: "admin" }]);
  expect(await ok("GET", "/v1/userConnections")).toEqual({ google: null });
  expect((await ok("GET", "/v1/leadSources")).length).toBeGreaterThan(1);
});

test("saved filters are listed, read and deleted", async () => {
  await pipedrive.config({ activityFilter: true });
  const condition = {
    object: "activity",
    field_id: "subject",
    operator: "LIKE '$%$'",
    value: "Call",
    extra_value: null,
  };
  const conditions = { glue: "and", conditions: [{ glue: "and", conditions: [condition] }] };
  const { id } = await ok("POST", "/v1/filters", { name: "Calls", type: "activity", conditions });
  expect(await ok("GET", "/v1/filters")).toMatchObject([{ id, name: "Calls", type: "activity" }]);
  expect(await ok("GET", `/v1/filters/${id}`)).toMatchObject({ conditions });
  expect(await ok("GET", "/v1/filters?type=people")).toEqual([]);
  expect(await ok("DELETE", `/v1/filters/${id}`)).toEqual({ id });
  expect((await pd("GET", `/v1/filters/${id}`)).status).toBe(404);
});

test("filters of other objects are taken as they are, compare by their operators, and fit their own lists only", async () => {
  const filter = (type: string, ...conditions: object[]) => ({
    name: "ours",
    type,
    conditions: { glue: "and", conditions: [{ glue: "or", conditions }] },
  });
  const is = (object: string, field_id: string, operator: string, value?: unknown) => ({
    object,
    field_id,
    operator,
    value,
  });
  const small = await ok("POST", "deals", { title: "Small order", value: 9 });
  const large = await ok("POST", "deals", { title: "Large order", value: 100 });
  const found = async (...conditions: object[]) => {
    const { id } = await ok("POST", "/v1/filters", filter("deals", ...conditions));
    return (await ok("GET", `deals?filter_id=${id}`)).map((deal: any) => deal.id);
  };
  expect(await found(is("deal", "value", ">", 10))).toEqual([large.id]);
  expect(await found(is("deal", "value", "<=", 9))).toEqual([small.id]);
  expect(await found(is("deal", "value", "=", 9), is("deal", "title", "LIKE '$%'", "large"))).toHaveLength(2);
  expect(await found(is("deal", "title", "NOT LIKE '%$%'", "small"))).toEqual([large.id]);
  expect(await found(is("deal", "title", "LIKE '%$'", "order"), is("deal", "value", "!=", 9))).toHaveLength(2);
  expect(await found(is("deal", "person_id", "IS NOT NULL"))).toEqual([]);
  expect(await found(is("deal", "person_id", "IS NULL"))).toHaveLength(2);
  const refused = async (type: string, condition: object) =>
    (await pd("POST", "/v1/filters", filter(type, condition))).status;
  expect(await refused("deals", is("person", "name", "=", "x"))).toBe(400);
  expect(await refused("deals", is("deal", "nothing", "=", "x"))).toBe(400);
  expect(await refused("deals", is("deal", "title", "SOUNDS LIKE", "x"))).toBe(400);
  const { id } = await ok("POST", "/v1/filters", filter("people", is("person", "name", "=", "x")));
  expect((await pd("GET", `deals?filter_id=${id}`)).status).toBe(400);
  const changed = { conditions: filter("people", is("person", "name", "!=", "x")).conditions };
  expect(await ok("PUT", `/v1/filters/${id}`, changed)).toEqual({ id });
  expect(await ok("GET", `/v1/filters/${id}`)).toMatchObject({ name: "ours", ...changed });
  expect(await ok("DELETE", `/v1/filters?ids=${id},99`)).toEqual({ id: [id] });
});

test("users follow persons, organizations and deals, once each, until they no longer do", async () => {
  for (const [object, body] of [
    ["persons", { name: "Jane" }],
    ["organizations", { name: "Test Clinic" }],
    ["deals", { title: "Order" }],
  ] as const) {
    const { id } = await ok("POST", object, body);
    const at = `${object}/${id}/followers`;
    expect(await ok("GET", at)).toEqual([]);
    await ok("POST", at, { user_id: 78 });
    await ok("POST", at, { user_id: 78 });
    expect(await ok("GET", at)).toMatchObject([{ user_id: 78 }]);
    expect(await ok("DELETE", `${at}/78`)).toEqual({ user_id: 78 });
    expect((await pd("DELETE", `${at}/78`)).status).toBe(400);
    expect((await pd("POST", at, { user_id: 9 })).status).toBe(400);
    expect((await pd("POST", at, {})).body.code).toBe("ERR_SCHEMA_VALIDATION_FAILED");
    const log = await ok("GET", `${at}/changelog`);
    expect(log).toMatchObject([
      { action: "added", actor_user_id: 77, follower_user_id: 78 },
      { action: "removed", follower_user_id: 78 },
    ]);
    expect((await pd("GET", `${object}/99/followers`)).status).toBe(404);
  }
});
