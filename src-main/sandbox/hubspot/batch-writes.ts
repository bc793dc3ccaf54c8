import { z } from "zod";
import type { SandboxAnswer } from "../core/message.ts";
import { checkRight } from "./access-rights.ts";
import { checkIdProperty } from "./batch-endpoints.ts";
import { attempt, checkBatchSize, maxBatch, resolveDuplicates, toBatchAnswer } from "./batch-frame.ts";
import { objectParam, parseBody, route, type HubCall, type HubRoute } from "./hub-call.ts";
import { idInput, linksInput, toLinks } from "./link-input.ts";
import { propertiesInput } from "./object-endpoints.ts";
import type { ObjectName } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import { findRecord } from "./record-finder.ts";
import { toWrittenRecord } from "./record-wire.ts";
import { toConflict, type PlannedWrite, type RecordWriter } from "./record-writer.ts";
import { invalid, Refusal, toBatchError } from "./refusal.ts";

const createInput = z.object({
  inputs: z.array(
    z.object({ properties: propertiesInput, associations: linksInput, objectWriteTraceId: z.string().optional() }),
  ),
});
const upsertInput = z.object({
  inputs: z.array(
    z.object({
      id: idInput,
      idProperty: z.string().min(1),
      properties: propertiesInput,
      objectWriteTraceId: z.string().optional(),
    }),
  ),
});
type CreateItem = z.output<typeof createInput>["inputs"][number];
type UpsertItem = z.output<typeof upsertInput>["inputs"][number];

/** Creating and upserting up to 100 records at once. */
export function batchWriteRoutes(portal: Portal, writer: RecordWriter): readonly HubRoute[] {
  const base = "/crm/objects/:version/:object/batch";
  return [
    route("POST", `${base}/create`, "write", (call) => createBatch(portal, writer, call)),
    route("POST", `${base}/upsert`, "write", (call) => upsertBatch(portal, writer, call)),
  ];
}

/** One bad input fails all of them, unless every input carries an `objectWriteTraceId`: then each stands for itself (207). */
function createBatch(portal: Portal, writer: RecordWriter, call: HubCall): SandboxAnswer {
  const object = objectParam(call);
  const config = portal.config.current();
  checkRight(config, object, "create");
  const { inputs } = parseBody(call, createInput);
  checkBatchSize(inputs.length, maxBatch);
  const lastWins = config.duplicateKeysInBatch === "lastWins";
  const items = lastWins
    ? resolveDuplicates(inputs, (input) => uniqueKeyOf(portal, object, input), "lastWins")
    : inputs;
  const plan = (input: CreateItem): PlannedWrite =>
    writer.planCreate(object, input.properties, call.version, toLinks(portal, object, input.associations));
  if (items.every(({ objectWriteTraceId }) => objectWriteTraceId !== undefined))
    return createEach(portal, writer, items, plan);
  const plans = items.map(plan);
  checkUniqueAmong(portal, plans);
  return toBatchAnswer(
    portal,
    201,
    plans.map((planned, position) => toWrittenRecord(portal, writer.commit(planned), toTrace(items[position]))),
  );
}

function createEach(
  portal: Portal,
  writer: RecordWriter,
  items: readonly CreateItem[],
  plan: (input: CreateItem) => PlannedWrite,
): SandboxAnswer {
  const results: object[] = [];
  const errors: object[] = [];
  for (const input of items) {
    const done = attempt(() => writer.commit(plan(input)));
    if (done instanceof Refusal)
      errors.push(toBatchError(done, { objectWriteTraceId: [input.objectWriteTraceId ?? ""] }));
    else results.push(toWrittenRecord(portal, done, toTrace(input)));
  }
  return toBatchAnswer(portal, 201, results, errors);
}

function toTrace(
  input: { readonly objectWriteTraceId?: string | undefined } | undefined,
): Readonly<Record<string, string>> {
  return input?.objectWriteTraceId === undefined ? {} : { objectWriteTraceId: input.objectWriteTraceId };
}

function uniqueKeyOf({ registry }: Portal, object: ObjectName, { properties }: CreateItem): string | undefined {
  const name = registry
    .uniqueNames(object)
    .find((candidate) => typeof properties[candidate] === "string" && properties[candidate] !== "");
  return name === undefined ? undefined : `${name}=${String(properties[name])}`;
}

/** Two inputs of one batch must not claim the same unique value. */
function checkUniqueAmong(portal: Portal, plans: readonly PlannedWrite[]): void {
  const seen = new Set<string>();
  for (const { object, properties } of plans) {
    for (const name of portal.registry.uniqueNames(object)) {
      const value = properties[name];
      if (value === undefined) continue;
      if (seen.has(`${name}=${value}`)) throw toConflict(portal, object, name, value, "another input of this batch");
      seen.add(`${name}=${value}`);
    }
  }
}

function upsertBatch(portal: Portal, writer: RecordWriter, call: HubCall): SandboxAnswer {
  const object = objectParam(call);
  const config = portal.config.current();
  checkRight(config, object, "create");
  checkRight(config, object, "edit");
  const { inputs } = parseBody(call, upsertInput);
  checkBatchSize(inputs.length, maxBatch);
  for (const { idProperty } of inputs) checkIdProperty(portal, object, "upsert", idProperty);
  const results: object[] = [];
  const errors: object[] = [];
  for (const input of resolveDuplicates(
    inputs,
    ({ id, idProperty }) => `${idProperty}=${id}`,
    config.duplicateKeysInBatch,
  )) {
    const done = attempt(() => upsertOne(portal, writer, object, input, call.version));
    if (done instanceof Refusal) errors.push(toBatchError(done, { ids: [input.id], ...toArrayTrace(input) }));
    else results.push(done);
  }
  return toBatchAnswer(portal, 200, results, errors);
}

function toArrayTrace({ objectWriteTraceId }: UpsertItem): Readonly<Record<string, readonly string[]>> {
  return objectWriteTraceId === undefined ? {} : { objectWriteTraceId: [objectWriteTraceId] };
}

/** Overwrites what is there, and makes anew what was deleted. */
function upsertOne(
  portal: Portal,
  writer: RecordWriter,
  object: ObjectName,
  input: UpsertItem,
  version: string,
): object {
  const { id, idProperty, properties } = input;
  const isEmail = object === "contacts" && idProperty === "email";
  if (isEmail && properties["email"] === undefined)
    throw invalid("Partial upserts by email are not supported: email must be among the properties.");
  const before = findRecord(portal, object, input, "current");
  const given = { [idProperty]: id, ...properties };
  const record = writer.commit(
    before === undefined ? writer.planCreate(object, given, version) : writer.planUpdate(before, given, version),
  );
  return toWrittenRecord(portal, record, { new: before === undefined, ...toTrace(input) });
}
