import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectorKind, connectorKinds } from "../../src-main/connectors/registry.ts";
import { assemble } from "../../src-main/engine/api/assembly.ts";
import type { ApiParts } from "../../src-main/engine/api/api-parts.ts";
import type { Clock } from "../../src-main/engine/ports/clock.ts";
import type { Connector } from "../../src-main/engine/ports/connector.ts";
import type { Http } from "../../src-main/engine/ports/http.ts";
import type { ReadCall } from "../../src-main/engine/ports/ingest-store.ts";
import { type Store, openStore } from "../../src-main/engine/store/open-store.ts";
import type { SandboxStats } from "../../src-main/sandbox/core/request-stats.ts";
import type { CrmType } from "../../src-shared/domain/integration.ts";
import type { Lane } from "../../src-shared/domain/budget.ts";
import { prepare } from "../simulation/scene.ts";
import { createUnpacedSession } from "./unpaced-session.ts";
import { type CrmStage, createStage } from "../simulation/stage.ts";
import { type World, createWorld, takeOverTimers } from "../simulation/world.ts";

export type PaceRigAsk = Readonly<{
  crm: CrmType;
  /** Configuration of the sandbox's account. */
  account: object;
  settings?: Readonly<Record<string, string>>;
  /** From the engine to the CRM and back, each, ms. */
  wayMs?: number;
  /** What the CRM takes for a request, ms. */
  workMs?: number;
}>;

/** A request as the CRM saw it come, ms of the world's time. */
export type Arrival = Readonly<{ at: number; method: string; path: string; body: string }>;

export type PaceRig = Readonly<{
  world: World;
  stage: CrmStage;
  arrivals: readonly Arrival[];
  stats(): SandboxStats;
  parts(): ApiParts;
  integrationId: number;
  /** Calls as an import would store them, in a lane; their keys begin with `name`. Returns how long they are, each its own, seconds. */
  importCalls(count: number, lane: Lane, name: string): readonly number[];
  start(): void;
  /** The process is killed: what was under way stays under way, nothing more is heard of it. */
  kill(): Promise<void>;
  close(): Promise<void>;
}>;

const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const secret = "PACE_TOKEN";
const firstStart = Date.UTC(2026, 5, 1, 8);
/** The first call is so long; each later one a second more. */
const firstSeconds = 100_000;
/** Rows of a commit, as an import makes them. */
const batchRows = 2_000;
const never = (): Promise<never> => new Promise(() => undefined);

/** One call a request, so that a window's calls are a window's requests. Returns what gives connectors their size back. */
function writeOneByOne(): () => void {
  const kinds = Object.values(connectorKinds) as { create: ConnectorKind["create"] }[];
  const real = kinds.map(({ create }) => create);
  for (const [at, kind] of kinds.entries())
    kind.create = (options) => {
      const connector = real[at]?.(options);
      if (connector === undefined) throw new Error("there is no connector");
      const limits = (): Connector["limits"] => ({ ...connector.limits, writeRows: 1, searchLagMs: 0 });
      return Object.defineProperty({ ...connector }, "limits", { get: limits, enumerable: true });
    };
  return () => {
    for (const [at, kind] of kinds.entries()) kind.create = real[at] ?? kind.create;
  };
}

/** The way to the CRM's own request handler, without sockets: each request takes its time, none is lost. */
function createWay(world: World, stage: CrmStage, ask: PaceRigAsk, arrivals: Arrival[]): Http {
  const { wayMs = 15, workMs = 20 } = ask;
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void world.after(ms, "outside", resolve));
  return {
    request: async ({ method, url, headers, body }) => {
      await wait(wayMs);
      const { pathname, searchParams } = new URL(url);
      const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      arrivals.push({ at: world.now(), method, path: pathname, body: body ?? "" });
      const turn = stage.sandbox.api.begin({
        method,
        path: pathname,
        query: searchParams,
        headers: lower,
        body: Buffer.from(body ?? ""),
      });
      const answer = turn.execute();
      await wait(workMs);
      turn.finish();
      const date = new Date(Math.floor(stage.clock.now() / 1_000) * 1_000).toUTCString();
      await wait(wayMs);
      const said = Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]);
      return {
        kind: "answer",
        status: answer.status,
        headers: { date, ...Object.fromEntries(said) },
        body: answer.body.toString(),
      };
    },
    close: () => Promise.resolve(),
  };
}

const nothing = (): never => {
  throw new Error("the pace needs none of it");
};

function toReadCall(logKey: string, index: number): ReadCall {
  const record: ReadCall["record"] = {
    logId: logKey,
    direction: "inbound",
    status: "answered",
    from: `+44770090${String(index % 10_000).padStart(4, "0")}`,
    to: "+442079460010",
    startedAt: firstStart + index * 1_000,
    startedAtPrecision: "second",
    startedAtAlternatives: [],
    durationSeconds: firstSeconds + index,
    agent: null,
    legs: 1,
  };
  const leg = { hash: logKey, startedAt: record.startedAt, data: { leg: "1", record: JSON.stringify(record) } };
  return { node: "", logKey, record, excluded: null, legs: [leg], settlesAt: null };
}

