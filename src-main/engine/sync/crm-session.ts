import { createHash } from "node:crypto";
import { parseJson } from "../../../src-shared/domain/json-text.ts";
import type { BudgetObservation, Lane } from "../../../src-shared/domain/budget.ts";
import type { AccountMemory } from "../ports/account-memory.ts";
import type { Clock } from "../ports/clock.ts";
import type { Connector, CrmAnswer, CrmRequest, CrmSession } from "../ports/connector.ts";
import type { AttemptDraft, AttemptResult, DeliveryRow, DeliveryStore } from "../ports/delivery-store.ts";
import type { Http } from "../ports/http.ts";
import type { Grant, Pace, PaceVerdict, Reservation } from "../ports/pace.ts";
import { toBodyText, toCrmAnswer, toHttpRequest } from "./crm-exchange.ts";
import { keyOf } from "./dispatcher-parts.ts";
import type { PaceLine, Place } from "./pace-line.ts";
import { type ServerClock, untimed } from "./server-clock.ts";

/** The last gate: runs a request when concurrency and spacing allow. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

export type SessionParts = Readonly<{
  clock: Clock;
  server: ServerClock;
  pace: Pace;
  /** Who takes the next room. */
  line: PaceLine;
  gate: Gate;
  http: Http;
  deliveries: DeliveryStore;
  accountMemory: AccountMemory;
  integrationId: number;
  sessionId: number;
  connector: Connector;
  baseUrl: string;
  requestTimeoutMs: number;
  /** A request waits this long for the budget before it is given back as `paced`. */
  maxPaceWaitMs: number;
  /** Nothing new is sent after this aborts. */
  stopping: AbortSignal;
  /** Requests in flight are cut when this aborts: their answers are lost. */
  cut: AbortSignal;
  /** Counts for the summary. */
  onAnswer: (answer: CrmAnswer) => void;
}>;

/** What a killed run knew of an account is good for this long, ms: less than a connector itself believes what it read. */
const memoryMs = 10 * 60_000;

type Paced = Extract<CrmAnswer, { kind: "paced" }>;
/** A request before it has its room. `refused`: when (monotonic ms) there was none the last time, and for how long. */
type Waiting = {
  readonly place: Place;
  readonly since: number;
  refused: Readonly<{ at: number; waitMs: number; window: string }> | null;
};

const stopped: Paced = { kind: "paced", waitMs: 0, window: "stopping" };
/** Who waits for another's turn is woken; it looks by itself this often, ms. */
const contendMs = 50;
/** Bottleneck takes about so long to let one through, ms: who waits for room goes in so much earlier and waits out the rest inside. */
const gateLeadMs = 3;

/** Vendors name it differently; all names end alike. */
function correlationIdOf(headers: Readonly<Record<string, string>>): string | null {
  const name = Object.keys(headers).find((header) => /(correlation|request)-id$/.test(header));
  return name === undefined ? null : (headers[name] ?? null);
}

/**
 * The paced way to one integration for one job (see the port): waits for the budget, stores reservation and attempts in
 * one durable transaction, sends once, settles both. `rows` are the deliveries whose keys the request's intents name.
 */
