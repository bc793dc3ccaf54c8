import { existsSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import type { Store } from "../../src-main/engine/store/open-store.ts";
import type { CrmType } from "../../src-shared/domain/integration.ts";
import { defaultRetryPolicy } from "../../src-shared/domain/retry-policy.ts";
import { type PhoneLog, keyIn, newestOf } from "./phone-log.ts";
import type { CrmStage } from "./stage.ts";
import { Violation } from "./violation.ts";
import { createWriteGuard } from "./write-guard.ts";

type DeliveryLine = Readonly<{
  id: number;
  crm: CrmType;
  logKey: string;
  state: string;
  waitWhy: string | null;
  dueAt: number;
  giveUpAt: number | null;
  reason: string | null;
  detail: string | null;
  remoteId: string | null;
}>;

export type GuardParts = Readonly<{
  dataDir: string;
  stages: readonly CrmStage[];
  log: PhoneLog;
  /** The person whom each number belongs to, by CRM. */
  personOf: (crm: CrmType, number: string) => string | undefined;
  /** True time, ms. */
  now: () => number;
}>;

/** An edit by a colleague of a field that is ours: it stays. */
type Edit = Readonly<{ crm: CrmType; id: string; field: string; value: string }>;

/** Looks at the ledger from beside the engine, and at the CRMs as their users do. */
export function createGuard(parts: GuardParts) {
  const { stages, log } = parts;
  /** Every record that ever had one of our keys. */
  const recordOf = new Map<string, string>();
  const removed = new Set<string>();
  const edits = new Map<string, Edit>();
  /** Claims that a dead process left behind, with the tries they had spent. */
  let leftBehind = new Map<number, number>();
  let reader: Sqlite.Database | null = null;
  /** Prepared once for each reader: they are run after every step. */
  let prepared = new Map<string, Sqlite.Statement>();
  let expectedRefusals = 0;

  function ledger(): Sqlite.Database {
    const path = join(parts.dataDir, "callledger.db");
    if (reader === null || !reader.open) {
      reader = new Sqlite(path, { readonly: true, timeout: 1_000 });
      prepared = new Map();
    }
    return reader;
  }

  function query<Given extends unknown[], Row>(sql: string): Sqlite.Statement<Given, Row> {
    const db = ledger();
    const known = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, known);
    return known as Sqlite.Statement<Given, Row>;
  }

  function checkRecords(stage: CrmStage): void {
    const calls = stage.calls();
    const keys = new Map(log.calls().map((call) => [keyIn(call, stage.crm), call]));
    const live = new Set<string>();
    for (const { id, key, people } of calls) {
      const first = recordOf.get(`${stage.crm} ${key}`);
      if (first === undefined) recordOf.set(`${stage.crm} ${key}`, id);
      if (live.has(key) || (first !== undefined && first !== id))
        throw new Violation("one record per key", `${stage.crm} has ${key} as ${first ?? "?"} and as ${id}`);
      live.add(key);
      const call = keys.get(key);
      if (call === undefined) throw new Violation("one record per key", `${stage.crm} has ${key}, which no call has`);
      const person = parts.personOf(stage.crm, call.number);
      if (people.some((each) => each !== person))
        throw new Violation(
          "every link is right",
          `${call.logKey} is linked to ${people.join(", ")}, not ${person ?? "nobody"}`,
        );
    }
    for (const { crm, id, field, value } of edits.values()) {
      if (crm !== stage.crm) continue;
      const now = calls.find((call) => call.id === id);
      if (now !== undefined && String(now.fields[field]) !== value)
        throw new Violation(
          "outside edits stay",
          `${crm} ${id} ${field} is ${String(now.fields[field])}, was ${value}`,
        );
    }
  }

  function checkWindows(stage: CrmStage): void {
    const { rateLimited, windows } = stage.sandbox.stats();
    if (rateLimited > expectedRefusals)
      throw new Violation("no window exceeded", `${stage.crm} refused ${rateLimited} requests`);
    for (const { name, limit, max } of windows)
      if (limit !== null && max > limit)
        throw new Violation("no window exceeded", `${stage.crm} ${name}: ${max} of ${limit}`);
  }

  const deliveries = (): readonly DeliveryLine[] =>
    query<[], DeliveryLine>(
      `SELECT d.id, i.crm, c.log_key AS logKey, d.state, d.wait_why AS waitWhy, d.due_at AS dueAt,
           d.give_up_at AS giveUpAt, d.reason, d.detail, d.remote_id AS remoteId
         FROM delivery d JOIN integration i ON i.id = d.integration_id JOIN call c ON c.id = d.call_id ORDER BY d.id`,
    ).all();

  const uncertainKeys = (wanted: CrmType): readonly string[] => {
    const uncertain = deliveries().filter(({ crm, state }) => crm === wanted && state === "uncertain");
    const logKeys = new Set(uncertain.map(({ logKey }) => logKey));
    return log.calls().flatMap((call) => (logKeys.has(call.logKey) ? [keyIn(call, wanted)] : []));
  };

  /** What the ledger takes for a call's record is that call's. */
  function checkRemoteIds(): void {
    const lines = deliveries();
    for (const stage of stages) {
      const keys = new Map(log.calls().map((call) => [call.logKey, keyIn(call, stage.crm)]));
      const held = new Map(stage.calls().map((call) => [call.id, call.key]));
      for (const { crm, logKey, remoteId } of lines) {
        const key = crm === stage.crm && remoteId !== null ? held.get(remoteId) : undefined;
        if (key !== undefined && key !== keys.get(logKey))
          throw new Violation("a call's record is its own", `${crm} ${logKey} is taken for record ${remoteId ?? ""}`);
      }
    }
  }

  /** The ledger by itself: every call in exactly one state at every account, and the tally agrees. */
  function checkLedger(): void {
    if (!existsSync(join(parts.dataDir, "callledger.db"))) return;
    const odd = query<[], { logKey: string; count: number }>(
      `SELECT c.log_key AS logKey, count(d.id) AS count FROM call c JOIN integration i
         LEFT JOIN delivery d ON d.call_id = c.id AND d.integration_id = i.id
         WHERE c.excluded IS NULL GROUP BY c.id, i.id HAVING count(d.id) <> 1`,
    ).get();
    if (odd !== undefined) throw new Violation("one state per call", `${odd.logKey} has ${odd.count} deliveries`);
    const tally = query<[], { state: string }>(
      `SELECT t.state FROM delivery_tally t WHERE t.delivery_count <>
           (SELECT count(*) FROM delivery d WHERE d.integration_id = t.integration_id AND d.state = t.state
              AND d.lane = t.lane AND coalesce(d.wait_why, '') = t.wait_why)`,
    ).get();
    if (tally !== undefined) throw new Violation("one state per call", `the tally of ${tally.state} is wrong`);
  }

  /** The store's own account of itself. */
  function checkStore(store: Pick<Store, "audit" | "reports">): void {
    const chain = store.audit.verify();
    if (!chain.ok) throw new Violation("audit chained", chain.problem ?? "");
    const statement = store.reports.statement("all", 0, Number.MAX_SAFE_INTEGER);
    if (!statement.balanced) throw new Violation("rows balance", JSON.stringify(statement));
  }

  /** A look into the CRM finds what is wrong, and nothing else. After a restore an older version may look like an edit. */
  function checkLooks({ checks }: Pick<Store, "checks">, wasRestored: boolean): void {
    const lines = new Map(deliveries().map((line) => [line.id, line]));
    for (const { findings, kind } of checks.ended(0, Number.MAX_SAFE_INTEGER))
      for (const { deliveryId, kind: found, detail, remoteIds } of findings) {
        const crm = lines.get(deliveryId)?.crm ?? "";
        const isFair =
          found === "gone"
            ? remoteIds.every((id) => removed.has(`${crm} ${id}`))
            : found === "edited" && (wasRestored || [...edits.values()].some((edit) => remoteIds.includes(edit.id)));
        if (!isFair) throw new Violation("a look finds what is wrong alone", `${kind} of ${crm}: ${found}, ${detail}`);
      }
  }

  /** At the end nothing is lost: delivered as it is now, held by a named event, or dead with a reason that fits. */
  function checkEnd(ask: Readonly<{ isRefused: (status: string) => boolean; wasRestored: boolean }>): void {
    const lines = deliveries();
    for (const stage of stages) {
      const held = new Map(stage.calls().map((call) => [call.key, call]));
      for (const call of log.calls()) {
        const line = lines.find(({ crm, logKey }) => crm === stage.crm && logKey === call.logKey);
        const what = `${stage.crm} ${call.logKey}`;
        if (line === undefined) throw new Violation("nothing is lost", `${what} has no delivery`);
        const record = held.get(keyIn(call, stage.crm));
        const isRemoved = removed.has(`${stage.crm} ${recordOf.get(`${stage.crm} ${keyIn(call, stage.crm)}`) ?? ""}`);
        const says = `${what} is ${line.state} ${line.waitWhy ?? ""} ${line.reason ?? ""} ${line.detail ?? ""}`;
        if (line.state === "delivered") {
          checkDelivered(stage, call, record, isRemoved, says);
          // After a restore nobody can tell an older version of ours from an edit by a colleague: it stays.
          if (!ask.wasRestored || call.versions.length === 1) checkVersion(stage, call, record, says);
        } else if (line.state === "waiting") {
          const isNamed = line.waitWhy === "contact" && parts.personOf(stage.crm, call.number) === undefined;
          if (!isNamed) throw new Violation("everything settles", says);
        } else if (line.state === "dead") {
          const isFair = isRemoved
            ? line.reason === "record_deleted"
            : ask.isRefused(newestOf(call).status) && ["rule_rejected", "value_rejected"].includes(line.reason ?? "");
          if (!isFair) throw new Violation("dead only with a fair reason", says);
        } else if (line.state !== "acknowledged") throw new Violation("everything settles", says);
      }
    }
  }

  function checkDelivered(
    stage: CrmStage,
    call: ReturnType<PhoneLog["calls"]>[number],
    record: ReturnType<CrmStage["calls"]>[number] | undefined,
    isRemoved: boolean,
    says: string,
  ): void {
    if (record === undefined) {
      if (!isRemoved) throw new Violation("delivered means there", says);
      return;
    }
    const person = parts.personOf(stage.crm, call.number);
    if (person !== undefined && !record.people.includes(person))
      throw new Violation("every link is right", `${says}: not linked to ${person}`);
  }

  function checkVersion(
    stage: CrmStage,
    call: ReturnType<PhoneLog["calls"]>[number],
    record: ReturnType<CrmStage["calls"]>[number] | undefined,
    says: string,
  ): void {
    if (record === undefined) return;
    const length = stage.vendor.toLength(newestOf(call).seconds);
    if (String(record.fields[stage.vendor.lengthField]) !== length)
      throw new Violation(
        "the newest version is there",
        `${says}: ${stage.vendor.lengthField} is ${String(record.fields[stage.vendor.lengthField])}, not ${length}`,
      );
  }

  /** Nothing of ours waits longer than our longest backoff, wherever the clock was set meanwhile. */
  function checkWaits(engineNow: number): void {
    const latest = engineNow + defaultRetryPolicy.capMs + 65_000;
    const odd = query<[number, number], { id: number; state: string }>(
      `SELECT id, state FROM delivery WHERE state = 'uncertain' AND next_probe_at > ?
           OR (state = 'queued' OR state = 'waiting' AND wait_why = 'retry') AND due_at > ?`,
    ).get(latest, latest);
    if (odd !== undefined)
      throw new Violation("no wait outlasts our longest", `delivery ${odd.id} is ${odd.state} for longer`);
  }

  const sending = (): ReadonlyMap<number, number> =>
    new Map(
      query<[], { id: number; attempts: number }>("SELECT id, attempts FROM delivery WHERE state = 'sending'")
        .all()
        .map(({ id, attempts }) => [id, attempts]),
    );

  return {
    ...createWriteGuard({ stages, query, uncertainKeys, now: parts.now }),
    /** Whether a call is held although somebody has its number by now. */
    hasHeldInVain: (): boolean =>
      deliveries().some(({ crm, logKey, waitWhy }) => {
        const call = log.calls().find((each) => each.logKey === logKey);
        return waitWhy === "contact" && call !== undefined && parts.personOf(crm, call.number) !== undefined;
      }),
    /** A process died: what it had claimed is looked at again when the next one has begun. */
    noteDeath: (): void => {
      leftBehind = new Map(sending());
    },
    /** A rescue spends no try. */
    checkRescues(): void {
      const find = query<[number], { attempts: number }>("SELECT attempts FROM delivery WHERE id = ?");
      for (const [id, attempts] of leftBehind)
        if ((find.get(id)?.attempts ?? attempts) > attempts)
          throw new Violation("a rescue spends no try", `delivery ${id} had spent ${attempts}`);
      leftBehind = new Map();
    },
    checkRecords,
    checkStore,
    checkWaits,
    checkLooks,
    checkEnd,
    deliveries,
    /** After every step. */
    check(): void {
      for (const stage of stages) {
        checkRecords(stage);
        checkWindows(stage);
      }
      checkLedger();
      checkRemoteIds();
    },
    noteEdit: (edit: Edit): void => void edits.set(`${edit.crm} ${edit.id} ${edit.field}`, edit),
    noteRemoved: (crm: CrmType, id: string): void => void removed.add(`${crm} ${id}`),
    expectRefusal: (): void => {
      expectedRefusals += 1;
    },
    /** The file is about to be replaced. */
    close: (): void => {
      reader?.close();
      reader = null;
    },
  };
}

export type Guard = ReturnType<typeof createGuard>;
