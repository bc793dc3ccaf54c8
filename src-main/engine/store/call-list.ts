import type { Database } from "better-sqlite3";
import { toOutcome, worstOutcome } from "../../../src-shared/domain/outcome-order.ts";
import type { ExclusionReason } from "../../../src-shared/domain/call-record.ts";
import { type DeliveryState, untilEvent, type WaitWhy } from "../../../src-shared/domain/delivery.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import type { Reason } from "../../../src-shared/domain/reason.ts";
import type { CallLine, CallLineDelivery, CallPage } from "../../../src-shared/ipc/call-views.ts";
import type { CallCounts, CallListAsk, CallSpan } from "../ports/report-store.ts";
import { toDigits, toWordQuery } from "./audit-search.ts";
import { type CallColumns, callColumns, toPublicId, toRecord } from "./call-columns.ts";
import { type CallSearch, toDay } from "./call-search.ts";
import { createCallCounter } from "./call-counts.ts";
import type { PhoneIndex } from "./phone-index.ts";

type Parts = Readonly<{ db: Database; calls: CallSearch; phones: PhoneIndex }>;
type LineRow = CallColumns & Readonly<{ excluded: ExclusionReason | null }>;
type DeliveryFacts = Readonly<{
  callRowId: number;
  integrationId: number;
  crm: CrmType;
  state: DeliveryState;
  waitWhy: WaitWhy | null;
  dueAt: number;
  reason: Reason | null;
  name: string | null;
}>;

/** Calls that one page looks at: some tens of milliseconds. */
const mostLookedAt = 5_000;
/** Calls that a text may mean; people narrow it down long before. */
const mostFound = 2_000;
const mostNumbers = 20;
/** Lines that are made at once while looking for an outcome. */
const chunk = 500;

/** Where time is a `waiting` delivery's due time and says something; `untilEvent` stands for no time. */
const toWaitsUntil = ({ state, dueAt }: DeliveryFacts): number | null =>
  state === "waiting" && dueAt < untilEvent ? dueAt : null;

function toDelivery(facts: DeliveryFacts): CallLineDelivery {
  const { integrationId, crm, state, waitWhy, reason } = facts;
  return { integrationId, crm, state, waitWhy, waitsUntil: toWaitsUntil(facts), reason };
}

function toLine(row: LineRow, facts: readonly DeliveryFacts[]): CallLine {
  const { direction, status, from, to, startedAt, durationSeconds, agent } = toRecord(row);
  const worst = worstOutcome(facts.map(({ state, waitWhy }) => toOutcome(state, waitWhy)));
  return {
    rowId: row.callRowId,
    callId: toPublicId(row),
    tenant: row.tenant,
    direction,
    status,
    from,
    to,
    startedAt,
    durationSeconds,
    agent,
    who: facts.find(({ name }) => name !== null)?.name ?? null,
    excluded: row.excluded,
    outcome: row.excluded === null ? (worst ?? "skipped") : "skipped",
    deliveries: facts.map(toDelivery),
  };
}

/** Call row ids of a text: our id, the log's id, a number or four digits of one, words of the audit log. */
function createFinder({ db, calls, phones }: Parts): (text: string) => readonly number[] {
  const byWords = db
    .prepare<[string, number], number>(`
      SELECT DISTINCT call_id FROM audit WHERE call_id IS NOT NULL
        AND id IN (SELECT rowid FROM audit_fts WHERE audit_fts MATCH ? ORDER BY rowid DESC LIMIT ?)`)
    .pluck();

  function byDigits(digits: string): readonly number[] {
    const national = digits.replace(/^0+/, "");
    return phones
      .containing(national === "" ? digits : national, mostNumbers)
      .flatMap((number) => [...calls.byParty(number, mostFound)]);
  }

  return (text) => {
    const byId = /\s/.test(text) ? [] : calls.byId(text, mostFound);
    if (byId.length > 0) return byId;
    const party = text.replace(/(?<=^\+[\d\s]*)\s/g, "");
    const byParty = /^(\+\d+|ext:\S+)$/.test(party) ? calls.byParty(party, mostFound) : [];
    const digits = toDigits(text);
    const query = toWordQuery(text);
    return [
      ...byParty,
      ...(digits === undefined ? [] : byDigits(digits)),
      ...(query === undefined ? [] : byWords.all(query, mostFound)),
    ];
  };
}

const isWithin = ({ startedAt }: CallLine, span: CallSpan | null): boolean =>
  span === null || (startedAt >= span.from && startedAt < span.to);

