import { afterEach, beforeEach, expect, test } from "vitest";
import { createDeadRunner, type DeadRunner } from "../../../src-main/engine/api/dead-runner.ts";
import type { DeadRunKind } from "../../../src-shared/domain/dead-run.ts";
import { bury, deliver, kill } from "../../builders/dead-letters.ts";
import { type Ledger, anIntegration, createLedger, statesOf } from "../../builders/ledger.ts";

let ledger: Ledger;
let runner: DeadRunner;
const group = (): string => ledger.store.deadRuns.groups()[0]?.id ?? "";
const open = (): void => {
  const { store, clock } = ledger;
  runner = createDeadRunner({ runs: store.deadRuns, deliveries: store.deliveries, clock });
};

beforeEach(() => {
  ledger = createLedger();
  anIntegration(ledger);
  open();
});
afterEach(() => ledger.dispose());

function begin(kind: DeadRunKind, word: string, note = ""): number {
  const { deadRuns } = ledger.store;
  const target = deadRuns.resolve(word, ledger.clock.now());
  if (target === undefined) throw new Error(`nothing is named ${word}`);
  return runner.begin({ kind, target: word, actor: "Alice Example", note, at: ledger.clock.now() }, target).id;
}
const count = (state: string): number => statesOf(ledger).filter((each) => each === state).length;
const finish = (): Promise<void> => runner.finish(new AbortController().signal);

test("a large group is replayed in steps, behind what is new; a restart goes on where it stood", async () => {
  bury(ledger, 1_200);
  begin("replay", group(), "the value is back");
  expect(count("queued")).toBe(500);
  expect(ledger.store.deliveries.get(1)?.lane).toBe(2);
  expect(ledger.store.deadRuns.history(null, 5)).toMatchObject([{ moved: 500, endedAt: null }]);
  ledger.reopen();
  open();
  await finish();
  expect(count("queued")).toBe(1_200);
  expect(ledger.store.deadRuns.unfinished()).toEqual([]);
  expect(ledger.store.deadRuns.history(null, 5)).toMatchObject([{ moved: 1_200, note: "the value is back" }]);
  expect(ledger.store.audit.verify()).toMatchObject({ ok: true });
});

test("what dies again while its group is replayed is not replayed a second time, also when the clock was set back", async () => {
  bury(ledger, 700);
  begin("replay", group());
  ledger.clock.jumpWall(-3_600_000);
  kill(ledger, [1, 2, 3], { causeKey: "value_rejected:field" });
  await finish();
  expect(count("dead")).toBe(3);
  expect(count("queued")).toBe(697);
});

test("the history keeps who did what and what came of it, over later replays", () => {
  bury(ledger, 4);
  const target = group();
  begin("replay", target, "first");
  deliver(ledger, [1]);
  kill(ledger, [2, 3], { causeKey: "value_rejected:field" });
  begin("replay", target, "second");
  deliver(ledger, [2]);
  const history = ledger.store.deadRuns.history(target, 10);
  expect(history).toMatchObject([
    { note: "second", actor: "Alice Example", moved: 2, delivered: 1, failed: 0, open: 1 },
    { note: "first", moved: 4, delivered: 1, failed: 2, open: 1 },
  ]);
  expect(ledger.store.deadRuns.history("1-other", 10)).toEqual([]);
});

test("an acknowledgement is taken back as a whole, and what was acknowledged before stays", async () => {
  bury(ledger, 1);
  const early = begin("acknowledge", "1", "long ago");
  bury(ledger, 2);
  const late = begin("acknowledge", group(), "a test");
  expect(statesOf(ledger)).toEqual(["acknowledged", "acknowledged", "acknowledged"]);
  const target = ledger.store.deadRuns.acknowledgedBy(late);
  if (target === undefined) throw new Error("there is nothing to take back");
  runner.begin({ kind: "undo", target: String(late), actor: "Bob Example", note: "", at: ledger.clock.now() }, target);
  await finish();
  expect(statesOf(ledger)).toEqual(["acknowledged", "queued", "queued"]);
  expect(ledger.store.deadRuns.acknowledgedBy(late)).toBeUndefined();
  expect(ledger.store.deadRuns.history(null, 3)).toMatchObject([
    { kind: "undo", undoes: late, actor: "Bob Example", moved: 2 },
    { id: late, kind: "acknowledge", undoneBy: expect.any(Number), note: "a test" },
    { id: early, kind: "acknowledge", undoneBy: null, acknowledged: 1 },
  ]);
});

test("one delivery that a person sends again is urgent", () => {
  bury(ledger, 2);
  begin("replay", "2");
  expect(statesOf(ledger)).toEqual(["dead", "queued"]);
  expect(ledger.store.deliveries.get(2)?.lane).toBe(0);
});
