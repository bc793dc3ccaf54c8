import type { Database } from "better-sqlite3";
import { parseCallId } from "../../../src-shared/domain/call-id.ts";

/** Calls by what a person knows of them. Row ids, newest first. */
export type CallSearch = Readonly<{
  /** By our public id or the log's own id. */
  byId(text: string, limit: number): readonly number[];
  /** By a party: E.164, or an own extension (`ext:204`). */
  byParty(party: string, limit: number): readonly number[];
}>;

const dayMs = 86_400_000;

/** UTC day of a time, counted from 1970: what the identity index begins with. */
export const toDay = (at: number): number => Math.floor(at / dayMs);

/**
 * The identity index begins with phone system and start day, because keys are random in many logs. A key alone is
 * found by one look per day that has calls: about a thousand for three years.
 */
const days = `days (system, day) AS (
    SELECT id, (SELECT max(start_day) FROM call WHERE phone_system_id = phone_system.id) FROM phone_system
    UNION ALL
    SELECT system, (SELECT max(start_day) FROM call WHERE phone_system_id = system AND start_day < day)
    FROM days WHERE day IS NOT NULL)`;
const anyDay = `days (day) AS (
    SELECT max(start_day) FROM call
    UNION ALL
    SELECT (SELECT max(start_day) FROM call INDEXED BY call_other_party WHERE start_day < day)
    FROM days WHERE day IS NOT NULL)`;

function prepareSearch(db: Database) {
  const byKey = `WITH RECURSIVE ${days}
    SELECT c.id FROM days CROSS JOIN call c ON c.phone_system_id = days.system AND c.start_day = days.day
    WHERE days.day IS NOT NULL AND c.log_key = @text`;
  const byLogId = `WITH RECURSIVE ${anyDay}
    SELECT c.id FROM days CROSS JOIN call c INDEXED BY call_log_id ON c.start_day = days.day
    WHERE days.day IS NOT NULL AND c.log_id = @text AND c.log_id > ''`;
  const byOther = `WITH RECURSIVE ${anyDay}
    SELECT c.id FROM days CROSS JOIN call c INDEXED BY call_other_party ON c.start_day = days.day
    WHERE days.day IS NOT NULL AND (CASE c.direction WHEN 'inbound' THEN c.from_party ELSE c.to_party END) = @text`;
  type Ask = [{ text: string; limit: number }];
  const prepare = (query: string) => db.prepare<Ask, number>(`${query} ORDER BY c.id DESC LIMIT @limit`).pluck();
  return {
    byKey: prepare(byKey),
    byLogId: prepare(byLogId),
    byOther: prepare(byOther),
    /** Own numbers and extensions have no index: they are in so many calls that the newest are found at once. */
    byEither: prepare("SELECT c.id FROM call c WHERE (c.from_party = @text OR c.to_party = @text)"),
    exact: db
      .prepare<[{ system: string; day: number; logKey: string; node: string; second: number; limit: number }], number>(
        `SELECT c.id FROM phone_system s JOIN call c ON c.phone_system_id = s.id AND c.start_day = @day
           AND c.log_key = @logKey AND c.node = @node
         WHERE s.name = @system AND c.key_started_at / 1000 = @second ORDER BY c.id DESC LIMIT @limit`,
      )
      .pluck(),
  };
}

const newestFirst = (ids: readonly number[], limit: number): readonly number[] =>
  [...new Set(ids)].toSorted((a, b) => b - a).slice(0, limit);

export function createCallSearch(db: Database): CallSearch {
  const sql = prepareSearch(db);
  return {
    byId(text, limit) {
      const ours = parseCallId(text);
      if (ours !== undefined) {
        const { system, node, logKey, startedAt } = ours;
        const ask = { system, node, logKey, day: toDay(startedAt), second: Math.floor(startedAt / 1000), limit };
        return sql.exact.all(ask);
      }
      return newestFirst([...sql.byKey.all({ text, limit }), ...sql.byLogId.all({ text, limit })], limit);
    },
    byParty(party, limit) {
      const others = sql.byOther.all({ text: party, limit });
      return others.length > 0 ? others : sql.byEither.all({ text: party, limit });
    },
  };
}
