import type { z } from "zod";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { ipcCalls, type CallInput } from "../../../src-shared/ipc/contract.ts";
import type {
  callStory,
  deliveryStory,
  MatchQuestion,
  storyAnswer,
  storyEvent,
} from "../../../src-shared/ipc/story-views.ts";
import type { AuditEntry } from "../ports/audit-log.ts";
import type { Match } from "../ports/delivery-store.ts";
import type { DeliveryBrief, FoundCall } from "../ports/report-store.ts";
import type { ApiParts } from "./api-parts.ts";
import { exclusionSentences, toCallSentence } from "./call-sentence.ts";
import { toConflictView } from "./conflict-handlers.ts";
import { toStanding } from "./delivery-sentence.ts";
import { serve, type SubjectHandlers } from "./dispatcher.ts";
import { toQuestion, toSettleStep } from "./match-question.ts";
import { readDrift, toDriftSentence } from "./field-drift.ts";
import { toLocalTime } from "../../../src-shared/domain/local-time.ts";

type Parts = Pick<
  ApiParts,
  | "reports"
  | "audit"
  | "integrations"
  | "keyOf"
  | "connectorFor"
  | "crms"
  | "conflicts"
  | "peopleStore"
  | "schemas"
  | "matcher"
>;

const maxCandidates = 20;

/** `why`: the whole story of one call, per CRM. */
export function createStoryHandlers(parts: Parts): SubjectHandlers<"reports:why"> {
  return {
    "reports:why": serve(ipcCalls["reports:why"], async (ask) => ({ ok: true, value: answerWhy(parts, ask) })),
  };
}

function answerWhy(parts: Parts, { text, tenant, timeZone }: CallInput<"reports:why">): z.input<typeof storyAnswer> {
  const known = parts.reports.findCalls(text, maxCandidates);
  const found = tenant === undefined ? known : known.filter((call) => call.tenant === tenant);
  const exact = found.filter((call) => call.callId === text);
  const meant = exact.length === 1 ? exact : found;
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return { story: tell(parts, only, timeZone), candidates: [] };
  const candidates = meant.map((call) => ({
    callId: call.callId,
    tenant: call.tenant,
    headline: toCallSentence(call.record, timeZone),
  }));
  return { story: null, candidates };
}

function tell(parts: Parts, call: FoundCall, timeZone: string): z.input<typeof callStory> {
  const entries = parts.audit.ofCall(call.rowId).toSorted((a, b) => a.id - b.id);
  const briefs = parts.reports.deliveriesOfCall(call.rowId);
  const revised = call.revision > 1 ? ` The log changed it since: this is version ${call.revision}.` : "";
  return {
    callId: call.callId,
    tenant: call.tenant,
    headline: toCallSentence(call.record, timeZone),
    readFrom: `Read${call.file === null ? "" : ` from ${call.file}`} on ${toLocalTime(call.readAt, timeZone)}.${revised}`,
    excluded: call.excluded === null ? null : exclusionSentences[call.excluded],
    notFor: call.excluded === null ? toNotFor(parts, call, briefs, timeZone) : [],
    deliveries: briefs.flatMap((brief) => {
      const integration = parts.integrations.recall(brief.row.integrationId);
      return integration === undefined ? [] : [toDeliveryStory(parts, brief, integration, entries, timeZone)];
    }),
    timeline: entries.filter((entry) => entry.deliveryId === null).map(toEvent),
  };
}

/** Why a call that policy lets through has no delivery to an account of its tenant. */
function toNotFor(
  { integrations }: Parts,
  { tenant, record }: FoundCall,
  briefs: readonly DeliveryBrief[],
  timeZone: string,
): string[] {
  const own = integrations.list().filter((each) => each.tenant === tenant);
  if (own.length === 0 && briefs.length === 0) return ["It is for no CRM: none is connected for this tenant."];
  const left = own.filter((each) => !briefs.some(({ row }) => row.integrationId === each.id));
  return left.map(({ label, since }) =>
    since !== null && record.startedAt < since
      ? `Not for ${label}: it takes calls from ${toLocalTime(since, timeZone)} on (connect --since).`
      : `Not yet queued for ${label}.`,
  );
}

