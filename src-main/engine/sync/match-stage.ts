import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { reasonTexts } from "../../../src-shared/domain/reason.ts";
import type { DeliveryChange, DeliveryRow } from "../ports/delivery-store.ts";
import type { MatchVerdict } from "../ports/matcher.ts";
import { auditOf, termsOf } from "./delivery-audit.ts";

const dayMs = 86_400_000;
/** How long a call of an unknown number waits for somebody to add the contact, ms. */
export const holdForContactMs = 30 * dayMs;
const firstLookMs = 10 * 60_000;
const lastLookMs = 6 * 3_600_000;

export type MatchContext = Readonly<{
  integration: Integration;
  /** Wall time, epoch ms. */
  now: number;
  /** How long the CRM's look-up may lag behind its records, ms. */
  searchLagMs: number;
}>;

/** What the match means for queued deliveries: changes to store at once, and the first fault that stopped the look-up. */
export type MatchStage = Readonly<{
  changes: readonly DeliveryChange[];
  ready: readonly number[];
  fault: ConnectorFault | null;
}>;

function matched(
  row: DeliveryRow,
  integration: Integration,
  now: number,
  verdict: Extract<MatchVerdict, { kind: "matched" }>,
): DeliveryChange {
  const { match } = verdict;
  // The entry says by itself when that was, and why.
  const { matchedAt: _at, evidence, ...found } = match;
  const whom = match.personId === null ? "Logged without a person" : `Matched to ${match.name ?? match.personId}`;
  const audit = auditOf(row, integration, now, {
    operation: "match",
    outcome: "ok",
    summary: `${whom}: ${evidence}.`,
    payload: { answered: found },
    terms: termsOf({ callId: row.callId, call: row.call, match }),
  });
  const wasHeld = row.giveUpAt !== null || row.missingReads !== 0;
  const patch = { match, ...(wasHeld ? { giveUpAt: null, missingReads: 0 } : {}) };
  return { id: row.id, events: [], patch, audit: [audit] };
}

/** The longer a call is held, the rarer the looks. */
function nextLook(giveUpAt: number, now: number): number {
  const heldForMs = now - (giveUpAt - holdForContactMs);
  return Math.min(now + Math.min(lastLookMs, Math.max(firstLookMs, heldForMs)), giveUpAt);
}

/** The index may lag behind a person who was just added: one miss proves nothing, so it is looked at once more before the call is held. */
function lookAgain(row: DeliveryRow, integration: Integration, now: number, lagMs: number): DeliveryChange {
  const dueAt = now + lagMs;
  const summary = `Nobody found yet; the search of ${crmNames[integration.crm]} lags a little, so it is asked once more.`;
  const said = { operation: "delivery.hold", outcome: "waiting", summary, nextRetryAt: dueAt } as const;
  const patch = { waitWhy: "retry", dueAt, missingReads: 1, giveUpAt: row.giveUpAt ?? now + holdForContactMs } as const;
  return { id: row.id, events: ["hold"], patch, audit: [auditOf(row, integration, now, said)] };
}

/** The copy of the CRM tells when somebody gets the number; without it, people have to be looked for again and again. */
function nobody(
  row: DeliveryRow,
  { integration, now, searchLagMs }: MatchContext,
  { number, isLive }: Extract<MatchVerdict, { kind: "nobody" }>,
): DeliveryChange {
  if (isLive && row.missingReads === 0 && searchLagMs > 0) return lookAgain(row, integration, now, searchLagMs);
  const giveUpAt = row.giveUpAt ?? now + holdForContactMs;
  if (now >= giveUpAt) {
    const audit = auditOf(row, integration, now, {
      operation: "delivery.reject",
      outcome: "failed",
      summary: `Nobody in ${crmNames[integration.crm]} got the number ${number} within 30 days.`,
      reason: "no_match",
    });
    return {
      id: row.id,
      events: ["claim", "reject"],
      patch: { reason: "no_match", causeKey: "no_match", detail: reasonTexts.no_match.sentence, giveUpAt: null },
      audit: [audit],
    };
  }
  const dueAt = isLive ? nextLook(giveUpAt, now) : giveUpAt;
  const summary = `Held: nobody in ${crmNames[integration.crm]} has the number ${number}. Logged as soon as somebody adds it.`;
  const audit = auditOf(row, integration, now, {
    operation: "delivery.hold",
    outcome: "waiting",
    summary,
    nextRetryAt: dueAt,
  });
  return {
    id: row.id,
    events: ["hold"],
    patch: { waitWhy: "contact", dueAt, giveUpAt, missingReads: 0 },
    audit: [audit],
  };
}

