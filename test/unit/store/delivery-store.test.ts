import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EngineSession } from "../../../src-main/engine/ports/delivery-store.ts";
import { IllegalMoveError, MissingRowError } from "../../../src-main/engine/store/store-errors.ts";
import { untilEvent } from "../../../src-shared/domain/delivery.ts";
import {
  type Ledger,
  aLeg,
  aReadCall,
  anIntegration,
  createLedger,
  firstStart,
  importCalls,
  statesOf,
} from "../../builders/ledger.ts";

let ledger: Ledger;
let session: EngineSession;
const now = (): number => ledger.clock.now();
const deliveries = () => ledger.store.deliveries;
const get = (id: number) => {
  const row = deliveries().get(id);
  if (row === undefined) throw new Error(`no delivery ${id}`);
  return row;
};
const say = (operation: string) => ({
  at: now(),
  tenant: "acme",
  callId: 1,
  deliveryId: 1,
  integrationId: 1,
  operation,
  outcome: "info" as const,
  summary: operation,
});

beforeEach(() => {
  ledger = createLedger();
  anIntegration(ledger);
  importCalls(ledger, [aReadCall("1"), aReadCall("2"), aReadCall("3")]);
  session = deliveries().openSession(now());
});
afterEach(() => ledger.dispose());

const claim = (...ids: readonly number[]): readonly number[] => deliveries().claim({ ids, session, now: now() });

describe("claiming", () => {
  test("gives the oldest due calls of a lane without changing them, then only those still queued", () => {
    const due = deliveries().peekDue({ integrationId: 1, lane: 2, now: now(), limit: 2 });
    expect(due.map(({ id, state }) => [id, state])).toEqual([
      [1, "queued"],
      [2, "queued"],
    ]);
    expect(deliveries().peekDue({ integrationId: 1, lane: 1, now: now(), limit: 2 })).toEqual([]);
    expect(deliveries().peekDue({ integrationId: 1, lane: 2, now: now() - 1, limit: 2 })).toEqual([]);
    expect(claim(2, 1, 99)).toEqual([2, 1]);
    expect(claim(1, 3)).toEqual([3]);
    expect(statesOf(ledger)).toEqual(["sending", "sending", "sending"]);
  });

  test("takes nothing of an integration that is paused, although its calls stay queued", () => {
    ledger.store.integrations.setState(1, "paused", { at: now(), reason: null, note: "lunch" });
    expect(claim(1)).toEqual([]);
    expect(get(1).state).toBe("queued");
  });

  test("stores what makes calls ready in the same transaction, and undoes it where the claim cannot be", () => {
    const matched = { id: 1, events: [], patch: { note: "ready" }, audit: [say("match")] };
    expect(deliveries().claim({ ids: [1], session, now: now(), changes: [matched] })).toEqual([1]);
    expect(get(1)).toMatchObject({ state: "sending" });
    expect(ledger.store.audit.ofCall(get(1).callRowId)).toMatchObject([
      { operation: "delivery.claim", summary: "match Taken up to be sent." },
    ]);
    const broken = { id: 99, events: [], audit: [] };
    const waits = { id: 2, events: ["hold"], patch: { waitWhy: "contact", giveUpAt: 1 }, audit: [] } as const;
    expect(() => deliveries().claim({ ids: [3], session, now: now(), changes: [waits, broken] })).toThrow(
      "There is no delivery 99",
    );
    expect(statesOf(ledger)).toEqual(["sending", "queued", "queued"]);
  });

  test("does not take what a change of the same transaction moves elsewhere", () => {
    const held = { id: 2, events: ["hold"], patch: { waitWhy: "retry" }, audit: [] } as const;
    expect(deliveries().claim({ ids: [1, 2], session, now: now(), changes: [held] })).toEqual([1]);
    expect(statesOf(ledger)).toEqual(["sending", "waiting", "queued"]);
  });

  test("what was claimed is read at once, in the order asked for", () => {
    expect(
      deliveries()
        .rows([3, 99, 1])
        .map(({ id }) => id),
    ).toEqual([3, 1]);
    expect(deliveries().rows([3])).toEqual([get(3)]);
  });

  test("leaves an audit entry for each delivery", () => {
    claim(1, 2);
    const callIds = [get(1).callRowId, get(2).callRowId];
    for (const callId of callIds)
      expect(ledger.store.audit.ofCall(callId).map(({ operation }) => operation)).toEqual(["delivery.claim"]);
  });
});

