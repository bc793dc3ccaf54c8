import { z } from "zod";
import { toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { attempt, checkBatchSize, maxBatch, toBatchAnswer } from "./batch-frame.ts";
import { flagParam, objectParam, param, parseBody, route, type HubCall, type HubRoute } from "./hub-call.ts";
import { propertyCreateInput, propertyUpdateInput, toWireProperty } from "./property-definition.ts";
import { groupCreateInput, groupUpdateInput } from "./property-groups.ts";
import type { PropertyRegistry } from "./property-registry.ts";
import { notFound, Refusal, toBatchError } from "./refusal.ts";

const nameBatch = z.object({ inputs: z.array(z.object({ name: z.string().min(1) })) });
const readBatch = nameBatch.extend({ archived: z.boolean().optional() });
const createBatch = z.object({ inputs: z.array(propertyCreateInput) });

/** Properties and their groups, one by one and in batches. */
export function propertyRoutes(
  registry: PropertyRegistry,
  portal: Parameters<typeof toBatchAnswer>[0],
): readonly HubRoute[] {
  const base = "/crm/properties/:version/:object";
  return [
    ...groupRoutes(registry, base),
    route("GET", base, "schema-read", (call) => listProperties(registry, call)),
    route("POST", base, "schema-write", (call) =>
      toJsonAnswer(201, toWireProperty(registry.create(objectParam(call), parseBody(call, propertyCreateInput)))),
    ),
    route("GET", `${base}/:name`, "schema-read", (call) => readProperty(registry, call)),
    route("PATCH", `${base}/:name`, "schema-write", (call) => {
      return toJsonAnswer(
        200,
        toWireProperty(registry.update(objectParam(call), param(call, "name"), parseBody(call, propertyUpdateInput))),
      );
    }),
    route("DELETE", `${base}/:name`, "schema-write", (call) => {
      registry.archive(objectParam(call), param(call, "name"));
      return toEmptyAnswer(204);
    }),
    route("POST", `${base}/batch/read`, "schema-read", (call) => {
      const { inputs, archived = false } = parseBody(call, readBatch);
      return batch(portal, 200, inputs, ({ name }) => find(registry, call, name, archived));
    }),
    route("POST", `${base}/batch/create`, "schema-write", (call) => {
      return batch(portal, 201, parseBody(call, createBatch).inputs, (input) =>
        registry.create(objectParam(call), input),
      );
    }),
    route("POST", `${base}/batch/archive`, "schema-write", (call) => {
      for (const { name } of parseBody(call, nameBatch).inputs) registry.archive(objectParam(call), name);
      return toEmptyAnswer(204);
    }),
  ];
}

type Definition = Parameters<typeof toWireProperty>[0];

function batch<T extends { readonly name: string }>(
  portal: Parameters<typeof toBatchAnswer>[0],
  status: number,
  inputs: readonly T[],
  work: (input: T) => Definition,
): SandboxAnswer {
  checkBatchSize(inputs.length, maxBatch);
  const results: object[] = [];
  const errors: object[] = [];
  for (const input of inputs) {
    const done = attempt(() => work(input));
    if (done instanceof Refusal) errors.push(toBatchError(done, { name: [input.name] }));
    else results.push(toWireProperty(done));
  }
  return toBatchAnswer(portal, status, results, errors);
}

function find(registry: PropertyRegistry, call: HubCall, name: string, archived: boolean): Definition {
  const object = objectParam(call);
  const found = archived
    ? registry.listArchived(object).find((definition) => definition.name === name)
    : registry.find(object, name);
  if (found === undefined) throw notFound(`Property '${name}' does not exist.`, { context: { propertyName: [name] } });
  return found;
}

function listProperties(registry: PropertyRegistry, call: HubCall): SandboxAnswer {
  const object = objectParam(call);
  const sensitivity = call.request.query.get("dataSensitivity");
  // The portal has no sensitive properties.
  if (sensitivity !== null && sensitivity !== "non_sensitive") return toJsonAnswer(200, { results: [] });
  const found = flagParam(call, "archived") ? registry.listArchived(object) : registry.list(object);
  return toJsonAnswer(200, { results: found.map(toWireProperty) });
}

function readProperty(registry: PropertyRegistry, call: HubCall): SandboxAnswer {
  return toJsonAnswer(200, toWireProperty(find(registry, call, param(call, "name"), flagParam(call, "archived"))));
}

function groupRoutes({ groups }: PropertyRegistry, base: string): readonly HubRoute[] {
  return [
    route("GET", `${base}/groups`, "schema-read", (call) =>
      toJsonAnswer(200, { results: groups.list(objectParam(call)) }),
    ),
    route("POST", `${base}/groups`, "schema-write", (call) =>
      toJsonAnswer(201, groups.create(objectParam(call), parseBody(call, groupCreateInput))),
    ),
    route("GET", `${base}/groups/:name`, "schema-read", (call) =>
      toJsonAnswer(200, groups.find(objectParam(call), param(call, "name"))),
    ),
    route("PATCH", `${base}/groups/:name`, "schema-write", (call) => {
      return toJsonAnswer(
        200,
        groups.update(objectParam(call), param(call, "name"), parseBody(call, groupUpdateInput)),
      );
    }),
    route("DELETE", `${base}/groups/:name`, "schema-write", (call) => {
      groups.archive(objectParam(call), param(call, "name"));
      return toEmptyAnswer(204);
    }),
  ];
}
