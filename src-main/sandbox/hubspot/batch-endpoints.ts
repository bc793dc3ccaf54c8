import { z } from "zod";
import { toEmptyAnswer, type SandboxAnswer } from "../core/message.ts";
import { checkRight } from "./access-rights.ts";
import { attempt, checkBatchSize, maxBatch, resolveDuplicates, toBatchAnswer } from "./batch-frame.ts";
import { flagParam, objectParam, parseBody, route, type HubCall, type HubRoute } from "./hub-call.ts";
import { idInput } from "./link-input.ts";
import { propertiesInput } from "./object-endpoints.ts";
import { objectTypes, type ObjectName } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import { findRecord, followMerge, notUnique, requireRecord, type Key } from "./record-finder.ts";
import { checkUnlocked } from "./record-links.ts";
import { toWireRecord, toWrittenRecord } from "./record-wire.ts";
import type { RecordWriter } from "./record-writer.ts";
import { notFound, Refusal, toBatchError } from "./refusal.ts";

const readInput = z.object({
  properties: z.array(z.string()).optional(),
  propertiesWithHistory: z.array(z.string()).optional(),
  idProperty: z.string().optional(),
  inputs: z.array(z.object({ id: idInput })),
});
const updateInput = z.object({
  inputs: z.array(
    z.object({
      id: idInput,
      idProperty: z.string().optional(),
      objectWriteTraceId: z.string().optional(),
      properties: propertiesInput,
    }),
  ),
});
const archiveInput = z.object({ inputs: z.array(z.object({ id: idInput })) });

/** Reading, updating and archiving up to 100 records at once; each item of a read or update stands for itself. */
export function batchRoutes(portal: Portal, writer: RecordWriter): readonly HubRoute[] {
  const base = "/crm/objects/:version/:object/batch";
  return [
    route("POST", `${base}/read`, "read", (call) => readBatch(portal, call)),
    route("POST", `${base}/update`, "write", (call) => updateBatch(portal, writer, call)),
    route("POST", `${base}/archive`, "write", (call) => archiveBatch(portal, writer, call)),
  ];
}

function readBatch(portal: Portal, call: HubCall): SandboxAnswer {
  const object = objectParam(call);
  const config = portal.config.current();
  checkRight(config, object, "read");
  const { inputs, idProperty, properties, propertiesWithHistory: history } = parseBody(call, readInput);
  checkBatchSize(inputs.length, history !== undefined && history.length > 0 ? config.batchReadHistoryMax : maxBatch);
  const asked = resolveDuplicates(inputs, ({ id }) => id, config.duplicateKeysInBatch);
  const archived = flagParam(call, "archived");
  const found = asked.map(({ id }) => ({ id, record: findShown(portal, object, { id, idProperty }, archived) }));
  const results = found.flatMap(({ record }) =>
    record === undefined ? [] : [toWireRecord(portal, record, { properties, history })],
  );
  const missing = found.filter(({ record }) => record === undefined).map(({ id }) => id);
  const errors = missing.length === 0 ? [] : [toBatchError(toMissing(object), { ids: missing })];
  return toBatchAnswer(portal, 200, results, errors);
}

function findShown(portal: Portal, object: ObjectName, key: Key, archived: boolean) {
  const found = findRecord(portal, object, key, "shown", archived);
  if (found !== undefined || archived) return found;
  const survivor = followMerge(portal, object, key);
  return survivor === undefined ? undefined : findRecord(portal, object, { id: survivor }, "shown");
}

export function toMissing(object: ObjectName): Refusal {
  const name = objectTypes[object].singular.toUpperCase();
  return notFound(`Could not get some ${name} objects, they may be deleted or not exist. Check that ids are valid.`);
}

function updateBatch(portal: Portal, writer: RecordWriter, call: HubCall): SandboxAnswer {
  const object = objectParam(call);
  const config = portal.config.current();
  checkRight(config, object, "edit");
  const { inputs } = parseBody(call, updateInput);
  checkBatchSize(inputs.length, maxBatch);
  for (const { idProperty } of inputs)
    if (idProperty !== undefined) checkIdProperty(portal, object, "update", idProperty);
  const results: object[] = [];
  const errors: object[] = [];
  for (const input of resolveDuplicates(
    inputs,
    ({ id, idProperty }) => `${idProperty ?? ""}=${id}`,
    config.duplicateKeysInBatch,
  )) {
    const trace = input.objectWriteTraceId;
    const done = attempt(() => {
      const before = requireRecord(portal, object, input);
      return writer.commit(writer.planUpdate(before, input.properties, call.version));
    });
    if (done instanceof Refusal)
      errors.push(
        toBatchError(done, { ids: [input.id], ...(trace === undefined ? {} : { objectWriteTraceId: [trace] }) }),
      );
    else results.push(toWrittenRecord(portal, done, trace === undefined ? {} : { objectWriteTraceId: trace }));
  }
  return toBatchAnswer(portal, 200, results, errors);
}

/** Record ids need no property: naming `hs_object_id` is refused, as any property that is not unique. */
export function checkIdProperty(
  { registry }: Portal,
  object: ObjectName,
  operation: "update" | "upsert",
  idProperty: string,
): void {
  if (!registry.uniqueNames(object).includes(idProperty)) throw notUnique(operation, object, idProperty);
}

function archiveBatch(portal: Portal, writer: RecordWriter, call: HubCall): SandboxAnswer {
  const object = objectParam(call);
  checkRight(portal.config.current(), object, "delete");
  const { inputs } = parseBody(call, archiveInput);
  checkBatchSize(inputs.length, maxBatch);
  for (const { id } of inputs) checkUnlocked(portal.config.current().lockedRecords, object, id);
  for (const { id } of inputs) {
    const record = findRecord(portal, object, { id }, "current");
    if (record !== undefined) writer.archive(record);
  }
  return toEmptyAnswer(204);
}
