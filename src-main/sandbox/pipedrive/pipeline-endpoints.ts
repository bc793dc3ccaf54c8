import { z } from "zod";
import { toJsonAnswer } from "../core/message.ts";
import { jsonBody, notFound, param, route, toData, type ApiCall, type ApiRoute } from "./api-call.ts";
import type { Company } from "./company.ts";
import type { Pipeline, Stage } from "./pipelines.ts";
import { badRequest, schemaRefusal } from "./refusal.ts";

const read = ["deals:read", "admin"];
const write = ["admin"];
const name = z.string().min(1);
const pipelineChange = z.strictObject({ name: name.optional(), is_deal_probability_enabled: z.boolean().optional() });
const pipelineBody = pipelineChange.extend({ name });
const stageChange = z.strictObject({
  name: name.optional(),
  pipeline_id: z.int().positive().optional(),
  deal_probability: z.int().min(0).max(100).optional(),
  is_deal_rot_enabled: z.boolean().optional(),
  days_to_rotten: z.int().nullable().optional(),
});
const stageBody = stageChange.extend({ name, pipeline_id: z.int().positive() });

/** The ways that deals go. */
export function pipelineRoutes(company: Company): readonly ApiRoute[] {
  const { pipelines: known } = company;
  const at = "/api/v2/pipelines";
  const pipelineOf = (call: ApiCall): Pipeline => {
    const found = known.findPipeline(Number(param(call, "id")));
    if (found === undefined) throw notFound(company);
    return found;
  };
  return [
    route("GET", at, { cost: 5, scopes: read }, () => toList(known.pipelines())),
    route("GET", `${at}/:id`, { cost: 1, scopes: read }, (call) => toData(pipelineOf(call))),
    route("POST", at, { cost: 5, scopes: write }, (call) => {
      const { name: called, is_deal_probability_enabled = false } = parse(call, pipelineBody);
      return toData(known.addPipeline({ name: called, is_deal_probability_enabled }));
    }),
    route("PATCH", `${at}/:id`, { cost: 5, scopes: write }, (call) =>
      toData(known.changePipeline(pipelineOf(call), parse(call, pipelineChange))),
    ),
    route("DELETE", `${at}/:id`, { cost: 3, scopes: write }, (call) => {
      const pipeline = pipelineOf(call);
      if (known.pipelines().length === 1) throw badRequest("The last pipeline cannot be deleted");
      known.removePipeline(pipeline);
      return toData({ id: pipeline.id });
    }),
    ...stageRoutes(company),
  ];
}

function stageRoutes(company: Company): readonly ApiRoute[] {
  const { pipelines: known } = company;
  const at = "/api/v2/stages";
  const stageOf = (call: ApiCall): Stage => {
    const found = known.findStage(Number(param(call, "id")));
    if (found === undefined) throw notFound(company);
    return found;
  };
  const checkPipeline = (id: number | undefined): void => {
    if (id !== undefined && known.findPipeline(id) === undefined)
      throw badRequest(`pipeline_id: pipeline ${id} does not exist`);
  };
  return [
    route("GET", at, { cost: 5, scopes: read }, ({ request: { query } }) => {
      const wanted = query.get("pipeline_id");
      return toList(known.stages().filter(({ pipeline_id: id }) => wanted === null || String(id) === wanted));
    }),
    route("GET", `${at}/:id`, { cost: 1, scopes: read }, (call) => toData(stageOf(call))),
    route("POST", at, { cost: 5, scopes: write }, (call) => {
      const given = parse(call, stageBody);
      checkPipeline(given.pipeline_id);
      const { deal_probability = 100, is_deal_rot_enabled = false, days_to_rotten = null } = given;
      const settled = { deal_probability, is_deal_rot_enabled, days_to_rotten };
      return toData(known.addStage({ name: given.name, pipeline_id: given.pipeline_id, ...settled }));
    }),
    route("PATCH", `${at}/:id`, { cost: 5, scopes: write }, (call) => {
      const stage = stageOf(call);
      const changes = parse(call, stageChange);
      checkPipeline(changes.pipeline_id);
      return toData(known.changeStage(stage, changes));
    }),
    route("DELETE", `${at}/:id`, { cost: 3, scopes: write }, (call) => {
      const stage = stageOf(call);
      known.removeStage(stage);
      return toData({ id: stage.id });
    }),
  ];
}

function parse<T extends z.ZodType>(call: ApiCall, schema: T): z.output<T> {
  const checked = schema.safeParse(jsonBody(call));
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw schemaRefusal(issue?.path.map(String).join(".") ?? "body", issue?.message ?? "is not valid");
}

function toList(data: readonly unknown[]) {
  return toJsonAnswer(200, { success: true, data, additional_data: { next_cursor: null } });
}
