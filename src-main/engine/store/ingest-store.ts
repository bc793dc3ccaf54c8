import type { Database } from "better-sqlite3";
import type { ExclusionReason, SkippedRow } from "../../../src-shared/domain/call-record.ts";
import type { AuditLog } from "../ports/audit-log.ts";
import type { Fold, IngestBatch, IngestCounts, IngestStore } from "../ports/ingest-store.ts";
import { type BatchCall, type ReadLeg, mergeNew, toBatchCalls } from "./batch-calls.ts";
import { createBulkWriting } from "./bulk-writing.ts";
import { createCallReviser } from "./call-reviser.ts";
import { createCallTable } from "./call-table.ts";
import { createCheckpointer } from "./checkpointer.ts";
import type { DeliveryUpdater } from "./delivery-columns.ts";
import { createDeliveryIntake } from "./delivery-intake.ts";
import type { DeliveryMover } from "./delivery-moves.ts";
import type { DeliveryTally } from "./delivery-tally.ts";
import { createFileTable } from "./file-table.ts";
import { type ReadingFacts, createReadingTable } from "./reading-table.ts";
import { MissingRowError } from "./store-errors.ts";
import type { PhoneSystems } from "./tenant-store.ts";
import type { Transact } from "./transaction.ts";

export type IngestParts = Readonly<{
  db: Database;
  transact: Transact;
  phoneSystems: PhoneSystems;
  audit: Pick<AuditLog, "append">;
  mover: DeliveryMover;
  updater: DeliveryUpdater;
  tally: DeliveryTally;
}>;

/** What became of a batch's calls: new ones, repeated rows, and how many stored ones changed. */
type Joined = { readonly added: BatchCall[]; readonly duplicates: ReadLeg[]; revised: number; deliveries: number };

const backfillCalls = 5_000;
const backfillLane = 2;

const toDuplicate = ({ line }: ReadLeg): SkippedRow => ({
  reason: "duplicate",
  ...(line === undefined ? {} : { line }),
});

function countBy<K extends string>(items: readonly K[]): Readonly<Partial<Record<K, number>>> {
  const counts: Partial<Record<K, number>> = {};
  for (const item of items) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
}

/** Why policy leaves a new call out, before-start only where no integration of the tenant takes it. */
function exclusionOf(call: BatchCall, earliest: number | null): ExclusionReason | undefined {
  if (call.excluded !== null) return call.excluded;
  return earliest !== null && call.record.startedAt < earliest ? "before_start" : undefined;
}

/** The earliest start date of any integration; null when one takes all calls, or there is none. */
function earliestStart(integrations: readonly Readonly<{ since: number | null }>[]): number | null {
  const dates = integrations.map(({ since }) => since ?? Number.NEGATIVE_INFINITY);
  const earliest = dates.length === 0 ? Number.NEGATIVE_INFINITY : Math.min(...dates);
  return Number.isFinite(earliest) ? earliest : null;
}