/** What became of a person who was to be made is not known yet. */
function later(
  row: DeliveryRow,
  integration: Integration,
  now: number,
  { untilMs, sentence }: Extract<MatchVerdict, { kind: "later" }>,
): DeliveryChange {
  const said = { operation: "delivery.hold", outcome: "waiting", summary: sentence, nextRetryAt: untilMs } as const;
  const patch = { waitWhy: "retry", dueAt: Math.max(untilMs, now + 1) } as const;
  return { id: row.id, events: ["hold"], patch, audit: [auditOf(row, integration, now, said)] };
}

/** The CRM refuses to make the person: for a cause that somebody can remove, so the call waits for that. */
function rejected(
  row: DeliveryRow,
  integration: Integration,
  now: number,
  { reason, field, answer, unsent }: Extract<ConnectorFault, { kind: "rejected" }>,
): DeliveryChange {
  const cause = field ?? answer.code;
  const crm = crmNames[integration.crm];
  const summary =
    unsent === true
      ? `Not sent to ${crm}: ${answer.message ?? reasonTexts[reason].sentence}`
      : `${crm} refused to make the person: ${reasonTexts[reason].sentence}`;
  const audit = auditOf(row, integration, now, {
    operation: "delivery.reject",
    outcome: "failed",
    summary,
    reason,
    ...(answer.status === undefined ? {} : { status: answer.status }),
    ...(answer.code === undefined ? {} : { code: answer.code }),
    payload: { answered: answer },
  });
  const causeKey = `person:${reason}${cause === undefined ? "" : `:${cause}`}`;
  const patch = { reason, causeKey, detail: answer.message ?? summary, giveUpAt: null };
  return { id: row.id, events: ["claim", "reject"], patch, audit: [audit] };
}

function ambiguous(
  row: DeliveryRow,
  integration: Integration,
  now: number,
  verdict: Extract<MatchVerdict, { kind: "ambiguous" }>,
): DeliveryChange {
  const audit = auditOf(row, integration, now, {
    operation: "delivery.reject",
    outcome: "failed",
    summary: verdict.sentence,
    reason: "ambiguous_match",
    payload: { answered: { ...verdict.match, rules: verdict.rules } },
  });
  // The question is kept in the audit; without a chosen person there is no match to store.
  return {
    id: row.id,
    events: ["claim", "reject"],
    patch: {
      reason: "ambiguous_match",
      causeKey: `ambiguous_match:${verdict.match.number}`,
      detail: verdict.sentence,
      giveUpAt: null,
    },
    audit: [audit],
  };
}

/** Sorts queued deliveries by what their match says. Pure: the caller stores the changes. */
export function toMatchStage(
  rows: readonly DeliveryRow[],
  verdicts: ReadonlyMap<number, MatchVerdict>,
  context: MatchContext,
): MatchStage {
  const { integration, now } = context;
  const changes: DeliveryChange[] = [];
  const ready: number[] = [];
  let fault: ConnectorFault | null = null;
  for (const row of rows) {
    const verdict = verdicts.get(row.id);
    if (verdict === undefined) continue;
    if (verdict.kind === "fault") fault ??= verdict.fault;
    else if (verdict.kind === "nobody") changes.push(nobody(row, context, verdict));
    else if (verdict.kind === "later") changes.push(later(row, integration, now, verdict));
    else if (verdict.kind === "rejected") changes.push(rejected(row, integration, now, verdict.fault));
    else if (verdict.kind === "ambiguous") changes.push(ambiguous(row, integration, now, verdict));
    else {
      changes.push(matched(row, integration, now, verdict));
      ready.push(row.id);
    }
  }
  return { changes, ready, fault };
}
