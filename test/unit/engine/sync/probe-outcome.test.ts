import { expect, test } from "vitest";
import { nextState } from "../../../../src-shared/domain/delivery.ts";
import { type OwnershipContract, filterBody } from "../../../../src-shared/domain/ownership.ts";
import type { ProbeFinding } from "../../../../src-main/engine/ports/connector.ts";
import type { DeliveryChange, DeliveryRow } from "../../../../src-main/engine/ports/delivery-store.ts";
import { type ProbeContext, toProbeChange } from "../../../../src-main/engine/sync/probe-outcome.ts";
import { aDeliveryRow, anIntegration } from "../../../builders/delivery-row.ts";

const contract: OwnershipContract = {
  version: 1,
  crm: "hubspot",
  objects: { calls: { fields: { title: { own: "agent", value: { template: "Call {status}" } } } } },
};
const now = 1_000_000;
const context: ProbeContext = {
  integration: anIntegration(),
  now,
  readAt: now,
  serverLatest: now,
  random: 0.5,
  quietTimeMs: 60_000,
  hasUniqueKey: true,
  plan: { contract, object: "calls", key: "cl_1", ownerId: null, schema: null },
};
const uncertain = (change: Partial<DeliveryRow> = {}): DeliveryRow =>
  aDeliveryRow({
    state: "uncertain",
    lastSentAt: now - 61_000,
    lastAttemptRevision: 1,
    attempts: 1,
    firstAttemptAt: now - 61_000,
    ...change,
  });
const found = (title: string): ProbeFinding => ({ kind: "found", remoteId: "900", fields: { title } });

const linked = { stepsDone: ["link:contacts:501"] };
function endState(change: DeliveryChange): string | undefined {
  return change.events.reduce<ReturnType<typeof nextState>>(
    (state, event) => (state === undefined ? undefined : nextState(state, event)),
    "uncertain",
  );
}

test("missing within the quiet time proves nothing: it stays uncertain and is read again after it", () => {
  const change = toProbeChange(uncertain({ lastSentAt: now - 10_000 }), { kind: "missing" }, context);
  expect(endState(change)).toBe("uncertain");
  expect(change.patch?.nextProbeAt).toBe(now + 51_000);
});

test("a read that began within the quiet time proves nothing, however late its answer came", () => {
  const row = uncertain({ lastSentAt: now - 70_000 });
  const slow = { ...context, readAt: now - 15_000 };
  expect(endState(toProbeChange(row, { kind: "missing" }, slow))).toBe("uncertain");
  expect(endState(toProbeChange(row, { kind: "missing" }, { ...slow, readAt: now - 10_000 }))).toBe("queued");
});

test("missing after the quiet time is sent again, at once no matter how long ago it was read first", () => {
  const change = toProbeChange(uncertain(), { kind: "missing" }, context);
  expect(endState(change)).toBe("queued");
  expect(change.patch?.missingReads).toBe(0);
});

test("a CRM that would not refuse a second record is read twice before anything is sent again", () => {
  const careful = { ...context, hasUniqueKey: false };
  const first = toProbeChange(uncertain(), { kind: "missing" }, careful);
  expect(endState(first)).toBe("uncertain");
  expect(first.patch?.missingReads).toBe(1);
  expect(endState(toProbeChange(uncertain({ missingReads: 1 }), { kind: "missing" }, careful))).toBe("queued");
});

test("a send stamped in the future (a clock jumped) counts as sent just now, once: its quiet time ends", () => {
  const row = uncertain({ lastSentAt: now + 3_600_000 });
  const change = toProbeChange(row, { kind: "missing" }, context);
  expect(endState(change)).toBe("uncertain");
  expect(change.patch?.lastSentAt).toBe(now);
  const later = { ...context, now: now + 61_000, readAt: now + 61_000 };
  expect(endState(toProbeChange({ ...row, lastSentAt: now }, { kind: "missing" }, later))).toBe("queued");
});

test("where the CRM's time is not known to the second, the quiet time ends by the earliest that it may be", () => {
  const row = uncertain({ lastSentAt: now + 9_000 });
  const unsure = { ...context, serverLatest: now + 9_000 };
  expect(toProbeChange(row, { kind: "missing" }, unsure).patch).not.toHaveProperty("lastSentAt");
  const at = (ms: number) => ({ ...unsure, now: now + ms, readAt: now + ms, serverLatest: now + ms + 9_000 });
  expect(endState(toProbeChange(row, { kind: "missing" }, at(61_000)))).toBe("uncertain");
  expect(endState(toProbeChange(row, { kind: "missing" }, at(69_000)))).toBe("queued");
});