/** Rows of logs to calls and deliveries: one transaction per batch, set-based, without a row of audit per call. */
export function createIngestStore(parts: IngestParts): IngestStore {
  const { db, transact, phoneSystems } = parts;
  const files = createFileTable(db);
  const readings = createReadingTable(db, parts.audit);
  const calls = createCallTable(db);
  const intake = createDeliveryIntake(db, parts.tally);
  const revise = createCallReviser({ ...parts, calls, intake });
  const bulk = createBulkWriting(db, createCheckpointer(db));
  const callBounds = db.prepare<[], { first: number | null; last: number | null }>(
    "SELECT (SELECT min(id) FROM call) AS first, (SELECT max(id) FROM call) AS last",
  );
  const isLive = db.prepare<[number], number>("SELECT id FROM integration WHERE id = ? AND removed_at IS NULL").pluck();

  function joinStored(facts: ReadingFacts, batch: IngestBatch, read: readonly BatchCall[], fold: Fold): Joined {
    const stored = calls.findStored(facts.systemId, read);
    const outcome: Joined = { added: [], duplicates: [], revised: 0, deliveries: 0 };
    const place = { systemId: facts.systemId, readingId: batch.readingId, at: batch.at, lane: facts.lane };
    const seen = new Set<number>();
    for (const [index, call] of read.entries()) {
      const found = stored.get(index);
      if (found === undefined) {
        outcome.added.push(call);
        continue;
      }
      const old = seen.has(found.callRowId) ? calls.get(found.callRowId) : found;
      seen.add(found.callRowId);
      const { duplicates, changed, deliveries } = revise(old, call, fold, place);
      outcome.duplicates.push(...duplicates);
      outcome.revised += changed ? 1 : 0;
      outcome.deliveries += deliveries;
    }
    return outcome;
  }

  function createDeliveries(
    facts: ReadingFacts,
    batch: IngestBatch,
    range: Readonly<{ first: number; last: number }> | null,
  ): number {
    if (range === null) return 0;
    const { lane } = facts;
    return facts.integrations.reduce(
      (sum, { id }) => sum + intake.create({ integrationId: id, lane, at: batch.at, ...range }),
      0,
    );
  }

  function commitBatch(batch: IngestBatch, fold: Fold): IngestCounts {
    const facts = readings.factsOf(batch.readingId, intake);
    const read = toBatchCalls(batch.calls, fold);
    const joined = joinStored(facts, batch, read, fold);
    const added = mergeNew(joined.added, fold);
    const duplicates = [...joined.duplicates, ...added.flatMap((call) => call.duplicates)];
    const range = calls.insert(added, { systemId: facts.systemId, readingId: batch.readingId, at: batch.at });
    const created = joined.deliveries + createDeliveries(facts, batch, range);
    const skipped = duplicates.length === 0 ? batch.skipped : [...batch.skipped, ...duplicates.map(toDuplicate)];
    const legs = batch.calls.reduce((sum, call) => sum + call.legs.length, 0) - duplicates.length;
    if (legs + skipped.length !== batch.rows)
      throw new Error(`a batch of ${batch.rows} rows has ${legs} legs and ${skipped.length} skipped rows`);
    const earliest = earliestStart(facts.integrations);
    const counts: IngestCounts = {
      rows: batch.rows,
      legs,
      calls: added.length,
      revised: joined.revised,
      skipped: countBy(skipped.map(({ reason }) => reason)),
      excluded: countBy(added.flatMap((call) => exclusionOf(call, earliest) ?? [])),
      deliveries: created,
    };
    readings.addSkipped(batch.readingId, skipped, counts.skipped);
    readings.addCounts(batch.readingId, counts, range);
    files.setPosition(facts.fileId, batch.position, batch.done);
    return counts;
  }

  return {
    findFiles(identity, ask) {
      const systemId = phoneSystems.find(identity.tenant, identity.system);
      return systemId === undefined ? [] : files.find(systemId, identity, ask);
    },
    startReading(start) {
      return transact.run(() => {
        const systemId = phoneSystems.ensure(start.identity.tenant, start.identity.system, start.startedAt);
        const { identity, format, isOther = false } = start;
        return readings.start(start, files.ensure(systemId, identity, { format, isOther }));
      });
    },
    commitBatch(batch, fold) {
      const counts = transact.run(() => commitBatch(batch, fold));
      bulk.countBatch(batch.readingId);
      return counts;
    },
    endReading(readingId, at, error) {
      transact.run(() => readings.end(readingId, at, error));
      bulk.forget(readingId);
    },
    together: (work) => transact.run(work),
    settle: bulk.settle,
    backfill(integrationId, at) {
      if (isLive.get(integrationId) === undefined)
        throw new MissingRowError(`There is no integration ${integrationId}.`);
      const { first, last } = callBounds.get() ?? { first: null, last: null };
      if (first === null || last === null) return 0;
      let created = 0;
      for (let start = first; start <= last; start += backfillCalls) {
        const range = { first: start, last: Math.min(last, start + backfillCalls - 1) };
        created += transact.run(() => intake.create({ integrationId, lane: backfillLane, at, ...range }));
      }
      return created;
    },
  };
}