describe("applying changes", () => {
  test("stores moves, columns, steps, pushed values and the match together", () => {
    claim(1);
    const match = {
      number: "+447700900134",
      object: "contacts",
      personId: "51",
      name: "Alice Example",
      also: [{ object: "companies", id: "7" }],
      rule: "only one has the number",
      evidence: "phone",
      candidates: [{ object: "contacts", id: "51", name: "Alice Example", field: "phone" }],
      matchedAt: now(),
    };
    deliveries().apply([
      {
        id: 1,
        events: ["accept"],
        patch: { sentRevision: 1, remoteId: "900", deliveredAt: now(), match },
        stepsDone: ["record", "link:contacts:51"],
        pushed: { title: "Inbound call" },
        audit: [say("delivery.accept")],
      },
    ]);
    expect(get(1)).toMatchObject({
      state: "delivered",
      sentRevision: 1,
      remoteId: "900",
      match,
      stepsDone: ["record", "link:contacts:51"],
      pushed: { title: "Inbound call" },
    });
    deliveries().apply([{ id: 1, events: [], patch: { match: null }, resetSteps: true, audit: [] }]);
    expect(get(1)).toMatchObject({ match: null, stepsDone: [] });
  });

  test("writes nothing of any change when one move is not in the table", () => {
    claim(1);
    const before = [get(1), get(2), ledger.store.audit.entries({ afterId: 0, limit: 100 })];
    const changes = [
      {
        id: 1,
        events: ["accept"] as const,
        patch: { sentRevision: 1 },
        pushed: { a: "b" },
        audit: [say("delivery.accept")],
      },
      { id: 2, events: ["accept"] as const, patch: { sentRevision: 1 }, audit: [say("delivery.accept")] },
    ];
    expect(() => deliveries().apply(changes)).toThrow(IllegalMoveError);
    expect([get(1), get(2), ledger.store.audit.entries({ afterId: 0, limit: 100 })]).toEqual(before);
    expect(deliveries().counts()).toMatchObject({ queued: 2, sending: 1, delivered: 0 });
  });

  test("refuses a wait without a cause, a dead letter without a reason and an unknown delivery", () => {
    claim(1);
    expect(() => deliveries().apply([{ id: 1, events: ["defer"], patch: { dueAt: 1 }, audit: [] }])).toThrow(
      /without a cause/,
    );
    expect(() => deliveries().apply([{ id: 1, events: ["reject"], audit: [] }])).toThrow(/without a reason/);
    expect(() => deliveries().apply([{ id: 99, events: ["claim"], audit: [] }])).toThrow(MissingRowError);
    expect(get(1).state).toBe("sending");
  });

  test("gives a move that came without words an audit entry of its own", () => {
    claim(1);
    deliveries().apply([{ id: 1, events: ["release"], audit: [] }]);
    const operations = ledger.store.audit.ofCall(get(1).callRowId).map(({ operation }) => operation);
    expect(operations).toEqual(["delivery.claim", "delivery.release"]);
  });

  test("an accept of an older revision is followed by a revise in the same transaction", () => {
    claim(1);
    importCalls(ledger, [aReadCall("1", [aLeg({ talk: 9, at: firstStart + 5_000 })])]);
    expect(get(1)).toMatchObject({ state: "sending", wantedRevision: 2 });
    deliveries().apply([
      {
        id: 1,
        events: ["accept"],
        patch: { sentRevision: 1, remoteId: "900", attempts: 3 },
        audit: [say("delivery.accept")],
      },
    ]);
    expect(get(1)).toMatchObject({ state: "queued", sentRevision: 1, wantedRevision: 2, remoteId: "900", attempts: 0 });
    const operations = ledger.store.audit.ofCall(get(1).callRowId).map(({ operation }) => operation);
    expect(operations).toEqual(["delivery.claim", "delivery.accept", "delivery.revise"]);
  });

  test("a replay owes nothing to what failed before", () => {
    claim(1);
    const failed = {
      reason: "no_match",
      causeKey: "no_match",
      detail: "Nobody",
      attempts: 4,
      giveUpAt: now(),
      rescues: 2,
    } as const;
    deliveries().apply([{ id: 1, events: ["reject"], patch: failed, audit: [] }]);
    expect(get(1)).toMatchObject({ state: "dead", reason: "no_match", attempts: 4 });
    deliveries().apply([{ id: 1, events: ["replay"], patch: { lane: 0 }, audit: [] }]);
    expect(get(1)).toMatchObject({ state: "queued", lane: 0, reason: null, attempts: 0, giveUpAt: null, rescues: 0 });
    expect(get(1).dueAt).toBe(now());
  });

  test("a hold that names only its give-up time is due then", () => {
    deliveries().apply([
      { id: 1, events: ["hold"], patch: { waitWhy: "contact", giveUpAt: now() + 5_000 }, audit: [] },
    ]);
    expect(deliveries().releaseDue(now() + 4_999, 10)).toBe(0);
    expect(deliveries().releaseDue(now() + 5_000, 10)).toBe(1);
    expect(get(1)).toMatchObject({ state: "queued", waitWhy: null, giveUpAt: now() + 5_000 });
  });
});

