import { holdDue, unavailable } from "./availability.ts";
import { createCheckJobs } from "./check-jobs.ts";
import type { DispatcherParts, Job } from "./dispatcher-parts.ts";
import { toMadePerson } from "../../../src-shared/domain/integration.ts";
import { createIntegrationHealth } from "./integration-health.ts";
import { createMirrorJobs } from "./mirror-jobs.ts";
import { createProbeJobs } from "./probe-jobs.ts";
import { createSchemaKeeper } from "./schema-keeper.ts";
import { createWriteJobs } from "./write-jobs.ts";

/** The engine's loop for one integration, cut into jobs that several workers may run at once. */
export type Dispatcher = Readonly<{
  /** The next job, or null when nothing can be done now; of the real-time lane alone, where it is asked so. Calls come one after another. */
  next(isUrgentOnly?: boolean): Promise<Job | null>;
  /** Whether the copy of the CRM should be read on now. */
  isReading(): boolean;
}>;

/** What is uncertain is read before anything new is sent, the copy of the CRM is kept fresh beside it; an integration that takes nothing lets its calls wait visibly. */
export function createDispatcher(parts: DispatcherParts): Dispatcher {
  const { clock, deliveries } = parts;
  const health = createIntegrationHealth({ ...parts, openReading: () => parts.openSession(0, []) });
  const schema = createSchemaKeeper(parts, health, () => toMadePerson(health.integration().unknownCaller));
  const probes = createProbeJobs(parts, health, schema);
  const writes = createWriteJobs(parts, health, schema);
  const readings = createMirrorJobs(parts, health);
  const checks = createCheckJobs(parts, health);
  const reads = () => schema.next() ?? readings.next() ?? checks.next();
  return {
    isReading: () => readings.isWanted() || checks.isWanted(),
    next: async (isUrgentOnly = false) => {
      if (parts.stopping.aborted) return null;
      if (isUrgentOnly) return health.isOpen() && !schema.isAwaited() ? writes.next([0]) : null;
      if (parts.isReadingOnly === true) return (await health.mayWork()) ? reads() : null;
      if (await health.mayWork()) return probes.next() ?? reads() ?? (schema.isAwaited() ? null : await writes.next());
      const integration = health.integration();
      const cause = unavailable(integration, health.rest(), clock.now());
      if (cause !== null) await holdDue(deliveries, integration, clock.now(), cause, () => clock.sleep(0));
      return null;
    },
  };
}