export function createCrmSession(parts: SessionParts, lane: Lane, rows: readonly DeliveryRow[]): CrmSession {
  const { clock, pace, line, deliveries, server } = parts;
  const byKey = new Map(rows.map((row) => [keyOf(row, parts.connector), row]));

  function toDrafts(request: CrmRequest, body: string): readonly AttemptDraft[] {
    const payloadHash = createHash("sha256").update(body).digest("hex");
    const at = server.latest();
    return [...Map.groupBy(request.intents, ({ key }) => key)].map(([key, intents]) => {
      const row = byKey.get(key);
      if (row === undefined) throw new Error("a write names a key that is not part of its job");
      const steps = intents.map(({ step }) => step);
      return { deliveryId: row.id, steps, key, revision: row.wantedRevision, payloadHash, at };
    });
  }

  const giveBack = (grant: Grant | undefined): void => {
    if (grant !== undefined) pace.shared?.giveBack(grant);
  };

  /**
   * Whether there is room, or will be when the gate is passed. Where several PCs share the budget it is what that said last:
   * only taking tells how long to wait.
   */
  function askAgain(request: CrmRequest, { refused }: Waiting): PaceVerdict {
    if (pace.shared === undefined) {
      const verdict = pace.ask(request.cost, lane);
      return verdict.ok || verdict.waitMs <= gateLeadMs
        ? { ok: true }
        : { ...verdict, waitMs: verdict.waitMs - gateLeadMs };
    }
    const waitMs = refused === null ? 0 : refused.at + refused.waitMs - clock.monotonic();
    return refused === null || waitMs <= 0 ? { ok: true } : { ok: false, waitMs, window: refused.window };
  }

  /** Outside of the gate, so that who waits keeps nobody from sending. Null: it is this one's turn. */
  async function waitForTurn(request: CrmRequest, waiting: Waiting): Promise<Paced | null> {
    const { place, since } = waiting;
    for (;;) {
      if (parts.stopping.aborted) return stopped;
      const isFirst = line.isFirst(place);
      const verdict = isFirst ? askAgain(request, waiting) : null;
      if (verdict?.ok === true) return null;
      if (verdict !== null && clock.monotonic() - since + verdict.waitMs > parts.maxPaceWaitMs)
        return { kind: "paced", waitMs: verdict.waitMs, window: verdict.window };
      await line.sleep(place, verdict?.waitMs ?? contendMs, parts.stopping);
    }
  }

  /** Nothing is awaited between the budget's yes and the stored reservation, so two requests cannot take the same room. */
  function commitIntent(
    request: CrmRequest,
    body: string,
    grant: Grant | undefined,
  ): Readonly<{ reservation: Reservation; attempts: readonly number[] }> {
    let reservation: Reservation | undefined;
    const attempts = deliveries.commitAttempts(toDrafts(request, body), () => {
      reservation = grant === undefined ? pace.reserve(request.cost, lane) : pace.reserve(request.cost, lane, grant);
    });
    if (reservation === undefined) throw new Error("the store committed attempts without their reservation");
    return { reservation, attempts };
  }

  function commitOrGiveBack(request: CrmRequest, body: string, grant: Grant | undefined) {
    try {
      return commitIntent(request, body, grant);
    } catch (error) {
      giveBack(grant);
      throw error;
    }
  }

  async function transmit(request: CrmRequest, body: string): Promise<CrmAnswer> {
    const outcome = await parts.http.request({
      ...toHttpRequest(request, parts.baseUrl, body),
      timeoutMs: parts.requestTimeoutMs,
      signal: parts.cut,
    });
    return toCrmAnswer(outcome);
  }

  function learnTime(request: CrmRequest, answer: CrmAnswer, learn: (serverTimeMs: number) => void): void {
    if (answer.kind !== "answer") return;
    if (answer.serverTimeMs !== undefined) learn(answer.serverTimeMs);
    // A CRM that tells no time is taken to have ours.
    else if (request.aboutAccount === true && !server.isKnown()) learn(clock.now());
  }

  function settle(request: CrmRequest, answer: CrmAnswer, intent: ReturnType<typeof commitIntent>): void {
    const isAnswer = answer.kind === "answer";
    const observations: readonly BudgetObservation[] = isAnswer ? parts.connector.observe(request, answer) : [];
    const settlePace = (): void => pace.settle(intent.reservation, observations);
    const result: AttemptResult = {
      answeredAt: server.now(),
      outcome: isAnswer ? "answered" : answer.kind === "never_left" ? "never_left" : "lost",
      status: isAnswer ? answer.status : null,
      correlationId: isAnswer ? correlationIdOf(answer.headers) : null,
    };
    if (intent.attempts.length > 0) deliveries.settleAttempts(intent.attempts, result, settlePace);
    else settlePace();
    parts.onAnswer(answer);
  }

  const questionOf = (request: CrmRequest): Readonly<{ integrationId: number; sessionId: number; request: string }> => {
    const { method, path, origin, headers, body } = request;
    const asked = JSON.stringify([method, origin, path, headers, body]);
    const digest = createHash("sha256").update(asked).digest("hex");
    return { integrationId: parts.integrationId, sessionId: parts.sessionId, request: digest };
  };

  function recall(request: CrmRequest): CrmAnswer | undefined {
    // What was said to another session does not tell the time: the first question of a session is always asked.
    if (request.aboutAccount !== true || !server.isKnown()) return undefined;
    const now = clock.now();
    const found = parts.accountMemory.recall({ ...questionOf(request), since: now - memoryMs, now });
    return found === undefined ? undefined : { kind: "answer", headers: {}, ...found, json: parseJson(found.body) };
  }

  function keep(request: CrmRequest, answer: CrmAnswer): void {
    if (request.aboutAccount !== true || answer.kind !== "answer" || answer.status !== 200) return;
    const { status, body } = answer;
    parts.accountMemory.keep({ ...questionOf(request), at: clock.now(), answer: { status, body } });
  }

  /** Inside of the gate: what is left of the wait is waited out. */
  async function askInside(request: CrmRequest): Promise<PaceVerdict> {
    const verdict = pace.ask(request.cost, lane);
    if (verdict.ok || verdict.waitMs > gateLeadMs) return verdict;
    await clock.sleep(verdict.waitMs, parts.stopping);
    return pace.ask(request.cost, lane);
  }

  /** Through the gate with room from the budget; null where the room that was seen is gone. */
  const pass = (request: CrmRequest, waiting: Waiting): Promise<CrmAnswer | null> =>
    parts.gate(async () => {
      const taking = pace.shared?.take(request.cost, lane) ?? null;
      const taken = taking === null ? null : await taking;
      const verdict = taken ?? (await askInside(request));
      const grant = taken?.ok === true ? taken.grant : undefined;
      if (parts.stopping.aborted) {
        giveBack(grant);
        return stopped;
      }
      if (!verdict.ok) {
        waiting.refused = { ...verdict, at: clock.monotonic() };
        return null;
      }
      // Stamped by a clock that may be wrong, it could be sent a second time within its quiet time.
      if (request.intents.length > 0 && !server.isKnown()) {
        giveBack(grant);
        return { kind: "paced", waitMs: 0, window: untimed };
      }
      const body = toBodyText(request);
      const intent = commitOrGiveBack(request, body, grant);
      line.leave(waiting.place);
      const learn = server.listen();
      const answer = await transmit(request, body);
      learnTime(request, answer, learn);
      settle(request, answer, intent);
      keep(request, answer);
      return answer;
    });

  async function sendPaced(request: CrmRequest): Promise<CrmAnswer> {
    const place = line.join(lane, () => askAgain(request, waiting).ok);
    const waiting: Waiting = { place, since: clock.monotonic(), refused: null };
    try {
      for (;;) {
        const paced = await waitForTurn(request, waiting);
        if (paced !== null) return paced;
        line.setPassing(place, true);
        const answer = await pass(request, waiting);
        if (answer !== null) return answer;
        line.setPassing(place, false);
      }
    } finally {
      line.leave(place);
    }
  }

  return { send: async (request) => recall(request) ?? (await sendPaced(request)) };
}
