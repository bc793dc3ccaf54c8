import type { BudgetObservation, Cost } from "../../../src-shared/domain/budget.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { withOwnShare } from "../../../src-shared/domain/own-share.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { BudgetStore } from "../ports/budget-store.ts";
import type { AccountMemory } from "../ports/account-memory.ts";
import type { Clock } from "../ports/clock.ts";
import type { Connector, CrmAnswer } from "../ports/connector.ts";
import type { CrmCheckStore } from "../ports/crm-checks.ts";
import type { DeliveryStore, EngineSession } from "../ports/delivery-store.ts";
import type { Http } from "../ports/http.ts";
import type { IntegrationStore } from "../ports/integration-store.ts";
import type { Matcher } from "../ports/matcher.ts";
import type { Mirror } from "../ports/mirror.ts";
import type { Pace, WindowGauge } from "../ports/pace.ts";
import type { Random } from "../ports/random.ts";
import type { SchemaStore } from "../ports/schema-store.ts";
import type { Team } from "../ports/team.ts";
import { createCrmSession } from "./crm-session.ts";
import { createDispatcher } from "./dispatcher.ts";
import { createGate } from "./gate.ts";
import { createPaceLine } from "./pace-line.ts";
import type { StampBase } from "./pace-track.ts";
import { createPace } from "./pace.ts";
import { createTeamPace } from "./team-pace.ts";
import { createServerClock } from "./server-clock.ts";

/** A claim may wait this long for the budget; longer, and it goes back to waiting visibly, ms. */
const maxPaceWaitMs = 30_000;

export type RuntimeParts = Readonly<{
  clock: Clock;
  random: Random;
  deliveries: DeliveryStore;
  integrations: IntegrationStore;
  budget: BudgetStore;
  accountMemory: AccountMemory;
  connector: Connector;
  contract: OwnershipContract;
  matcher: Matcher;
  mirror: Mirror;
  schemas: SchemaStore;
  checks: CrmCheckStore;
  http: Http;
  /** PCs that share the account's limits. */
  team?: Team;
  session: EngineSession;
  stampBase: StampBase;
  /** Only the copy of the CRM is read. */
  isReadingOnly?: boolean;
  requestTimeoutMs: number;
  stopping: AbortSignal;
  cut: AbortSignal;
  onAnswer: (answer: CrmAnswer) => void;
  onBug: (error: unknown) => void;
  /** The store failed: the run must end, whoever waits for the work that met it. */
  onFailure: (error: unknown) => void;
  /** All that was to be done is done, or something changed that stops it: worth a look at what is due. */
  onRest: () => void;
}>;

/** Jobs that are ready to send as soon as there is room; the rest of the workers are under way to the CRM. */
const readyJobs = 3;

/** Everything that runs for one integration: its budget, its gate, its workers. */
export type IntegrationRuntime = Readonly<{
  /**
   * Sends one more worker to look, who hires further ones as long as there is something to do, at most as many as the CRM
   * takes in parallel; resolves when all of these find nothing more: whether they did anything.
   */
  drain(): Promise<boolean>;
  /** Every job in hand has ended. */
  finished(): Promise<void>;
  /** Jobs in hand, and workers who look for one. */
  active(): number;
  /** Whether anybody is at work or looks for some, and may send a request. */
  isAtWork(): boolean;
  /** Takes no more jobs: it is replaced as soon as nothing is in hand. */
  retire(): void;
  /** Whether the copy of the CRM should be read on now. */
  isReading(): boolean;
  gauges(): readonly WindowGauge[];
  /** Counts requests that were sent past it. */
  book(spent: readonly Spending[]): void;
  /** It is used no more: a team hears of it. */
  leave(): Promise<void>;
}>;

/** What a request cost, and what its answer told of the windows. */
export type Spending = Readonly<{ cost: Cost; observations: readonly BudgetObservation[] }>;

