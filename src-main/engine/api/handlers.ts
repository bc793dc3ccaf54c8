import type { ApiParts } from "./api-parts.ts";
import { createAlertHandlers } from "./alert-handlers.ts";
import { createAuditHandlers } from "./audit-handlers.ts";
import { createCheckHandlers } from "./check-handlers.ts";
import { createConflictHandlers } from "./conflict-handlers.ts";
import { createDeadLetterHandlers } from "./dead-letter-handlers.ts";
import { createErasureHandlers } from "./erasure-handlers.ts";
import type { Handlers } from "./dispatcher.ts";
import { createImportHandlers } from "./import-handlers.ts";
import { createIntegrationHandlers } from "./integration-handlers.ts";
import { createMatchHandlers } from "./match-handlers.ts";
import { createMirrorHandlers } from "./mirror-handlers.ts";
import { createOwnNumberHandlers } from "./own-number-handlers.ts";
import { createOwnershipHandlers } from "./ownership-handlers.ts";
import { createReportHandlers } from "./report-handlers.ts";
import { createRetentionHandlers } from "./retention-handlers.ts";
import { createSilenceHandlers } from "./silence-handlers.ts";
import { createSourceHandlers } from "./source-handlers.ts";
import { createSupportHandlers } from "./support-handlers.ts";
import { createStoryHandlers } from "./story-handlers.ts";
import { createTeamHandlers } from "./team-handlers.ts";
import { createWrittenHandlers } from "./written-handlers.ts";

/** All handlers in one table. Throws when two subjects serve one call. */
export function createHandlers(parts: ApiParts): Handlers {
  const subjects = {
    integrations: createIntegrationHandlers(parts),
    sources: createSourceHandlers(parts),
    ingest: createImportHandlers(parts),
    reports: createReportHandlers(parts),
    stories: createStoryHandlers(parts),
    written: createWrittenHandlers(parts),
    audit: createAuditHandlers(parts),
    checks: createCheckHandlers(parts),
    silences: createSilenceHandlers(parts),
    alerts: createAlertHandlers(parts),
    teams: createTeamHandlers(parts),
    deadLetters: createDeadLetterHandlers(parts),
    erasure: createErasureHandlers(parts),
    people: createMirrorHandlers(parts),
    matches: createMatchHandlers(parts),
    support: createSupportHandlers(parts),
    retention: createRetentionHandlers(parts),
    ownership: createOwnershipHandlers(parts),
    conflicts: createConflictHandlers(parts),
    ownNumbers: createOwnNumberHandlers(parts),
  };
  const seen = new Set<string>();
  for (const name of Object.values(subjects).flatMap((subject) => Object.keys(subject))) {
    if (seen.has(name)) throw new Error(`two handlers serve ${name}`);
    seen.add(name);
  }
  const {
    integrations,
    sources,
    ingest,
    reports,
    stories,
    written,
    audit,
    checks,
    silences,
    alerts,
    teams,
    deadLetters,
    erasure,
    people,
    matches,
    support,
    retention,
    ownership,
    conflicts,
    ownNumbers,
  } = subjects;
  return {
    ...integrations,
    ...sources,
    ...ingest,
    ...reports,
    ...stories,
    ...written,
    ...audit,
    ...checks,
    ...silences,
    ...alerts,
    ...teams,
    ...deadLetters,
    ...erasure,
    ...people,
    ...matches,
    ...support,
    ...retention,
    ...ownership,
    ...conflicts,
    ...ownNumbers,
  };
}