test("a claim that never came to a send needs no quiet time", () => {
  expect(endState(toProbeChange(uncertain({ lastSentAt: null, attempts: 0 }), { kind: "missing" }, context))).toBe(
    "queued",
  );
});

test("found with every step done is delivered", () => {
  const change = toProbeChange(uncertain(linked), found("Call answered"), context);
  expect(endState(change)).toBe("delivered");
  expect(change.patch).toMatchObject({ remoteId: "900", sentRevision: 1 });
  expect(change.pushed).toEqual({ title: "Call answered" });
});

test("found with links left goes on with them, and the record is not written again", () => {
  const change = toProbeChange(uncertain(), found("Call answered"), context);
  expect(endState(change)).toBe("queued");
  expect(change.events).toEqual(["resume"]);
  expect(change.stepsDone).toEqual(["record"]);
});

test("found while the call changed meanwhile goes on with the new version", () => {
  const change = toProbeChange(uncertain({ ...linked, wantedRevision: 2 }), found("Call answered"), context);
  expect(change.events).toEqual(["resume"]);
  expect(change.patch?.sentRevision).toBe(1);
});

test("a found record that a person edited stays as it is, and the audit says so", () => {
  const change = toProbeChange(uncertain(linked), found("Talked to Alice"), context);
  expect(endState(change)).toBe("delivered");
  expect(change.audit[0]?.summary).toContain("left as it is: title");
  // What we wrote is known all the same: if it is emptied later, that is an edit as well.
  expect(change.pushed).toEqual({ title: expect.stringMatching(/./) });
  expect(change.pushed).not.toEqual({ title: "Talked to Alice" });
});

test("an update whose answer was lost and that was not executed is due again", () => {
  const row = uncertain({
    stepsDone: ["record", "link:contacts:501"],
    remoteId: "900",
    sentRevision: 1,
    wantedRevision: 2,
    lastAttemptRevision: 2,
    pushed: { title: "Call missed" },
  });
  expect(toProbeChange(row, found("Call missed"), context)).toMatchObject({
    events: ["resume"],
    patch: { sentRevision: 1 },
  });
  expect(toProbeChange(row, found("Call answered"), context)).toMatchObject({
    events: ["found"],
    patch: { sentRevision: 2 },
  });
});

test("what an older version of the call wrote is ours: the new version may replace it, although its answer was lost", () => {
  const call = { ...uncertain().call, status: "missed" as const };
  const first = uncertain({ ...linked, wantedRevision: 2, attemptedCall: call });
  expect(toProbeChange(first, found("Call missed"), context)).toMatchObject({
    events: ["resume"],
    patch: { sentRevision: 1 },
    pushed: { title: "Call missed" },
  });
  const update = { stepsDone: ["record", "link:contacts:501"], remoteId: "900", sentRevision: 1, wantedRevision: 3 };
  const second = uncertain({ ...update, lastAttemptRevision: 2, attemptedCall: call, pushed: { title: "Call busy" } });
  expect(toProbeChange(second, found("Call missed"), context)).toMatchObject({
    events: ["resume"],
    pushed: { title: "Call missed" },
  });
  expect(toProbeChange(second, found("Talked to Alice"), context).pushed).toEqual({});
});

/** A contract of several fields: what one of them holds tells of the others. */
const ofMany: ProbeContext = {
  ...context,
  plan: {
    ...context.plan,
    contract: {
      ...contract,
      objects: {
        calls: {
          fields: {
            title: { own: "agent", value: { template: "Call {status}" } },
            agent: { own: "agent", value: { from: "agent" } },
            body: { own: "append", value: { template: "{durationSeconds} seconds" } },
          },
        },
      },
    },
  },
};
const holding = (title: string, agent: string | null, body: string): ProbeFinding => ({
  kind: "found",
  remoteId: "900",
  fields: { title, agent, body },
});

test("a field that somebody emptied before the answer of its first write was known stays empty, and is told as an edit", () => {
  const change = toProbeChange(uncertain(linked), holding("Call answered", null, "429 seconds"), ofMany);
  expect(change.pushed).toEqual({ title: "Call answered", agent: "ext:202", body: "429 seconds" });
  expect(change.conflicts).toMatchObject([{ field: "agent", ours: "ext:202", theirs: null }]);
  expect(change.audit[0]?.summary).toContain("left as it is: agent");
});

