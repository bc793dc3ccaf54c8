import { afterEach, beforeEach, expect, test } from "vitest";
import type { CrmRequest } from "../../../../src-main/engine/ports/connector.ts";
import type { HttpOutcome, HttpRequest } from "../../../../src-main/engine/ports/http.ts";
import type { Pace, TakeVerdict } from "../../../../src-main/engine/ports/pace.ts";
import { type SessionParts, createCrmSession } from "../../../../src-main/engine/sync/crm-session.ts";
import { idempotencyKey } from "../../../../src-main/engine/sync/idempotency-key.ts";
import { createPaceLine } from "../../../../src-main/engine/sync/pace-line.ts";
import { createPace } from "../../../../src-main/engine/sync/pace.ts";
import { createServerClock, untimed } from "../../../../src-main/engine/sync/server-clock.ts";
import type { BudgetWindow } from "../../../../src-shared/domain/budget.ts";
import { aReadCall, anIntegration, createLedger, importCalls, type Ledger } from "../../../builders/ledger.ts";

const short: BudgetWindow = {
  name: "short",
  lengthMs: 10_000,
  limit: 100,
  share: 1,
  daily: false,
  reset: { kind: "rolling" },
};
const ask = { cost: { short: 1 }, intents: [] } as const;
const who: CrmRequest = { ...ask, method: "GET", path: "/who", aboutAccount: true };
const fields: CrmRequest = { ...ask, method: "GET", path: "/fields", aboutAccount: true };

let ledger: Ledger;
/** The CRM's clock beside ours, ms; null where it tells no time. */
let aheadMs: number | null;
let sent: string[];
beforeEach(() => {
  ledger = createLedger();
  aheadMs = 90_000;
  sent = [];
});
afterEach(() => ledger.dispose());

async function answer({ url, method }: HttpRequest): Promise<HttpOutcome> {
  sent.push(`${method} ${new URL(url).pathname}`);
  const date: Record<string, string> =
    aheadMs === null ? {} : { date: new Date(ledger.clock.now() + aheadMs).toUTCString() };
  return { kind: "answer", status: 200, headers: date, body: "{}" };
}

/** A session of the engine with one claimed call, and the way to write it. */
function aSession(change: Partial<SessionParts> = {}) {
  const { clock, store } = ledger;
  const engineSession = store.deliveries.openSession(clock.now());
  const sessionId = engineSession.id;
  const [integration] = store.integrations.list();
  const integrationId = integration?.id ?? anIntegration(ledger).id;
  if (integration === undefined) importCalls(ledger, [aReadCall("C-1")]);
  const due = store.deliveries.peekDue({ integrationId, lane: 2, now: clock.now(), limit: 1 });
  const ids = due.map(({ id }) => id);
  store.deliveries.claim({ ids, session: engineSession, now: clock.now() });
  const server = createServerClock(clock, 10_000);
  const parts = {
    clock,
    server,
    pace: createPace({
      clock,
      budget: store.budget,
      integrationId,
      sessionId,
      windows: [short],
      serverNow: server.now,
    }),
    line: createPaceLine(clock),
    gate: (work) => work(),
    http: { request: answer, close: () => Promise.resolve() },
    deliveries: store.deliveries,
    accountMemory: store.accountMemory,
    integrationId,
    sessionId,
    connector: { crm: "hubspot", observe: () => [] } as unknown as SessionParts["connector"],
    baseUrl: "https://crm.example",
    requestTimeoutMs: 10_000,
    maxPaceWaitMs: 30_000,
    stopping: new AbortController().signal,
    cut: new AbortController().signal,
    onAnswer: () => undefined,
    ...change,
  } satisfies SessionParts;
  const session = createCrmSession(parts, 2, due);
  return { session, server, due };
}

const stamps = (): readonly number[] =>
  ledger.raw((db) => db.prepare<[], number>("SELECT started_at FROM attempt ORDER BY id").pluck().all());

function writeOf({ due }: Pick<ReturnType<typeof aSession>, "due">): CrmRequest {
  const [row] = due;
  if (row === undefined) throw new Error("nothing is due");
  const intents = [{ key: idempotencyKey(row.tenant, row.callId, "hubspot"), step: "record" }] as const;
  return { cost: { short: 1 }, method: "POST", path: "/calls", body: {}, intents };
}

