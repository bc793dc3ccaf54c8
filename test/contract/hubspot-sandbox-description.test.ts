import { afterAll, beforeAll, expect, test } from "vitest";
import { openSandbox, type Client, type Reply } from "../integration/sandbox/sandbox-client.ts";
import { createJudge } from "./openapi-judge.ts";

const judge = createJudge(new URL("specs/hubspot/hubspot-crm.json", import.meta.url));
let client: Client;
beforeAll(async () => {
  client = await openSandbox();
  await client.config({ searchLagMs: 0, tenSecondLimit: 100_000, searchPerSecondLimit: 1000 });
});
afterAll(() => client.close());

/** The description says `label` is a text; the real API answers null for an unlabelled type. */
const knownDifferences = [/\/label must be string$/];

/** Sends a request and holds both sides against the description; dated paths are judged by their numbered form. */
async function expectFit(method: string, path: string, body?: unknown, status?: number): Promise<Reply> {
  const reply = await client.hub(method, path, body);
  const judgedAs = path.replace(
    /^\/crm\/(objects|properties|owners|pipelines|associations)\/(2026-09|2026-03)/,
    (_match, area: string) => {
      const isLink = area === "associations" || /\/associations\//.test(path);
      return `/crm/${isLink ? "v4" : "v3"}/${area}`;
    },
  );
  const complaints = judge.complaints({
    method,
    path: judgedAs,
    requestBody: body,
    status: reply.status,
    responseBody: reply.body,
  });
  const left = complaints.filter((line) => !knownDifferences.some((known) => known.test(line)));
  expect([`${method} ${path} ${reply.status}`, left]).toEqual([`${method} ${path} ${reply.status}`, []]);
  if (status !== undefined) expect([method, path, reply.status]).toEqual([method, path, status]);
  return reply;
}

const timestamp = "2026-11-20T09:15:00Z";
const defined = (associationTypeId: number) => ({ associationCategory: "HUBSPOT_DEFINED", associationTypeId });

test("the judge objects to what does not fit", () => {
  const good = {
    method: "GET",
    path: "/crm/v3/objects/contacts/1?properties=email",
    status: 200,
    responseBody: { id: "1", properties: { email: null }, createdAt: timestamp, updatedAt: timestamp },
  };
  expect(judge.complaints(good)).toEqual([]);
  expect(judge.complaints({ ...good, responseBody: { ...good.responseBody, id: 1 } })).toEqual([
    "response/id must be string",
  ]);
  expect(judge.complaints({ ...good, responseBody: { ...good.responseBody, createdAt: "yesterday" } })).toEqual([
    'response/createdAt must match format "date-time"',
  ]);
  expect(judge.complaints({ ...good, path: "/crm/v3/objects/contacts/1?property=email" })).toEqual([
    "query property is not declared",
  ]);
  expect(judge.complaints({ ...good, path: "/crm/v3/nothing" })).toEqual(["no operation GET /crm/v3/nothing"]);
  expect(judge.complaints({ ...good, status: 202 })).toEqual(["status 202 is not declared as a success"]);
  expect(
    judge.complaints({
      method: "POST",
      path: "/crm/v3/objects/contacts",
      requestBody: { properties: { a: 1 } },
      status: 400,
      responseBody: {},
    }),
  ).toEqual([
    "request/properties/a must be string",
    "response must have required property 'correlationId'",
    "response must have required property 'message'",
    "response must have required property 'category'",
  ]);
});

test("setting up, writing a call and finding it again fit HubSpot's description", async () => {
  await expectFit("GET", "/crm/properties/2026-09/calls/groups", undefined, 200);
  await expectFit("GET", "/crm/properties/2026-09/calls/callledger_key", undefined, 404);
  const property = {
    name: "callledger_key",
    label: "Key",
    groupName: "call",
    type: "string",
    fieldType: "text",
    hasUniqueValue: true,
    hidden: true,
    formField: false,
  };
  await expectFit("POST", "/crm/properties/2026-09/calls", property, 201);
  await expectFit("POST", "/crm/properties/2026-09/calls", property, 409);
  for (const object of ["contacts", "companies", "deals", "calls"])
    await expectFit("GET", `/crm/v3/properties/${object}?archived=false`, undefined, 200);

  const contact = await expectFit(
    "POST",
    "/crm/v3/objects/contacts",
    { properties: { firstname: "Alice", phone: "(415) 555-1212" } },
    201,
  );
  const associations = [{ to: { id: contact.body.id }, types: [defined(194)] }];
  const call = (key: string, more: object = {}) => ({
    properties: { callledger_key: key, hs_timestamp: timestamp, hs_call_duration: "183000", ...more },
  });
  const made = await expectFit("POST", "/crm/objects/2026-09/calls", { ...call("cl_a"), associations }, 201);
  await expectFit("POST", "/crm/objects/2026-09/calls", call("cl_a"), 400);
  await expectFit(
    "GET",
    "/crm/objects/2026-09/calls/cl_a?idProperty=callledger_key&properties=callledger_key&propertiesWithHistory=hs_call_duration&associations=contacts",
    undefined,
    200,
  );
  await expectFit("GET", "/crm/objects/2026-09/calls/cl_x?idProperty=callledger_key", undefined, 404);
  await expectFit("PATCH", `/crm/objects/2026-09/calls/${made.body.id}`, { properties: { hs_call_title: "New" } }, 200);
  await expectFit(
    "PATCH",
    `/crm/objects/2026-09/calls/${made.body.id}`,
    { properties: { hs_call_status: "nonsense" } },
    400,
  );
});

