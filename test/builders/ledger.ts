import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite, { type Database } from "better-sqlite3";
import type { IngestBatch, IngestCounts, Leg, ReadCall } from "../../src-main/engine/ports/ingest-store.ts";
import type { IntegrationDraft } from "../../src-main/engine/ports/integration-store.ts";
import type { Random } from "../../src-main/engine/ports/random.ts";
import { type Store, openStore } from "../../src-main/engine/store/open-store.ts";
import type { CallRecord } from "../../src-shared/domain/call-record.ts";
import type { DeliveryState } from "../../src-shared/domain/delivery.ts";
import type { Integration } from "../../src-shared/domain/integration.ts";
import { type VirtualClock, createVirtualClock } from "./virtual-clock.ts";

/** A different text each time, the same in each run. */
export function createCountingRandom(): Random {
  let count = 0;
  const next = (): string =>
    createHash("sha256")
      .update(String((count += 1)))
      .digest("hex");
  const hex = (bytes: number): string => {
    let text = "";
    while (text.length < bytes * 2) text += next();
    return text.slice(0, bytes * 2);
  };
  return { next: () => Number.parseInt(hex(4), 16) / 2 ** 32, hex };
}

export type Ledger = Readonly<{
  dataDir: string;
  clock: VirtualClock;
  store: Store;
  /** Opens the ledger again, closing the store before. */
  reopen(change?: Readonly<{ auditKey?: Uint8Array }>): Store;
  /** A second connection of its own, for looking and for tampering. */
  raw<T>(work: (db: Database) => T): T;
  dispose(): void;
}>;

/** A real ledger in a folder of its own. */
export function createLedger(change: Readonly<{ auditKey?: Uint8Array }> = {}): Ledger {
  const dataDir = mkdtempSync(join(tmpdir(), "callledger-store-"));
  const clock = createVirtualClock();
  const random = createCountingRandom();
  const open = (key: Readonly<{ auditKey?: Uint8Array }>): Store =>
    openStore({ dataDir, clock, random, mode: "write", ...key });
  let store = open(change);
  return {
    dataDir,
    clock,
    get store() {
      return store;
    },
    reopen(next = change) {
      store.close();
      store = open(next);
      return store;
    },
    raw(work) {
      const db = new Sqlite(join(dataDir, "callledger.db"));
      try {
        return work(db);
      } finally {
        db.close();
      }
    },
    dispose() {
      store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const aDraft: IntegrationDraft = {
  tenant: "acme",
  crm: "hubspot",
  label: "Acme HubSpot",
  baseUrl: null,
  account: { accountId: "4711", name: "Acme" },
  secret: { kind: "keychain" },
  unknownCaller: "hold",
  since: null,
  contract: "version: 1",
  settings: {},
};

export function anIntegration(ledger: Ledger, change: Partial<IntegrationDraft> = {}): Integration {
  return ledger.store.integrations.add({ ...aDraft, ...change }, ledger.clock.now());
}

/** When the calls of these tests begin. */
export const firstStart = Date.UTC(2026, 10, 20, 8);

/** What the test format keeps of a row. */
type RowFacts = Readonly<{ talk?: number; leg?: string; from?: string; to?: string; at?: number; internal?: boolean }>;

/** A row: its content decides its hash. */
export function aLeg(facts: RowFacts = {}, line?: number): ReadCall["legs"][number] {
  const { talk = 60, leg = null, from = "+447700900134", to = "+442079460011", at = firstStart } = facts;
  const data = { talk, leg, from, to, internal: facts.internal === true ? 1 : 0 };
  const hash = createHash("sha256")
    .update(JSON.stringify([data, at]))
    .digest("hex");
  return { hash, startedAt: at, data, ...(line === undefined ? {} : { line }) };
}

const textOf = (leg: Leg | undefined, key: string): string | null => {
  const value = leg?.data[key];
  return typeof value === "string" ? value : null;
};

/** The test format's fold: talk adds up, the first row names the parties. */
export function foldRows(legs: readonly Leg[]): Readonly<{ record: CallRecord; excluded: ReadCall["excluded"] }> {
  const first = legs[0];
  const talk = legs.reduce((sum, { data }) => sum + Number(data["talk"] ?? 0), 0);
  const isInternal = legs.every(({ data }) => data["internal"] === 1);
  const record: CallRecord = {
    logId: null,
    direction: isInternal ? "internal" : "inbound",
    status: talk > 0 ? "answered" : "missed",
    from: textOf(first, "from"),
    to: textOf(first, "to"),
    startedAt: first?.startedAt ?? 0,
    startedAtPrecision: "second",
    startedAtAlternatives: [],
    durationSeconds: talk,
    agent: null,
    legs: legs.length,
  };
  return { record, excluded: isInternal ? "internal" : null };
}

/** A call with these rows; its record is what they fold to. */
export function aReadCall(logKey: string, legs: ReadCall["legs"] = [aLeg()], change: Partial<ReadCall> = {}): ReadCall {
  const { record, excluded } = foldRows(legs);
  return { node: "", logKey, record: { ...record, logId: logKey }, excluded, legs, settlesAt: null, ...change };
}

const aPosition: IngestBatch["position"] = {
  offset: 100,
  line: 2,
  size: 100,
  modifiedAt: firstStart,
  headHash: "head",
  tailHash: "tail",
  state: "{}",
};

export type ImportAsk = Readonly<{
  tenant?: string;
  system?: string;
  path?: string;
  lane?: 0 | 1 | 2 | 3;
  /** A watched source that the file belongs to. */
  sourceId?: number;
  skipped?: IngestBatch["skipped"];
}>;

/** Folds like the record of `aReadCall`: with the key as the log's id. */
const foldFor =
  (logKey: string | null) =>
  (legs: readonly Leg[]): ReturnType<typeof foldRows> => {
    const { record, excluded } = foldRows(legs);
    return { record: { ...record, logId: logKey }, excluded };
  };

/** Reads calls as one batch of one file. All calls of a batch that join or merge must share their key's log id. */
export function importCalls(ledger: Ledger, calls: readonly ReadCall[], ask: ImportAsk = {}): IngestCounts {
  const { tenant = "acme", system = "asterisk-cdr-csv", path = "/logs/Master.csv", lane = 2, skipped = [] } = ask;
  const { sourceId = null } = ask;
  const { store, clock } = ledger;
  store.tenants.ensure(tenant, clock.now());
  const identity = { tenant, system, path, fileId: null };
  const start = { identity, sourceId, format: "asterisk-cdr-csv", startedAt: clock.now(), lane };
  const readingId = store.ingest.startReading(start);
  const rows = calls.reduce((sum, { legs }) => sum + legs.length, 0) + skipped.length;
  const batch = { readingId, at: clock.now(), calls, skipped, rows, position: aPosition };
  const counts = store.ingest.commitBatch(batch, foldFor(calls[0]?.record.logId ?? null));
  store.ingest.endReading(readingId, clock.now(), null);
  return counts;
}

/** The state of every delivery, by its id. */
export function statesOf(ledger: Ledger): readonly DeliveryState[] {
  return ledger.raw((db) => db.prepare<[], DeliveryState>("SELECT state FROM delivery ORDER BY id").pluck().all());
}
