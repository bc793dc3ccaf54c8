import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openSandbox, type Client } from "./sandbox-client.ts";

let client: Client;
beforeAll(async () => {
  client = await openSandbox();
});
afterAll(() => client.close());
beforeEach(() => client.admin("POST", "/reset"));

const at = "/crm/v3/pipelines/deals";
const stage = (label: string, displayOrder: number, probability = "0.5") => ({
  label,
  displayOrder,
  metadata: { probability },
});
const renewals = { label: "Renewals", displayOrder: 1, stages: [stage("Asked", 1), stage("Won", 2, "1.0")] };
const deal = (properties: object) => client.hub("POST", "/crm/v3/objects/deals", { properties });

test("a portal has one pipeline of deals, other objects have none", async () => {
  const { body } = await client.hub("GET", at);
  expect(body.results).toMatchObject([{ id: "default", label: "Sales Pipeline", archived: false }]);
  expect(body.results[0].stages.map(({ metadata }: any) => metadata.isClosed)).toEqual([
    ...Array.from({ length: 5 }, () => "false"),
    "true",
    "true",
  ]);
  expect((await client.hub("GET", "/crm/v3/pipelines/contacts")).status).toBe(400);
  expect((await client.hub("GET", `${at}/nothing`)).status).toBe(404);
});

test("deals take the stages of a pipeline that was made, and no longer those of one that is gone", async () => {
  const made = await client.hub("POST", at, renewals);
  expect([made.status, made.body.stages.map(({ label }: any) => label)]).toEqual([201, ["Asked", "Won"]]);
  const { id: pipeline, stages } = made.body;
  const wanted = { dealname: "Order", pipeline, dealstage: stages[0].id };
  expect((await deal(wanted)).status).toBe(201);
  const asking = "?validateReferencesBeforeDelete=true";
  const inUse = await client.hub("DELETE", `${at}/${pipeline}${asking}`);
  expect([inUse.status, inUse.body.message]).toEqual([400, expect.stringContaining("in use by 1 deals")]);
  expect((await client.hub("DELETE", `${at}/${pipeline}`)).status).toBe(204);
  expect((await deal(wanted)).body.message).toContain("INVALID_OPTION");
  expect((await client.hub("GET", at)).body.results).toHaveLength(1);
});

test("pipelines are changed, replaced, and tell who did what", async () => {
  const { id } = (await client.hub("POST", at, renewals)).body;
  const changed = await client.hub("PATCH", `${at}/${id}`, { label: "Yearly", displayOrder: 0 });
  expect(changed.body).toMatchObject({ label: "Yearly", displayOrder: 0, stages: [{ label: "Asked" }, {}] });
  const replaced = await client.hub("PUT", `${at}/${id}`, { ...renewals, stages: [stage("Only", 0)] });
  expect(replaced.body).toMatchObject({ label: "Renewals", stages: [{ label: "Only" }] });
  expect((await client.hub("POST", at, { ...renewals, label: "Sales Pipeline" })).status).toBe(409);
  expect((await client.hub("POST", at, { ...renewals, stages: [stage("A", 0), stage("A", 1)] })).status).toBe(409);
  expect((await client.hub("POST", at, { ...renewals, stages: [stage("A", 0, "2")] })).status).toBe(400);
  expect((await client.hub("POST", at, { label: "No stages", displayOrder: 1, stages: [] })).status).toBe(400);
  await client.hub("DELETE", `${at}/${id}`);
  const { results } = (await client.hub("GET", `${at}/${id}/audit`)).body;
  expect(results.map(({ action }: any) => action)).toEqual(["CREATE", "UPDATE", "UPDATE", "DELETE"]);
});

test("stages are added, moved, replaced and deleted, the last one stays", async () => {
  const { id, stages } = (await client.hub("POST", at, renewals)).body;
  const of = `${at}/${id}/stages`;
  const added = await client.hub("POST", of, stage("Offered", 0, "0.7"));
  expect([added.status, added.body.metadata]).toEqual([201, { isClosed: "false", probability: "0.7" }]);
  const order = async () => (await client.hub("GET", of)).body.results.map(({ label }: any) => label);
  expect(await order()).toEqual(["Offered", "Asked", "Won"]);
  await client.hub("PATCH", `${of}/${added.body.id}`, { displayOrder: 3 });
  expect(await order()).toEqual(["Asked", "Won", "Offered"]);
  await client.hub("PUT", `${of}/${stages[1].id}`, stage("Closed", 2, "0"));
  expect((await client.hub("GET", `${of}/${stages[1].id}`)).body).toMatchObject({
    label: "Closed",
    metadata: { isClosed: "true" },
  });
  for (const { id: stageId } of stages) expect((await client.hub("DELETE", `${of}/${stageId}`)).status).toBe(204);
  expect((await client.hub("DELETE", `${of}/${added.body.id}`)).status).toBe(400);
  expect((await client.hub("GET", `${of}/${stages[0].id}`)).status).toBe(404);
  const audit = (await client.hub("GET", `${of}/${added.body.id}/audit`)).body.results;
  expect(audit.map(({ action }: any) => action)).toEqual(["CREATE", "UPDATE"]);
});

test("who may only read deals changes no pipeline", async () => {
  await client.config({ scopes: ["crm.objects.deals.read"] });
  expect((await client.hub("GET", at)).status).toBe(200);
  expect((await client.hub("POST", at, renewals)).body.category).toBe("MISSING_SCOPES");
});
