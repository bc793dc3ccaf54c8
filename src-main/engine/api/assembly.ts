import { hostname } from "node:os";
import type { CrmType, Integration } from "../../../src-shared/domain/integration.ts";
import { withOwnShare } from "../../../src-shared/domain/own-share.ts";
import type { EngineEvent } from "../../../src-shared/ipc/events.ts";
import type { SyncProgressView } from "../../../src-shared/ipc/sync-views.ts";
import { listTrustedCertificates } from "../../connectors/http/certificates.ts";
import { connectorKinds, createConnector } from "../../connectors/registry.ts";
import { createMatcher } from "../matching/matcher.ts";
import { createMirror } from "../mirror/mirror.ts";
import { describeProblems, parseContract } from "../ownership/contract-file.ts";
import { processRedactor } from "../host/redactor.ts";
import type { Clock } from "../ports/clock.ts";
import type { Connector } from "../ports/connector.ts";
import type { CredentialVault } from "../ports/credential-vault.ts";
import type { Http } from "../ports/http.ts";
import type { IntegrationStore } from "../ports/integration-store.ts";
import type { Pace, WindowGauge } from "../ports/pace.ts";
import type { Random } from "../ports/random.ts";
import { createAlertSecrets } from "../secrets/alert-secrets.ts";
import { createTeamSecret } from "../secrets/team-secret.ts";
import { createTeam } from "../team/team.ts";
import { createEnvVault } from "../secrets/env-vault.ts";
import { findAuditKey } from "../secrets/audit-key.ts";
import { createKeychain, type Keychain } from "../secrets/keychain.ts";
import { createKeychainVault, maxCharactersOf } from "../secrets/keychain-vault.ts";
import { createWatchedVault } from "../secrets/watched-vault.ts";
import { createVault } from "../secrets/vault.ts";
import type { Store } from "../store/open-store.ts";
import { keepHeapSmall } from "../ingest/young-generation.ts";
import { idempotencyKey } from "../sync/idempotency-key.ts";
import { createPace } from "../sync/pace.ts";
import { createSync, type Sync, type SyncProgress } from "../sync/sync.ts";
import { createAlertSender } from "./alert-sender.ts";
import type { ApiParts } from "./api-parts.ts";
import { createDeadRunner } from "./dead-runner.ts";
import { createGroupHealer } from "./group-healer.ts";
import { createCallCost } from "./lane-view.ts";
import { tellNews } from "./progress-news.ts";
import { createSetupFolder } from "./setup-folder.ts";
import { createSetupSession, type Spent } from "./setup-session.ts";
import { createSyncDriver, type SyncRunner } from "./sync-driver.ts";

export type AssemblyAsk = Readonly<{
  store: Store;
  clock: Clock;
  random: Random;
  http: Http;
  environment: NodeJS.ProcessEnv;
  /** Where files for an administrator of a CRM go. */
  dataDir: string;
  requestTimeoutMs: number;
  actor: string;
  backup: ApiParts["backup"];
  importer: ApiParts["importer"];
  logTail: ApiParts["logTail"];
  onSourcesChanged: () => void;
  onEvent: (event: EngineEvent) => void;
  onBug: (where: string, error: unknown) => void;
}>;

