import type { Database } from "better-sqlite3";
import type { DeadRunKind } from "../../../src-shared/domain/dead-run.ts";
import type { DeliveryState } from "../../../src-shared/domain/delivery.ts";
import type { Reason } from "../../../src-shared/domain/reason.ts";
import type {
  DeadRun,
  DeadRunDraft,
  DeadRunRecord,
  DeadRunStore,
  DeadTarget,
  GroupKey,
  GroupTrial,
} from "../ports/dead-runs.ts";
import { createDeadLetters, toGroupId } from "./dead-letters.ts";
import type { Transact } from "./transaction.ts";

type RunRow = Readonly<{
  id: number;
  kind: DeadRunKind;
  target: string;
  actor: string;
  note: string;
  at: number;
  endedAt: number | null;
  from: DeadTarget["from"];
  deliveryId: number | null;
  integrationId: number | null;
  reason: Reason | null;
  causeKey: string | null;
  since: number;
  until: number;
  undoes: number | null;
  cursorSince: number;
  cursorId: number;
  moved: number;
}>;
type Found = Readonly<{ id: number; since: number }>;
type Place = RunRow & Readonly<{ limit: number }>;
type Bounds = Readonly<{ count: number; first: number | null; last: number | null }>;

const columns = `id, kind, target, actor, note, asked_at AS "at", ended_at AS endedAt, from_state AS "from",
  delivery_id AS deliveryId, integration_id AS integrationId, reason, cause_key AS causeKey, since, until, undoes,
  cursor_since AS cursorSince, cursor_id AS cursorId, moved`;

/** After the place where the run stands, in the order in which it walks. */
const onwards = `state_since BETWEEN @since AND @until AND (state_since, id) > (@cursorSince, @cursorId)
  ORDER BY state_since, id LIMIT @limit`;

const groupOf = ({ integrationId, reason, causeKey }: RunRow): GroupKey | null =>
  integrationId === null || reason === null ? null : { integrationId, reason, causeKey };

const toDraft = ({ kind, target, actor, note, at }: RunRow): DeadRunDraft => ({ kind, target, actor, note, at });
const toRun = (row: RunRow): DeadRun => ({ ...toDraft(row), id: row.id, from: row.from });

function prepareRuns(db: Database) {
  const found = "SELECT id, state_since AS since FROM delivery";
  const ofGroup = "integration_id = @integrationId AND reason = @reason AND cause_key IS @causeKey";
  return {
    get: db.prepare<[number], RunRow>(`SELECT ${columns} FROM dead_run WHERE id = ?`),
    unfinished: db.prepare<[], RunRow>(`SELECT ${columns} FROM dead_run WHERE ended_at IS NULL ORDER BY id`),
    insert: db.prepare<[Omit<RunRow, "id" | "endedAt" | "cursorSince" | "cursorId" | "moved">], { id: number }>(`
      INSERT INTO dead_run (kind, target, actor, note, asked_at, from_state, delivery_id, integration_id, reason, cause_key,
        since, until, undoes, cursor_since, cursor_id)
      VALUES (@kind, @target, @actor, @note, @at, @from, @deliveryId, @integrationId, @reason, @causeKey, @since, @until,
        @undoes, @since, 0) RETURNING id`),
    advance: db.prepare<[number, number, number, number]>(
      "UPDATE dead_run SET cursor_since = ?, cursor_id = ?, moved = moved + ? WHERE id = ?",
    ),
    end: db.prepare<[number, number]>("UPDATE dead_run SET ended_at = ? WHERE id = ?"),
    one: db.prepare<[Place], Found>(`${found} WHERE id = @deliveryId AND state = @from AND ${onwards}`),
    dead: db.prepare<[Place], Found>(`${found} WHERE state = 'dead' AND ${ofGroup} AND ${onwards}`),
    acknowledged: db.prepare<[Place], Found>(`${found} WHERE state = 'acknowledged' AND ${ofGroup} AND ${onwards}`),
    undone: db.prepare<[Place], Found>(
      `${found} WHERE state = 'acknowledged' AND dead_run_id = @undoes AND ${onwards}`,
    ),
    states: db.prepare<[number], { state: DeliveryState; count: number }>(
      "SELECT state, count(*) AS count FROM delivery WHERE dead_run_id = ? GROUP BY state",
    ),
    history: db.prepare<[{ word: string | null; limit: number }], RunRow & { undoneBy: number | null }>(`
      SELECT ${columns}, (SELECT max(u.id) FROM dead_run u WHERE u.undoes = dead_run.id) AS undoneBy
      FROM dead_run WHERE @word IS NULL OR target = @word ORDER BY id DESC LIMIT @limit`),
    oldest: db
      .prepare<[GroupKey & { limit: number }], number>(
        `SELECT id FROM delivery WHERE state = 'dead' AND ${ofGroup} ORDER BY state_since, id LIMIT @limit`,
      )
      .pluck(),
    boundsOfGroup: db.prepare<[GroupKey], Bounds>(`
      SELECT count(*) AS count, min(state_since) AS first, max(state_since) AS last FROM delivery
      WHERE state = 'dead' AND ${ofGroup}`),
    boundsOfAcknowledged: db.prepare<[GroupKey & { since: number }], Bounds>(`
      SELECT count(*) AS count, min(state_since) AS first, max(state_since) AS last FROM delivery
      WHERE state = 'acknowledged' AND state_since >= @since AND ${ofGroup}`),
    boundsOfRun: db.prepare<[number], Bounds>(`
      SELECT count(*) AS count, min(state_since) AS first, max(state_since) AS last FROM delivery
      WHERE state = 'acknowledged' AND dead_run_id = ?`),
    delivery: db.prepare<[number], GroupKey & { since: number; state: DeliveryState }>(`
      SELECT integration_id AS integrationId, reason, cause_key AS causeKey, state_since AS since, state
      FROM delivery WHERE id = ?`),
  };
}

