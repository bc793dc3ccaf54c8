import { initial } from "./0001-initial.ts";
import { ledgerIdentity } from "./0002-ledger-identity.ts";
import { requests } from "./0003-requests.ts";
import { sourceMemory } from "./0004-source-memory.ts";
import { accountMemory } from "./0005-account-memory.ts";
import { mirror } from "./0006-mirror.ts";
import { acknowledged } from "./0007-acknowledged.ts";
import { fieldConflict } from "./0008-field-conflict.ts";
import { crmSchema } from "./0009-crm-schema.ts";
import { deadRuns } from "./0010-dead-runs.ts";
import { crmChecks } from "./0011-crm-checks.ts";
import { blockedDetail } from "./0012-blocked-detail.ts";
import { alerts } from "./0013-alerts.ts";
import { schemaBaseline } from "./0014-schema-baseline.ts";
import { laneTally } from "./0015-lane-tally.ts";
import { budgetWord } from "./0016-budget-word.ts";
import { deliveryWritten } from "./0017-delivery-written.ts";
import { attemptSteps } from "./0018-attempt-steps.ts";
import { pushedAt } from "./0019-pushed-at.ts";

/** Forward only. `version` is the `user_version` after it; a released one is never edited. */
export type Migration = Readonly<{ version: number; name: string; sql: string }>;

export const migrations: readonly Migration[] = [
  { version: 1, name: "initial", sql: initial },
  { version: 2, name: "ledger-identity", sql: ledgerIdentity },
  { version: 3, name: "requests", sql: requests },
  { version: 4, name: "source-memory", sql: sourceMemory },
  { version: 5, name: "account-memory", sql: accountMemory },
  { version: 6, name: "mirror", sql: mirror },
  { version: 7, name: "acknowledged", sql: acknowledged },
  { version: 8, name: "field-conflict", sql: fieldConflict },
  { version: 9, name: "crm-schema", sql: crmSchema },
  { version: 10, name: "dead-runs", sql: deadRuns },
  { version: 11, name: "crm-checks", sql: crmChecks },
  { version: 12, name: "blocked-detail", sql: blockedDetail },
  { version: 13, name: "alerts", sql: alerts },
  { version: 14, name: "schema-baseline", sql: schemaBaseline },
  { version: 15, name: "lane-tally", sql: laneTally },
  { version: 16, name: "budget-word", sql: budgetWord },
  { version: 17, name: "delivery-written", sql: deliveryWritten },
  { version: 18, name: "attempt-steps", sql: attemptSteps },
  { version: 19, name: "pushed-at", sql: pushedAt },
];
