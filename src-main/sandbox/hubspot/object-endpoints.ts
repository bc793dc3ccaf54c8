import { z } from "zod";
import { toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { checkRight } from "./access-rights.ts";
import type { HubRecord } from "./hub-record.ts";
import {
  flagParam,
  limitParam,
  listParam,
  objectParam,
  param,
  parseBody,
  route,
  type HubCall,
  type HubRoute,
} from "./hub-call.ts";
import { linksInput, toLinks } from "./link-input.ts";
import type { ObjectName } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import { findRecord, followMerge, requireRecord, type Key } from "./record-finder.ts";
import { checkUnlocked } from "./record-links.ts";
import { toAssociatedObjects, toWireRecord, toWrittenRecord, type Projection } from "./record-wire.ts";
import type { RecordWriter } from "./record-writer.ts";
import { invalid, notFound } from "./refusal.ts";

export const propertiesInput = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const createInput = z.object({ properties: propertiesInput, associations: linksInput });
const updateInput = z.object({ properties: propertiesInput });

const maxPage = 100;
const maxPageWithHistory = 50;

/** One record at a time, and the list. */
export function objectRoutes(portal: Portal, writer: RecordWriter): readonly HubRoute[] {
  const base = "/crm/objects/:version/:object";
  return [
    route("GET", base, "read", (call) => listRecords(portal, call)),
    route("POST", base, "write", (call) => createRecord(portal, writer, call)),
    route("GET", `${base}/:id`, "read", (call) => readRecord(portal, call)),
    route("PATCH", `${base}/:id`, "write", (call) => updateRecord(portal, writer, call)),
    route("DELETE", `${base}/:id`, "write", (call) => archiveRecord(portal, writer, call)),
  ];
}

function toProjection(call: HubCall): Projection {
  return {
    properties: listParam(call, "properties"),
    history: listParam(call, "propertiesWithHistory"),
    associations: toAssociatedObjects(listParam(call, "associations")),
  };
}

function toKey(call: HubCall): Key {
  const idProperty = call.request.query.get("idProperty") ?? undefined;
  return { id: param(call, "id"), idProperty: idProperty === "hs_object_id" ? undefined : idProperty };
}

/** The cursor is the id from which the next page begins. */
function listRecords(portal: Portal, call: HubCall): SandboxAnswer {
  const object = objectParam(call);
  checkRight(portal.config.current(), object, "read");
  const projection = toProjection(call);
  const hasHistory = (projection.history?.length ?? 0) > 0;
  const limit = limitParam(call, 10, hasHistory ? maxPageWithHistory : maxPage);
  const after = call.request.query.get("after");
  if (after !== null && !/^\d+$/.test(after)) throw invalid(`The paging cursor ${after} is not valid.`);
  const page = takePage(portal, object, { after: after ?? undefined, limit, archived: flagParam(call, "archived") });
  const results = page.records.map((record) => toWireRecord(portal, record, projection));
  return toJsonAnswer(200, {
    results,
    ...(page.next === undefined ? {} : { paging: { next: { after: page.next, link: toNextLink(call, page.next) } } }),
  });
}

type PageAsk = { readonly after: string | undefined; readonly limit: number; readonly archived: boolean };

function takePage({ records }: Portal, object: ObjectName, { after, limit, archived }: PageAsk) {
  const taken: HubRecord[] = [];
  for (const record of records.readView(object).iterate(after)) {
    if ((record.archivedAt !== undefined) !== archived || !records.isVisible(record)) continue;
    const last = taken.at(-1);
    if (taken.length === limit && last !== undefined) return { records: taken, next: String(BigInt(last.id) + 1n) };
    taken.push(record);
  }
  return { records: taken, next: undefined };
}

function toNextLink({ request }: HubCall, after: string): string {
  const query = new URLSearchParams(request.query);
  query.set("after", after);
  return `https://api.hubapi.com${request.path}?${query.toString()}`;
}

function createRecord(portal: Portal, writer: RecordWriter, call: HubCall): SandboxAnswer {
  const object = objectParam(call);
  checkRight(portal.config.current(), object, "create");
  const { properties, associations } = parseBody(call, createInput);
  const links = toLinks(portal, object, associations);
  const record = writer.commit(writer.planCreate(object, properties, call.version, links));
  return toJsonAnswer(201, toWrittenRecord(portal, record));
}

function readRecord(portal: Portal, call: HubCall): SandboxAnswer {
  const object = objectParam(call);
  checkRight(portal.config.current(), object, "read");
  const key = toKey(call);
  const archived = flagParam(call, "archived");
  const found = findRecord(portal, object, key, "shown", archived) ?? findSurvivor(portal, object, key);
  if (found === undefined) throw notFound();
  return toJsonAnswer(200, toWireRecord(portal, found, toProjection(call)));
}

function findSurvivor(portal: Portal, object: ObjectName, key: Key): HubRecord | undefined {
  const id = followMerge(portal, object, key);
  return id === undefined ? undefined : findRecord(portal, object, { id }, "shown");
}

function updateRecord(portal: Portal, writer: RecordWriter, call: HubCall): SandboxAnswer {
  const object = objectParam(call);
  checkRight(portal.config.current(), object, "edit");
  const { properties } = parseBody(call, updateInput);
  const before = requireRecord(portal, object, toKey(call));
  return toJsonAnswer(200, toWrittenRecord(portal, writer.commit(writer.planUpdate(before, properties, call.version))));
}

/** Answers 204 whatever the state of the record is. */
function archiveRecord(portal: Portal, writer: RecordWriter, call: HubCall): SandboxAnswer {
  const object = objectParam(call);
  checkRight(portal.config.current(), object, "delete");
  const record = findRecord(portal, object, { id: param(call, "id") }, "current");
  if (record !== undefined) {
    checkUnlocked(portal.config.current().lockedRecords, object, record.id);
    writer.archive(record);
  }
  return toEmptyAnswer(204);
}
