import { afterEach, beforeEach, expect, test } from "vitest";
import { createDeadRunner } from "../../../../src-main/engine/api/dead-runner.ts";
import { type GroupHealer, createGroupHealer } from "../../../../src-main/engine/api/group-healer.ts";
import { healingOf } from "../../../../src-shared/domain/dead-run.ts";
import { reason } from "../../../../src-shared/domain/reason.ts";
import type { EngineEvent } from "../../../../src-shared/ipc/events.ts";
import { bury, deliver, kill } from "../../../builders/dead-letters.ts";
import { type Ledger, anIntegration, createLedger, statesOf } from "../../../builders/ledger.ts";

const minuteMs = 60_000;
let ledger: Ledger;
let healer: GroupHealer;
let events: EngineEvent[];
let known: Set<string>;

beforeEach(() => {
  ledger = createLedger();
  anIntegration(ledger);
  events = [];
  known = new Set();
  const { store, clock } = ledger;
  const hit = {
    kind: "person",
    object: "contacts",
    id: "1",
    name: "Alice Example",
    field: "phone",
    typed: "",
  } as const;
  healer = createGroupHealer({
    clock,
    runs: store.deadRuns,
    runner: createDeadRunner({ runs: store.deadRuns, deliveries: store.deliveries, clock }),
    deliveries: store.deliveries,
    integrations: store.integrations,
    people: {
      finder: () => (number) =>
        known.has(number) ? [{ ...hit, isExact: true, ownerId: null, also: [], lastActivityAt: null }] : [],
    },
    audit: store.audit,
    onEvent: (event) => void events.push(event),
  });
});
afterEach(() => ledger.dispose());

const queued = (): readonly number[] =>
  statesOf(ledger).flatMap((state, index) => (state === "queued" ? [index + 1] : []));
const wait = (minutes: number): Promise<void> => ledger.clock.advance(minutes * minuteMs);

test("one call of a group is sent again after a while; when it is delivered, the others follow and it is said", async () => {
  const ids = bury(ledger, 4, { causeKey: "value_rejected:hs_call_status" });
  expect(healer.look()).toBe(false);
  await wait(14);
  expect(healer.look()).toBe(false);
  await wait(2);
  expect(healer.look()).toBe(true);
  expect(queued()).toEqual([ids[0]]);
  expect(ledger.store.deliveries.get(1)?.lane).toBe(3);
  expect(healer.look()).toBe(false);

  deliver(ledger, queued());
  expect(healer.look()).toBe(true);
  expect(queued()).toEqual(ids.slice(1));
  expect(events).toEqual([
    { event: "group:healed", integrationId: 1, label: "Acme HubSpot", reason: "value_rejected", count: 4 },
  ]);
  expect(ledger.store.deadRuns.history(null, 10)).toMatchObject([
    { kind: "heal", moved: 3, open: 3, actor: "CallLedger" },
  ]);
  expect(ledger.store.audit.search("out again", 5)).toMatchObject([{ operation: "dead.heal", outcome: "ok" }]);
});

test("a group whose cause stays is tried with another call each time, rarer and rarer, one at a time", async () => {
  const ids = bury(ledger, 3);
  healer.look();
  const tried: number[] = [];
  const waits: number[] = [];
  let waited = 0;
  for (let minute = 0; minute < 24 * 60; minute += 5) {
    await wait(5);
    waited += 5;
    if (!healer.look()) continue;
    expect(queued()).toHaveLength(1);
    tried.push(...queued());
    waits.push(waited);
    waited = 0;
    kill(ledger, queued(), { causeKey: "value_rejected:field" });
    expect(healer.look()).toBe(false);
  }
  expect(waits).toEqual([15, 30, 60, 120, 240, 360, 360]);
  expect(tried.slice(0, 4)).toEqual([ids[0], ids[1], ids[2], ids[0]]);
  expect(events).toEqual([]);
});

test("a single call that heals says so", async () => {
  bury(ledger, 1);
  healer.look();
  await wait(16);
  expect(healer.look()).toBe(true);
  deliver(ledger, queued());
  expect(healer.look()).toBe(false);
  expect(events).toMatchObject([{ event: "group:healed", count: 1 }]);
  expect(ledger.store.deadRuns.trials()).toEqual([]);
});

test("a call that died of something else proves nothing for its old group", async () => {
  bury(ledger, 2);
  healer.look();
  await wait(16);
  healer.look();
  kill(ledger, queued(), { reason: "rule_rejected" });
  expect(healer.look()).toBe(false);
  expect(statesOf(ledger)).toEqual(["dead", "dead"]);
  expect(events).toEqual([]);
});

test("a call that a person acknowledges while it is tried leaves its group as it is", async () => {
  bury(ledger, 2);
  healer.look();
  await wait(16);
  healer.look();
  kill(ledger, [1], {});
  ledger.store.deliveries.apply([{ id: 1, events: ["acknowledge"], audit: [] }]);
  expect(healer.look()).toBe(false);
  expect(statesOf(ledger)).toEqual(["acknowledged", "dead"]);
});

test("what a person must decide is never sent again by itself; what is paused is left alone", async () => {
  const never = reason.options.filter((each) => healingOf[each] === "never");
  expect(never).toEqual(expect.arrayContaining(["record_deleted", "outcome_unknown", "automation_failed", "our_bug"]));
  for (const each of never) bury(ledger, 1, { reason: each });
  await wait(24 * 60);
  expect(healer.look()).toBe(false);
  bury(ledger, 1, { reason: "field_missing" });
  const pause = { at: ledger.clock.now(), reason: null, note: "" };
  ledger.store.integrations.setState(1, "paused", pause);
  await wait(24 * 60);
  expect(healer.look()).toBe(false);
  expect(queued()).toEqual([]);
});

test("calls whose people came back go out as soon as the copy of the CRM knows their number, the others stay", async () => {
  bury(ledger, 2, { reason: "no_match", from: "+447700900001" });
  bury(ledger, 1, { reason: "no_match", from: "+447700900002" });
  healer.look();
  await wait(16);
  expect(healer.look()).toBe(false);
  known.add("+447700900001");
  await wait(31);
  expect(healer.look()).toBe(true);
  expect(queued()).toEqual([1, 2]);
  expect(events).toMatchObject([{ event: "group:healed", reason: "no_match", count: 2 }]);
  expect(ledger.store.deadRuns.history(null, 10)).toMatchObject([{ kind: "heal", moved: 2 }]);
});

test("a clock that was set back by a year does not put the next try off by a year", async () => {
  bury(ledger, 2);
  healer.look();
  ledger.clock.jumpWall(-365 * 24 * 60 * minuteMs);
  expect(healer.look()).toBe(true);
  expect(queued()).toHaveLength(1);
});
