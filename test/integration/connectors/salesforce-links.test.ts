import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import type { Connector, Link, WriteItem } from "../../../src-main/engine/ports/connector.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { type SalesforceStage, startSalesforce } from "../../builders/salesforce-subject.ts";
import { keyOf, toItem, writeItems } from "../../builders/salesforce-writes.ts";
import { createUnpacedSession, type UnpacedSession } from "../../builders/unpaced-session.ts";
import { toUpdateItem } from "../../builders/update-item.ts";

let org: SalesforceStage;
let http: Http;
let session: UnpacedSession;
let connector: Connector;

beforeAll(async () => {
  org = await startSalesforce();
  http = createUndiciHttp();
});
beforeEach(async () => {
  await org.reset();
  session = createUnpacedSession({ http, baseUrl: org.baseUrl });
  connector = org.open();
});
afterAll(async () => {
  await http.close();
  await org.close();
});

const seed = async (object: string, fields: object): Promise<Link> => ({
  object,
  id: String((await org.admin.create(object, fields))["Id"]),
});
const contact = (more: object = {}) => seed("Contact", { LastName: "Example", ...more });
const account = () => seed("Account", { Name: "Test Clinic" });
const deal = () => seed("Opportunity", { Name: "Deal", StageName: "Prospecting", CloseDate: "2027-01-01" });
const lead = () => seed("Lead", { LastName: "Example", Company: "Test" });
const write = (...items: readonly WriteItem[]) => writeItems(connector, session, items);
const create = (call: number, links: readonly Link[]): WriteItem => toItem(org.contract, call, {}, links);
const linksOf = async () => (await org.readCalls()).map(({ links }) => links);
const stepsOf = (links: readonly Link[]) => ["record", ...links.map(({ object, id }) => `link:${object}:${id}`)];

test("a call is linked to contact, lead, account and deal in the request that creates it", async () => {
  const [person, company, opportunity, prospect] = [await contact(), await account(), await deal(), await lead()];
  const outcomes = await write(
    create(1, [person, company]),
    create(2, [person, opportunity, company]),
    create(3, [prospect]),
    create(4, [company]),
  );
  expect(await linksOf()).toEqual([[person.id, company.id], [person.id, opportunity.id], [prospect.id], [company.id]]);
  expect(outcomes[1]).toMatchObject({ fault: null, done: stepsOf([person, opportunity, company]) });
  expect(session.sent.filter(({ request }) => request.intents.length > 0)).toHaveLength(1);
});

test("a lead stands alone, and the link that Salesforce takes no more is not asked for again", async () => {
  const [prospect, company] = [await lead(), await account()];
  const [outcome] = await write(create(1, [prospect, company]));
  expect(outcome).toMatchObject({ fault: null, done: stepsOf([prospect, company]) });
  expect(await linksOf()).toEqual([[prospect.id]]);
});

test("a merged person is followed to the one who is left", async () => {
  const [winner, loser] = [await contact(), await contact()];
  await org.admin.merge("Contact", winner.id, loser.id);
  const [merged, plain] = await write(create(1, [loser]), create(2, [winner]));
  expect(merged).toMatchObject({ fault: null, done: stepsOf([loser]) });
  expect(plain?.fault).toBeNull();
  expect(new Set((await linksOf()).flat())).toEqual(new Set([winner.id]));
});

test("a merge of a merge is followed, too, and a winner who is gone is gone", async () => {
  const [first, second, third] = [await contact(), await contact(), await contact()];
  await org.admin.merge("Contact", second.id, third.id);
  await org.admin.merge("Contact", first.id, second.id);
  expect((await write(create(1, [third])))[0]?.fault).toBeNull();
  expect(await linksOf()).toEqual([[first.id]]);
  await org.admin.remove("Contact", first.id);
  expect((await write(create(2, [third])))[0]?.fault).toMatchObject({ kind: "rejected", reason: "person_deleted" });
});

test("a person who is gone is told, in the bin or for good; one who is hidden is a permission", async () => {
  const [binned, purged, hidden] = [await contact(), await contact(), await contact()];
  await org.admin.remove("Contact", purged.id);
  await org.admin.advance(15 * 86_400_000);
  await org.admin.remove("Contact", binned.id);
  await org.admin.configure({ hiddenRecords: { Contact: [hidden.id] } });
  const outcomes = await write(create(1, [binned]), create(2, [purged]), create(3, [hidden]), create(4, []));
  expect(outcomes.map((outcome) => (outcome?.fault?.kind === "rejected" ? outcome.fault.reason : null))).toEqual([
    "person_deleted",
    "person_deleted",
    "permission_denied",
    null,
  ]);
});

test("links that are left are made with one read and one write, and those that are there stay", async () => {
  const [person, other, company] = [await contact(), await contact(), await account()];
  const created = await write(create(1, []), create(2, []), create(3, []));
  const idOf = (at: number): string => created[at]?.remoteId ?? "";
  await org.admin.update("Task", idOf(1), { WhoId: other.id });
  const before = session.sent.length;
  const link = (call: number): WriteItem => ({
    key: keyOf(call),
    operation: "link",
    body: null,
    remoteId: idOf(call - 1),
    links: [person, company],
  });
  const outcomes = await write(link(1), link(2), link(3));
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ fault: null, done: stepsOf([person, company]).slice(1) });
  expect(session.sent).toHaveLength(before + 2);
  // A colleague chose another person for the second call.
  expect(await linksOf()).toEqual([
    [person.id, company.id],
    [other.id, company.id],
    [person.id, company.id],
  ]);
});

test("a link to a call that is gone is told", async () => {
  const person = await contact();
  const [created] = await write(create(1, []));
  await org.admin.remove("Task", created?.remoteId ?? "");
  const item: WriteItem = {
    key: keyOf(1),
    operation: "link",
    body: null,
    remoteId: created?.remoteId ?? "",
    links: [person],
  };
  expect((await write(item))[0]?.fault).toMatchObject({ kind: "rejected", reason: "record_deleted" });
});

test("an update and its links that are left are both done", async () => {
  const person = await contact();
  const [created] = await write(create(1, []));
  const task = { contract: org.contract, object: "Task" };
  const update = toUpdateItem(task, create(1, [person]), created?.remoteId ?? null);
  expect((await write(update))[0]).toMatchObject({ fault: null, done: stepsOf([person]) });
  expect(await linksOf()).toEqual([[person.id]]);
});

test("what Salesforce cannot be linked to is our mistake, and nothing is sent", async () => {
  const before = session.sent.length;
  expect((await write(create(1, [{ object: "contacts", id: "1" }])))[0]?.fault).toMatchObject({
    kind: "rejected",
    reason: "our_bug",
  });
  expect(session.sent).toHaveLength(before);
});