export function createIntegrationRuntime(integration: Integration, parts: RuntimeParts): IntegrationRuntime {
  const { clock, connector } = parts;
  const server = createServerClock(clock, parts.requestTimeoutMs);
  const baseUrl = integration.baseUrl ?? connector.defaultBaseUrl;
  const windows = withOwnShare(connector.windows(integration.account), integration.settings);
  const ids = { integrationId: integration.id, sessionId: parts.session.id };
  const own = createPace({
    clock,
    budget: parts.budget,
    ...ids,
    windows,
    serverNow: server.now,
    stampBase: parts.stampBase,
    isServerTimeKnown: server.isKnown,
  });
  const account = parts.team?.join(integration, {
    ...own,
    serverTime: () => ({ now: server.now(), isKnown: server.isKnown() }),
  });
  const pace: Pace = account === undefined ? own : createTeamPace(own, account, clock);
  const gate = createGate(connector.limits, own.limits, clock);
  const line = createPaceLine(clock);
  let inFlight = 0;
  const http: Http = {
    ...parts.http,
    request: async (asked) => {
      inFlight += 1;
      void hire();
      try {
        return await parts.http.request(asked);
      } finally {
        inFlight -= 1;
      }
    },
  };
  // Who waits at the gate when a run is cut short must hear of it, whatever the wall clock says.
  parts.cut.addEventListener("abort", gate.look, { once: true });
  const dispatcher = createDispatcher({
    ...parts,
    integrationId: integration.id,
    server,
    openSession: (lane, rows) =>
      createCrmSession(
        { ...parts, ...ids, http, server, pace, line, gate: gate.gate, baseUrl, maxPaceWaitMs },
        lane,
        rows,
      ),
    onAccount: (current) => pace.configure(withOwnShare(connector.windows(current.account), current.settings)),
  });

  let active = 0;
  /** Enough jobs wait for their turn: one more would only hold claims. */
  const isStocked = (): boolean => active - inFlight >= readyJobs;
  /** Workers who look for their next job; what they look at is in their hands. */
  let deciding = 0;
  let isRetired = false;
  const atWork = new Set<Promise<boolean>>();
  const urgent = new Set<Promise<boolean>>();
  let turn: Promise<unknown> = Promise.resolve();
  /** One worker at a time decides what comes next, so that no delivery is taken twice. */
  async function nextJob(isUrgentOnly: boolean): ReturnType<typeof dispatcher.next> {
    deciding += 1;
    const mine = turn.then(async () => {
      // Enough may have become ready since this one was hired. Each of them hires when its request leaves.
      if (isRetired || (!isUrgentOnly && isStocked())) return null;
      const job = await dispatcher.next(isUrgentOnly);
      if (job !== null) active += 1;
      return job;
    });
    turn = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      deciding -= 1;
    }
  }
  /** Works until nothing can be done, or enough is ready; whether it did anything itself. */
  async function work(isUrgentOnly: boolean): Promise<boolean> {
    let hasWorked = false;
    const helpers: Promise<boolean>[] = [];
    for (let job = await nextJob(isUrgentOnly); job !== null; job = await nextJob(isUrgentOnly)) {
      hasWorked = true;
      // Who finds something to do hires one more to look; where there is nothing, one look is enough.
      helpers.push(...hire());
      await job().finally(() => {
        active -= 1;
      });
    }
    await Promise.all(helpers);
    return hasWorked;
  }
  function worker(crew: Set<Promise<boolean>>): Promise<boolean> {
    const mine = work(crew === urgent)
      .catch((error: unknown) => {
        // Said here for all: nobody waits for one that was hired while a request was on its way.
        parts.onFailure(error);
        return true;
      })
      .finally(() => crew.delete(mine));
    // Nobody is left who would look again before the next tick.
    void mine.then((hasWorked) => (hasWorked && atWork.size + urgent.size === 0 ? parts.onRest() : undefined));
    crew.add(mine);
    return mine;
  }
  /** Where the CRM takes another request, and too few jobs are ready for their turn. */
  const isWanting = (): boolean => atWork.size < connector.limits.concurrency && !isStocked();
  function hire(): readonly Promise<boolean>[] {
    return isWanting() && !isRetired && !parts.stopping.aborted ? [worker(atWork)] : [];
  }
  return {
    drain: async () => {
      gate.look();
      if (isRetired) return false;
      if (isWanting()) return worker(atWork);
      // All may wait for room: what is urgent has a worker of its own.
      return urgent.size === 0 ? worker(urgent) : false;
    },
    finished: async () => {
      await Promise.all([...atWork, ...urgent]);
    },
    active: () => active + deciding,
    retire: () => {
      isRetired = true;
    },
    isAtWork: () => atWork.size + urgent.size > 0,
    isReading: () => dispatcher.isReading(),
    gauges: () => pace.gauges(),
    leave: async () => account?.leave(),
    book: (spent) => {
      for (const { cost, observations } of spent) pace.settle(pace.reserve(cost, 0), observations);
    },
  };
}
