import type { Lane } from "../../../src-shared/domain/budget.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { AccountMemory } from "../ports/account-memory.ts";
import type { Clock } from "../ports/clock.ts";
import type { Connector, CrmSession } from "../ports/connector.ts";
import type { CrmCheckStore } from "../ports/crm-checks.ts";
import type { DeliveryRow, DeliveryStore, EngineSession } from "../ports/delivery-store.ts";
import type { IntegrationStore } from "../ports/integration-store.ts";
import type { Matcher } from "../ports/matcher.ts";
import type { Mirror } from "../ports/mirror.ts";
import type { Random } from "../ports/random.ts";
import type { SchemaStore } from "../ports/schema-store.ts";
import { aloneRescues } from "./bug-outcome.ts";
import { idempotencyKey } from "./idempotency-key.ts";
import type { ServerClock } from "./server-clock.ts";

export type DispatcherParts = Readonly<{
  integrationId: number;
  session: EngineSession;
  /** Only the copy of the CRM is read. */
  isReadingOnly?: boolean;
  clock: Clock;
  random: Random;
  server: ServerClock;
  deliveries: DeliveryStore;
  integrations: IntegrationStore;
  accountMemory: AccountMemory;
  connector: Connector;
  contract: OwnershipContract;
  matcher: Matcher;
  mirror: Mirror;
  schemas: SchemaStore;
  checks: CrmCheckStore;
  requestTimeoutMs: number;
  /** A paced way to the CRM for one job; `rows` are the deliveries it may write. */
  openSession: (lane: Lane, rows: readonly DeliveryRow[]) => CrmSession;
  /** Learns the account after a good check: plan and limits. */
  onAccount: (integration: Integration) => void;
  stopping: AbortSignal;
  /** A defect of ours: its deliveries are settled, the work goes on. */
  onBug: (error: unknown) => void;
}>;

/** One unit of work: a probe of uncertain deliveries, or a write of claimed ones. */
export type Job = () => Promise<void>;

const keys = new WeakMap<DeliveryRow, string>();

/** The key of a delivery, which belongs to one CRM: made once, asked for by every part of its job. */
export function keyOf(row: DeliveryRow, connector: Pick<Connector, "crm">): string {
  const key = keys.get(row) ?? idempotencyKey(row.tenant, row.callId, connector.crm);
  keys.set(row, key);
  return key;
}

/** A delivery that was left behind twice is probed and sent alone: it may be what breaks its batch. */
export function aloneOrTogether(rows: readonly DeliveryRow[]): readonly DeliveryRow[] {
  const [first] = rows;
  if (first === undefined) return rows;
  if (first.rescues >= aloneRescues) return [first];
  const suspect = rows.findIndex((row) => row.rescues >= aloneRescues);
  return suspect === -1 ? rows : rows.slice(0, suspect);
}

/** Server time of the oldest send among the rows, or `now` where none was sent. */
export function sentSince(rows: readonly DeliveryRow[], now: number): number {
  return rows.reduce((oldest, row) => Math.min(oldest, row.lastSentAt ?? now), now);
}
