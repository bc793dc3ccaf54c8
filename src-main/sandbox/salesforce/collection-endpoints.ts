import { z } from "zod";
import type { SandboxAnswer } from "../core/message.ts";
import {
  listParam,
  objectParam,
  ok,
  param,
  parseBody,
  route,
  writeContext,
  type OrgCall,
  type OrgRoute,
} from "./org-call.ts";
import { objectOfId, toObjectName, type ObjectName } from "./object-types.ts";
import type { Org } from "./org.ts";
import { findLive, toSaved } from "./record-endpoints.ts";
import { normaliseId } from "./record-id.ts";
import { toWireRecord } from "./record-wire.ts";
import { createRecord, deleteRecord, entityDeleted, updateRecord } from "./record-writer.ts";
import { badJson, badRecord, Refusal, toRowError, type RowError } from "./refusal.ts";
import { requireKeyField, SeveralMatches, toAmbiguousRefusal, upsertRecord } from "./upsert.ts";

const maxRecords = 200;
const maxRetrieved = 2000;

const typedRecord = z.looseObject({ attributes: z.looseObject({ type: z.string() }) });
const writeBody = z.object({ allOrNone: z.boolean().default(false), records: z.array(typedRecord) });
const retrieveBody = z.object({ ids: z.array(z.string()), fields: z.array(z.string()).min(1) });

type Given = z.output<typeof typedRecord>;

/** Up to 200 records in one call, each with its own outcome. */
export function collectionRoutes(org: Org): readonly OrgRoute[] {
  const base = "/composite/sobjects";
  return [
    route("POST", base, (call) => insert(org, call)),
    route("PATCH", base, (call) => update(org, call)),
    route("DELETE", base, (call) => remove(org, call)),
    route("PATCH", `${base}/:object/:field`, (call) => upsert(org, call)),
    route("GET", `${base}/:object`, (call) =>
      retrieve(org, call, { ids: listParam(call, "ids") ?? [], fields: listParam(call, "fields") ?? [] }),
    ),
    route("POST", `${base}/:object`, (call) => retrieve(org, call, parseBody(call, retrieveBody))),
  ];
}

type RowResult = { readonly result: object; readonly failed: boolean };

/** Runs every row; with `allOrNone` one bad row undoes the others, which are told apart by their code. */
function runRows<T>(call: OrgCall, rows: readonly T[], allOrNone: boolean, run: (row: T) => object): SandboxAnswer {
  const start = call.tx.mark();
  const results = rows.map((row) => runRow(call, () => run(row)));
  if (!allOrNone || !results.some(({ failed }) => failed)) return ok(results.map(({ result }) => result));
  call.tx.rollBack(start);
  return ok(results.map(({ result, failed }) => (failed ? result : toFailed(rolledBack))));
}

const rolledBack: RowError = {
  statusCode: "ALL_OR_NONE_OPERATION_ROLLED_BACK",
  message: "Record rolled back because not all records were valid and the request was using AllOrNone header",
  fields: [],
};

function toFailed(error: RowError): object {
  return { success: false, errors: [error] };
}

function runRow({ tx }: OrgCall, run: () => object): RowResult {
  const start = tx.mark();
  try {
    return { result: run(), failed: false };
  } catch (error) {
    // What cannot be read at all fails the whole request.
    if (!(error instanceof Refusal) || error.code === "JSON_PARSER_ERROR") throw error;
    tx.rollBack(start);
    return { result: toFailed(toRowError(error)), failed: true };
  }
}

function checkSize(rows: number, max: number): void {
  if (rows > max)
    throw new Refusal(
      400,
      "INVALID_BATCH_SIZE",
      `record limit reached. cannot submit more than ${max} records into this call`,
    );
}

/** Records are worked off in runs of one type; only so many runs are taken. Each record is given its run's length. */
function toRuns(org: Org, records: readonly Given[]): readonly { readonly given: Given; readonly rows: number }[] {
  const runs: Given[][] = [];
  let type = "";
  for (const given of records) {
    if (given.attributes.type !== type) runs.push([]);
    type = given.attributes.type;
    runs.at(-1)?.push(given);
  }
  const max = org.config.current().collectionsMaxTypeChunks;
  if (runs.length > max)
    throw new Refusal(
      400,
      "INVALID_BATCH_SIZE",
      `Cannot have more than ${max} chunks in a single operation. Please rearrange the data to reduce chunking.`,
    );
  return runs.flatMap((run) => run.map((given) => ({ given, rows: run.length })));
}

function objectOf(given: Given): ObjectName {
  const object = toObjectName(given.attributes.type);
  if (object === undefined)
    throw badRecord("INVALID_TYPE", `sObject type '${given.attributes.type}' is not supported.`);
  return object;
}

