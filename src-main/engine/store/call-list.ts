import type { Database } from "better-sqlite3";
import { toOutcome, worstOutcome } from "../../../src-shared/domain/outcome-order.ts";
import type { ExclusionReason } from "../../../src-shared/domain/call-record.ts";
import { type DeliveryState, untilEvent, type WaitWhy } from "../../../src-shared/domain/delivery.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import type { Reason } from "../../../src-shared/domain/reason.ts";
import type { CallLine, CallLineDelivery, CallPage } from "../../../src-shared/ipc/call-views.ts";
import type { CallListAsk } from "../ports/report-store.ts";
import { toDigits, toWordQuery } from "./audit-search.ts";
import { type CallColumns, callColumns, toPublicId, toRecord } from "./call-columns.ts";
import type { CallSearch } from "./call-search.ts";
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

/** Lists calls for people. Never counts and never skips rows: a page costs the same at the millionth call. */
export function createCallList(parts: Parts): (ask: CallListAsk) => CallPage {
  const { db } = parts;
  const find = createFinder(parts);
  const newest = db
    .prepare<[{ before: number; limit: number }], number>(
      "SELECT id FROM call WHERE id < @before ORDER BY id DESC LIMIT @limit",
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

  /** Ids to look at, newest first: what the text means, the few that failed, or simply the newest. */
  function candidates({ text, outcome, before }: CallListAsk, limit: number): readonly number[] {
    const end = before ?? Number.MAX_SAFE_INTEGER;
    const some = text === "" ? (outcome === "failed" ? allDead.all(mostLookedAt) : undefined) : find(text);
    if (some === undefined || some.length === mostLookedAt) return newest.all({ before: end, limit });
    return [...new Set(some)]
      .filter((id) => id < end)
      .toSorted((a, b) => b - a)
      .slice(0, limit);
  }

  function pageOf(ask: CallListAsk): CallPage {
    const most = ask.text === "" && ask.outcome === null ? ask.limit : mostLookedAt;
    const ids = candidates(ask, most);
    const size = ask.outcome === null ? ask.limit : chunk;
    const found: CallLine[] = [];
    for (let at = 0; at < ids.length; at += size) {
      for (const line of toLines(ids.slice(at, at + size))) {
        if (ask.outcome !== null && line.outcome !== ask.outcome) continue;
        found.push(line);
        if (found.length === ask.limit) return { calls: found, next: line.rowId };
      }
    }
    return { calls: found, next: ids.length < most ? null : (ids.at(-1) ?? null) };
  }

  const inOneView = db.transaction(pageOf);
  return (ask) => inOneView.deferred(ask);
}