export type CallList = Readonly<{
  page(ask: CallListAsk): CallPage;
  count(ask: Pick<CallListAsk, "text" | "span">): CallCounts;
}>;

/** Lists calls for people. Never skips rows: a page costs the same at the millionth call; counts have a bound. */
export function createCallList(parts: Parts): CallList {
  const { db } = parts;
  const find = createFinder(parts);
  const newest = db
    .prepare<[{ before: number; limit: number }], number>(
      "SELECT id FROM call WHERE id < @before ORDER BY id DESC LIMIT @limit",
    )
    .pluck();
  /** A revision may move a start by a little, so a day more is looked at on either side. */
  const newestOfDays = db
    .prepare<[{ first: number; last: number; before: number; limit: number }], number>(
      `SELECT id FROM call INDEXED BY call_other_party WHERE start_day BETWEEN @first AND @last AND id < @before
       ORDER BY id DESC LIMIT @limit`,
    )
    .pluck();
  const lines = db.prepare<[string], LineRow>(`
    SELECT ${callColumns}, c.excluded FROM call c JOIN phone_system s ON s.id = c.phone_system_id
    JOIN tenant t ON t.id = s.tenant_id WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY c.id DESC`);
  const deliveries = db.prepare<[string], DeliveryFacts>(`
    SELECT d.call_id AS callRowId, d.integration_id AS integrationId, i.crm, d.state, d.wait_why AS waitWhy,
      d.due_at AS dueAt, CASE d.state WHEN 'dead' THEN d.reason END AS reason, m.name
    FROM delivery d JOIN integration i ON i.id = d.integration_id AND i.removed_at IS NULL
    LEFT JOIN delivery_match m ON m.delivery_id = d.id
    WHERE d.call_id IN (SELECT value FROM json_each(?)) ORDER BY d.integration_id`);
  const allDead = db
    .prepare<[number], number>("SELECT DISTINCT call_id FROM delivery WHERE state = 'dead' LIMIT ?")
    .pluck();

  function toLines(ids: readonly number[]): readonly CallLine[] {
    const json = JSON.stringify(ids);
    const facts = Map.groupBy(deliveries.all(json), ({ callRowId }) => callRowId);
    return lines.all(json).map((row) => toLine(row, facts.get(row.callRowId) ?? []));
  }

  function newestOf(span: CallSpan | null, before: number, limit: number): readonly number[] {
    if (span === null) return newest.all({ before, limit });
    return newestOfDays.all({ first: toDay(span.from) - 1, last: toDay(span.to) + 1, before, limit });
  }

  /** Ids to look at, newest first: what the text means, the few that failed, or simply the newest. */
  function candidates({ text, outcome, before, span = null }: CallListAsk, limit: number): readonly number[] {
    const end = before ?? Number.MAX_SAFE_INTEGER;
    const some = text === "" ? (outcome === "failed" ? allDead.all(mostLookedAt) : undefined) : find(text);
    if (some === undefined || some.length === mostLookedAt) return newestOf(span, end, limit);
    return [...new Set(some)]
      .filter((id) => id < end)
      .toSorted((a, b) => b - a)
      .slice(0, limit);
  }

  function pageOf(ask: CallListAsk): CallPage {
    const { outcome, span = null } = ask;
    const isPlain = ask.text === "" && outcome === null && span === null;
    const most = isPlain ? ask.limit : mostLookedAt;
    const ids = candidates(ask, most);
    const size = isPlain ? ask.limit : chunk;
    const found: CallLine[] = [];
    for (let at = 0; at < ids.length; at += size) {
      for (const line of toLines(ids.slice(at, at + size))) {
        if ((outcome !== null && line.outcome !== outcome) || !isWithin(line, span)) continue;
        found.push(line);
        if (found.length === ask.limit) return { calls: found, next: line.rowId };
      }
    }
    return { calls: found, next: ids.length < most ? null : (ids.at(-1) ?? null) };
  }

  const count = createCallCounter(db);
  function countOf({ text, span = null }: Pick<CallListAsk, "text" | "span">): CallCounts {
    const ids = candidates({ text, span, outcome: null, before: null, limit: mostLookedAt }, mostLookedAt + 1);
    // What a text means is cut off before it gets here, too.
    const isWhole = ids.length <= mostLookedAt && (text === "" || ids.length < mostFound);
    return { ...count(ids.slice(0, mostLookedAt), span), isWhole };
  }

  const inOneView = db.transaction(pageOf);
  const countInOneView = db.transaction(countOf);
  return { page: (ask) => inOneView.deferred(ask), count: (ask) => countInOneView.deferred(ask) };
}