function insert(org: Org, call: OrgCall): SandboxAnswer {
  const { records, allOrNone } = parseBody(call, writeBody);
  checkSize(records.length, maxRecords);
  return runRows(call, toRuns(org, records), allOrNone, ({ given, rows }) =>
    toSaved(createRecord(org, objectOf(given), given, writeContext(call, rows)).id),
  );
}

function update(org: Org, call: OrgCall): SandboxAnswer {
  const { records, allOrNone } = parseBody(call, writeBody);
  checkSize(records.length, maxRecords);
  return runRows(call, toRuns(org, records), allOrNone, ({ given, rows }) => {
    const { id, fields } = takeId(given);
    const record = findRow(org, objectOf(given), id);
    return toSaved(updateRecord(org, record, fields, writeContext(call, rows)).id);
  });
}

/** The id of a row in any spelling of its name, apart from the fields. */
function takeId(given: Given): { readonly id: string; readonly fields: Readonly<Record<string, unknown>> } {
  const name = Object.keys(given).find((key) => key.toLowerCase() === "id");
  const id = name === undefined ? undefined : given[name];
  if (name === undefined || typeof id !== "string")
    throw badRecord("MISSING_ARGUMENT", "Id not specified in an update call");
  return { id, fields: Object.fromEntries(Object.entries(given).filter(([key]) => key !== name)) };
}

function findRow(org: Org, object: ObjectName, given: string) {
  const id = normaliseId(given);
  if (id === undefined || objectOfId(id) !== object)
    throw badRecord("MALFORMED_ID", `${object} ID: id value of incorrect type: ${given}`, ["Id"]);
  const record = org.records.find(object, id);
  if (record === undefined) throw badRecord("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id");
  if (record.deletedAt !== undefined) throw entityDeleted(org);
  return findLive(org, object, id, "write");
}

function upsert(org: Org, call: OrgCall): SandboxAnswer {
  const object = objectParam(org, call);
  const field = requireKeyField(org, object, param(call, "field"));
  const { records, allOrNone } = parseBody(call, writeBody);
  checkSize(records.length, maxRecords);
  const stranger = records.find(({ attributes }) => attributes.type.toLowerCase() !== object.toLowerCase());
  if (stranger !== undefined) throw badJson(`All records must be of type ${object}, not ${stranger.attributes.type}.`);
  const rows = records.map((given) => takeKey(given, field.name));
  const seen = new Map<string, number>();
  for (const { key } of rows) seen.set(key, (seen.get(key) ?? 0) + 1);
  return runRows(call, rows, allOrNone, ({ key, fields }) => {
    if (key === "") throw badRecord("MISSING_ARGUMENT", `${field.name} not specified`);
    if ((seen.get(key) ?? 0) > 1)
      throw badRecord("DUPLICATE_VALUE", `Duplicate external id specified: ${key}`, [field.name]);
    try {
      const { record, created } = upsertRecord(
        org,
        { object, field, value: key },
        fields,
        writeContext(call, rows.length),
      );
      return { ...toSaved(record.id), created };
    } catch (error) {
      throw error instanceof SeveralMatches ? toAmbiguousRefusal(error, field.name) : error;
    }
  });
}

function takeKey(
  given: Given,
  field: string,
): { readonly key: string; readonly fields: Readonly<Record<string, unknown>> } {
  const name = Object.keys(given).find((key) => key.toLowerCase() === field.toLowerCase());
  const value = name === undefined ? undefined : given[name];
  const fields = Object.fromEntries(Object.entries(given).filter(([key]) => key !== name));
  return { key: typeof value === "string" || typeof value === "number" ? String(value) : "", fields };
}

function remove(org: Org, call: OrgCall): SandboxAnswer {
  const ids = listParam(call, "ids") ?? [];
  checkSize(ids.length, maxRecords);
  return runRows(call, ids, call.request.query.get("allOrNone") === "true", (given) => {
    const id = normaliseId(given);
    const object = id === undefined ? undefined : objectOfId(id);
    if (id === undefined || object === undefined) throw badRecord("MALFORMED_ID", `malformed id ${given}`);
    const record = findRow(org, object, id);
    deleteRecord(org, record, call.tx);
    return toSaved(record.id);
  });
}

/** What the user may not see, or is not there, is null in its place. */
function retrieve(
  org: Org,
  call: OrgCall,
  { ids, fields }: { readonly ids: readonly string[]; readonly fields: readonly string[] },
): SandboxAnswer {
  const object = objectParam(org, call);
  checkSize(ids.length, maxRetrieved);
  return ok(
    ids.map((given) => {
      const id = normaliseId(given);
      const record = id === undefined ? undefined : org.records.readView(object).get(id);
      if (record === undefined || record.deletedAt !== undefined || !org.records.isVisible(record)) return null;
      return toWireRecord(org, record, call.base, fields);
    }),
  );
}
