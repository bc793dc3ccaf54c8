import * as v1 from "pipedrive/v1";
import * as v2 from "pipedrive/v2";
import { expect, test } from "vitest";
import { callLog, openPipedrive, toTime } from "../integration/sandbox/pipedrive-client.ts";

const pipedrive = await openPipedrive();
const apiKey = pipedrive.access.token;
const newer = new v2.Configuration({ apiKey, basePath: `${pipedrive.baseUrl}/api/v2` });
const older = new v1.Configuration({ apiKey, basePath: `${pipedrive.baseUrl}/v1` });
const persons = new v2.PersonsApi(newer);
const activities = new v2.ActivitiesApi(newer);

test("writes, reads, changes and deletes persons, organizations and deals", async () => {
  const organization = await new v2.OrganizationsApi(newer).addOrganization({
    AddOrganizationRequest: { name: "Test Clinic" },
  });
  const org_id = organization.data?.id ?? 0;
  const made = await persons.addPerson({
    AddPersonRequest: {
      name: "Jane Doe",
      org_id,
      phones: [{ value: "020 7946 0187", primary: true, label: "mobile" }],
    },
  });
  const id = made.data?.id ?? 0;
  expect(made.data).toMatchObject({ name: "Jane Doe", org_id, phones: [{ label: "mobile", primary: true }] });
  const changed = await persons.updatePerson({ id, UpdatePersonRequest: { name: "Jane Roe" } });
  expect(changed.data).toMatchObject({ name: "Jane Roe", phones: [{ value: "020 7946 0187" }] });
  const deal = await new v2.DealsApi(newer).addDeal({ AddDealRequest: { title: "Order", person_id: id } });
  expect((await new v2.DealsApi(newer).getDeals({ person_id: id })).data?.map((one) => one.id)).toEqual([
    deal.data?.id,
  ]);
  await persons.deletePerson({ id });
  expect((await persons.getPersons({})).data).toEqual([]);
});

test("writes call activities and pages through them in time", async () => {
  const { data: person } = await persons.addPerson({ AddPersonRequest: { name: "Jane" } });
  for (let n = 0; n < 3; n++)
    await activities.addActivity({
      AddActivityRequest: {
        subject: `Call ${n}`,
        type: "call",
        done: true,
        due_date: "2026-11-21",
        due_time: "09:30",
        duration: "00:07",
        participants: [{ person_id: person?.id ?? 0, primary: true }],
      },
    });
  const ask = { updated_since: toTime(Date.now() - 3_600_000), sort_by: "add_time", limit: 2 } as const;
  const first = await activities.getActivities(ask);
  const second = await activities.getActivities({ ...ask, cursor: first.additional_data?.next_cursor ?? "" });
  expect([...(first.data ?? []), ...(second.data ?? [])].map(({ subject }) => subject)).toEqual([
    "Call 0",
    "Call 1",
    "Call 2",
  ]);
  expect(first.data?.[0]).toMatchObject({ person_id: person?.id, due_time: "09:30:00" });
});

test("searches persons and items", async () => {
  await pipedrive.config({ searchLagMs: 0 });
  await persons.addPerson({ AddPersonRequest: { name: "Jane", phones: [{ value: "02079460187" }] } });
  const found = await persons.searchPersons({ term: "2079460187", fields: "phone" });
  expect(found.data?.items?.map(({ item }) => item?.phones)).toEqual([["02079460187"]]);
  const items = await new v2.ItemSearchApi(newer).searchItem({ term: "jane", item_types: "person" });
  expect(items.data?.items).toHaveLength(1);
});

test("moves deals through stages of its own, and notes on what they are about", async () => {
  const pipelines = new v2.PipelinesApi(newer);
  const stages = new v2.StagesApi(newer);
  const deals = new v2.DealsApi(newer);
  const pipeline = await pipelines.addPipeline({ AddPipelineRequest: { name: "Renewals" } });
  const pipeline_id = pipeline.data?.id ?? 0;
  const stage = await stages.addStage({ AddStageRequest: { name: "First", pipeline_id } });
  const deal = await deals.addDeal({ AddDealRequest: { title: "Order", pipeline_id } });
  const id = deal.data?.id ?? 0;
  expect(deal.data).toMatchObject({ pipeline_id, stage_id: stage.data?.id });
  expect((await deals.updateDeal({ id, UpdateDealRequest: { stage_id: 2 } })).data).toMatchObject({ pipeline_id: 1 });
  expect((await deals.getDeals({ pipeline_id: 1, status: "open" })).data?.map((one) => one.id)).toEqual([id]);
  const notes = new v1.NotesApi(older);
  const note = await notes.addNote({ AddNoteRequest: { content: "Asked for an offer", deal_id: id } });
  expect((await notes.getNotes({ deal_id: id })).data).toMatchObject([{ id: note.data?.id, deal: { title: "Order" } }]);
  expect((await new v1.CurrenciesApi(older).getCurrencies({ term: "EUR" })).data).toHaveLength(1);
});

