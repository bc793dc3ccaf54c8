import { z } from "zod";
import { toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { toIsoTime } from "./hub-record.ts";
import { objectParam, param, parseBody, route, type HubCall, type HubRoute } from "./hub-call.ts";
import { objectTypes } from "./object-types.ts";
import { toStageMetadata, type Pipeline, type PipelineAudit, type PipelineStage } from "./pipelines.ts";
import type { Portal } from "./portal.ts";
import { invalid, notFound, Refusal } from "./refusal.ts";

const stageBody = z.looseObject({
  label: z.string().min(1),
  displayOrder: z.int(),
  metadata: z.looseObject({ probability: z.union([z.string(), z.number()]) }),
});
const pipelineBody = z.looseObject({
  label: z.string().min(1),
  displayOrder: z.int(),
  stages: z.array(stageBody).min(1),
});
const change = z.looseObject({ label: z.string().min(1).optional(), displayOrder: z.int().optional() });
const stageChange = stageBody.partial();

/** Deal pipelines and their stages: read, made, changed, replaced, archived, and who did what. */
export function pipelineRoutes(portal: Portal): readonly HubRoute[] {
  const { pipelines, clock } = portal;
  const all = "/crm/pipelines/:version/:object";
  const one = `${all}/:pipelineId`;
  const stages = `${one}/stages`;
  const stage = `${stages}/:stageId`;
  const answer = (status: number, found: Pipeline): SandboxAnswer => toJsonAnswer(status, toWirePipeline(found));
  const toStage = (given: z.output<typeof stageBody>, id = pipelines.nextId(), createdAt = clock.now()) => ({
    id,
    label: given.label,
    displayOrder: given.displayOrder,
    metadata: toStageMetadata(checkProbability(given.metadata.probability)),
    createdAt,
    updatedAt: clock.now(),
  });
  const save = (pipeline: Pipeline, action: "CREATE" | "UPDATE"): Pipeline => {
    checkNames(portal, pipeline);
    pipelines.put(pipeline, action);
    return pipeline;
  };
  const saveStage = (pipeline: Pipeline, saved: PipelineStage, action: "CREATE" | "UPDATE"): object => {
    const others = pipeline.stages.filter(({ id }) => id !== saved.id);
    const left = { ...pipeline, stages: [...others, saved], updatedAt: clock.now() };
    checkNames(portal, left);
    pipelines.put(left, action, saved);
    return toWireStage(saved);
  };
  const create = (call: HubCall): SandboxAnswer => {
    checkObject(call);
    const { label, displayOrder, stages: given } = parseBody(call, pipelineBody);
    const now = clock.now();
    const made = given.map((each) => toStage(each));
    const id = pipelines.nextId();
    return answer(201, save({ id, label, displayOrder, stages: made, createdAt: now, updatedAt: now }, "CREATE"));
  };
  const replace = (call: HubCall): SandboxAnswer => {
    const before = findPipeline(portal, call);
    const { label, displayOrder, stages: given } = parseBody(call, pipelineBody);
    const made = given.map((each) => toStage(each, typeof each["id"] === "string" ? each["id"] : undefined));
    return answer(200, save({ ...before, label, displayOrder, stages: made, updatedAt: clock.now() }, "UPDATE"));
  };
  const update = (call: HubCall): SandboxAnswer => {
    const before = findPipeline(portal, call);
    const { label = before.label, displayOrder = before.displayOrder } = parseBody(call, change);
    return answer(200, save({ ...before, label, displayOrder, updatedAt: clock.now() }, "UPDATE"));
  };
  const updateStage = (call: HubCall): SandboxAnswer => {
    const before = findStage(portal, call);
    const { label = before.label, displayOrder = before.displayOrder, metadata } = parseBody(call, stageChange);
    const probability = metadata?.probability ?? before.metadata["probability"] ?? "0.0";
    const changed = toStage({ label, displayOrder, metadata: { probability } }, before.id, before.createdAt);
    return toJsonAnswer(200, saveStage(findPipeline(portal, call), changed, "UPDATE"));
  };
  const audit = (identifier: string): SandboxAnswer =>
    toJsonAnswer(200, { results: pipelines.audits(identifier).map((each) => toWireAudit(portal, each)) });
  return [
    route("GET", all, "pipelines", (call) => {
      checkObject(call);
      return toJsonAnswer(200, { results: pipelines.list().map(toWirePipeline) });
    }),
    route("POST", all, "pipelines-write", create),
    route("GET", one, "pipelines", (call) => answer(200, findPipeline(portal, call))),
    route("PATCH", one, "pipelines-write", update),
    route("PUT", one, "pipelines-write", replace),
    route("DELETE", one, "pipelines-write", (call) => {
      const found = findPipeline(portal, call);
      checkUnused(portal, call, "pipeline", found.id);
      pipelines.remove(found);
      return toEmptyAnswer(204);
    }),
    route("GET", `${one}/audit`, "pipelines", (call) => audit(param(call, "pipelineId"))),
    route("GET", stages, "pipelines", (call) =>
      toJsonAnswer(200, { results: inOrder(findPipeline(portal, call)).map(toWireStage) }),
    ),
    route("POST", stages, "pipelines-write", (call) => {
      const made = toStage(parseBody(call, stageBody));
      return toJsonAnswer(201, saveStage(findPipeline(portal, call), made, "CREATE"));
    }),
    route("GET", stage, "pipelines", (call) => toJsonAnswer(200, toWireStage(findStage(portal, call)))),
    route("PATCH", stage, "pipelines-write", updateStage),
    route("PUT", stage, "pipelines-write", (call) => {
      const { id, createdAt } = findStage(portal, call);
      const replaced = toStage(parseBody(call, stageBody), id, createdAt);
      return toJsonAnswer(200, saveStage(findPipeline(portal, call), replaced, "UPDATE"));
    }),
    route("DELETE", stage, "pipelines-write", (call) => {
      const pipeline = findPipeline(portal, call);
      const found = findStage(portal, call);
      if (pipeline.stages.length === 1) throw invalid(`Pipeline ${pipeline.id} must have at least one stage.`);
      checkUnused(portal, call, "dealstage", found.id);
      pipelines.removeStage(pipeline, found);
      return toEmptyAnswer(204);
    }),
    route("GET", `${stage}/audit`, "pipelines", (call) => audit(param(call, "stageId"))),
  ];
}

/** Of the objects here only deals have pipelines. Throws a `Refusal`. */
function checkObject(call: HubCall): void {
  const object = objectParam(call);
  if (object !== "deals") throw invalid(`Object type ${objectTypes[object].typeId} has no pipelines.`);
}

function findPipeline({ pipelines }: Portal, call: HubCall): Pipeline {
  checkObject(call);
  const id = param(call, "pipelineId");
  const found = pipelines.find(id);
  if (found === undefined) throw notFound(`Pipeline ${id} does not exist.`);
  return found;
}

function findStage(portal: Portal, call: HubCall): PipelineStage {
  const id = param(call, "stageId");
  const found = findPipeline(portal, call).stages.find((stage) => stage.id === id);
  if (found === undefined) throw notFound(`Stage ${id} does not exist.`);
  return found;
}

/** In tenths, from lost to won. Throws a `Refusal`. */
function checkProbability(given: string | number): string {
  const value = Number(given);
  if (Number.isNaN(value) || value < 0 || value > 1)
    throw invalid(`Stage probability ${given} must be between 0.0 and 1.0.`);
  return value.toFixed(1);
}

/** Names tell pipelines, and the stages of one, apart. Throws a `Refusal`. */
function checkNames({ pipelines }: Portal, { id, label, stages }: Pipeline): void {
  const isTaken = pipelines.list().some((other) => other.id !== id && other.label === label);
  if (isTaken) throw new Refusal(409, "CONFLICT", `A pipeline with the label ${label} already exists.`);
  const labels = stages.map((stage) => stage.label);
  const doubled = labels.find((each, position) => labels.indexOf(each) !== position);
  if (doubled !== undefined) throw new Refusal(409, "CONFLICT", `Stage labels must be unique: ${doubled}`);
}

/** Whoever asks for it is told of the deals that would be left without a place. Throws a `Refusal`. */
function checkUnused({ records }: Portal, { request: { query } }: HubCall, property: string, value: string): void {
  const asked = ["validateReferencesBeforeDelete", "validateDealStageUsagesBeforeDelete"];
  if (!asked.some((name) => query.get(name) === "true")) return;
  const used = [...records.current("deals").iterate()].filter(
    ({ archivedAt, properties }) => archivedAt === undefined && properties[property] === value,
  );
  if (used.length > 0) throw invalid(`${value} is in use by ${used.length} deals: ${used.map(({ id }) => id).join()}`);
}

const inOrder = ({ stages }: Pipeline): readonly PipelineStage[] =>
  stages.toSorted((one, other) => one.displayOrder - other.displayOrder);

function toWireStage({ createdAt, updatedAt, ...stage }: PipelineStage): object {
  return {
    ...stage,
    writePermissions: "CRM_PERMISSIONS_ENFORCEMENT",
    archived: false,
    createdAt: toIsoTime(createdAt),
    updatedAt: toIsoTime(updatedAt),
  };
}

function toWirePipeline(pipeline: Pipeline): object {
  const { id, label, displayOrder, createdAt, updatedAt } = pipeline;
  return {
    id,
    label,
    displayOrder,
    stages: inOrder(pipeline).map(toWireStage),
    archived: false,
    createdAt: toIsoTime(createdAt),
    updatedAt: toIsoTime(updatedAt),
  };
}

function toWireAudit({ config }: Portal, { identifier, action, at, left }: PipelineAudit): object {
  const { portalId } = config.current();
  return { portalId, identifier, action, timestamp: toIsoTime(at), rawObject: left };
}
