import { expect, test } from "vitest";
import { nextState, untilEvent } from "../../../../src-shared/domain/delivery.ts";
import type { ConnectorFault } from "../../../../src-shared/domain/fault.ts";
import type { OwnershipContract } from "../../../../src-shared/domain/ownership.ts";
import type { DeliveryChange, DeliveryRow } from "../../../../src-main/engine/ports/delivery-store.ts";
import { untimed } from "../../../../src-main/engine/sync/server-clock.ts";
import { type OutcomeContext, toChange } from "../../../../src-main/engine/sync/write-outcome.ts";
import { planWrite } from "../../../../src-main/engine/sync/write-plan.ts";
import { aDeliveryRow, anIntegration } from "../../../builders/delivery-row.ts";

const contract: OwnershipContract = {
  version: 1,
  crm: "hubspot",
  objects: { calls: { fields: { title: { own: "agent", value: { const: "Call" } } } } },
};
const now = 1_000_000;
const context: OutcomeContext = {
  integration: anIntegration(),
  now,
  random: 0.5,
  batchSize: 2,
  wantedRevision: 1,
  stopping: false,
};

function settle(
  fault: ConnectorFault | null,
  ask: { row?: Partial<DeliveryRow>; context?: Partial<OutcomeContext>; done?: readonly string[] } = {},
): DeliveryChange {
  const plan = planWrite(aDeliveryRow(ask.row), {
    contract,
    object: "calls",
    key: "cl_1",
    ownerId: null,
    schema: null,
  });
  const done = ask.done ?? (fault === null ? ["record", "link:contacts:501"] : []);
  return toChange(plan, { done, remoteId: done.length > 0 ? "900" : null, fault }, { ...context, ...ask.context });
}
function endState(change: DeliveryChange): string | undefined {
  return change.events.reduce<ReturnType<typeof nextState>>(
    (state, event) => (state === undefined ? undefined : nextState(state, event)),
    "sending",
  );
}

test("all steps done: delivered, with id, revision and pushed values", () => {
  const change = settle(null);
  expect(endState(change)).toBe("delivered");
  expect(change.patch).toMatchObject({ remoteId: "900", sentRevision: 1, attempts: 0 });
  expect(change.pushed).toEqual({ title: "Call" });
  expect(change.stepsDone).toEqual(["record", "link:contacts:501"]);
});

test("the call changed while it was sent: accepted and queued again for the new version", () => {
  const change = settle(null, { context: { wantedRevision: 2 } });
  expect(change.events).toEqual(["accept", "revise"]);
  expect(change.patch?.sentRevision).toBe(1);
});

test("the call changed while an older version of it was refused: queued again for the new version, not dead", () => {
  const refused = {
    kind: "rejected",
    reason: "rule_rejected",
    answer: { message: "Busy lines are no calls." },
  } as const;
  for (const fault of [refused, { ...refused, unsent: true as const }]) {
    const change = settle(fault, { context: { wantedRevision: 2 } });
    expect(change.events).toEqual(["reject", "revise"]);
    expect(endState(change)).toBe("queued");
    expect(change.patch).toEqual({ waitWhy: null });
    expect(change.audit.map(({ operation }) => operation)).toEqual(["delivery.reject", "delivery.revise"]);
  }
});

test("a lost answer is never sent again blindly: it is read by key first", () => {
  const change = settle({ kind: "response_lost", answer: { status: 502 } });
  expect(endState(change)).toBe("uncertain");
  expect(change.patch).toMatchObject({ nextProbeAt: now, attempts: 1 });
});

test("the CRM says it has our key: read by key; a CRM that says so and shows no record is not asked for ever", () => {
  const change = settle({ kind: "already_written", answer: {} });
  expect(endState(change)).toBe("uncertain");
  expect(change.patch?.attempts).toBe(1);
});

test("a 429 waits as long as the vendor says and spends no attempt", () => {
  const change = settle({ kind: "rate_limited", retryAfterMs: 10_000, answer: { status: 429 } });
  expect(endState(change)).toBe("waiting");
  expect(change.patch).toEqual({ waitWhy: "pace", dueAt: now + 10_000 });
});

test("our own budget is used up: waits for it visibly; when the engine stops it goes back to the queue", () => {
  const paced: ConnectorFault = { kind: "paced", waitMs: 5_000, window: "day" };
  expect(settle(paced).patch).toEqual({ waitWhy: "pace", dueAt: now + 5_000 });
  expect(endState(settle(paced, { context: { stopping: true } }))).toBe("queued");
  const early = settle({ kind: "paced", waitMs: 0, window: untimed });
  expect(endState(early)).toBe("queued");
  expect(early.patch).toEqual({ dueAt: now });
  expect(early.audit?.[0]?.summary).toBe("Not sent: a clock jumped, so the CRM is asked for its time first.");
});

test("a revoked sign-in waits for a person and spends no attempt", () => {
  const change = settle({ kind: "blocked", reason: "auth_revoked", answer: { status: 401 } });
  expect(endState(change)).toBe("waiting");
  expect(change.patch).toEqual({ waitWhy: "auth", dueAt: untilEvent });
});

test("a locked row is tried again with backoff, and is dead as record_locked at the end", () => {
  const locked: ConnectorFault = { kind: "transient", proof: "row_locked", retryAfterMs: 2_000, answer: {} };
  expect(settle(locked).patch).toMatchObject({ waitWhy: "retry", dueAt: now + 2_000, attempts: 1 });
  expect(settle(locked, { row: { attempts: 29 } }).patch?.reason).toBe("record_locked");
});

test("requests that never left do not use up a call's tries: an office without network loses nothing", () => {
  const offline: ConnectorFault = { kind: "transient", proof: "never_left", answer: {} };
  expect(endState(settle(offline, { row: { attempts: 500, firstAttemptAt: now - 86_400_000 } }))).toBe("waiting");
  expect(settle(offline, { row: { attempts: 500, firstAttemptAt: now - 8 * 86_400_000 } }).patch?.reason).toBe(
    "retries_exhausted",
  );
});

test("a refused value is a dead letter, grouped by reason and field, with the CRM's words", () => {
  const change = settle({
    kind: "rejected",
    reason: "value_rejected",
    field: "title",
    answer: { status: 400, code: "INVALID_OPTION", message: "not one of the options" },
  });
  expect(endState(change)).toBe("dead");
  expect(change.patch).toMatchObject({
    reason: "value_rejected",
    causeKey: "value_rejected:title",
    detail: "not one of the options",
  });
});

test("a person who is gone is matched once more, then it is a dead letter", () => {
  const gone: ConnectorFault = { kind: "rejected", reason: "person_deleted", answer: { status: 404 } };
  const first = settle(gone);
  expect(endState(first)).toBe("waiting");
  expect(first.patch).toMatchObject({ match: null, dueAt: now });
  expect(settle(gone, { row: { attempts: 1 } }).patch?.reason).toBe("person_deleted");
});

test("a batch that is too large is cut smaller; a single call that is too large is dead", () => {
  const large: ConnectorFault = { kind: "batch_too_large", answer: { status: 413 } };
  expect(endState(settle(large))).toBe("queued");
  expect(settle(large, { context: { batchSize: 1 } }).patch?.reason).toBe("too_large");
});

test("the record was written and a link failed: the record is certain and only the link is left", () => {
  const change = settle({ kind: "transient", proof: "vendor_code", answer: {} }, { done: ["record"] });
  expect(endState(change)).toBe("waiting");
  expect(change.stepsDone).toEqual(["record"]);
  expect(change.patch).toMatchObject({ remoteId: "900", sentRevision: 1 });
});
