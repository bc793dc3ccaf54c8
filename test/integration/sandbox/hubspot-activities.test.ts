import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openSandbox, type Client } from "./sandbox-client.ts";

let client: Client;
let contact: string;
let company: string;
let deal: string;
beforeAll(async () => {
  client = await openSandbox();
});
beforeEach(async () => {
  await client.admin("POST", "/reset");
  [{ id: contact }] = await client.seed("contacts", [{ firstname: "Alice" }]);
  [{ id: company }] = await client.seed("companies", [{ name: "Test Clinic" }]);
  [{ id: deal }] = await client.seed("deals", [
    { dealname: "Order", dealstage: "qualifiedtobuy", pipeline: "default" },
  ]);
});
afterAll(() => client.close());

const hs_timestamp = "2026-11-20T09:15:00Z";
const link = (id: string, associationTypeId: number) => ({
  to: { id },
  types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId }],
});
const create = (object: string, properties: object, associations: readonly object[] = []) =>
  client.hub("POST", `/crm/v3/objects/${object}`, { properties: { hs_timestamp, ...properties }, associations });

test.each([
  ["notes", "0-46", { hs_note_body: "Asked for <b>an offer</b>" }, [202, 190, 214]],
  ["tasks", "0-27", { hs_task_subject: "Call back", hs_task_status: "WAITING" }, [204, 192, 216]],
  ["emails", "0-49", { hs_email_direction: "EMAIL", hs_email_subject: "Offer" }, [198, 186, 210]],
  ["meetings", "0-47", { hs_meeting_title: "Demo", hs_meeting_outcome: "SCHEDULED" }, [200, 188, 212]],
] as const)(
  "%s are made with their links, read by type id, changed and archived",
  async (object, typeId, properties, types) => {
    const links = [contact, company, deal].map((id, position) => link(id, types[position] ?? 0));
    const made = await create(object, properties, links);
    expect([made.status, made.body.properties]).toEqual([201, expect.objectContaining(properties)]);
    const { id } = made.body;
    const read = await client.hub("GET", `/crm/objects/2026-09/${typeId}/${id}?associations=contacts,companies,deals`);
    expect(Object.keys(read.body.associations)).toEqual(["contacts", "companies", "deals"]);
    const back = await client.hub("GET", `/crm/v4/objects/contacts/${contact}/associations/${object}`);
    expect(back.body.results).toMatchObject([{ toObjectId: id, associationTypes: [{ category: "HUBSPOT_DEFINED" }] }]);
    expect(
      (await client.hub("PATCH", `/crm/v3/objects/${object}/${id}`, { properties: { hs_timestamp: "1" } })).status,
    ).toBe(200);
    expect((await client.hub("DELETE", `/crm/v3/objects/${object}/${id}`)).status).toBe(204);
    const archived = (await client.hub("GET", `/crm/v3/objects/${object}?archived=true`)).body.results;
    expect(archived).toMatchObject([{ id, archived: true, archivedAt: expect.any(String) }]);
  },
);

test("activities need their time, and values from their lists; they cannot be merged", async () => {
  const untimed = await client.hub("POST", "/crm/v3/objects/notes", { properties: { hs_note_body: "x" } });
  expect([untimed.status, untimed.body.message]).toEqual([400, expect.stringContaining("hs_timestamp")]);
  expect((await create("emails", {})).body.message).toContain("hs_email_direction");
  expect((await create("tasks", { hs_task_status: "DREAMT" })).body.message).toContain("hs_task_status");
  expect((await client.hub("POST", "/crm/v3/objects/notes/merge", {})).status).toBe(404);
});

test("a note moves the last activity of whom it is about, but is no contact with them", async () => {
  const { body } = await create("notes", { hs_note_body: "Asked for <b>an offer</b>" }, [link(contact, 202)]);
  const read = async (path: string) => (await client.hub("GET", `/crm/v3/objects/${path}`)).body.properties;
  expect(await read(`notes/${body.id}?properties=hs_body_preview`)).toMatchObject({
    hs_body_preview: "Asked for  an offer",
  });
  const dates = await read(`contacts/${contact}?properties=notes_last_updated,notes_last_contacted`);
  expect(dates).toMatchObject({ notes_last_updated: expect.any(String), notes_last_contacted: null });
});

test("records are found by what they are linked to", async () => {
  const linked = await create("tasks", { hs_task_subject: "one" }, [link(contact, 204)]);
  await create("tasks", { hs_task_subject: "other" });
  await client.advance(10_000);
  const search = async (propertyName: string, operator: string, more: object) => {
    const filterGroups = [{ filters: [{ propertyName, operator, ...more }] }];
    return (await client.hub("POST", "/crm/v3/objects/tasks/search", { filterGroups })).body;
  };
  expect((await search("associations.contact", "EQ", { value: contact })).results).toMatchObject([
    { id: linked.body.id },
  ]);
  expect((await search("associations.contacts", "IN", { values: [contact, "1"] })).total).toBe(1);
  expect((await search("associations.company", "HAS_PROPERTY", {})).total).toBe(0);
  expect((await search("associations.moon", "EQ", { value: "1" })).category).toBe("VALIDATION_ERROR");
});

test("v3 names the type of a link in the path", async () => {
  const at = (type: string) => `/crm/v3/objects/contacts/${contact}/associations/companies/${company}/${type}`;
  const linked = await client.hub("PUT", at("contact_to_company"));
  expect([linked.status, linked.body.associations.companies.results[0]]).toEqual([
    200,
    expect.objectContaining({ id: company }),
  ]);
  expect((await client.hub("PUT", at("contact_to_moon"))).status).toBe(400);
  const list = `/crm/v4/objects/contacts/${contact}/associations/companies`;
  expect((await client.hub("GET", list)).body.results[0].associationTypes).toHaveLength(2);
  expect((await client.hub("DELETE", at("279"))).status).toBe(204);
  expect((await client.hub("GET", list)).body.results[0].associationTypes).toMatchObject([{ label: "Primary" }]);
});

test("one stage of a pipeline is read by its id", async () => {
  const stages = "/crm/v3/pipelines/deals/default/stages";
  expect((await client.hub("GET", `${stages}/closedwon`)).body).toMatchObject({ id: "closedwon", label: "Closed Won" });
  expect((await client.hub("GET", `${stages}/nothing`)).status).toBe(404);
});
