import { z } from "zod";
import { headerOf, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import {
  notFound,
  param,
  parseV1,
  requireRecord,
  route,
  toData,
  toOffsetPage,
  type ApiCall,
  type ApiRoute,
} from "./api-call.ts";
import type { Company } from "./company.ts";
import { idOf, toPlainTime, type CompanyRecord } from "./company-record.ts";
import { checkFeatureCaps, checkFieldRights, checkPermission, checkReferences, checkRules } from "./record-rules.ts";
import { companyId, type Wire } from "./record-wire.ts";
import { emptyRecord, type RecordWriter } from "./record-writer.ts";
import { badRequest, forbidden, notAllowed, Refusal } from "./refusal.ts";

const moment = z.string().regex(/^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2}|T\d{2}:\d{2}:\d{2}Z)$/, "is no UTC time");
const reference = z.int().positive();
const callLogBody = z.looseObject({
  user_id: reference.optional(),
  activity_id: reference.optional(),
  subject: z.string().optional(),
  duration: z.string().regex(/^\d+$/, "is no text of seconds").optional(),
  outcome: z.enum(["connected", "no_answer", "left_message", "left_voicemail", "wrong_number", "busy"]),
  from_phone_number: z.string().optional(),
  to_phone_number: z.string().min(1),
  start_time: moment,
  end_time: moment,
  person_id: reference.nullable().optional(),
  org_id: reference.nullable().optional(),
  deal_id: reference.nullable().optional(),
  lead_id: z.string().nullable().optional(),
  note: z.string().nullable().optional(),
});
type CallLogBody = z.infer<typeof callLogBody>;

const scopes = ["phone-integration"];

/** Call logs of the first version: each is, or wraps, an activity, and there is no way to change one. */
export function callLogRoutes(company: Company, writer: RecordWriter): readonly ApiRoute[] {
  const at = "/v1/callLogs";
  return [
    route("POST", at, { cost: 10, scopes }, (call) => create(company, writer, call)),
    route("GET", at, { cost: 20, scopes }, (call) => list(company, call)),
    route("GET", `${at}/:id`, { cost: 2, scopes }, (call) => toData(toLogWire(requireLog(company, call, "shown")))),
    route("DELETE", `${at}/:id`, { cost: 6, scopes }, (call) => {
      checkPermission(company, "callLogs", "delete");
      const log = requireLog(company, call, "current");
      writer.save({ ...log, deletedAt: company.clock.now() }, "update");
      return toJsonAnswer(200, { success: true });
    }),
    route("POST", `${at}/:id/recordings`, { cost: 10, scopes }, (call) => addRecording(company, writer, call)),
  ];
}

function requireLog(company: Company, call: ApiCall, sight: "shown" | "current"): CompanyRecord {
  const log = requireRecord(company, "callLogs", param(call, "id"), sight);
  if (log.deletedAt !== undefined) throw new Refusal(410, "ERR_GONE", "The call log is no longer available.");
  return log;
}

function create(company: Company, writer: RecordWriter, call: ApiCall): SandboxAnswer {
  checkPermission(company, "callLogs", "create");
  checkFeatureCaps(company, "callLogs");
  const body = parseV1(call, callLogBody);
  const { callLogSecondPost, recordingUrlField } = company.config.current();
  if (recordingUrlField === "rejected" && "recording_url" in body) throw notAllowed("recording_url");
  checkFieldRights(company, "callLogs", body);
  checkUser(company, call, body);
  const before = body.activity_id === undefined ? undefined : findLogOf(company, body.activity_id);
  if (before !== undefined && callLogSecondPost === "error")
    throw badRequest(`Bad request: activity ${body.activity_id} already has a call log`);
  const activity = body.activity_id === undefined ? wrap(company, writer, body) : convert(company, writer, body);
  const fields = toLogFields(company, body, activity);
  checkRules(company, "callLogs", "create", fields);
  if (before !== undefined && callLogSecondPost === "update") {
    const log = { ...before, fields: { ...before.fields, ...fields }, updateTime: company.clock.now() };
    return toData(toLogWire(writer.save(log, "update")));
  }
  const log = { ...emptyRecord(company, "callLogs", company.clock.now()), fields: { has_recording: false, ...fields } };
  return toData(toLogWire(writer.save(log, "create")));
}

/** Logs of other users are for those with access to the account's settings. */
function checkUser(company: Company, { caller }: ApiCall, body: CallLogBody): void {
  if (body.user_id === undefined || body.user_id === company.me()) return;
  if (caller.scopes !== null && !caller.scopes.includes("admin"))
    throw forbidden("A user without account settings access cannot create call logs for other users");
  if (!company.config.current().users.some(({ id, active }) => Number(id) === body.user_id && active))
    throw badRequest(`Bad request: user_id ${body.user_id} does not exist or is not active`);
}