test("reads fields, users, types and recents, and writes call logs with the first version", async () => {
  const fields = await new v2.PersonFieldsApi(newer).getPersonFields({ limit: 500 });
  expect(fields.data?.map((field) => field.field_code)).toContain("phones");
  expect((await new v1.UsersApi(older).getCurrentUser()).data).toMatchObject({ company_domain: "callledger-sandbox" });
  const types = await new v1.ActivityTypesApi(older).getActivityTypes();
  expect(types.data?.map((type) => type.key_string)).toContain("call");
  const logs = new v1.CallLogsApi(older);
  const made = await logs.addCallLog({ AddCallLogRequest: { ...callLog, outcome: "connected" } });
  expect((await logs.getUserCallLogs({})).data?.map(({ id }) => id)).toEqual([made.data?.id]);
  const recents = await new v1.RecentsApi(older).getRecents({ since_timestamp: "2026-01-01 00:00:00" });
  expect(recents.data?.map(({ item }) => item)).toEqual(["activity"]);
});

test("attaches, reads, changes and deletes notes", async () => {
  const notes = new v1.NotesApi(older);
  const { data: person } = await persons.addPerson({ AddPersonRequest: { name: "Jane" } });
  const person_id = person?.id ?? 0;
  const made = await notes.addNote({ AddNoteRequest: { content: "<p>Called</p><script>x</script>", person_id } });
  const id = made.data?.id ?? 0;
  expect(made.data).toMatchObject({
    content: "<p>Called</p>x",
    person_id,
    person: { name: "Jane" },
    active_flag: true,
  });
  const changed = await notes.updateNote({ id, NoteRequest: { content: "Called twice" } });
  expect(changed.data).toMatchObject({ content: "Called twice", person_id });
  expect((await notes.getNotes({ person_id })).data?.map((note) => note.id)).toEqual([id]);
  expect((await notes.getNotes({ person_id: person_id + 1 })).data).toEqual([]);
  await expect(notes.addNote({ AddNoteRequest: { content: "to nobody" } })).rejects.toMatchObject({ success: false });
  await notes.deleteNote({ id });
  await expect(notes.getNote({ id })).rejects.toMatchObject({ success: false });
});

test("works with organizations, deals, pipelines and fields, one by one and in pages", async () => {
  const organizations = new v2.OrganizationsApi(newer);
  const { data: org } = await organizations.addOrganization({ AddOrganizationRequest: { name: "Test Clinic" } });
  const id = org?.id ?? 0;
  await organizations.updateOrganization({ id, UpdateOrganizationRequest: { name: "Test Clinic North" } });
  expect((await organizations.getOrganization({ id })).data).toMatchObject({ name: "Test Clinic North" });
  await pipedrive.config({ searchLagMs: 0 });
  expect((await organizations.searchOrganization({ term: "North" })).data?.items).toHaveLength(1);
  const deals = new v2.DealsApi(newer);
  const { data: deal } = await deals.addDeal({ AddDealRequest: { title: "Order", org_id: id, value: 10 } });
  const won = await deals.updateDeal({ id: deal?.id ?? 0, UpdateDealRequest: { status: "won", value: 20 } });
  expect(won.data).toMatchObject({ status: "won", value: 20 });
  expect((await deals.getDeals({ status: "won" })).data).toHaveLength(1);
  expect((await new v2.PipelinesApi(newer).getPipelines({})).data).toHaveLength(1);
  expect((await new v2.StagesApi(newer).getStages({})).data?.length).toBeGreaterThan(1);
  for (const fields of [
    await new v2.OrganizationFieldsApi(newer).getOrganizationFields({}),
    await new v2.DealFieldsApi(newer).getDealFields({}),
    await new v2.ActivityFieldsApi(newer).getActivityFields({}),
  ])
    expect(fields.data?.length).toBeGreaterThan(3);
  const field = await new v2.PersonFieldsApi(newer).addPersonField({
    AddPersonFieldRequest: { field_name: "Ext ID", field_type: "varchar" },
  });
  const code = field.data?.field_code ?? "";
  const person = await persons.addPerson({ AddPersonRequest: { name: "Jane", custom_fields: { [code]: "acme-77" } } });
  expect(person.data).toMatchObject({ custom_fields: { [code]: "acme-77" } });
  const found = await new v2.ItemSearchApi(newer).searchItemByField({
    term: "acme-77",
    entity_type: "person",
    match: "exact",
    field: code,
  });
  expect(found.data).toMatchObject([{ id: person.data?.id }]);
});

