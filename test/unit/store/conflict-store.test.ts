import { afterEach, beforeEach, expect, test } from "vitest";
import type { ConflictDraft } from "../../../src-main/engine/ports/conflict-store.ts";
import { aReadCall, anIntegration, createLedger, importCalls, type Ledger } from "../../builders/ledger.ts";

let ledger: Ledger;
beforeEach(() => {
  ledger = createLedger();
  anIntegration(ledger);
  importCalls(ledger, [aReadCall("1"), aReadCall("2")]);
});
afterEach(() => ledger.dispose());

const edited = (theirs: string | null, change: Partial<ConflictDraft> = {}): ConflictDraft => ({
  field: "title",
  ours: "Call",
  theirs,
  editedAt: null,
  editedBy: null,
  ...change,
});
const found = (...conflicts: readonly ConflictDraft[]): void =>
  ledger.store.deliveries.apply([{ id: 1, events: [], conflicts, audit: [] }]);
const push = (pushed: Readonly<Record<string, string>>): void =>
  ledger.store.deliveries.apply([{ id: 1, events: [], pushed, audit: [] }]);
const settle = (id: number, state: "kept_theirs" | "used_ours"): void =>
  ledger.store.conflicts.settle(id, { state, at: ledger.clock.now(), by: "alice", note: "" });
const states = () =>
  ledger.store.conflicts.ofDelivery(1).map(({ id, field, theirs, state }) => [id, field, theirs, state]);
const settled = () => ledger.store.deliveries.get(1)?.settled;
const openCount = (): number => ledger.store.conflicts.openCount(1);

test("a conflict that a read finds is kept with both values, what was pushed, when and who", () => {
  push({ title: "Before" });
  found(edited("Hot lead", { editedAt: 5_000, editedBy: "77" }));
  expect(ledger.store.conflicts.get(1)).toMatchObject({
    deliveryId: 1,
    integrationId: 1,
    crm: "hubspot",
    tenant: "acme",
    field: "title",
    ours: "Call",
    theirs: "Hot lead",
    pushed: "Before",
    pushedAt: ledger.clock.now(),
    seenAt: ledger.clock.now(),
    editedAt: 5_000,
    editedBy: "77",
    state: "open",
  });
  expect(openCount()).toBe(1);
  expect(ledger.store.conflicts.openCounts(0, ledger.clock.now() + 1)).toEqual(new Map([[1, 1]]));
  expect(ledger.store.conflicts.openCounts(ledger.clock.now() + 1, ledger.clock.now() + 2)).toEqual(new Map());
});

test("the time of a push is that of its own fields: what a later one does not name keeps the time before", async () => {
  const firstAt = ledger.clock.now();
  push({ title: "Call", body: "Notes", phone: "1" });
  await ledger.clock.advance(60_000);
  push({ title: "Call, answered" });
  await ledger.clock.advance(60_000);
  push({ phone: "2" });
  ledger.store.deliveries.apply([{ id: 1, events: [], stepsDone: ["record"], audit: [] }]);
  found(edited("a"), edited("b", { field: "body" }), edited("c", { field: "phone" }), edited("d", { field: "owner" }));
  expect(ledger.store.conflicts.ofDelivery(1).map(({ field, pushed, pushedAt }) => [field, pushed, pushedAt])).toEqual([
    ["title", "Call, answered", firstAt + 60_000],
    ["body", "Notes", firstAt],
    ["phone", "2", firstAt + 120_000],
    ["owner", null, null],
  ]);
});

test("the same value found again is one conflict; another value is another, as a decision is about what was shown", () => {
  found(edited("Hot lead"));
  found(edited("Hot lead", { ours: "Call, answered" }));
  expect(states()).toEqual([[1, "title", "Hot lead", "open"]]);
  expect(ledger.store.conflicts.get(1)?.ours).toBe("Call, answered");
  found(edited(null));
  expect(states()).toEqual([
    [1, "title", "Hot lead", "passed"],
    [2, "title", null, "open"],
  ]);
  expect(openCount()).toBe(1);
});

test("a conflict that a read does not find any more has passed", () => {
  found(edited("Hot lead"), edited("x", { field: "body" }));
  found(edited("x", { field: "body" }));
  expect(states()).toEqual([
    [1, "title", "Hot lead", "passed"],
    [2, "body", "x", "open"],
  ]);
  ledger.store.deliveries.apply([{ id: 1, events: [], audit: [] }]);
  expect(openCount()).toBe(1);
});

test("theirs that is kept goes with the delivery from then on", () => {
  found(edited("Hot lead"));
  settle(1, "kept_theirs");
  expect(settled()).toEqual({ title: { verdict: "keep_theirs" } });
  push({ title: "Call" });
  found();
  expect(settled()).toEqual({ title: { verdict: "keep_theirs" } });
  expect(openCount()).toBe(0);
});

test("ours that is used holds for the value that was shown, until it was written", () => {
  found(edited(null));
  settle(1, "used_ours");
  expect(settled()).toEqual({ title: { verdict: "use_ours", theirs: null } });
  push({ body: "x" });
  found();
  expect(settled()).toEqual({ title: { verdict: "use_ours", theirs: null } });
  push({ title: "Call" });
  expect(settled()).toEqual({});
  expect(ledger.store.conflicts.get(1)).toMatchObject({ state: "used_ours", appliedAt: ledger.clock.now() });
});

test("ours that was to be used is asked for again when the field holds something else by then", () => {
  found(edited("Hot lead"));
  settle(1, "used_ours");
  found(edited("Cold lead"));
  expect(settled()).toEqual({});
  expect(states()).toEqual([
    [1, "title", "Hot lead", "passed"],
    [2, "title", "Cold lead", "open"],
  ]);
});

test("lists are by account and page by page, the newest first", () => {
  found(edited("a"), edited("b", { field: "body" }), edited("c", { field: "status" }));
  settle(2, "kept_theirs");
  const list = (ask: Readonly<{ all?: boolean; before?: number; limit?: number; integrationId?: number }>) =>
    ledger.store.conflicts
      .list({ integrationId: null, all: false, before: null, limit: 10, ...ask })
      .map(({ id }) => id);
  expect(list({})).toEqual([3, 1]);
  expect(list({ all: true })).toEqual([3, 2, 1]);
  expect(list({ all: true, limit: 2 })).toEqual([3, 2]);
  expect(list({ all: true, before: 2 })).toEqual([1]);
  expect(list({ integrationId: 2 })).toEqual([]);
});

test("what was decided and not carried out survives a restart", () => {
  found(edited("Hot lead"));
  settle(1, "used_ours");
  ledger.reopen();
  expect(settled()).toEqual({ title: { verdict: "use_ours", theirs: "Hot lead" } });
});
