import { z } from "zod";
import { toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import type { ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import { visibleRecords } from "./read-endpoints.ts";
import { planWrite } from "./record-plan.ts";
import type { RecordWriter } from "./record-writer.ts";
import { invalidData, invalidId, Refusal } from "./refusal.ts";
import { answerBatch, runsWorkflow, toWrittenDetails } from "./write-batch.ts";
import { moduleAccess } from "./write-endpoints.ts";
import {
  moduleParam,
  param,
  parseBody,
  route,
  type Access,
  type WireRecord,
  type ZohoCall,
  type ZohoRoute,
} from "./zoho-call.ts";
import { allViewId } from "./view-endpoints.ts";

const maxByIds = 500;
const maxByView = 50_000;
const id = z.union([z.string(), z.number()]).transform(String);
const massBody = z.looseObject({
  data: z.array(z.record(z.string(), z.unknown())).length(1),
  ids: z.array(id).min(1).optional(),
  cvid: id.optional(),
  over_write: z.boolean().optional(),
  trigger: z.array(z.string()).optional(),
});
const ownerBody = z.looseObject({
  ids: z.array(id).min(1).optional(),
  owner: z.looseObject({ id }),
  notify: z.boolean().optional(),
});

type Job = Readonly<Record<"Total_Count" | "Updated_Count" | "Not_Updated_Count" | "Failed_Count", number>>;

export type MassChanges = { readonly routes: readonly ZohoRoute[]; readonly clear: () => void };

/** The same values for many records: by their ids at once, by a view as a job that is done when it is asked for. */
export function createMassChanges(org: Org, writer: RecordWriter): MassChanges {
  const jobs = new Map<string, Job>();
  const update = moduleAccess("edit");
  const massAccess = (call: Pick<ZohoCall, "params">): Access => {
    const module = moduleParam(call);
    return { scopes: [`ZohoCRM.mass_update.${module}.UPDATE`], right: { module, permission: "edit" } };
  };
  const change = (
    module: ModuleName,
    recordId: string,
    given: WireRecord,
    body: { trigger?: string[] | undefined },
  ) => {
    const before = org.records.live(module, recordId);
    if (before === undefined) throw invalidId();
    return writer.commit(planWrite(org, { module, before, given, position: 0 }), runsWorkflow(body));
  };
  const massUpdate = (call: ZohoCall): SandboxAnswer => {
    const module = moduleParam(call);
    const { ids, cvid, ...body } = parseBody(call, massBody);
    const [given = {}] = body.data;
    if (Object.keys(given).length !== 1)
      throw new Refusal(400, "LIMIT_EXCEEDED", "only one field can be updated at a time", { limit: 1 });
    if (ids !== undefined) {
      const write = ({ id: recordId }: WireRecord) => {
        const record = change(module, String(recordId), given, body);
        return { code: "SUCCESS", details: toWrittenDetails(org, record), message: "record updated" };
      };
      return answerBatch(org, { data: ids.map((each) => ({ id: each })) }, 200, write, { limit: maxByIds });
    }
    if (cvid !== allViewId(module)) throw invalidData({ api_name: "cvid", json_path: "$.cvid" });
    const jobId = org.records.nextId();
    jobs.set(
      jobId,
      runJob(visibleRecords(org, module, call).slice(0, maxByView), (each) => change(module, each, given, body)),
    );
    const details = { job_id: jobId };
    const message = "mass update scheduled successfully";
    return toJsonAnswer(200, { data: [{ code: "SCHEDULED", details, message, status: "success" }] });
  };
  const readJob = (call: ZohoCall): SandboxAnswer => {
    const jobId = call.request.query.get("job_id");
    if (jobId === null)
      throw new Refusal(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", {
        param_name: "job_id",
      });
    const job = jobs.get(jobId);
    if (job === undefined) throw invalidData({ param_name: "job_id" }, "the job_id given seems to be invalid");
    return toJsonAnswer(200, { data: [{ Status: "COMPLETED", ...job }] });
  };
  const changeOwners = (call: ZohoCall): SandboxAnswer => {
    const module = moduleParam(call);
    const body = parseBody(call, ownerBody);
    const one = param(call, "id");
    const ids = one === "" ? body.ids : [one];
    if (ids === undefined)
      throw new Refusal(400, "MANDATORY_NOT_FOUND", "required field not found", {
        api_name: "ids",
        json_path: "$.ids",
      });
    return answerBatch(
      org,
      { data: ids.map((each) => ({ id: each })) },
      200,
      ({ id: recordId }) => {
        const record = change(module, String(recordId), { Owner: { id: body.owner.id } }, {});
        return { code: "SUCCESS", details: { id: record.id }, message: "owner updated successfully" };
      },
      { limit: maxByIds },
    );
  };
  return {
    routes: [
      route("POST", "/crm/:version/:module/actions/mass_update", massAccess, massUpdate),
      route("GET", "/crm/:version/:module/actions/mass_update", massAccess, readJob),
      route("POST", "/crm/:version/:module/actions/change_owner", update, changeOwners),
      route("POST", "/crm/:version/:module/:id/actions/change_owner", update, changeOwners),
    ],
    clear: () => jobs.clear(),
  };
}

function runJob(records: readonly { readonly id: string }[], change: (id: string) => unknown): Job {
  let failed = 0;
  for (const record of records) {
    try {
      change(record.id);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      failed += 1;
    }
  }
  const count = records.length;
  return { Total_Count: count, Updated_Count: count - failed, Not_Updated_Count: 0, Failed_Count: failed };
}