test("batches, clean and partial, fit the description", async () => {
  const row = (key: string, more: object = {}) => ({
    objectWriteTraceId: key,
    properties: { callledger_key: key, hs_timestamp: timestamp, ...more },
  });
  const base = "/crm/objects/2026-09/calls/batch";
  await expectFit("POST", `${base}/create`, { inputs: [row("cl_b"), row("cl_c")] }, 201);
  await expectFit("POST", `${base}/create`, { inputs: [row("cl_d"), row("cl_e", { nonsense: "x" })] }, 207);
  await expectFit("POST", `${base}/create`, { inputs: [{ properties: { nonsense: "x" } }] }, 400);
  const read = (ids: readonly string[]) => ({
    idProperty: "callledger_key",
    properties: ["callledger_key"],
    propertiesWithHistory: [],
    inputs: ids.map((id) => ({ id })),
  });
  await expectFit("POST", `${base}/read`, read(["cl_b", "cl_c"]), 200);
  await expectFit("POST", `${base}/read`, read(["cl_b", "cl_x"]), 207);
  const upsert = { id: "cl_b", idProperty: "callledger_key", ...row("cl_b") };
  await expectFit("POST", `${base}/upsert`, { inputs: [upsert] }, 200);
  await expectFit(
    "POST",
    `${base}/upsert`,
    { inputs: [upsert, { id: "cl_f", idProperty: "callledger_key", properties: {} }] },
    207,
  );
  await expectFit(
    "POST",
    `${base}/update`,
    { inputs: [{ id: "cl_b", idProperty: "callledger_key", properties: { hs_call_title: "x" } }] },
    200,
  );
  await expectFit("POST", `${base}/update`, { inputs: [{ id: "1", properties: {} }] }, 207);
  await expectFit("POST", `${base}/archive`, { inputs: [{ id: "1" }] }, 204);
});

test("searches, lists, merges and deletions fit the description", async () => {
  await client.seed("contacts", [{ id: "1", email: "a@example.com" }, { id: "2" }, { id: "3" }]);
  const filters = [{ propertyName: "email", operator: "EQ", value: "a@example.com" }];
  await expectFit(
    "POST",
    "/crm/objects/2026-09/contacts/search",
    { filterGroups: [{ filters }], sorts: ["createdate"], properties: ["email"], limit: 1, after: "0" },
    200,
  );
  await expectFit("POST", "/crm/objects/2026-09/contacts/search", { limit: 1 }, 200);
  await expectFit("POST", "/crm/objects/2026-09/contacts/search", { limit: 201 }, 400);
  await expectFit(
    "GET",
    "/crm/v3/objects/contacts?limit=2&properties=email&archived=false&associations=companies",
    undefined,
    200,
  );
  await expectFit("POST", "/crm/v3/objects/contacts/merge", { primaryObjectId: "1", objectIdToMerge: "2" }, 200);
  await expectFit("POST", "/crm/v3/objects/contacts/gdpr-delete", { objectId: "3" }, 204);
  const { body } = await expectFit("POST", "/crm/v3/objects/companies", { properties: { name: "Test Clinic" } }, 201);
  await expectFit("DELETE", `/crm/v3/objects/companies/${body.id}`, undefined, 204);
  await expectFit("GET", "/crm/v3/objects/companies?archived=true", undefined, 200);
});

