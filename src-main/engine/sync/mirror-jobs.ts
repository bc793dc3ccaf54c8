import { lanes } from "../../../src-shared/domain/budget.ts";
import type { DispatcherParts, Job } from "./dispatcher-parts.ts";
import type { IntegrationHealth } from "./integration-health.ts";

/** The copy is read in the last lane, unless calls wait for its first reading. */
const bulkLane = 3;
const waitingLane = 1;
/** Between readings that fail, longer each time in a row, ms. */
const firstRestMs = 250;
const longestRestMs = 5 * 60_000;

/**
 * Keeps the copy of the CRM fresh: once at the start of a run, and whenever the connector's interval has passed. One page
 * is a job, so that writes go on beside it. When numbers changed, held calls that have one of them are due at once.
 */
export function createMirrorJobs(
  parts: DispatcherParts,
  health: IntegrationHealth,
): Readonly<{ next(): Job | null; isWanted(): boolean }> {
  const { clock, mirror, matcher, connector, deliveries, integrationId: id } = parts;
  let startedAt = clock.now();
  let isReading = false;
  /** Monotonic ms. */
  let restUntil = 0;
  let wasReady = matcher.isReady(id, bulkLane);

  function isDue(): boolean {
    // The clock was set back: a copy can never be as fresh as a time that is to come, and would be read without end.
    startedAt = Math.min(startedAt, clock.now());
    if (clock.monotonic() < restUntil) return false;
    return mirror.isDue(id, connector) || !mirror.isFreshSince(id, startedAt);
  }
  const isWaitedFor = (): boolean =>
    !matcher.isReady(id, bulkLane) &&
    lanes.some((lane) => deliveries.peekDue({ integrationId: id, lane, now: clock.now(), limit: 1 }).length > 0);

  function recheckHeld(): void {
    const isReady = matcher.isReady(id, bulkLane);
    const isFirst = isReady && !wasReady;
    wasReady = isReady;
    if (!isReady || !(isFirst || mirror.hasChanged(id))) return;
    const integration = health.integration();
    const find = mirror.finder(integration);
    // What was held for want of a copy may be decided by the policy now, whoever has the number.
    const isKnown = (number: string): boolean =>
      (isFirst && integration.unknownCaller !== "hold") || find(number).length > 0;
    deliveries.recheckHeld(id, clock.now(), isKnown);
    mirror.clearChanged(id);
  }

  async function read(): Promise<void> {
    const session = parts.openSession(isWaitedFor() ? waitingLane : bulkLane, []);
    const ask = { integration: health.integration(), connector, session, serverNow: parts.server.now };
    const { fault } = await mirror.readPage(ask);
    if (fault === null) return health.succeed();
    // The last lane stops short of the limit, and a list that cannot be read says nothing of writes: they go on.
    if (fault.kind === "paced") restUntil = clock.monotonic() + fault.waitMs;
    else if (fault.kind === "blocked" || fault.kind === "rate_limited") health.react(fault, true);
    else restUntil = clock.monotonic() + Math.min(longestRestMs, firstRestMs * 2 ** mirror.trouble(id).times);
  }

  return {
    isWanted: () => health.isOpen() && isDue(),
    next: () => {
      recheckHeld();
      if (isReading || !isDue()) return null;
      isReading = true;
      return () =>
        read().finally(() => {
          isReading = false;
        });
    },
  };
}
