import type { Cost } from "../../../src-shared/domain/budget.ts";
import type { CrmType, Integration } from "../../../src-shared/domain/integration.ts";
import type { StoredSettings, VendorSettings } from "../../../src-shared/domain/vendor-settings.ts";
import type { AlertStore } from "../ports/alert-store.ts";
import type { AuditLog } from "../ports/audit-log.ts";
import type { StartBrowserSignIn } from "../ports/browser-sign-in.ts";
import type { BudgetStore } from "../ports/budget-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { ConflictStore } from "../ports/conflict-store.ts";
import type { Connector } from "../ports/connector.ts";
import type { Credential, CredentialVault } from "../ports/credential-vault.ts";
import type { CrmCheckStore } from "../ports/crm-checks.ts";
import type { DeadRunStore } from "../ports/dead-runs.ts";
import type { DeliveryStore } from "../ports/delivery-store.ts";
import type { ErasureStore } from "../ports/erasure.ts";
import type { SourceMemory, SourceStore } from "../ports/ingest-store.ts";
import type { IntegrationStore, TenantStore } from "../ports/integration-store.ts";
import type { Matcher } from "../ports/matcher.ts";
import type { MatchRuleStore } from "../ports/match-rules.ts";
import type { Mirror, MirrorStore } from "../ports/mirror.ts";
import type { OwnNumberStore } from "../ports/own-numbers.ts";
import type { WindowGauge } from "../ports/pace.ts";
import type { Random } from "../ports/random.ts";
import type { SchemaStore } from "../ports/schema-store.ts";
import type { ReportStore } from "../ports/report-store.ts";
import type { SilenceStore } from "../ports/silence-store.ts";
import type { UpkeepStore } from "../ports/upkeep.ts";
import type { TeamStore } from "../ports/team-store.ts";
import type { AlertSecrets } from "../secrets/alert-secrets.ts";
import type { TeamSecretVault } from "../secrets/team-secret.ts";
import type { AlertSender } from "./alert-sender.ts";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { CallFault } from "../../../src-shared/ipc/contract.ts";
import type { DeadRunner } from "./dead-runner.ts";
import type { FileImporter } from "./import-handlers.ts";
import type { SetupSession, Spent } from "./setup-session.ts";
import type { SyncDriver } from "./sync-driver.ts";

/** What is known of a CRM before it is connected. */
export type CrmKnowledge = Readonly<{
  /** The ownership contract that a new integration gets, YAML. */
  readDefaultContract: (settings: StoredSettings) => string;
  /** Where the vendor's API lives. */
  baseUrl: string;
  startBrowserSignIn: StartBrowserSignIn;
  settings: VendorSettings;
  /** Whether another credential may come in its place by itself, which must then be stored. */
  mayRotate: (credential: Credential) => boolean;
}>;

/** Everything the handlers use, each behind its port. Made once, by the composition root. */
export type ApiParts = Readonly<{
  clock: Clock;
  random: Random;
  tenants: TenantStore;
  integrations: IntegrationStore;
  sources: SourceStore;
  sourceMemory: SourceMemory;
  deliveries: DeliveryStore;
  deadRuns: DeadRunStore;
  checks: CrmCheckStore;
  silences: SilenceStore;
  alerts: AlertStore;
  alertSecrets: AlertSecrets;
  /** PCs that share accounts with this one. `test`: why a Redis cannot be used, in words, or null. */
  team: Readonly<{
    store: TeamStore;
    secret: TeamSecretVault;
    test: (target: Readonly<{ url: string; password: string | null }>) => Promise<string | null>;
    close: () => Promise<void>;
  }>;
  alertSender: AlertSender;
  /** Zone of this PC: days of what it tells by itself begin there. */
  timeZone: () => string;
  deadRunner: DeadRunner;
  conflicts: ConflictStore;
  reports: ReportStore;
  people: Mirror;
  peopleStore: MirrorStore;
  ownNumbers: OwnNumberStore;
  matcher: Matcher;
  matchRules: MatchRuleStore;
  audit: AuditLog;
  erasure: ErasureStore;
  upkeep: UpkeepStore;
  schemas: SchemaStore;
  /** Takes the audit's key from the keychain, where it is at hand; may make one for a log that has none. */
  loadAuditKey: (may: Readonly<{ create: boolean }>) => Promise<void>;
  vault: CredentialVault;
  /** CRMs that have a connector. */
  crms: Readonly<Partial<Record<CrmType, CrmKnowledge>>>;
  connectorFor: (integration: Integration) => Connector;
  /** A way to a CRM outside of the sync, for sign-in and set-up. */
  setupSession: (integration: Integration, connector: Connector, signal: AbortSignal) => SetupSession;
  /** Puts what set-up sessions spent into a stored integration's budget; gives its windows as they are then. */
  bookSpent: (integrationId: number, spent: readonly Spent[]) => readonly WindowGauge[];
  keyOf: (tenant: string, callId: string, crm: CrmType) => string;
  gauges: (integrationId: number) => readonly WindowGauge[];
  budget: Pick<BudgetStore, "wordsBetween">;
  /** What a new call costs on average, by window. */
  callCost: (integration: Integration) => Cost;
  importer: FileImporter;
  sync: SyncDriver;
  backfill: (integrationId: number, at: number) => number;
  /** To this file, or to a dated one of our own. A file that exists is never overwritten. */
  backup: (to: string | null) => Promise<Outcome<Readonly<{ file: string; bytes: number }>, CallFault>>;
  /** Where backups are, to be told of and to be replaced by a new one. */
  backups: Readonly<{ names(): readonly string[]; replace(): Promise<string> }>;
  /** The newest lines of the engine's log, oldest first. */
  logTail: (lines: number) => readonly string[];
  /** The ledger's own name. */
  identity: string;
  /** Tells the watcher that the list of sources changed. */
  onSourcesChanged: () => void;
  /** Who asks, for the audit: the user of this process. */
  actor: string;
}>;
