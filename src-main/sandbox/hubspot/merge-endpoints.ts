import { z } from "zod";
import { toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { checkRight } from "./access-rights.ts";
import { objectParam, parseBody, route, type HubCall, type HubRoute } from "./hub-call.ts";
import { idInput } from "./link-input.ts";
import { isActivity, objectTypes } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import { findRecord, requireRecord } from "./record-finder.ts";
import { checkUnlocked } from "./record-links.ts";
import { mergeRecords } from "./record-merge.ts";
import { toWrittenRecord } from "./record-wire.ts";
import { notFound } from "./refusal.ts";

const mergeInput = z.object({ primaryObjectId: idInput, objectIdToMerge: idInput });
const gdprInput = z.object({ objectId: idInput, idProperty: z.string().optional() });

/** Merging, and deletion for good at a person's request. Activities cannot be merged; only contacts have a privacy delete. */
export function mergeRoutes(portal: Portal): readonly HubRoute[] {
  return [
    route("POST", "/crm/objects/:version/:object/merge", "write", (call) => merge(portal, call)),
    route("POST", "/crm/objects/:version/:object/gdpr-delete", "write", (call) => gdprDelete(portal, call)),
  ];
}

function merge(portal: Portal, call: HubCall): SandboxAnswer {
  const object = objectParam(call);
  if (isActivity(object)) throw notFound(`Merging is not supported for object type ${objectTypes[object].typeId}.`);
  const config = portal.config.current();
  checkRight(config, object, "edit");
  const { primaryObjectId, objectIdToMerge } = parseBody(call, mergeInput);
  const primary = requireRecord(portal, object, { id: primaryObjectId });
  const other = requireRecord(portal, object, { id: objectIdToMerge });
  for (const { id } of [primary, other]) checkUnlocked(config.lockedRecords, object, id);
  return toJsonAnswer(200, toWrittenRecord(portal, mergeRecords(portal, object, primary, other, "own")));
}

function gdprDelete(portal: Portal, call: HubCall): SandboxAnswer {
  const object = objectParam(call);
  if (object !== "contacts") throw notFound();
  checkRight(portal.config.current(), object, "delete");
  const { objectId, idProperty } = parseBody(call, gdprInput);
  const key = { id: objectId, idProperty };
  const record = findRecord(portal, object, key, "current") ?? findRecord(portal, object, key, "current", true);
  if (record !== undefined) {
    portal.graph.forget(object, record.id);
    portal.records.remove(object, record.id);
    portal.history.forget(record.id);
  }
  return toEmptyAnswer(204);
}
