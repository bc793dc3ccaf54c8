import { expect, test } from "vitest";
import { openPipedrive } from "./pipedrive-client.ts";

const pipedrive = await openPipedrive();
const { pd, ok } = pipedrive;
const ids = (list: readonly any[]) => list.map(({ id }) => id);

test("pipelines and their stages are made, changed, listed in their order and deleted", async () => {
  const pipeline = await ok("POST", "pipelines", { name: "Renewals" });
  expect(pipeline).toMatchObject({ order_nr: 2, is_deleted: false, is_deal_probability_enabled: false });
  const stage = await ok("POST", "stages", { name: "First", pipeline_id: pipeline.id, deal_probability: 30 });
  expect(stage).toMatchObject({ order_nr: 1, pipeline_id: pipeline.id, deal_probability: 30, days_to_rotten: null });
  expect(await ok("PATCH", `stages/${stage.id}`, { name: "Start", days_to_rotten: 7 })).toMatchObject({
    name: "Start",
    days_to_rotten: 7,
    deal_probability: 30,
  });
  expect(await ok("PATCH", `pipelines/${pipeline.id}`, { name: "Renewal" })).toMatchObject({ name: "Renewal" });
  expect(ids(await ok("GET", "pipelines"))).toEqual([1, pipeline.id]);
  expect(ids(await ok("GET", `stages?pipeline_id=${pipeline.id}`))).toEqual([stage.id]);
  expect(await ok("DELETE", `pipelines/${pipeline.id}`)).toEqual({ id: pipeline.id });
  expect((await pd("GET", `stages/${stage.id}`)).status).toBe(404);
  expect((await pd("DELETE", "pipelines/1")).status).toBe(400);
  await ok("DELETE", "stages/2");
  expect(ids(await ok("GET", "stages"))).toEqual([1, 3]);
});

test("what does not fit is refused by its name", async () => {
  expect((await pd("POST", "pipelines", {})).body.error).toContain("name");
  expect((await pd("POST", "stages", { name: "x" })).body.error).toContain("pipeline_id");
  expect((await pd("POST", "stages", { name: "x", pipeline_id: 9 })).body.error).toContain("pipeline 9 does not exist");
  expect((await pd("PATCH", "stages/1", { nothing: 1 })).body.code).toBe("ERR_SCHEMA_VALIDATION_FAILED");
  expect((await pd("PATCH", "pipelines/9", { name: "x" })).status).toBe(404);
});

test("a deal goes into the first stage of its pipeline, and a stage brings its pipeline along", async () => {
  const pipeline = await ok("POST", "pipelines", { name: "Renewals" });
  expect((await pd("POST", "deals", { title: "x", pipeline_id: pipeline.id })).body.error).toContain("has no stages");
  const stage = await ok("POST", "stages", { name: "First", pipeline_id: pipeline.id });
  const place = { stage_id: stage.id, pipeline_id: pipeline.id };
  expect(await ok("POST", "deals", { title: "by default" })).toMatchObject({ stage_id: 1, pipeline_id: 1 });
  expect(await ok("POST", "deals", { title: "by pipeline", pipeline_id: pipeline.id })).toMatchObject(place);
  const moved = await ok("POST", "deals", { title: "by stage", stage_id: 2 });
  expect(moved).toMatchObject({ stage_id: 2, pipeline_id: 1 });
  expect(await ok("PATCH", `deals/${moved.id}`, { stage_id: stage.id })).toMatchObject(place);
  expect(await ok("PATCH", `deals/${moved.id}`, { title: "stays" })).toMatchObject(place);
  expect(ids(await ok("GET", `deals?stage_id=${stage.id}`))).toHaveLength(2);
  expect(ids(await ok("GET", "deals?pipeline_id=1&status=open"))).toHaveLength(1);
  expect((await pd("POST", "deals", { title: "x", stage_id: 999 })).body.error).toContain("stage 999 does not exist");
  expect((await pd("POST", "deals", { title: "x", stage_id: 1, pipeline_id: pipeline.id })).status).toBe(400);
  await pipedrive.config({ searchLagMs: 0 });
  const [{ item }] = (await ok("GET", "deals/search?term=by pipeline")).items;
  expect(item.stage).toEqual({ id: stage.id, name: "First" });
});
