import { headerOf, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import type { Org } from "./org.ts";
import { Refusal, toErrorBody } from "./refusal.ts";
import type { WireRecord, WriteBody, ZohoCall } from "./zoho-call.ts";
import { parseZohoTime, toZohoTime, type ZohoRecord } from "./zoho-record.ts";

export const maxBatch = 100;

type Done = Readonly<Record<string, unknown>>;

/** `more` is told beside the results, once all are there. */
export type BatchOptions = { readonly limit?: number; readonly more?: () => Done };

/** Each record by itself: what goes wrong with one does not touch the others. The status tells how many went well. */
export function answerBatch(
  org: Org,
  body: Pick<WriteBody, "data">,
  goodStatus: 200 | 201,
  write: (given: WireRecord, position: number) => Done,
  { limit = maxBatch, more = () => ({}) }: BatchOptions = {},
): SandboxAnswer {
  const { overBatchCode, mixedBatchStatus } = org.config.current();
  if (body.data.length > limit)
    throw new Refusal(400, overBatchCode, "max allowed limit exceeded", {
      limit,
      api_name: "data",
      json_path: "$.data",
    });
  const results = body.data.map((given, position) => {
    try {
      return { ok: true, status: goodStatus, result: { ...write(given, position), status: "success" } };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { ok: false, status: error.status, result: toErrorBody(error) };
    }
  });
  const answer = { data: results.map(({ result }) => result), ...more() };
  const failed = results.filter(({ ok }) => !ok);
  if (failed.length === 0) return toJsonAnswer(goodStatus, answer);
  if (failed.length < results.length) return toJsonAnswer(mixedBatchStatus, answer);
  const [first] = failed;
  const isSame = failed.every(({ status }) => status === first?.status);
  return toJsonAnswer(isSame && first !== undefined ? first.status : 400, answer);
}

/** What a written record's answer says of it. */
export function toWrittenDetails(org: Org, record: ZohoRecord): Done {
  const zone = org.config.current().orgTimeZone;
  const pending = org.config.current().unapprovedRecords[record.module]?.includes(record.id) ?? false;
  return {
    Modified_Time: toZohoTime(record.modifiedAt, zone),
    Modified_By: { name: record.modifiedBy.name, id: record.modifiedBy.id },
    Created_Time: toZohoTime(record.createdAt, zone),
    id: record.id,
    Created_By: { name: record.createdBy.name, id: record.createdBy.id },
    $approval_state: pending ? "pending" : "approved",
  };
}

/** Throws a 412 `Refusal` where the record was changed after the time in `If-Unmodified-Since`. */
export function checkUnmodified(org: Org, { request }: ZohoCall, before: ZohoRecord): void {
  const header = headerOf(request, "if-unmodified-since");
  if (header === undefined) return;
  const since = parseZohoTime(header) ?? Date.parse(header);
  if (Number.isNaN(since) || before.modifiedAt <= since) return;
  throw new Refusal(412, "ALREADY_MODIFIED", "the record is already modified", {
    id: before.id,
    Modified_Time: toZohoTime(before.modifiedAt, org.config.current().orgTimeZone),
    Modified_By: { name: before.modifiedBy.name, id: before.modifiedBy.id },
  });
}

/** Without `trigger` everything runs; with it only what it names. */
export function runsWorkflow({ trigger }: Pick<WriteBody, "trigger">): boolean {
  return trigger === undefined || trigger.includes("workflow");
}