/** Puts connectors, secrets, matching and sync behind the parts that the handlers use. */
export function assemble(ask: AssemblyAsk): ApiParts {
  const { store, clock, random, http } = ask;
  const integrations = tellBlocks(store.integrations, ask.onEvent);
  const { platform } = process;
  const keychain = createKeychain({ platform, clock, isOff: ask.environment["CALLLEDGER_KEYCHAIN"] === "off" });
  const vault = createWatchedVault(openVault(ask, keychain), processRedactor.know);
  const connectorFor = (integration: Integration): Connector =>
    createConnector(integration.crm, {
      credential: () => vault.read(integration.id, integration.secret),
      saveCredential: async (credential) => (await vault.write(integration.id, integration.secret, credential)).ok,
      renewAlone: (work) => vault.alone(integration.id, work),
      settings: integration.settings,
      contract: contractFor(integration),
      account: integration.account,
      baseUrl: integration.baseUrl,
      clock,
      saveSetupFiles: createSetupFolder(ask.dataDir),
    });
  const mirror = createMirror({ store: store.mirror, clock });
  const matcher = createMatcher({
    clock,
    mirror,
    store: store.mirror,
    ledger: store.personLedger,
    rules: store.matchRules,
    requestTimeoutMs: ask.requestTimeoutMs,
  });
  const alertSecrets = createAlertSecrets({
    keychain,
    ledger: store.identity,
    environment: ask.environment,
    know: processRedactor.know,
  });
  const teamSecret = createTeamSecret({
    keychain,
    ledger: store.identity,
    environment: ask.environment,
    know: processRedactor.know,
  });
  const team = createTeam({
    clock,
    random,
    settings: () => store.teamStore.settings(),
    password: ({ secret }) => teamSecret.read(secret),
    trusted: () => listTrustedCertificates([]),
    place: JSON.stringify([store.identity, hostname(), ask.dataDir]),
    onState: (state) => store.teamStore.setState(state),
  });
  const deadRunner = createDeadRunner({ runs: store.deadRuns, deliveries: store.deliveries, clock });
  const healer = createGroupHealer({
    clock,
    runs: store.deadRuns,
    runner: deadRunner,
    deliveries: store.deliveries,
    integrations,
    people: mirror,
    audit: store.audit,
    onEvent: ask.onEvent,
  });
  const sync = createSync({
    clock,
    random,
    deliveries: store.deliveries,
    integrations,
    budget: store.budget,
    accountMemory: store.accountMemory,
    matcher,
    mirror,
    schemas: store.schemas,
    checks: store.checks,
    connectorFor,
    contractFor,
    http,
    team,
    requestTimeoutMs: ask.requestTimeoutMs,
    onBug: (error) => ask.onBug("sync", error),
    revive: () => deadRunner.step() || healer.look(),
    onTurn: keepHeapSmall,
  });
  return {
    ...store,
    integrations,
    people: mirror,
    peopleStore: store.mirror,
    matcher,
    deadRunner,
    team: { store: store.teamStore, secret: teamSecret, test: team.test, close: team.close },
    alertSecrets,
    alertSender: createAlertSender({
      alerts: store.alerts,
      secrets: alertSecrets,
      http,
      clock,
      trusted: () => listTrustedCertificates([]),
    }),
    timeZone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    clock,
    random,
    loadAuditKey: async (may) => {
      const mayCreate = may.create && !store.audit.hasKeyedEntries();
      const key = await findAuditKey({ keychain, ledger: store.identity, clock, random }, { mayCreate });
      if (key !== undefined) store.audit.useKey(key);
    },
    vault,
    crms: connectorKinds,
    connectorFor,
    setupSession: (integration, connector, signal) =>
      createSetupSession({
        http,
        connector,
        baseUrl: integration.baseUrl ?? connector.defaultBaseUrl,
        requestTimeoutMs: ask.requestTimeoutMs,
        signal,
      }),
    bookSpent: (integrationId, spent) => bookSpent(ask, sync, connectorFor, integrationId, spent),
    keyOf: idempotencyKey,
    gauges: (integrationId) => readGauges(ask, sync, connectorFor, integrationId),
    callCost: createCallCost(connectorFor),
    importer: ask.importer,
    sync: createSyncDriver({
      runner: toRunner(sync, store.deliveries),
      deliveries: store.deliveries,
      clock,
      onProgress: tellNews(clock, (progress) => ask.onEvent({ event: "sync:progress", progress })),
    }),
    backfill: (integrationId, at) => store.ingest.backfill(integrationId, at),
    backup: ask.backup,
    backups: { names: () => store.backupNames(), replace: () => store.replaceBackups() },
    logTail: ask.logTail,
    identity: store.identity,
    onSourcesChanged: ask.onSourcesChanged,
    actor: ask.actor,
  };
}