test("saves filters of persons, organizations and deals, and follows them", async () => {
  const filters = new v1.FiltersApi(older);
  const { data: jane } = await persons.addPerson({
    AddPersonRequest: { name: "Jane", phones: [{ value: "020 7946 0187" }] },
  });
  await persons.addPerson({ AddPersonRequest: { name: "Bob" } });
  const field = (await new v1.PersonFieldsApi(older).getPersonFields({})).data?.find(({ key }) => key === "phone");
  const condition = { object: "person", field_id: String(field?.id), operator: "LIKE '%$%'", value: "7946" };
  const conditions = { glue: "and", conditions: [{ glue: "and", conditions: [condition] }] };
  const saved = await filters.addFilter({ AddFilterRequest: { name: "London", type: "people", conditions } });
  const filter_id = saved.data?.id ?? 0;
  expect((await persons.getPersons({ filter_id })).data?.map(({ id }) => id)).toEqual([jane?.id]);
  const others = { ...conditions, conditions: [{ glue: "and", conditions: [{ ...condition, value: "0113" }] }] };
  await filters.updateFilter({ id: filter_id, UpdateFilterRequest: { conditions: others } });
  expect((await persons.getPersons({ filter_id })).data).toEqual([]);
  expect((await filters.getFilters({ type: "people" })).data).toHaveLength(1);
  expect(await filters.getFilterHelpers()).toMatchObject({ success: true });
  await filters.deleteFilters({ ids: String(filter_id) });
  expect((await filters.getFilters({})).data).toEqual([]);
  const id = jane?.id ?? 0;
  const user = (await new v1.UsersApi(older).getCurrentUser()).data?.id ?? 0;
  await persons.addPersonFollower({ id, AddDealFollowerRequest: { user_id: user } });
  expect((await persons.getPersonFollowers({ id })).data).toMatchObject([{ user_id: user }]);
  await persons.deletePersonFollower({ id, follower_id: user });
  const log = (await persons.getPersonFollowersChangelog({ id })).data;
  expect(log?.map(({ action }) => action)).toEqual(["added", "removed"]);
});

test("makes a deal of a lead, and a lead of it again", async () => {
  const { data: jane } = await persons.addPerson({ AddPersonRequest: { name: "Jane" } });
  const value = { amount: 100, currency: "EUR" };
  const { data: lead } = await new v1.LeadsApi(older).addLead({
    AddLeadRequest: { title: "Renewal", person_id: jane?.id ?? 0, value },
  });
  const id = lead?.id ?? "";
  const leads = new v2.LeadsApi(newer);
  const { data: job } = await leads.convertLeadToDeal({ id, ConvertLeadToDealRequest: { stage_id: 2 } });
  const asked = { id, conversion_id: job?.conversion_id ?? "" };
  const done: any = (await leads.getLeadConversionStatus(asked)).data;
  expect(done).toMatchObject({ status: "completed" });
  const deals = new v2.DealsApi(newer);
  expect((await deals.getDeal({ id: done.deal_id })).data).toMatchObject({
    title: "Renewal",
    person_id: jane?.id,
    stage_id: 2,
    value: 100,
  });
  await expect(new v1.LeadsApi(older).getLead({ id })).rejects.toMatchObject({ success: false });
  const { data: back } = await deals.convertDealToLead({ id: done.deal_id });
  const status = await deals.getDealConversionStatus({
    id: done.deal_id,
    conversion_id: back?.conversion_id ?? "",
  });
  const again: any = status.data;
  expect((await new v1.LeadsApi(older).getLead({ id: again.lead_id })).data).toMatchObject({ title: "Renewal", value });
  expect((await deals.getDeals({})).data).toEqual([]);
  await expect(leads.getLeadConversionStatus({ ...asked, id: again.lead_id })).rejects.toMatchObject({
    success: false,
  });
});

test("merges persons, and keeps the subscriptions of webhooks", async () => {
  const { data: first } = await persons.addPerson({ AddPersonRequest: { name: "Jane" } });
  const { data: second } = await persons.addPerson({ AddPersonRequest: { name: "Jane Doe" } });
  const merged = await new v1.PersonsApi(older).mergePersons({
    id: first?.id ?? 0,
    MergePersonsRequest: { merge_with_id: second?.id ?? 0 },
  });
  expect(merged.data).toMatchObject({ id: second?.id, name: "Jane Doe" });
  expect((await persons.getPerson({ id: first?.id ?? 0 })).data).toMatchObject({ is_deleted: true });
  const webhooks = new v1.WebhooksApi(older);
  await webhooks.addWebhook({
    AddWebhookRequest: {
      subscription_url: "https://example.com/hook",
      event_action: "*",
      event_object: "person",
      name: "People",
      version: "2.0",
    },
  });
  expect((await webhooks.getWebhooks()).data).toHaveLength(1);
});

test("fails in the vendor's own words", async () => {
  const wrong = { name: "Jane", phone: "1" };
  const refusal = persons.addPerson({ AddPersonRequest: wrong });
  await expect(refusal).rejects.toMatchObject({ success: false, code: "ERR_SCHEMA_VALIDATION_FAILED" });
  await expect(persons.getPerson({ id: 99 })).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
  const stranger = new v2.PersonsApi(
    new v2.Configuration({ apiKey: "x".repeat(40), basePath: `${pipedrive.baseUrl}/api/v2` }),
  );
  await expect(stranger.getPersons({})).rejects.toMatchObject({ errorCode: 401 });
});

test("works with an access token of the app", async () => {
  const { body } = await pipedrive.refresh();
  const signed = new v2.Configuration({ accessToken: body.access_token, basePath: `${body.api_domain}/api/v2` });
  expect((await new v2.PersonsApi(signed).getPersons({})).data).toEqual([]);
});