test("an emptied field stays empty where the call changed before its first write was found", () => {
  const call = { ...uncertain().call, status: "missed" as const, agent: "ext:204" };
  const row = uncertain({ ...linked, wantedRevision: 2, attemptedCall: call });
  const change = toProbeChange(row, holding("Call missed", null, "429 seconds"), ofMany);
  expect(change).toMatchObject({ events: ["resume"], patch: { sentRevision: 1 } });
  expect(change.pushed).toMatchObject({ title: "Call missed", agent: "ext:204" });
  expect(change.conflicts).toMatchObject([{ field: "agent", ours: "ext:202", theirs: null }]);
});

const lostUpdate = {
  stepsDone: ["record", "link:contacts:501"],
  remoteId: "900",
  sentRevision: 1,
  wantedRevision: 2,
  lastAttemptRevision: 2,
  pushed: { title: "Call missed", agent: "", body: "3 seconds" },
};

test("a field that an update filled and somebody emptied stays empty where another field tells that it was executed", () => {
  const finding = holding("Call answered", null, "3 seconds\n429 seconds");
  const change = toProbeChange(uncertain(lostUpdate), finding, ofMany);
  expect(change).toMatchObject({ events: ["found"], patch: { sentRevision: 2 } });
  expect(change.pushed).toMatchObject({ title: "Call answered", agent: "ext:202" });
  expect(change.conflicts).toMatchObject([{ field: "agent", ours: "ext:202", theirs: null }]);
});

test("an update that was not executed is nobody's edit: what was empty before is written", () => {
  for (const finding of [
    holding("Call missed", null, "3 seconds"),
    holding("Edited by hand", null, "3 seconds"),
    { kind: "found", remoteId: "900", fields: { title: "Call answered" } } as const,
  ]) {
    const change = toProbeChange(uncertain(lostUpdate), finding, ofMany);
    expect(change.pushed).not.toHaveProperty("agent");
    expect(change.conflicts?.map(({ field }) => field)).not.toContain("agent");
  }
  // One field holds the new value, which somebody may have set; another one still holds that of before.
  const row = uncertain({ ...lostUpdate, pushed: { ...lostUpdate.pushed, kind: "inbound" } });
  const fields = {
    ...ofMany.plan.contract.objects["calls"]?.fields,
    kind: { own: "agent", value: { const: "later" } },
  };
  const plan = { ...ofMany.plan, contract: { ...contract, objects: { calls: { fields } } } } as ProbeContext["plan"];
  const finding: ProbeFinding = {
    kind: "found",
    remoteId: "900",
    fields: { title: "Call answered", agent: null, body: "3 seconds", kind: "inbound" },
  };
  const change = toProbeChange(row, finding, { ...ofMany, plan });
  expect(change).toMatchObject({ events: ["resume"], conflicts: [] });
  expect(change.pushed).not.toHaveProperty("agent");
});

test("a line that a lost write added is known as ours beside what others wrote: taken out, it is not added again", () => {
  const finding = holding("Call answered", "ext:202", "By hand\n429 seconds");
  for (const row of [uncertain(linked), uncertain(lostUpdate)]) {
    const change = toProbeChange(row, finding, ofMany);
    expect(change.pushed).toMatchObject({ body: "By hand\n429 seconds" });
    const { contract: many, object } = ofMany.plan;
    const { body } = filterBody({
      contract: many,
      object,
      operation: "update",
      wanted: { body: "429 seconds" },
      remote: { body: "By hand" },
      pushed: change.pushed ?? {},
    });
    expect(body).toEqual({});
  }
});

test("a record that somebody deleted is dead as record_deleted, never written again", () => {
  for (const row of [uncertain(), uncertain({ stepsDone: ["record"], remoteId: "900", sentRevision: 1 })]) {
    const finding: ProbeFinding = row.remoteId === null ? { kind: "deleted", remoteId: "900" } : { kind: "missing" };
    const change = toProbeChange(row, finding, context);
    expect(endState(change)).toBe("dead");
    expect(change.patch?.reason).toBe("record_deleted");
  }
});

test("what the CRM cannot tell is dead as outcome_unknown", () => {
  const change = toProbeChange(uncertain(), { kind: "unclear", detail: "two records" }, context);
  expect(endState(change)).toBe("dead");
  expect(change.patch?.reason).toBe("outcome_unknown");
});

test("missing after too many tries is dead as retries_exhausted", () => {
  const change = toProbeChange(uncertain({ attempts: 30 }), { kind: "missing" }, context);
  expect(endState(change)).toBe("dead");
  expect(change.patch?.reason).toBe("retries_exhausted");
});
