import { performance } from "node:perf_hooks";
import type { Lane } from "../../../src-shared/domain/budget.ts";
import { systemClock, systemRandom } from "../../../src-main/engine/main.ts";
import type { DeliveryChange, DeliveryRow, DeliveryStore } from "../../../src-main/engine/ports/delivery-store.ts";
import { openDatabase } from "../../../src-main/engine/store/database.ts";
import { createDeliveryUpdater } from "../../../src-main/engine/store/delivery-columns.ts";
import { createDeliveryMover } from "../../../src-main/engine/store/delivery-moves.ts";
import { createDeliveryStore } from "../../../src-main/engine/store/delivery-store.ts";
import { createDeliveryTally } from "../../../src-main/engine/store/delivery-tally.ts";
import { openStore } from "../../../src-main/engine/store/open-store.ts";
import { createTransact } from "../../../src-main/engine/store/transaction.ts";

/**
 * The product's queue. `bare`: claim and complete, as the other queues do, and as safe as theirs: the newest commits may be
 * lost with the power. `synced`: the same with every commit on disk, as the product has it. `whole`: with all that it keeps
 * besides, which they do not: attempts committed before the request would leave and settled after it, what was pushed, and
 * every move in the audit's chain and search.
 *
 *   node build/bench/queues/ledger.ts DATA_FOLDER JOBS BATCH bare|synced|whole
 *
 * DATA_FOLDER has more than JOBS deliveries queued for integration 1.
 */
const [dataDir, count, batch, kind] = process.argv.slice(2);
const isKind = kind === "bare" || kind === "synced" || kind === "whole";
if (dataDir === undefined || count === undefined || batch === undefined || !isKind)
  throw new Error("usage: ledger.ts DATA_FOLDER JOBS BATCH bare|synced|whole");
const jobs = Number(count);
const isWhole = kind === "whole";
const integrationId = 1;

type Queue = Readonly<{ deliveries: DeliveryStore; close: () => void }>;

function openBare(folder: string): Queue {
  const db = openDatabase(folder, "write", systemClock.now());
  if (kind === "bare") db.pragma("synchronous = NORMAL");
  const transact = createTransact(db);
  const audit = { append: () => undefined };
  const tally = createDeliveryTally(db, transact);
  const updater = createDeliveryUpdater(db);
  const mover = createDeliveryMover(updater, tally, audit);
  const deliveries = createDeliveryStore({ db, transact, clock: systemClock, audit, updater, tally, mover });
  return { deliveries, close: () => db.close() };
}

const { deliveries, close }: Queue = isWhole
  ? openStore({ dataDir, clock: systemClock, random: systemRandom, mode: "write" })
  : openBare(dataDir);
const session = deliveries.openSession(systemClock.now());

function findLane(): Lane {
  for (const each of [0, 1, 2] as const)
    if (deliveries.peekDue({ integrationId, lane: each, now: systemClock.now(), limit: 1 }).length > 0) return each;
  throw new Error("nothing is queued");
}
const lane = findLane();

function toChange(row: DeliveryRow, now: number): DeliveryChange {
  const patch = { remoteId: String(row.id), sentRevision: row.wantedRevision, deliveredAt: now, attempts: 1 };
  const accepted = { id: row.id, events: ["accept"], patch } as const;
  if (!isWhole) return { ...accepted, audit: [] };
  const { call } = row;
  const fields = {
    hs_timestamp: new Date(call.startedAt).toISOString(),
    hs_call_title: "Inbound call",
    hs_call_direction: "INBOUND",
    hs_call_status: "COMPLETED",
    hs_call_duration: "120000",
    hs_call_from_number: call.from ?? "",
    hs_call_to_number: call.to ?? "",
  };
  const entry = {
    at: now,
    tenant: row.tenant,
    callId: row.callRowId,
    deliveryId: row.id,
    integrationId,
    operation: "delivery.accept",
    outcome: "ok",
    status: 201,
    summary: "Written to HubSpot.",
    terms: [row.callId, call.from ?? "", call.to ?? "", call.agent ?? ""],
    payload: { pushed: fields },
  } as const;
  return { ...accepted, stepsDone: ["record"], pushed: fields, audit: [entry] };
}

/** As before and after a request of the CRM. */
function commitAttempts(rows: readonly DeliveryRow[], at: number): void {
  const attempts = rows.map(({ id: deliveryId, callId: key, wantedRevision: revision }) => ({
    deliveryId,
    key,
    revision,
    at,
    steps: ["record"],
    payloadHash: "0".repeat(64),
  }));
  const ids = deliveries.commitAttempts(attempts, () => undefined);
  deliveries.settleAttempts(ids, { answeredAt: at, outcome: "answered", status: 201, correlationId: null });
}

let claimMs = 0;
let done = 0;
const cpuAtStart = process.cpuUsage();
const startedAt = performance.now();
while (done < jobs) {
  const now = systemClock.now();
  const claimedFrom = performance.now();
  const rows = deliveries.peekDue({ integrationId, lane, now, limit: Math.min(Number(batch), jobs - done) });
  const claimed = new Set(deliveries.claim({ ids: rows.map(({ id }) => id), session, now }));
  claimMs += performance.now() - claimedFrom;
  const mine = rows.filter(({ id }) => claimed.has(id));
  if (mine.length === 0) throw new Error("nothing could be claimed");
  if (isWhole) commitAttempts(mine, now);
  deliveries.apply(mine.map((row) => toChange(row, now)));
  done += mine.length;
}
const ms = performance.now() - startedAt;
const { user, system } = process.cpuUsage(cpuAtStart);
deliveries.closeSession(session, systemClock.now());
close();
console.log(JSON.stringify({ done, ms, cpuMs: (user + system) / 1_000, claimMs }));