describe("time", () => {
  const hold = (id: number, waitWhy: "retry" | "contact" | "paused" | "auth", dueAt: number): void =>
    deliveries().apply([{ id, events: ["hold"], patch: { waitWhy, dueAt }, audit: [] }]);

  test("waiting calls are queued when their time has come, at most as many as asked for", () => {
    hold(1, "retry", now() + 10);
    hold(2, "contact", now() + 20);
    hold(3, "retry", now() + 30);
    expect(deliveries().releaseDue(now() + 9, 10)).toBe(0);
    expect(deliveries().releaseDue(now() + 30, 2)).toBe(2);
    expect(deliveries().releaseDue(now() + 30, 2)).toBe(1);
    expect(statesOf(ledger)).toEqual(["queued", "queued", "queued"]);
  });

  test("nothing of a paused integration becomes due, and activating it queues what waited for it", () => {
    ledger.store.integrations.setState(1, "paused", { at: now(), reason: null, note: "" });
    hold(1, "paused", untilEvent);
    hold(2, "retry", now());
    expect(deliveries().releaseDue(now() + 1_000, 10)).toBe(0);
    expect(deliveries().hasWork(now(), now() + 1_000)).toBe(false);
    expect(deliveries().nextDueAt(now())).toBeNull();
    ledger.store.integrations.setState(1, "active", { at: now(), reason: null, note: "" });
    expect(get(1)).toMatchObject({ state: "queued", waitWhy: null, dueAt: now() });
    expect(get(2).state).toBe("waiting");
  });

  test("what began to wait for a sign-in after the integration was active again does not wait for ever", () => {
    hold(1, "auth", untilEvent);
    expect(deliveries().releaseDue(now(), 10)).toBe(1);
    expect(get(1)).toMatchObject({ state: "queued", dueAt: now() });
  });

  test("held calls are matched again when somebody asks, before their time", () => {
    hold(1, "contact", now() + 1_000);
    hold(2, "retry", now() + 1_000);
    expect(deliveries().recheckHeld(1, now())).toBe(1);
    expect(statesOf(ledger)).toEqual(["queued", "waiting", "queued"]);
  });

  test("held and paused calls are no work; a retry is when it is due within the horizon", () => {
    hold(1, "contact", now());
    hold(2, "paused", untilEvent);
    hold(3, "retry", now() + 500);
    expect(deliveries().hasWork(now(), now() + 499)).toBe(false);
    expect(deliveries().hasWork(now(), now() + 500)).toBe(true);
    expect(deliveries().nextDueAt(now())).toBe(now() + 500);
  });

  test("calls that an integration's rest keeps back become due at its end and are no work before it", () => {
    ledger.store.integrations.setRest(1, now() + 60_000, now());
    expect(deliveries().nextDueAt(now())).toBe(now() + 60_000);
    expect(deliveries().hasWork(now(), now() + 59_999)).toBe(false);
    expect(deliveries().hasWork(now(), now() + 60_000)).toBe(true);
    claim(1);
    expect(deliveries().hasWork(now(), now() + 1)).toBe(true);
  });

  test("an uncertain call is probed when its time has come, and is work until it is settled", () => {
    claim(1, 2, 3);
    deliveries().apply([{ id: 1, events: ["lose"], patch: { nextProbeAt: now() + 100 }, audit: [] }]);
    deliveries().apply(
      [2, 3].map((id) => ({ id, events: ["accept"] as const, patch: { sentRevision: 1 }, audit: [] })),
    );
    const probes = (at: number) =>
      deliveries()
        .peekProbes({ integrationId: 1, now: at, limit: 5 })
        .map(({ id }) => id);
    expect(probes(now() + 99)).toEqual([]);
    expect(probes(now() + 100)).toEqual([1]);
    expect(deliveries().nextDueAt(now())).toBe(now() + 100);
    expect(deliveries().hasWork(now(), now())).toBe(true);
    deliveries().apply([{ id: 1, events: ["found"], patch: { sentRevision: 1 }, audit: [] }]);
    expect(deliveries().hasWork(now(), untilEvent)).toBe(false);
    expect(deliveries().nextDueAt(now())).toBeNull();
  });
});

