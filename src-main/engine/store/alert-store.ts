import type { Database } from "better-sqlite3";
import {
  type AlertCause,
  type AlertChannel,
  alertContent,
  alertSettings,
  defaultAlertSettings,
} from "../../../src-shared/domain/alert.ts";
import type { AlertKind, AlertMessage, AlertStore } from "../ports/alert-store.ts";
import { createAgentSettings } from "./agent-settings.ts";
import { fromJson } from "./json-column.ts";
import type { Transact } from "./transaction.ts";

type Row = Omit<AlertMessage, "content"> & Readonly<{ content: string }>;
type CauseRow = Readonly<{ cause: string; seenAt: number; toldAt: number | null; goneAt: number | null }>;

/** What comes back within this time is no news, ms. */
const forgetAfterMs = 60 * 60_000;
/** Messages that are over are kept so many. */
const kept = 500;

const columns = `id, channel, kind, content, made_at AS madeAt, due_at AS dueAt, tries, sent_at AS sentAt,
  given_up_at AS givenUpAt, problem`;

function prepareAlerts(db: Database) {
  return {
    causes: db.prepare<[], CauseRow>(
      "SELECT cause, seen_at AS seenAt, told_at AS toldAt, gone_at AS goneAt FROM alert_cause",
    ),
    see: db.prepare<[string, number]>(`
      INSERT INTO alert_cause (cause, seen_at) VALUES (?, ?) ON CONFLICT (cause) DO UPDATE SET gone_at = NULL`),
    lose: db.prepare<[number, string]>("UPDATE alert_cause SET gone_at = coalesce(gone_at, ?) WHERE cause = ?"),
    forget: db.prepare<[number]>("DELETE FROM alert_cause WHERE gone_at < ?"),
    tell: db.prepare<[number, string]>("UPDATE alert_cause SET told_at = ? WHERE cause = ?"),
    add: db.prepare<[Readonly<{ channel: string; kind: string; content: string; madeAt: number }>], { id: number }>(`
      INSERT INTO alert (channel, kind, content, made_at, due_at)
      VALUES (@channel, @kind, @content, @madeAt, @madeAt) RETURNING id`),
    trim: db.prepare(`DELETE FROM alert WHERE id <= (SELECT max(id) FROM alert) - ${kept}
      AND (sent_at IS NOT NULL OR given_up_at IS NOT NULL)`),
    countSince: db
      .prepare<[AlertKind, number], number>("SELECT count(DISTINCT made_at) FROM alert WHERE kind = ? AND made_at >= ?")
      .pluck(),
    due: db.prepare<[number], Row>(
      `SELECT ${columns} FROM alert WHERE sent_at IS NULL AND given_up_at IS NULL AND due_at <= ? ORDER BY due_at, id`,
    ),
    get: db.prepare<[number], Row>(`SELECT ${columns} FROM alert WHERE id = ?`),
    sent: db.prepare<[number, number]>("UPDATE alert SET sent_at = ?, tries = tries + 1, problem = NULL WHERE id = ?"),
    failed: db.prepare<[Readonly<{ id: number; problem: string; dueAt: number | null; givenUpAt: number | null }>]>(`
      UPDATE alert SET tries = tries + 1, problem = @problem, due_at = coalesce(@dueAt, due_at), given_up_at = @givenUpAt
      WHERE id = @id`),
    recent: db.prepare<[number], Row>(`SELECT ${columns} FROM alert ORDER BY id DESC LIMIT ?`),
    drop: db.prepare<[number, AlertChannel]>(`
      UPDATE alert SET given_up_at = ?, problem = 'The channel was removed.'
      WHERE channel = ? AND sent_at IS NULL AND given_up_at IS NULL`),
  };
}

const toMessage = (row: Row): AlertMessage => ({ ...row, content: fromJson(alertContent, row.content) });

export function createAlertStore(db: Database, transact: Transact): AlertStore {
  const sql = prepareAlerts(db);
  const agent = createAgentSettings(db, transact);
  return {
    settings: () => agent.get("alerts", alertSettings) ?? defaultAlertSettings,
    set: (settings) => agent.set("alerts", settings),
    note: (causes, { now, before }) =>
      transact.run(() => {
        const standing = new Map(causes.map((each) => [each.cause, each]));
        for (const { cause } of causes) sql.see.run(cause, now);
        for (const { cause } of sql.causes.all()) if (!standing.has(cause)) sql.lose.run(now, cause);
        sql.forget.run(now - forgetAfterMs);
        return sql.causes.all().flatMap(({ cause, seenAt, toldAt, goneAt }): readonly AlertCause[] => {
          const found = standing.get(cause);
          // A time that is to come is of a clock that was set back since.
          const isOld = seenAt <= before || seenAt > now;
          return found === undefined || toldAt !== null || goneAt !== null || !isOld ? [] : [found];
        });
      }),
    add: (messages, told) =>
      transact.run(() => {
        for (const { cause } of told) sql.tell.run(messages[0]?.madeAt ?? 0, cause);
        const ids = messages.flatMap(({ channel, kind, content, madeAt }) => {
          const made = sql.add.get({ channel, kind, content: JSON.stringify(content), madeAt });
          return made === undefined ? [] : [made.id];
        });
        sql.trim.run();
        return ids;
      }),
    countSince: (kind, since) => sql.countSince.get(kind, since) ?? 0,
    due: (now) => sql.due.all(now).map(toMessage),
    get: (id) => {
      const row = sql.get.get(id);
      return row === undefined ? undefined : toMessage(row);
    },
    settle: (id, outcome) =>
      transact.run(() => {
        if ("sentAt" in outcome) return void sql.sent.run(outcome.sentAt, id);
        const dueAt = "dueAt" in outcome ? outcome.dueAt : null;
        const givenUpAt = "givenUpAt" in outcome ? outcome.givenUpAt : null;
        sql.failed.run({ id, problem: outcome.problem, dueAt, givenUpAt });
      }),
    recent: (limit) => sql.recent.all(limit).map(toMessage),
    drop: (channel, now) => transact.run(() => void sql.drop.run(now, channel)),
  };
}
