import { z } from "zod";
import { toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { isRelated, moduleFacts, type ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import type { RecordWriter } from "./record-writer.ts";
import { invalidId, Refusal } from "./refusal.ts";
import { moduleParam, param, parseBody, type ZohoCall } from "./zoho-call.ts";
import type { Actor, ZohoRecord } from "./zoho-record.ts";

const lookupFields: readonly (readonly [ModuleName, string])[] = [
  ["Calls", "Who_Id"],
  ["Calls", "What_Id"],
  ["Tasks", "Who_Id"],
  ["Tasks", "What_Id"],
  ["Notes", "Parent_Id"],
  ["Contacts", "Account_Name"],
  ["Deals", "Account_Name"],
  ["Deals", "Contact_Name"],
  ["Accounts", "Parent_Account"],
];

/** The master keeps its values and takes those it lacks; what points to the child points to it; the child is deleted. */
export function mergeRecords(
  org: Org,
  writer: RecordWriter,
  master: ZohoRecord,
  child: ZohoRecord,
  actor: Actor,
): ZohoRecord {
  const merged = writer.change(master, { values: { ...child.values, ...master.values } }, actor);
  for (const [module, field] of lookupFields) {
    for (const record of org.records.current(module).iterate()) {
      const pointsToChild = record.deleted === undefined && record.values[field] === child.id;
      if (!pointsToChild || (isRelated(field) && record.seModule !== child.module)) continue;
      org.records.put({ ...record, values: { ...record.values, [field]: master.id } });
    }
  }
  writer.remove(child, actor);
  return merged;
}

const mergeBody = z.looseObject({
  merge: z
    .array(
      z.looseObject({
        data: z
          .array(z.looseObject({ id: z.string() }))
          .min(1)
          .max(2),
      }),
    )
    .min(1)
    .max(1),
});

/** `POST /{module}/{id}/actions/merge`: up to two children into the master of the path. */
export function answerMerge(org: Org, writer: RecordWriter, call: ZohoCall): SandboxAnswer {
  const module = moduleParam(call);
  if (!moduleFacts(module).mergeable)
    throw new Refusal(400, "MODULE_NOT_SUPPORTED", "the module is not supported for this operation", { module });
  const body = parseBody(call, mergeBody);
  let master = org.records.live(module, param(call, "id"));
  const children = (body.merge[0]?.data ?? []).map(({ id }) => org.records.live(module, id));
  if (master === undefined) throw invalidId();
  for (const child of children) {
    if (child === undefined || child.id === master.id) throw invalidId();
    master = mergeRecords(org, writer, master, child, org.tokenUser());
  }
  const result = {
    code: "SUCCESS",
    details: { id: master.id },
    message: "records merged successfully",
    status: "success",
  };
  return toJsonAnswer(200, { merge: [result] });
}