test.each(["notes", "tasks", "emails", "meetings"])("%s fit the description", async (object) => {
  const properties = { hs_timestamp: timestamp, ...(object === "emails" ? { hs_email_direction: "EMAIL" } : {}) };
  const { body: contact } = await expectFit("POST", "/crm/v3/objects/contacts", { properties: {} }, 201);
  const typeId = { notes: 202, tasks: 204, emails: 198, meetings: 200 }[object] ?? 0;
  const associations = [{ to: { id: contact.id }, types: [defined(typeId)] }];
  const base = `/crm/v3/objects/${object}`;
  const { body } = await expectFit("POST", base, { properties, associations }, 201);
  await expectFit("GET", `${base}/${body.id}?associations=contacts`, undefined, 200);
  await expectFit("GET", `${base}?limit=1&archived=false`, undefined, 200);
  await expectFit("POST", `${base}/batch/create`, { inputs: [{ properties, associations }] }, 201);
  const filters = [{ propertyName: "associations.contact", operator: "EQ", value: contact.id }];
  const asked = { filterGroups: [{ filters }], limit: 10, after: "0", sorts: [], properties: ["hs_timestamp"] };
  expect((await expectFit("POST", `${base}/search`, asked, 200)).body.total).toBe(2);
  await expectFit("GET", `/crm/v4/objects/contacts/${contact.id}/associations/${object}`, undefined, 200);
  await expectFit("GET", `/crm/v3/properties/${object}`, undefined, 200);
  await expectFit("DELETE", `${base}/${body.id}`, undefined, 204);
});

test("links and labels fit the description", async () => {
  await client.seed("contacts", { id: "11" });
  await client.seed("companies", { id: "12", name: "Test Clinic" });
  await expectFit("PUT", "/crm/objects/2026-09/contacts/11/associations/default/companies/12", undefined, 200);
  await expectFit("PUT", "/crm/objects/2026-09/contacts/11/associations/companies/12", [defined(1)], 201);
  await expectFit("PUT", "/crm/objects/2026-09/contacts/11/associations/companies/99", [defined(1)], 400);
  await expectFit("GET", "/crm/objects/2026-09/contacts/11/associations/companies", undefined, 200);
  const base = "/crm/associations/2026-09/contacts/companies";
  const pair = { from: { id: "11" }, to: { id: "12" } };
  await expectFit("GET", `${base}/labels`, undefined, 200);
  await expectFit("POST", `${base}/batch/read`, { inputs: [{ id: "11" }] }, 200);
  await expectFit("POST", `${base}/batch/create`, { inputs: [{ ...pair, types: [defined(279)] }] }, 201);
  await expectFit("POST", `${base}/batch/create`, { inputs: [{ ...pair, types: [defined(194)] }] }, 207);
  await expectFit("POST", `${base}/batch/associate/default`, { inputs: [pair] }, 200);
  await expectFit("POST", `${base}/batch/archive`, { inputs: [{ from: { id: "11" }, to: [{ id: "12" }] }] }, 204);
});

test("owners, pipelines, tokens and refusals fit the description", async () => {
  await expectFit("GET", "/crm/v3/owners/?email=alice@example.com&limit=100", undefined, 200);
  await expectFit("GET", "/crm/v3/pipelines/deals", undefined, 200);
  const { clientId, clientSecret, refreshToken } = client.access;
  const fields = {
    grant_type: "refresh_token",
    client_id: `${clientId}`,
    client_secret: `${clientSecret}`,
    refresh_token: `${refreshToken}`,
  };
  const token = await client.form("/oauth/v1/token", fields);
  expect(
    judge.complaints({ method: "POST", path: "/oauth/v1/token", status: token.status, responseBody: token.body }),
  ).toEqual([]);
  await expectFit("GET", `/oauth/v1/access-tokens/${token.body.access_token}`, undefined, 200);
  await client.config({ scopes: [] });
  await expectFit("GET", "/crm/v3/objects/contacts", undefined, 403);
  await client.config({ scopes: null, plainTokenRevoked: true });
  await expectFit("GET", "/crm/v3/objects/contacts", undefined, 401);
  await client.config({ plainTokenRevoked: false, lockedRecords: { contacts: ["11"] } });
  await expectFit("PATCH", "/crm/v3/objects/contacts/11", { properties: {} }, 423);
});

test("the operations that a call log needs have all been judged", () => {
  const objects = ["", "/batch/create", "/batch/read", "/batch/update", "/batch/upsert", "/batch/archive"].map(
    (rest) => `POST /crm/v3/objects/calls${rest}`,
  );
  const links = ["create", "read", "archive", "associate/default"].map(
    (rest) => `POST /crm/v4/associations/{fromObjectType}/{toObjectType}/batch/${rest}`,
  );
  const others = [
    "POST /crm/v3/objects/contacts/search",
    "GET /crm/v3/objects/contacts",
    "PATCH /crm/v3/objects/calls/{callId}",
    "GET /crm/v3/owners/",
    "POST /oauth/v1/token",
  ];
  expect([...judge.judged]).toEqual(expect.arrayContaining([...objects, ...links, ...others]));
});