function prepareTrials(db: Database) {
  return {
    all: db.prepare<[], Omit<GroupTrial, "causeKey"> & { causeKey: string }>(`
      SELECT integration_id AS integrationId, reason, cause_key AS causeKey, delivery_id AS deliveryId, tries,
        next_at AS nextAt FROM group_trial`),
    put: db.prepare<[Omit<GroupTrial, "causeKey"> & { causeKey: string }]>(`
      INSERT OR REPLACE INTO group_trial (integration_id, reason, cause_key, delivery_id, tries, next_at)
      VALUES (@integrationId, @reason, @causeKey, @deliveryId, @tries, @nextAt)`),
    drop: db.prepare<[number, string, string]>(
      "DELETE FROM group_trial WHERE integration_id = ? AND reason = ? AND cause_key = ?",
    ),
  };
}

/** What is done with dead letters: each step is one transaction with the note of how far it came. */
export function createDeadRunStore(db: Database, transact: Transact): DeadRunStore {
  const letters = createDeadLetters(db);
  const sql = prepareRuns(db);
  const trials = prepareTrials(db);

  function toTarget(from: DeadTarget["from"], bounds: Bounds | undefined, of: Partial<DeadTarget>) {
    const { count = 0, first = null, last = null } = bounds ?? {};
    if (count === 0 || first === null || last === null) return undefined;
    const whose = { deliveryId: null, group: null, ofRun: null };
    return { from, ...whose, ...of, since: first, until: last, count };
  }

  function resolveOne(id: number, from: DeadTarget["from"], notBefore: number): DeadTarget | undefined {
    const row = sql.delivery.get(id);
    if (row === undefined || row.state !== from || row.since < notBefore) return undefined;
    const { integrationId, reason, causeKey, since } = row;
    return toTarget(
      from,
      { count: 1, first: since, last: since },
      {
        deliveryId: id,
        group: { integrationId, reason, causeKey },
      },
    );
  }

  function resolveAcknowledged(word: string, since: number): DeadTarget | undefined {
    if (/^\d+$/.test(word)) return resolveOne(Number(word), "acknowledged", since);
    const [first] = letters.acknowledgedSince(word, since, 1);
    const row = first === undefined ? undefined : sql.delivery.get(first);
    if (row === undefined) return undefined;
    const { integrationId, reason, causeKey } = row;
    const group = { integrationId, reason, causeKey };
    return toTarget("acknowledged", sql.boundsOfAcknowledged.get({ ...group, since }), { group });
  }

  function resolveDead(word: string): DeadTarget | undefined {
    if (/^\d+$/.test(word)) return resolveOne(Number(word), "dead", Number.NEGATIVE_INFINITY);
    const group = letters.keys().find((key) => toGroupId(key) === word);
    if (group === undefined) return undefined;
    const { integrationId, reason, causeKey } = group;
    const key = { integrationId, reason, causeKey };
    return toTarget("dead", sql.boundsOfGroup.get(key), { group: key });
  }

  function next(row: RunRow, limit: number): readonly Found[] {
    const place = { ...row, limit };
    if (row.undoes !== null) return sql.undone.all(place);
    if (row.deliveryId !== null) return sql.one.all(place);
    return row.from === "dead" ? sql.dead.all(place) : sql.acknowledged.all(place);
  }

  function insert(draft: DeadRunDraft, target: Omit<DeadTarget, "count">): number {
    const { from, deliveryId, group, since, until, ofRun } = target;
    const { integrationId = null, reason = null, causeKey = null } = group ?? {};
    const key = { integrationId, reason, causeKey };
    const made = sql.insert.get({ ...draft, from, deliveryId, ...key, since, until, undoes: ofRun });
    if (made === undefined) throw new Error("the run was not stored");
    return made.id;
  }

  function toRecord(row: RunRow & Readonly<{ undoneBy: number | null }>): DeadRunRecord {
    const counts = new Map(sql.states.all(row.id).map(({ state, count }) => [state, count]));
    const of = (state: DeliveryState): number => counts.get(state) ?? 0;
    const tagged = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const { id, endedAt, moved, undoes, undoneBy } = row;
    const delivered = of("delivered");
    const acknowledged = of("acknowledged");
    // What another run took up since had failed, or was acknowledged and taken back.
    const failed = of("dead") + Math.max(0, moved - tagged);
    const open = Math.max(0, moved - delivered - acknowledged - failed);
    const { integrationId, reason, causeKey } = row;
    const group = { integrationId, reason, causeKey };
    return { ...toDraft(row), id, ...group, endedAt, moved, delivered, failed, acknowledged, open, undoes, undoneBy };
  }

  return {
    resolve(word) {
      const [, target, since] = /^(.+)@(\d{1,16})$/.exec(word) ?? [];
      return target === undefined || since === undefined
        ? resolveDead(word)
        : resolveAcknowledged(target, Number(since));
    },
    acknowledgedBy(runId) {
      const row = sql.get.get(runId);
      if (row?.kind !== "acknowledge") return undefined;
      return toTarget("acknowledged", sql.boundsOfRun.get(runId), { group: groupOf(row), ofRun: runId });
    },
    open: (draft, target) => transact.run(() => ({ ...draft, id: insert(draft, target), from: target.from })),
    unfinished: () => sql.unfinished.all().map(toRun),
    step: (runId, limit, at, work) =>
      transact.run(() => {
        const row = sql.get.get(runId);
        if (row === undefined || row.endedAt !== null) return false;
        const found = next(row, limit);
        const last = found.at(-1);
        if (last !== undefined) {
          work(found.map(({ id }) => id));
          sql.advance.run(last.since, last.id, found.length, runId);
        }
        if (found.length < limit) sql.end.run(at, runId);
        return found.length === limit;
      }),
    runOf: (draft, group, ids, work) =>
      transact.run(() => {
        const place = { from: "dead", deliveryId: null, group, since: draft.at, until: draft.at, ofRun: null } as const;
        const id = insert(draft, place);
        work(id);
        sql.advance.run(draft.at, 0, ids.length, id);
        sql.end.run(draft.at, id);
      }),
    history: (word, limit) => sql.history.all({ word, limit }).map(toRecord),
    groups: () => letters.keys().map((key) => ({ ...key, id: toGroupId(key) })),
    oldest: (group, limit) => sql.oldest.all({ ...group, limit }),
    trials: () => trials.all.all().map((row) => ({ ...row, causeKey: row.causeKey === "" ? null : row.causeKey })),
    putTrial: (trial) => transact.run(() => void trials.put.run({ ...trial, causeKey: trial.causeKey ?? "" })),
    dropTrial: ({ integrationId, reason, causeKey }) =>
      transact.run(() => void trials.drop.run(integrationId, reason, causeKey ?? "")),
  };
}
