import { expect, test } from "vitest";
import { openPipedrive, toTime } from "./pipedrive-client.ts";

const pipedrive = await openPipedrive();
const { pd, ok, config, advance, seed, records } = pipedrive;

const call = {
  subject: "Inbound call",
  type: "call",
  done: true,
  due_date: "2026-11-21",
  due_time: "09:30",
  duration: "00:07",
};
const ids = (reply: { readonly body: any }): number[] => reply.body.data.map(({ id }: any) => id);

test("a person: phones get labels and a primary, the name is split, the id is a number", async () => {
  const person = await ok("POST", "persons", {
    name: "Jane Q Doe",
    phones: [{ value: "020 7946 0187" }, { value: "1" }],
  });
  expect(person).toMatchObject({
    id: 1,
    name: "Jane Q Doe",
    first_name: "Jane",
    last_name: "Q Doe",
    owner_id: 77,
    is_deleted: false,
    custom_fields: {},
    phones: [
      { value: "020 7946 0187", primary: true, label: "work" },
      { value: "1", primary: false, label: "work" },
    ],
  });
  expect(person.add_time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test("a patch replaces the list of phones and leaves everything else", async () => {
  const { id } = await ok("POST", "persons", {
    name: "Jane",
    phones: [{ value: "1" }],
    emails: [{ value: "a@example.com" }],
  });
  const changed = await ok("PATCH", `persons/${id}`, { phones: [{ value: "2", label: "mobile" }] });
  expect(changed.phones).toEqual([{ value: "2", primary: true, label: "mobile" }]);
  expect(changed.emails).toHaveLength(1);
});

test("a call activity: linked through its participants, times in whole minutes, done at once", async () => {
  const person = await ok("POST", "persons", { name: "Jane" });
  const organization = await ok("POST", "organizations", { name: "Test Clinic" });
  const deal = await ok("POST", "deals", { title: "Order" });
  const activity = await ok("POST", "activities", {
    ...call,
    org_id: organization.id,
    deal_id: deal.id,
    owner_id: 78,
    participants: [{ person_id: person.id, primary: true }],
    note: "<p>ref:cl_x</p>",
  });
  expect(activity).toMatchObject({
    person_id: person.id,
    org_id: organization.id,
    deal_id: deal.id,
    owner_id: 78,
    creator_user_id: 77,
    due_time: "09:30:00",
    duration: "00:07:00",
    done: true,
    note: "<p>ref:cl_x</p>",
    participants: [{ person_id: person.id, primary: true }],
  });
  expect(activity.marked_as_done_time).toBe(activity.add_time);
});

test("person_id is read only, deal and lead exclude one another, times have no seconds of their own", async () => {
  const refused = async (more: object) => (await pd("POST", "activities", { ...call, ...more })).body;
  expect(await refused({ person_id: 1 })).toMatchObject({ success: false, code: "ERR_BAD_REQUEST" });
  expect((await refused({ person_id: 1 })).error).toContain("'person_id' is a read-only field");
  const deal = await ok("POST", "deals", { title: "Order" });
  expect((await refused({ deal_id: deal.id, lead_id: "abc" })).code).toBe("ERR_BAD_REQUEST");
  expect((await refused({ due_time: "9:30" })).code).toBe("ERR_SCHEMA_VALIDATION_FAILED");
});

test("bodies are strict: unknown names, hash keys outside custom_fields, texts for numbers", async () => {
  const key = "a".repeat(40);
  const refused = async (object: string, body: object) => {
    const reply = await pd("POST", object, body);
    return [reply.status, reply.body.code, reply.body.error];
  };
  expect(await refused("persons", { name: "Jane", phone: "1" })).toEqual([
    400,
    "ERR_SCHEMA_VALIDATION_FAILED",
    "Validation failed: phone: Parameter 'phone' is not allowed for this request",
  ]);
  expect((await refused("persons", { name: "Jane", [key]: "x" }))[2]).toContain(`Parameter '${key}' is not allowed`);
  expect((await refused("deals", { title: "x", value: "10" }))[1]).toBe("ERR_SCHEMA_VALIDATION_FAILED");
  expect((await refused("activities", { ...call, custom_fields: {} }))[2]).toContain("custom_fields");
  expect((await refused("persons", {}))[2]).toContain("'name' is required");
  expect((await refused("activities", { ...call, participants: [{ person_id: 1, primary_flag: true }] }))[1]).toBe(
    "ERR_SCHEMA_VALIDATION_FAILED",
  );
});

test("what is no JSON is refused, by its body and by its content type", async () => {
  expect((await pd("POST", "persons", "{nothing")).status).toBe(400);
  const text = await pd("POST", "persons", "x", { headers: { "content-type": "text/plain" } });
  expect(text.status).toBe(415);
});

test("createStatus: creates answer 200 or 201", async () => {
  expect((await pd("POST", "persons", { name: "Jane" })).status).toBe(200);
  await config({ createStatus: 201 });
  expect((await pd("POST", "persons", { name: "Jane" })).status).toBe(201);
  expect((await pd("PATCH", "persons/1", { name: "Jane" })).status).toBe(200);
});

test("activityDefaults: subject and type are filled in, or asked for", async () => {
  expect(await ok("POST", "activities", {})).toMatchObject({
    type: "call",
    subject: "Call",
    done: false,
    owner_id: 77,
  });
  await config({ activityDefaults: false });
  const reply = await pd("POST", "activities", { type: "call" });
  expect([reply.status, reply.body.code, reply.body.error]).toEqual([
    400,
    "ERR_BAD_REQUEST",
    "Field 'subject' is required",
  ]);
  expect((await pd("POST", "activities", { subject: "x" })).status).toBe(400);
});

test("noteSanitiser: comments and unknown tags go, or nothing, or every tag", async () => {
  const note = "<p>a<!-- ref --><x-ref>b</x-ref></p>";
  const kept = async () => (await ok("POST", "activities", { ...call, note })).note;
  expect(await kept()).toBe("<p>ab</p>");
  await config({ noteSanitiser: "keep" });
  expect(await kept()).toBe(note);
  await config({ noteSanitiser: "allTags" });
  expect(await kept()).toBe("ab");
});

test("noteMaxLength and fieldMaxLength refuse what is longer", async () => {
  const status = async (body: object) => (await pd("POST", "activities", { ...call, ...body })).status;
  expect(await status({ note: "x".repeat(65_536) })).toBe(200);
  expect(await status({ note: "x".repeat(65_537) })).toBe(400);
  await config({ noteMaxLength: 10, fieldMaxLength: { activities: { subject: 3 } } });
  expect(await status({ subject: "abc", note: "0123456789" })).toBe(200);
  expect(await status({ subject: "abc", note: "0123456789a" })).toBe(400);
  expect(await status({ subject: "abcd" })).toBe(400);
});

test("activityTypes: an unknown or inactive type is refused by name, also in the middle of a run", async () => {
  const types = await ok("GET", "/v1/activityTypes");
  expect(types.map(({ key_string }: any) => key_string)).toEqual([
    "call",
    "meeting",
    "task",
    "deadline",
    "email",
    "lunch",
  ]);
  expect((await pd("POST", "activities", call)).status).toBe(200);
  await config({ activityTypes: [{ id: 9, key_string: "call", name: "Call", active_flag: false }] });
  const reply = await pd("POST", "activities", call);
  expect([reply.status, reply.body.code]).toEqual([400, "ERR_BAD_REQUEST"]);
  expect(reply.body.error).toMatch(/^type: /);
});

test("users: an inactive or unknown owner is refused by name", async () => {
  await config({
    users: [
      { id: 5, name: "Alice", email: "alice@example.com", active: true },
      { id: "6", name: "Bob", email: "bob@example.com", active: false },
    ],
  });
  expect((await ok("GET", "/v1/users")).map(({ id, active_flag }: any) => [id, active_flag])).toEqual([
    [5, true],
    [6, false],
  ]);
  for (const owner of [6, 7])
    expect((await pd("POST", "activities", { ...call, owner_id: owner })).body.error).toMatch(/^owner_id: /);
  expect((await ok("POST", "activities", call)).owner_id).toBe(5);
  expect((await ok("GET", "/v1/users/find?term=bob")).map(({ id }: any) => id)).toEqual([6]);
  expect((await pd("GET", "/v1/users/99")).status).toBe(404);
});

test("a list pages by cursor, in the order asked for, and shows nothing twice while records are written", async () => {
  for (let n = 0; n < 5; n++) await seed("persons", { name: `Person ${n}` });
  const first = await pd("GET", "persons?limit=2&sort_by=id&sort_direction=desc");
  expect(ids(first)).toEqual([5, 4]);
  await seed("persons", { name: "Late" });
  const second = await pd(
    "GET",
    `persons?limit=2&sort_by=id&sort_direction=desc&cursor=${first.body.additional_data.next_cursor}`,
  );
  expect(ids(second)).toEqual([3, 2]);
  const last = await pd(
    "GET",
    `persons?limit=2&sort_by=id&sort_direction=desc&cursor=${second.body.additional_data.next_cursor}`,
  );
  expect([ids(last), last.body.additional_data.next_cursor]).toEqual([[1], null]);
  expect((await pd("GET", "persons?limit=501")).status).toBe(400);
  expect((await pd("GET", "persons?sort_by=name")).status).toBe(400);
});

test("cursorTtlMs: a cursor lives for ever, or for so long", async () => {
  for (let n = 0; n < 3; n++) await seed("persons", { name: `Person ${n}` });
  const { next_cursor: cursor } = (await pd("GET", "persons?limit=1")).body.additional_data;
  await advance(86_400_000);
  expect((await pd("GET", `persons?limit=1&cursor=${cursor}`)).status).toBe(200);
  await config({ cursorTtlMs: 1000 });
  expect((await pd("GET", `persons?limit=1&cursor=${cursor}`)).body.error).toContain("cursor");
  expect((await pd("GET", "persons?cursor=nothing")).status).toBe(400);
});

test("updated_since takes its second in, updated_until leaves it out, and fractions are refused", async () => {
  const person = await ok("POST", "persons", { name: "Jane" });
  await advance(60_000);
  await ok("POST", "persons", { name: "John" });
  const at = encodeURIComponent(person.update_time);
  expect(ids(await pd("GET", `persons?updated_since=${at}`))).toEqual([1, 2]);
  expect(ids(await pd("GET", `persons?updated_until=${at}`))).toEqual([]);
  expect(ids(await pd("GET", `persons?updated_since=${toTime(Date.parse(person.update_time) + 1000)}`))).toEqual([2]);
  const fraction = await pd("GET", "persons?updated_since=2026-11-21T09:00:00.123Z");
  expect([fraction.status, fraction.body.code]).toEqual([400, "ERR_SCHEMA_VALIDATION_FAILED"]);
});

test("lists filter by what they link to, by done and by a hundred ids", async () => {
  const person = await ok("POST", "persons", { name: "Jane" });
  const first = await ok("POST", "activities", { ...call, participants: [{ person_id: person.id }] });
  const second = await ok("POST", "activities", { ...call, done: false, owner_id: 78 });
  expect(ids(await pd("GET", `activities?person_id=${person.id}`))).toEqual([first.id]);
  expect(ids(await pd("GET", "activities?done=false"))).toEqual([second.id]);
  expect(ids(await pd("GET", "activities?owner_id=78"))).toEqual([second.id]);
  expect(ids(await pd("GET", `activities?ids=${second.id},999`))).toEqual([second.id]);
  expect((await pd("GET", `activities?ids=${Array.from({ length: 101 }, (_, n) => n).join(",")}`)).status).toBe(400);
});

test("a deleted record leaves the lists; softDeletedGet shows it by id or does not", async () => {
  const { id } = await ok("POST", "persons", { name: "Jane" });
  expect((await pd("DELETE", `persons/${id}`)).body).toEqual({ success: true, data: { id } });
  expect(ids(await pd("GET", "persons"))).toEqual([]);
  expect(ids(await pd("GET", `persons?ids=${id}`))).toEqual([]);
  expect(await ok("GET", `persons/${id}`)).toMatchObject({ id, is_deleted: true });
  expect((await pd("DELETE", `persons/${id}`)).status).toBe(404);
  expect((await pd("PATCH", `persons/${id}`, { name: "x" })).status).toBe(404);
  await config({ softDeletedGet: "404" });
  expect((await pd("GET", `persons/${id}`)).status).toBe(404);
});

test("purgeAfterMs: nothing is left of a record that was deleted so long ago; notFoundCode is its code", async () => {
  const { id } = await ok("POST", "persons", { name: "Jane" });
  await ok("DELETE", `persons/${id}`);
  await config({ purgeAfterMs: 1000 });
  expect((await pd("GET", `persons/${id}`)).status).toBe(200);
  await advance(1000);
  const gone = await pd("GET", `persons/${id}`);
  expect([gone.status, gone.body.code]).toEqual([404, "ERR_NOT_FOUND"]);
  await config({ notFoundCode: "ERR_MISSING" });
  expect((await pd("GET", "persons/99")).body.code).toBe("ERR_MISSING");
});

test("deals: archived ones have a list of their own, deleted ones can be listed", async () => {
  const open = await ok("POST", "deals", { title: "Open" });
  const archived = await ok("POST", "deals", { title: "Archived", is_archived: true });
  const deleted = await ok("POST", "deals", { title: "Deleted" });
  await ok("DELETE", `deals/${deleted.id}`);
  const won = await ok("PATCH", `deals/${open.id}`, { status: "won" });
  expect(won.won_time).toBe(won.close_time);
  expect(ids(await pd("GET", "deals"))).toEqual([open.id]);
  expect(ids(await pd("GET", "deals/archived"))).toEqual([archived.id]);
  expect(ids(await pd("GET", "deals?status=deleted"))).toEqual([deleted.id]);
  expect(ids(await pd("GET", "deals?status=won"))).toEqual([open.id]);
});

test("deletedParticipant: an activity for a deleted person is 400, 404 or taken; a purged or unknown one never is", async () => {
  const { id } = await ok("POST", "persons", { name: "Jane" });
  await ok("DELETE", `persons/${id}`);
  const write = (person: number) => pd("POST", "activities", { ...call, participants: [{ person_id: person }] });
  const refused = await write(id);
  expect([refused.status, refused.body.code]).toEqual([400, "ERR_BAD_REQUEST"]);
  expect(refused.body.error).toContain("participants");
  await config({ deletedParticipant: 404 });
  expect((await write(id)).status).toBe(404);
  await config({ deletedParticipant: "accepted" });
  expect((await write(id)).status).toBe(200);
  expect((await write(99)).status).toBe(400);
  expect((await pd("POST", "activities", { ...call, deal_id: 4 })).body.error).toContain("deal_id");
});

test("merge: data and phones come together and what was linked moves; mergeSurvivor says which id is left", async () => {
  const make = async () => {
    const one = await ok("POST", "persons", { name: "Jane", phones: [{ value: "1" }], job_title: "Buyer" });
    const two = await ok("POST", "persons", { name: "Jane Doe", phones: [{ value: "2" }] });
    const activity = await ok("POST", "activities", { ...call, participants: [{ person_id: one.id }] });
    const merged = await ok("PUT", `/v1/persons/${one.id}/merge`, { merge_with_id: two.id });
    return { one, two, activity: await ok("GET", `activities/${activity.id}`), merged };
  };
  const first = await make();
  expect(first.merged).toMatchObject({
    id: first.two.id,
    merge_what_id: first.one.id,
    name: "Jane Doe",
    job_title: "Buyer",
  });
  expect(first.merged.phone.map(({ value }: any) => value)).toEqual(["2", "1"]);
  expect(first.activity.person_id).toBe(first.two.id);
  expect(ids(await pd("GET", "persons"))).toEqual([first.two.id]);
  await config({ mergeSurvivor: "path_id" });
  const second = await make();
  expect(second.merged).toMatchObject({ id: second.one.id, merge_what_id: second.two.id, name: "Jane Doe" });
  expect((await pd("PUT", `/v1/persons/${second.one.id}/merge`, { merge_with_id: 99 })).status).toBe(404);
});

test("recents: what changed since a time in the first version's shape; recentsShowsDeleted", async () => {
  const { id } = await ok("POST", "persons", { name: "Jane", phones: [{ value: "1" }] });
  await ok("POST", "activities", call);
  await ok("DELETE", `persons/${id}`);
  const recents = async (more = "") =>
    (await ok("GET", `/v1/recents?since_timestamp=2026-01-01%2000:00:00${more}`)).map(({ item, data }: any) => [
      item,
      data.active_flag,
    ]);
  expect(await recents()).toEqual(
    expect.arrayContaining([
      ["person", false],
      ["activity", true],
    ]),
  );
  expect(await recents("&items=person")).toEqual([["person", false]]);
  await config({ recentsShowsDeleted: false });
  expect(await recents("&items=person")).toEqual([]);
  expect((await pd("GET", "/v1/recents?since_timestamp=yesterday")).status).toBe(400);
});

test("activityFilter: filters on the note are refused, or work and switch off other filters", async () => {
  await ok("POST", "activities", { ...call, note: "ref:cl_one" });
  const two = await ok("POST", "activities", { ...call, note: "ref:cl_two" });
  const condition = { object: "activity", field_id: "note", operator: "LIKE '$%$'", value: "cl_two" };
  const conditions = {
    glue: "and",
    conditions: [
      { glue: "and", conditions: [condition] },
      { glue: "or", conditions: [] },
    ],
  };
  const filter = { name: "ours", type: "activity", conditions };
  expect((await pd("POST", "/v1/filters", filter)).status).toBe(400);
  await config({ activityFilter: true });
  const { id } = await ok("POST", "/v1/filters", filter);
  expect(ids(await pd("GET", `activities?filter_id=${id}&owner_id=99`))).toEqual([two.id]);
  expect((await pd("GET", "activities?filter_id=99")).status).toBe(404);
});

test("webhooks are kept, up to forty, and refused in an envelope of their own", async () => {
  const hook = {
    subscription_url: "https://app.example.com/hook",
    event_action: "*",
    event_object: "activity",
    name: "ours",
    version: "2.0",
  };
  const made = await pd("POST", "/v1/webhooks", hook);
  expect([made.status, made.body.status]).toEqual([201, "ok"]);
  const bad = await pd("POST", "/v1/webhooks", { ...hook, subscription_url: "nowhere" });
  expect([bad.status, bad.body.status, Object.keys(bad.body.errors)]).toEqual([400, "error", ["subscription_url"]]);
  await config({ burstLimit: 1000 });
  for (let n = 1; n < 40; n++) await pd("POST", "/v1/webhooks", hook);
  expect((await pd("POST", "/v1/webhooks", hook)).status).toBe(422);
  expect((await pd("DELETE", "/v1/webhooks/1")).status).toBe(200);
  expect((await pd("DELETE", "/v1/webhooks/1")).status).toBe(404);
});

test("pipelines and stages are there to read", async () => {
  expect(ids(await pd("GET", "pipelines"))).toEqual([1]);
  expect(ids(await pd("GET", "stages?pipeline_id=1"))).toEqual([1, 2, 3]);
  expect((await ok("GET", "stages/2")).name).toBe("Contact Made");
  expect((await ok("GET", "pipelines/1")).id).toBe(1);
  expect((await pd("GET", "pipelines/2")).status).toBe(404);
  expect((await pd("GET", "stages/9")).status).toBe(404);
});

test("readLagMs: lists and reads by id show a write only after it; writes see it at once", async () => {
  await config({ readLagMs: 5000 });
  const { id } = await ok("POST", "persons", { name: "Jane" });
  expect((await pd("GET", `persons/${id}`)).status).toBe(404);
  expect(ids(await pd("GET", "persons"))).toEqual([]);
  expect((await pd("PATCH", `persons/${id}`, { name: "Joan" })).status).toBe(200);
  await advance(5000);
  expect((await ok("GET", `persons/${id}`)).name).toBe("Joan");
});

test("records made, changed, deleted and merged from outside", async () => {
  const person = await seed("persons", {
    id: 50,
    name: "Jane",
    phones: ["020 7946 0187"],
    update_time: "2026-01-02T03:04:05Z",
  });
  expect(person).toMatchObject({
    id: 50,
    update_time: "2026-01-02T03:04:05Z",
    phones: [{ value: "020 7946 0187", primary: true }],
  });
  const other = await seed("persons", { name: "John" });
  const activity = await seed("activities", { subject: "Call", person_id: 50 });
  expect(activity.participants).toEqual([{ person_id: 50, primary: true }]);
  const changed = await pipedrive.admin("PATCH", "/pipedrive/records/persons/50", { name: "Joan" });
  expect([changed.status, changed.body.name]).toEqual([200, "Joan"]);
  expect((await pipedrive.admin("POST", "/pipedrive/records/persons", { id: 50, name: "x" })).status).toBe(409);
  expect((await pipedrive.admin("POST", "/pipedrive/records/persons", { nothing: 1 })).status).toBe(400);
  expect((await pipedrive.admin("PATCH", "/pipedrive/records/persons/99", { name: "x" })).status).toBe(404);
  const merged = await pipedrive.admin("POST", `/pipedrive/records/persons/${other.id}/merge`, { with: 50 });
  expect([merged.status, merged.body.id, merged.body.phones.length]).toEqual([200, other.id, 1]);
  expect((await pipedrive.admin("DELETE", `/pipedrive/records/persons/${other.id}`)).status).toBe(204);
  expect(await records("persons")).toEqual([]);
});

test("faults: a lost answer is committed, a late one commits later, an injected status says the vendor's words", async () => {
  const write = () => pd("POST", "activities", call).catch(() => undefined);
  await pipedrive.faults([{ match: { method: "POST" }, kind: "drop-after", times: 1 }]);
  expect(await write()).toBeUndefined();
  expect(await records("activities")).toHaveLength(1);
  await pipedrive.faults([{ match: { method: "POST" }, kind: "commit-late", delayMs: 30_000, times: 1 }]);
  expect(await write()).toBeUndefined();
  expect(await records("activities")).toHaveLength(1);
  await advance(30_000);
  expect(await records("activities")).toHaveLength(2);
  await pipedrive.faults([{ kind: "status", status: 500, times: 1 }]);
  expect((await write())?.body).toMatchObject({ success: false, code: "ERR_UNKNOWN" });
  await pipedrive.faults([{ kind: "status", status: 403, times: 1 }]);
  expect((await write())?.headers.get("content-type")).toContain("text/html");
});