function toDeliveryStory(
  parts: Parts,
  brief: DeliveryBrief,
  integration: Integration,
  entries: readonly AuditEntry[],
  timeZone: string,
): z.input<typeof deliveryStory> {
  const { row } = brief;
  const { headline, nextStep, waitsUntil } = toStanding({ brief, integration, timeZone });
  const conflicts = parts.conflicts.ofDelivery(row.id).map((each) => toConflictView(parts, each));
  const open = conflicts.find(({ state }) => state === "open");
  const question = toQuestion(parts, row, integration, entries);
  const settleStep = question === undefined ? null : toSettleStep(question, row.callId, integration);
  return {
    deliveryId: row.id,
    integrationId: integration.id,
    crm: integration.crm,
    label: integration.label,
    key: parts.keyOf(row.tenant, row.callId, integration.crm),
    state: row.state,
    reason: row.state === "dead" || row.state === "acknowledged" ? row.reason : null,
    waitWhy: row.state === "waiting" ? row.waitWhy : null,
    waitsUntil,
    remoteId: row.remoteId,
    recordUrl: recordUrl(parts, integration, row.remoteId),
    headline,
    paragraphs: [
      ...toParagraphs(brief, integration, timeZone),
      ...(question?.candidates ?? []).map(describeCandidate),
      // Of a call that is there nothing was lost by it; of any other it may be why.
      ...(row.state === "delivered" ? [] : readDrift(parts.schemas, integration).map(toDriftSentence)),
      ...conflicts.filter(({ state }) => state !== "passed").map(({ id, sentence }) => `Conflict ${id}: ${sentence}`),
    ],
    nextStep: settleStep ?? nextStep ?? open?.nextStep ?? null,
    ...(question === undefined ? {} : { question }),
    timeline: entries.filter((entry) => entry.deliveryId === row.id).map(toEvent),
  };
}

const describeCandidate = ({ name, object, id, field, isThere }: MatchQuestion["candidates"][number]): string =>
  `It may be ${name} (${object} ${id}), who has the number in ${field}${isThere ? "" : "; the record is no longer there"}.`;

function recordUrl({ connectorFor, crms }: Parts, integration: Integration, remoteId: string | null): string | null {
  if (remoteId === null || crms[integration.crm] === undefined) return null;
  return connectorFor(integration).recordUrl(integration.account, "calls", remoteId);
}

function toParagraphs(
  { row }: DeliveryBrief,
  integration: Integration,
  timeZone: string,
): readonly string[] & string[] {
  const paragraphs: string[] = [];
  const crm = crmNames[integration.crm];
  if (row.match !== null) paragraphs.push(toMatchSentence(row.match, crm, timeZone));
  if (row.attempts > 0 && row.firstAttemptAt !== null)
    paragraphs.push(
      `${row.attempts === 1 ? "One try" : `${row.attempts} tries`} since ${toLocalTime(row.firstAttemptAt, timeZone)}.`,
    );
  if (row.rescues > 0)
    paragraphs.push(
      `CallLedger was stopped ${row.rescues === 1 ? "once" : `${row.rescues} times`} while this call was on its way, and looked in ${crm} before it went on.`,
    );
  const fields = Object.keys(row.pushed);
  if (fields.length > 0) paragraphs.push(`Fields written: ${fields.join(", ")}.`);
  const links = row.stepsDone.filter((step) => step.startsWith("link:")).map((step) => step.slice(5).replace(":", " "));
  if (links.length > 0) paragraphs.push(`Linked to ${links.join(", ")}.`);
  return paragraphs;
}

function toMatchSentence(match: Match, crm: string, timeZone: string): string {
  const evidence = match.evidence.replace(/[.\s]*$/, "");
  const others = match.candidates.filter((each) => each.id !== match.personId);
  const also = others.length === 0 ? "" : ` Others with this number: ${others.map((each) => each.name).join(", ")}.`;
  const rule = `Decided on ${toLocalTime(match.matchedAt, timeZone)} by the rule "${match.rule.replaceAll("_", " ")}".`;
  if (match.personId === null)
    return `${match.number === "" ? "The caller" : match.number} is tied to nobody in ${crm}: ${evidence}. ${rule}${also}`;
  const who = match.name ?? "an unnamed record";
  return `${match.number} is ${who} in ${crm} (${match.object ?? "record"} ${match.personId}): ${evidence}. ${rule}${also}`;
}

const toEvent = (entry: AuditEntry): z.input<typeof storyEvent> => ({
  at: entry.at,
  operation: entry.operation,
  outcome: entry.outcome,
  summary: entry.summary,
  status: entry.status ?? null,
  code: entry.code ?? null,
  reason: entry.reason ?? null,
  nextRetryAt: entry.nextRetryAt ?? null,
});