function openVault({ store, environment }: AssemblyAsk, keychain: Keychain): CredentialVault {
  const { platform } = process;
  return createVault({
    env: createEnvVault(environment),
    keychain: createKeychainVault({ keychain, ledger: store.identity, maxCharacters: maxCharactersOf(platform) }),
  });
}

/** The store, telling of every integration that comes to need a person. */
function tellBlocks(store: IntegrationStore, onEvent: AssemblyAsk["onEvent"]): IntegrationStore {
  return {
    ...store,
    setState(id, state, ask) {
      const before = store.get(id);
      const changed = store.setState(id, state, ask);
      // Another word on the same block is no news.
      if (state === "blocked" && ask.reason !== null && before?.blockedReason !== ask.reason)
        onEvent({ event: "integration:blocked", integrationId: id, label: changed.label, reason: ask.reason });
      return changed;
    },
  };
}

/** The stored contract. It was checked before it was stored: one that does not parse is of another version. */
function contractFor(integration: Integration) {
  const parsed = parseContract(integration.contract);
  if (parsed.ok) return parsed.value;
  throw new Error(
    `The field contract of ${integration.label} cannot be read:\n${describeProblems(parsed.fault.problems)}`,
  );
}

/** What the running sync knows of the windows, or what is stored where none runs. */
function readGauges(
  ask: AssemblyAsk,
  sync: Sync,
  connectorFor: (integration: Integration) => Connector,
  integrationId: number,
): readonly WindowGauge[] {
  const known = sync.gauges(integrationId);
  return known.length > 0 ? known : (openStoredPace(ask, connectorFor, integrationId)?.gauges() ?? []);
}

/** Into the running sync's budget, or into the stored one that the next run begins with. */
function bookSpent(
  ask: AssemblyAsk,
  sync: Sync,
  connectorFor: (integration: Integration) => Connector,
  integrationId: number,
  spent: readonly Spent[],
): readonly WindowGauge[] {
  if (sync.book(integrationId, spent)) return sync.gauges(integrationId);
  const pace = openStoredPace(ask, connectorFor, integrationId);
  for (const { cost, observations } of spent) pace?.settle(pace.reserve(cost, 0), observations);
  return pace?.gauges() ?? [];
}

/** The stored budget of an integration that no sync works for. */
function openStoredPace(
  { store, clock }: AssemblyAsk,
  connectorFor: (integration: Integration) => Connector,
  integrationId: number,
): Pace | undefined {
  const integration = store.integrations.get(integrationId);
  if (integration === undefined || !isKnown(integration.crm)) return undefined;
  const windows = withOwnShare(connectorFor(integration).windows(integration.account), integration.settings);
  return createPace({
    clock,
    budget: store.budget,
    integrationId,
    sessionId: 0,
    windows,
    serverNow: () => clock.now(),
    // What is stamped by our own clock must not make older sessions' requests look old.
    isServerTimeKnown: () => false,
  });
}

const isKnown = (crm: CrmType): boolean => connectorKinds[crm] !== undefined;

/** The sync as its driver sees it: progress counts from the start of the run. */
function toRunner(sync: Sync, deliveries: Store["deliveries"]): SyncRunner {
  return {
    wake: () => sync.wake(),
    run(ask) {
      const before = deliveries.counts().delivered;
      const { onProgress, ...rest } = ask;
      return sync.run({
        ...rest,
        ...(onProgress === undefined ? {} : { onProgress: (progress) => onProgress(toView(progress, before)) }),
      });
    },
  };
}

const toView = ({ counts, apiCalls, rateLimited }: SyncProgress, before: number): SyncProgressView => ({
  delivered: Math.max(0, counts.delivered - before),
  waiting: counts.waiting,
  dead: counts.dead,
  queued: counts.queued + counts.sending,
  uncertain: counts.uncertain,
  apiCalls,
  rateLimited,
});