test("a run that continues a killed one asks one thing anew, for the CRM's time, and goes on with the other's answers", async () => {
  const killed = aSession();
  for (const request of [who, fields]) await killed.session.send(request);
  const next = aSession();
  sent = [];
  for (const request of [who, fields]) expect(await next.session.send(request)).toMatchObject({ status: 200 });
  expect(sent).toEqual(["GET /who"]);
  expect(next.server.now()).toBe(ledger.clock.now() + 90_000);
});

test("nothing is written while the CRM's time is not known: no request leaves, and no attempt is stored", async () => {
  const run = aSession();
  const write = writeOf(run);
  expect(await run.session.send(write)).toEqual({ kind: "paced", waitMs: 0, window: untimed });
  expect([sent, stamps()]).toEqual([[], []]);
  await run.session.send(who);
  expect(await run.session.send(write)).toMatchObject({ kind: "answer" });
  expect(stamps()).toEqual([ledger.clock.now() + 90_000]);
});

test("a clock that was set makes the CRM's time unknown again until somebody asked", async () => {
  const run = aSession();
  const write = writeOf(run);
  await run.session.send(who);
  ledger.clock.jumpWall(-3_600_000);
  expect(await run.session.send(write)).toEqual({ kind: "paced", waitMs: 0, window: untimed });
  await run.session.send(who);
  expect(await run.session.send(write)).toMatchObject({ kind: "answer" });
  expect(sent).toEqual(["GET /who", "GET /who", "POST /calls"]);
});

test("a CRM that tells no time is taken to have ours", async () => {
  aheadMs = null;
  const run = aSession();
  await run.session.send(who);
  expect(await run.session.send(writeOf(run))).toMatchObject({ kind: "answer" });
  expect(stamps()).toEqual([ledger.clock.now()]);
});

/** A pace in windows that are shared: what it granted, what came back and what was reserved. */
function aSharedPace(verdict: () => TakeVerdict | null) {
  const seen: string[] = [];
  const pace: Pace = {
    shared: {
      take: (_cost, lane) => {
        seen.push(`take in lane ${lane}`);
        const taken = verdict();
        return taken === null ? null : Promise.resolve(taken);
      },
      giveBack: ({ id }) => seen.push(`give back ${id}`),
    },
    ask: () => {
      seen.push("ask");
      return { ok: true };
    },
    reserve: (_cost, _lane, grant) => {
      seen.push(`reserve ${grant?.id ?? "alone"}`);
      return { id: 1 };
    },
    settle: () => seen.push("settle"),
    configure: () => undefined,
    gauges: () => [],
  };
  return { seen, pace };
}

test("room in shared windows is taken before a request leaves, and reserved with it; without them this PC's own windows are asked", async () => {
  const shared = aSharedPace(() => ({ ok: true, grant: { id: "g" } }));
  await aSession({ pace: shared.pace }).session.send(who);
  expect(shared.seen).toEqual(["take in lane 2", "reserve g", "settle"]);
  const alone = aSharedPace(() => null);
  await aSession({ pace: alone.pace }).session.send(fields);
  expect(alone.seen).toEqual(["take in lane 2", "ask", "reserve alone", "settle"]);
});

test("room that was taken is given back when the run stops meanwhile, when nothing may be written yet, and when the store fails", async () => {
  const stop = new AbortController();
  const stopped = aSharedPace(() => {
    stop.abort();
    return { ok: true, grant: { id: "late" } };
  });
  const run = aSession({ pace: stopped.pace, stopping: stop.signal });
  expect(await run.session.send(who)).toEqual({ kind: "paced", waitMs: 0, window: "stopping" });
  expect(stopped.seen).toEqual(["take in lane 2", "give back late"]);

  const untimedRun = aSharedPace(() => ({ ok: true, grant: { id: "early" } }));
  const second = aSession({ pace: untimedRun.pace });
  const write = { ...writeOf(run), intents: [{ key: "a", step: "record" }] } as const;
  expect(await second.session.send(write)).toEqual({ kind: "paced", waitMs: 0, window: untimed });
  expect(untimedRun.seen).toEqual(["take in lane 2", "give back early"]);

  const failing = aSharedPace(() => ({ ok: true, grant: { id: "lost" } }));
  const commitAttempts = (): never => {
    throw new Error("the disk is full");
  };
  const third = aSession({ pace: failing.pace, deliveries: { ...ledger.store.deliveries, commitAttempts } });
  await expect(third.session.send(who)).rejects.toThrow("the disk is full");
  expect(failing.seen).toEqual(["take in lane 2", "give back lost"]);
  expect(sent).toEqual([]);
});
