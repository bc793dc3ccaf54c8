import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createUndiciHttp } from "../../src-main/connectors/http/undici-http.ts";
import { connectorKinds, createConnector } from "../../src-main/connectors/registry.ts";
import { parseContract } from "../../src-main/engine/ownership/contract-file.ts";
import type { Clock } from "../../src-main/engine/ports/clock.ts";
import type { Connector } from "../../src-main/engine/ports/connector.ts";
import type { Http } from "../../src-main/engine/ports/http.ts";
import type { ReadCall } from "../../src-main/engine/ports/ingest-store.ts";
import type { Matcher } from "../../src-main/engine/ports/matcher.ts";
import type { Random } from "../../src-main/engine/ports/random.ts";
import { type Store, openStore } from "../../src-main/engine/store/open-store.ts";
import { type Sync, type SyncSummary, createSync } from "../../src-main/engine/sync/sync.ts";
import { type RunningSandbox, startSandbox } from "../../src-main/sandbox/main.ts";
import type { Integration, UnknownCaller } from "../../src-shared/domain/integration.ts";
import { createMatching } from "./matching.ts";

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
};
/** No jitter: every backoff is zero, so that only what is proved holds a request back. */
const withoutJitter: Random = { next: () => 0, hex: (count) => "ab".repeat(count) };

export type SyncRig = Readonly<{
  dataDir: string;
  sandbox: RunningSandbox;
  store: Store;
  sync: Sync;
  integration(): Integration;
  /** Administration of the sandbox: method, path below /hubspot, body. */
  admin(method: string, path: string, body?: unknown): Promise<any>;
  contact(phone: string, properties?: Record<string, string>): Promise<string>;
  calls(): Promise<readonly Readonly<{ id: string; properties: Record<string, string> }>[]>;
  /** Stores calls as an import would; `C-n` from +44770090nnnn. */
  importCalls(calls: readonly Partial<ReadCall["record"] & { logKey: string }>[]): void;
  untilIdle(): Promise<SyncSummary>;
  close(): Promise<void>;
}>;

export type RigOptions = Readonly<{
  requestTimeoutMs?: number;
  unknownCaller?: UnknownCaller;
  /** How long the engine takes the search index to lag; the sandbox's own lag is 0 here. */
  searchLagMs?: number;
  http?: (real: Http) => Http;
  /** Puts something else in the place of a part. */
  connector?: (real: Connector) => Connector;
  matcher?: (real: Matcher) => Matcher;
}>;

const startedAt = Date.UTC(2026, 5, 1, 8);

function toReadCall(change: Partial<ReadCall["record"] & { logKey: string }>, index: number): ReadCall {
  const { logKey = `C-${index}`, ...rest } = change;
  const record: ReadCall["record"] = {
    logId: logKey,
    direction: "inbound",
    status: "answered",
    from: `+44770090${String(index).padStart(4, "0")}`,
    to: "+442079460010",
    startedAt: startedAt + index * 60_000,
    startedAtPrecision: "second",
    startedAtAlternatives: [],
    durationSeconds: 60,
    agent: null,
    legs: 1,
    ...rest,
  };
  const leg = {
    hash: JSON.stringify(record),
    startedAt: record.startedAt,
    data: { leg: "1", record: JSON.stringify(record) },
  };
  return { node: "", logKey, record, excluded: null, legs: [leg], settlesAt: null };
}