function findLogOf(company: Company, activityId: number): CompanyRecord | undefined {
  const logs = [...company.current("callLogs").iterate()];
  return logs.find(({ fields, deletedAt }) => deletedAt === undefined && fields["activity_id"] === activityId);
}

/** The activity is turned into a call log: what it is linked to stands, what the body says of that does not. */
function convert(company: Company, writer: RecordWriter, body: CallLogBody): CompanyRecord {
  const activity = company.current("activities").get(String(body.activity_id));
  if (activity === undefined || !company.isLive(activity)) throw notFound(company);
  if (activity.fields["type"] !== "call") throw badRequest("Bad request: the activity is no call");
  const fields = {
    ...activity.fields,
    done: true,
    ...(body.subject === undefined ? {} : { subject: body.subject }),
    ...(body.note === undefined ? {} : { note: body.note }),
  };
  return writer.save({ ...activity, fields, updateTime: company.clock.now() }, "update");
}

function wrap(company: Company, writer: RecordWriter, body: CallLogBody): CompanyRecord {
  const person = body.person_id ?? undefined;
  const start = toPlain(body.start_time);
  const links = { org_id: body.org_id ?? null, deal_id: body.deal_id ?? null, lead_id: body.lead_id ?? null };
  const participants = person === undefined ? [] : [{ person_id: person, primary: true }];
  checkReferences(company, "activities", { ...links, participants });
  const fields = {
    subject: body.subject ?? "Call",
    type: "call",
    done: true,
    owner_id: body.user_id ?? company.me(),
    due_date: start.slice(0, 10),
    due_time: start.slice(11),
    duration: toDuration(Number(body.duration ?? "0")),
    ...links,
    participants,
    person_id: person ?? null,
    note: body.note ?? null,
  };
  return writer.save({ ...emptyRecord(company, "activities", company.clock.now()), fields }, "create");
}

function toLogFields(company: Company, body: CallLogBody, activity: CompanyRecord): Wire {
  const { fields } = activity;
  return {
    activity_id: Number(activity.id),
    person_id: fields["person_id"] ?? null,
    org_id: fields["org_id"] ?? null,
    deal_id: fields["deal_id"] ?? null,
    lead_id: fields["lead_id"] ?? null,
    subject: fields["subject"],
    duration: body.duration ?? "0",
    outcome: body.outcome,
    from_phone_number: body.from_phone_number ?? null,
    to_phone_number: body.to_phone_number,
    start_time: `${toPlain(body.start_time).replace(" ", "T")}.000Z`,
    end_time: `${toPlain(body.end_time).replace(" ", "T")}.000Z`,
    user_id: body.user_id ?? company.me(),
    company_id: companyId,
    note: fields["note"] ?? null,
  };
}

export function toLogWire({ id, fields }: CompanyRecord): Wire {
  return { id, has_recording: false, ...fields };
}

/** Only the signed-in user's own logs. */
function list(company: Company, call: ApiCall): SandboxAnswer {
  checkPermission(company, "callLogs", "read");
  const isOldestFirst = company.config.current().callLogOrder === "oldestFirst";
  const own = [...company.shown("callLogs").iterate()]
    .filter((log) => company.isLive(log) && idOf(log.fields["user_id"]) === String(company.me()))
    .toSorted((left, right) => (isOldestFirst ? left.order - right.order : right.order - left.order));
  const { page, additional } = toOffsetPage(call, own, 50, 50);
  return toData(page.map(toLogWire), 200, additional);
}

function addRecording(company: Company, writer: RecordWriter, call: ApiCall): SandboxAnswer {
  checkPermission(company, "callLogs", "edit");
  const log = requireLog(company, call, "current");
  const type = headerOf(call.request, "content-type") ?? "";
  if (!type.toLowerCase().startsWith("multipart/form-data") || !call.request.body.includes('name="file"'))
    throw badRequest("Bad request: the form must hold a file");
  if (log.fields["has_recording"] === true)
    throw new Refusal(409, "ERR_CONFLICT", "Recording for this call already exists");
  writer.save({ ...log, fields: { ...log.fields, has_recording: true } }, "update");
  return toJsonAnswer(200, { success: true });
}

function toPlain(time: string): string {
  return time.includes("T") ? toPlainTime(Date.parse(time)) : time;
}

function toDuration(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}:00`;
}