describe("sessions", () => {
  test("what an older session left on its way becomes uncertain, as a rescue that spends no attempt", () => {
    claim(1, 2);
    deliveries().apply([{ id: 2, events: ["accept"], patch: { sentRevision: 1 }, audit: [] }]);
    const next = deliveries().openSession(now());
    expect(next.id).toBeGreaterThan(session.id);
    expect(get(1)).toMatchObject({ state: "uncertain", rescues: 1, attempts: 0, nextProbeAt: now() });
    expect(statesOf(ledger)).toEqual(["uncertain", "delivered", "queued"]);
    expect(ledger.store.audit.ofCall(get(1).callRowId).at(-1)?.operation).toBe("delivery.lose");
  });

  test("ids of sessions ascend across restarts", () => {
    deliveries().closeSession(session, now());
    ledger.reopen();
    expect(deliveries().openSession(now()).id).toBe(session.id + 1);
  });
});

describe("attempts", () => {
  const draft = (deliveryId: number, ...steps: readonly string[]) => ({
    deliveryId,
    steps,
    key: `cl_${deliveryId}`,
    revision: 1,
    payloadHash: "ab",
    at: now(),
  });

  test("are stored with the reservation, and both are gone when the reservation fails", () => {
    claim(1);
    const reserve = (): number =>
      ledger.store.budget.reserve(1, { cost: { second: 1 }, lane: 2, at: now(), sessionId: session.id });
    const ids = deliveries().commitAttempts([draft(1, "record", "link:contacts:51"), draft(2, "record")], () => {
      reserve();
    });
    expect(ids).toHaveLength(2);
    const stored = ledger.raw((db) => db.prepare("SELECT delivery_id, steps FROM attempt ORDER BY id").raw().all());
    expect(stored).toEqual([
      [1, "record link:contacts:51"],
      [2, "record"],
    ]);
    expect(get(1)).toMatchObject({ lastSentAt: now(), lastAttemptRevision: 1, attempts: 0 });
    const fail = (): void => {
      reserve();
      throw new Error("no room");
    };
    expect(() => deliveries().commitAttempts([draft(3, "record")], fail)).toThrow("no room");
    expect(ledger.store.budget.load(1, 0)).toHaveLength(1);
    expect(get(3).lastSentAt).toBeNull();
  });

  test("of a delivery that is not there are refused, with those beside it", () => {
    expect(() => deliveries().commitAttempts([draft(1, "record"), draft(99, "record")], () => undefined)).toThrow(
      "Not all of these deliveries are there: 1, 99.",
    );
    expect(get(1).lastSentAt).toBeNull();
  });

  test("of links say nothing of the record's revision, and answers are kept", () => {
    const [id = 0] = deliveries().commitAttempts([draft(1, "link:contacts:51")], () => undefined);
    expect(get(1).lastAttemptRevision).toBeNull();
    deliveries().settleAttempts([id], {
      answeredAt: now() + 5,
      outcome: "answered",
      status: 201,
      correlationId: "c-1",
    });
    const stored = ledger.raw((db) =>
      db.prepare("SELECT outcome, status, correlation_id, session_id FROM attempt").get(),
    );
    expect(stored).toEqual({ outcome: "answered", status: 201, correlation_id: "c-1", session_id: null });
  });

  test("end together with their reservation, or not at all", () => {
    const { budget } = ledger.store;
    const ask = { cost: { second: 1 }, lane: 2, at: now(), sessionId: session.id } as const;
    let reservation = 0;
    const ids = deliveries().commitAttempts([draft(1, "record")], () => {
      reservation = budget.reserve(1, ask);
    });
    const ends = { answeredAt: now() + 5, outcome: "answered", status: 201, correlationId: null } as const;
    const look = () =>
      ledger.raw((db) =>
        db.prepare("SELECT b.answered_at AS room, a.answered_at AS attempt FROM budget_entry b, attempt a").get(),
      );
    const fail = (): void => {
      budget.answer(reservation, now() + 5);
      throw new Error("no room on the disk");
    };
    expect(() => deliveries().settleAttempts(ids, ends, fail)).toThrow("no room on the disk");
    expect(look()).toEqual({ room: null, attempt: null });
    deliveries().settleAttempts(ids, ends, () => budget.answer(reservation, now() + 5));
    expect(look()).toEqual({ room: now() + 5, attempt: now() + 5 });
  });
});