/** The engine's sync on a real database, against the real sandbox over loopback HTTP. */
export async function createSyncRig(options: RigOptions = {}): Promise<SyncRig> {
  const dataDir = mkdtempSync(join(tmpdir(), "callledger-sync-"));
  const sandbox = await startSandbox();
  const { hubspot } = sandbox;
  const kind = connectorKinds.hubspot;
  if (hubspot === undefined || kind === undefined) throw new Error("there is no HubSpot");
  const store = openStore({ dataDir, clock: realClock, random: withoutJitter, mode: "write" });
  const real = createUndiciHttp();
  const http = options.http?.(real) ?? real;
  const contract = kind.readDefaultContract({});
  const parsed = parseContract(contract);
  if (!parsed.ok) throw new Error("the default contract is not valid");
  const connectorFor = (integration: Integration): ReturnType<typeof createConnector> => {
    const connector = createConnector("hubspot", {
      credential: async () => ({ ok: true, value: { token: hubspot.token, accessToken: hubspot.token } }),
      settings: integration.settings,
      contract: parsed.value,
      account: integration.account,
      clock: realClock,
    });
    const made = { ...connector, limits: { ...connector.limits, searchLagMs: options.searchLagMs ?? 0 } };
    return options.connector?.(made) ?? made;
  };
  const admin: SyncRig["admin"] = async (method, path, body) => {
    const answer = await fetch(`${sandbox.admin}/hubspot${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  };
  await admin("POST", "/config", {
    searchLagMs: 0,
    customFields: {
      calls: [
        {
          name: "callledger_key",
          label: "Call key",
          type: "string",
          fieldType: "text",
          groupName: "call",
          hasUniqueValue: true,
        },
      ],
    },
  });
  store.tenants.ensure("acme", realClock.now());
  const integration = store.integrations.add(
    {
      tenant: "acme",
      crm: "hubspot",
      label: "HubSpot",
      baseUrl: hubspot.baseUrl,
      account: null,
      secret: { kind: "env", name: "UNUSED" },
      unknownCaller: options.unknownCaller ?? "hold",
      since: null,
      contract,
      settings: {},
    },
    realClock.now(),
  );
  const bugs: unknown[] = [];
  const matching = createMatching(store, realClock, options.requestTimeoutMs);
  const sync = createSync({
    clock: realClock,
    random: withoutJitter,
    deliveries: store.deliveries,
    integrations: store.integrations,
    budget: store.budget,
    accountMemory: store.accountMemory,
    schemas: store.schemas,
    checks: store.checks,
    ...matching,
    matcher: options.matcher?.(matching.matcher) ?? matching.matcher,
    connectorFor,
    contractFor: () => parsed.value,
    http,
    requestTimeoutMs: options.requestTimeoutMs ?? 500,
    onBug: (error) => bugs.push(error),
  });
  let readings = 0;
  return {
    dataDir,
    sandbox,
    store,
    sync,
    admin,
    integration: () => {
      const found = store.integrations.get(integration.id);
      if (found === undefined) throw new Error("the integration is gone");
      return found;
    },
    contact: async (phone, properties = {}) =>
      (
        await admin("POST", "/records/contacts", {
          properties: { firstname: "Test", lastname: "Clinic", phone, ...properties },
        })
      ).id,
    calls: () => admin("GET", "/records/calls"),
    importCalls: (changes) => {
      readings += 1;
      const calls = changes.map(toReadCall);
      const identity = { tenant: "acme", system: "generic-csv", path: `/calls-${readings}.csv`, fileId: null };
      const readingId = store.ingest.startReading({
        identity,
        sourceId: null,
        format: "generic-csv",
        startedAt: realClock.now(),
        lane: 1,
      });
      const position = { offset: 1, line: 1, size: 1, modifiedAt: 0, headHash: "", tailHash: "", state: "{}" };
      const batch = {
        readingId,
        at: realClock.now(),
        calls,
        skipped: [],
        rows: calls.length,
        position,
        done: { contentHash: String(readings) },
      };
      store.ingest.commitBatch(batch, (legs) => ({
        record: JSON.parse(String(legs.at(-1)?.data["record"])),
        excluded: null,
      }));
      store.ingest.endReading(readingId, realClock.now(), null);
    },
    untilIdle: async () => {
      const summary = await sync.run({ until: "idle", idleHorizonMs: 5_000 });
      if (bugs.length > 0) throw bugs[0];
      return summary;
    },
    close: async () => {
      store.close();
      await http.close();
      await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
