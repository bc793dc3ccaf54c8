import type { Database } from "better-sqlite3";
import type { ExclusionReason, SkipReason } from "../../../src-shared/domain/call-record.ts";
import type { DeliveryBrief, FoundCall, ReportStore } from "../ports/report-store.ts";
import { toDigits } from "./audit-search.ts";
import { createWeekCounter } from "./call-counts.ts";
import { createCallList } from "./call-list.ts";
import type { CallChanges } from "./call-changes.ts";
import { type CallColumns, callColumns, toPublicId, toRecord } from "./call-columns.ts";
import type { CallSearch } from "./call-search.ts";
import { createDeadLetters } from "./dead-letters.ts";
import { type DeliveryColumns, deliverySelect, toDeliveryRow } from "./delivery-row.ts";
import type { PhoneIndex } from "./phone-index.ts";
import { createStatement } from "./statement.ts";

type FoundRow = CallColumns &
  Readonly<{ excluded: ExclusionReason | null; revision: number; readAt: number; file: string | null }>;
type SkippedFacts = Readonly<{ file: string; line: number | null; reason: SkipReason; detail: string | null }>;

export type ReportParts = Readonly<{
  db: Database;
  calls: CallSearch;
  phones: PhoneIndex;
  /** Absent beside a running engine, whose changes are not seen here. */
  changes: CallChanges | undefined;
}>;

const mostNumbers = 20;

function toFoundCall(row: FoundRow): FoundCall {
  const { callRowId: rowId, tenant, excluded, revision, readAt, file } = row;
  return { rowId, tenant, callId: toPublicId(row), record: toRecord(row), excluded, revision, readAt, file };
}

function toBrief(row: DeliveryColumns): DeliveryBrief {
  return { row: toDeliveryRow(row), detail: row.detail, deliveredAt: row.deliveredAt, note: row.note };
}

/** Reads for people; nothing here writes. */
export function createReportStore({ db, calls, phones, changes }: ReportParts): ReportStore {
  const found = db.prepare<[string], FoundRow>(`
    SELECT ${callColumns}, c.excluded, c.revision, c.read_at AS readAt, f.path AS file
    FROM call c JOIN phone_system s ON s.id = c.phone_system_id JOIN tenant t ON t.id = s.tenant_id
    JOIN reading r ON r.id = c.reading_id JOIN file f ON f.id = r.file_id
    WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY c.id DESC`);
  const ofCall = db.prepare<[number], DeliveryColumns>(`${deliverySelect} WHERE d.call_id = ? ORDER BY d.id`);
  const newest = db.prepare<[], number>("SELECT coalesce(max(id), 0) FROM delivery").pluck();
  const changedSince = db.prepare<
    [Readonly<{ newest: number; at: number; after: number; limit: number }>],
    DeliveryColumns
  >(`${deliverySelect} WHERE d.id > @after AND (d.id > @newest OR d.state_since >= @at) ORDER BY d.id LIMIT @limit`);
  const oneDelivery = db.prepare<[number], DeliveryColumns>(`${deliverySelect} WHERE d.id = ?`);
  const skipped = db.prepare<[number, number, number], SkippedFacts>(`
    SELECT coalesce(k.file, f.path) AS file, k.line, k.reason, k.detail
    FROM reading r JOIN skipped_row k ON k.reading_id = r.id JOIN file f ON f.id = r.file_id
    WHERE r.started_at >= ? AND r.started_at < ? ORDER BY k.id LIMIT ?`);
  const deadLetters = createDeadLetters(db);
  const list = createCallList({ db, calls, phones });

  /** Calls of a number as people type it: E.164, an extension, or digits that a known number ends with. */
  function byNumber(text: string, limit: number): readonly number[] {
    if (/^(\+\d+|ext:\S+)$/.test(text)) return calls.byParty(text, limit);
    const digits = toDigits(text)?.replace(/^0+/, "");
    if (digits === undefined || digits === "") return [];
    const numbers = phones.containing(digits, mostNumbers).filter((number) => number.endsWith(digits));
    return [...new Set([`+${digits}`, ...numbers])].flatMap((number) => calls.byParty(number, limit));
  }

  const briefsOf = (ids: readonly number[]): readonly DeliveryBrief[] =>
    ids.flatMap((id) => {
      const row = oneDelivery.get(id);
      return row === undefined ? [] : [toBrief(row)];
    });

  return {
    findCalls(text, limit) {
      const asked = text.trim();
      if (asked === "") return [];
      const byId = calls.byId(asked, limit);
      const ids = byId.length > 0 ? byId : [...new Set(byNumber(asked, limit))];
      return found.all(JSON.stringify(ids)).slice(0, limit).map(toFoundCall);
    },
    listCalls: list.page,
    countCalls: list.count,
    callWeeks: createWeekCounter(db),
    deliveriesOfCall: (callRowId) => ofCall.all(callRowId).map(toBrief),
    newestDelivery: () => newest.get() ?? 0,
    deliveriesSince: (ask) => changedSince.all(ask).map(toBrief),
    deadGroups: () => deadLetters.groups(),
    deadOf: (groupOrId, limit) => briefsOf(deadLetters.idsOf(groupOrId, limit)),
    acknowledgedSince: (groupOrId, since, limit) => briefsOf(deadLetters.acknowledgedSince(groupOrId, since, limit)),
    ...createStatement(db, changes),
    skippedRows: (from, to, limit) => skipped.all(from, to, limit),
  };
}