function storeCalls(store: Store, at: number, calls: readonly ReadCall[], lane: Lane, name: string): void {
  const identity = { tenant: "acme", system: "generic-csv", path: `/${name}.csv`, fileId: null };
  const format = "generic-csv";
  const readingId = store.ingest.startReading({ identity, sourceId: null, format, startedAt: at, lane });
  const position = { offset: 1, line: 1, size: 1, modifiedAt: 0, headHash: "", tailHash: "", state: "{}" };
  const done = { contentHash: name };
  store.ingest.commitBatch({ readingId, at, calls, skipped: [], rows: calls.length, position, done }, (legs) => ({
    record: JSON.parse(String(legs.at(-1)?.data["record"])),
    excluded: null,
  }));
  store.ingest.endReading(readingId, at, null);
}

/** The whole sync and one CRM's sandbox on one virtual clock. Calls of unknown numbers are logged as they are. */
export async function createPaceRig(ask: PaceRigAsk): Promise<PaceRig> {
  const world = createWorld(1);
  const giveBack = takeOverTimers(world);
  const giveSizeBack = writeOneByOne();
  const dataDir = mkdtempSync(join(root, "callledger-pace-"));
  const base = createStage(ask.crm, world, 1_000, 0);
  const stage: CrmStage = { ...base, settings: ask.settings ?? {} };
  await prepare(stage, world, 1_000);
  stage.configure({ searchLagMs: 0, ...ask.account });
  const arrivals: Arrival[] = [];
  const way = createWay(world, stage, ask, arrivals);
  const random = { next: () => 0, hex: (count: number) => "ab".repeat(count) };
  let life = { isDead: false };
  let stopping = new AbortController();
  let ended: Promise<unknown> = Promise.resolve();
  let store!: Store;
  let parts!: ApiParts;
  const failures: unknown[] = [];

  function open(): void {
    const mine = { isDead: false };
    life = mine;
    const clock: Clock = {
      ...world.engineClock,
      sleep: (ms, signal) => (mine.isDead ? never() : world.engineClock.sleep(ms, signal)),
    };
    store = openStore({ dataDir, clock, random, mode: "write" });
    parts = assemble({
      store,
      clock,
      random,
      http: {
        ...way,
        request: async (asked) => {
          const outcome = await (mine.isDead ? never() : way.request(asked));
          return mine.isDead ? never() : outcome;
        },
      },
      environment: { [secret]: stage.token },
      dataDir,
      requestTimeoutMs: 10_000,
      actor: "a person",
      backup: nothing,
      importer: { import: nothing } as unknown as ApiParts["importer"],
      logTail: () => [],
      onSourcesChanged: () => undefined,
      onEvent: () => undefined,
      onBug: (_where, error) => void failures.push(error),
    });
  }

  open();
  store.tenants.ensure("acme", world.engineClock.now());
  const { id: integrationId } = store.integrations.add(
    {
      tenant: "acme",
      crm: ask.crm,
      label: ask.crm,
      baseUrl: stage.origin,
      account: null,
      secret: { kind: "env", name: secret },
      unknownCaller: "log",
      since: null,
      contract: stage.contract,
      settings: { ...stage.settings },
    },
    world.engineClock.now(),
  );
  const integration = store.integrations.get(integrationId);
  if (integration === undefined) throw new Error("the integration was not stored");
  let account: unknown;
  const session = createUnpacedSession({ http: way, baseUrl: stage.origin, timeoutMs: 60_000 });
  void parts
    .connectorFor(integration)
    .check(session, "quick")
    .then((checked) => (account = checked));
  await world.advance(60_000, () => account === undefined);
  const { value } = account as { value: NonNullable<typeof integration.account> };
  store.integrations.update(integrationId, { account: value }, world.engineClock.now());
  // What was asked until now was asked past the pace.
  await world.advance(70_000);
  let imported = 0;
  return {
    world,
    stage,
    arrivals,
    stats: () => stage.sandbox.stats(),
    parts: () => parts,
    integrationId,
    importCalls: (count, lane, name) => {
      const calls = Array.from({ length: count }, (_, index) => toReadCall(`${name}-${index}`, imported + index));
      imported += count;
      for (let at = 0; at < count; at += batchRows)
        storeCalls(store, world.engineClock.now(), calls.slice(at, at + batchRows), lane, `${name}-${at}`);
      parts.sync.wake();
      return calls.map(({ record }) => record.durationSeconds);
    },
    start: () => {
      if (life.isDead) open();
      const mine = life;
      stopping = new AbortController();
      const run = parts.sync.run(
        { until: "stopped", idleHorizonMs: 0, maxMs: null },
        { signal: stopping.signal, onProgress: () => undefined },
      );
      ended = run.then(
        () => undefined,
        (error: unknown) => (mine.isDead ? undefined : void failures.push(error)),
      );
    },
    kill: async () => {
      life.isDead = true;
      world.dropEngineTimers();
      await world.settle();
      store.close();
      stopping.abort();
      await world.settle();
      world.dropEngineTimers();
    },
    close: async () => {
      let isOver = false;
      stopping.abort();
      void ended.then(() => (isOver = true));
      await world.advance(60_000, () => !isOver);
      if (!life.isDead) store.close();
      giveSizeBack();
      giveBack();
      rmSync(dataDir, { recursive: true, force: true });
      if (failures.length > 0) throw failures[0];
    },
  };
}
