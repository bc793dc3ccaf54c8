import { expect, test } from "vitest";
import type { Lane } from "../../../../src-shared/domain/budget.ts";
import { type PaceLine, type Place, createPaceLine } from "../../../../src-main/engine/sync/pace-line.ts";
import { createVirtualClock } from "../../../builders/virtual-clock.ts";

const always = (): boolean => true;

/** Lets places pass one after another, each followed by another of its lane; the lanes in the order in which they passed. */
function drawTurns(line: PaceLine, lanes: readonly Lane[], count: number): readonly Lane[] {
  const places = new Map<Lane, Place>(lanes.map((lane) => [lane, line.join(lane, always)]));
  return Array.from({ length: count }, () => {
    const found = [...places].find(([, place]) => line.isFirst(place));
    if (found === undefined) throw new Error("nobody is first");
    const [lane, place] = found;
    line.setPassing(place, true);
    line.leave(place);
    places.set(lane, line.join(lane, always));
    return lane;
  });
}

test.each([[[3, 0]], [[0, 3]]] as const)(
  "room goes to the urgent lane first, and a flood of urgent calls starves no other: %j",
  (lanes) => {
    const drawn = drawTurns(createPaceLine(createVirtualClock()), lanes, 90);
    expect(drawn[0]).toBe(0);
    expect(drawn.filter((lane) => lane === 3).length).toBeGreaterThanOrEqual(5);
  },
);

test("who came first in a lane goes first", () => {
  const line = createPaceLine(createVirtualClock());
  const [first, second] = [line.join(3, always), line.join(3, always)];
  expect([line.isFirst(second), line.isFirst(first)]).toEqual([false, true]);
});

test("who waits for a window that is shut holds nobody up", () => {
  const line = createPaceLine(createVirtualClock());
  const shut = line.join(1, () => false);
  const bulk = line.join(3, always);
  expect([line.isFirst(bulk), line.isFirst(shut)]).toEqual([true, true]);
});

test("while one passes the gate no other sees the same room, but an urgent one passes beside it", () => {
  const line = createPaceLine(createVirtualClock());
  const passing = line.join(3, always);
  line.setPassing(passing, true);
  const bulk = line.join(3, always);
  const urgent = line.join(0, always);
  expect([line.isFirst(bulk), line.isFirst(urgent)]).toEqual([false, true]);
});

test("whose turn it is, is woken: when the one before took its room, and when the one before came back without", async () => {
  const clock = createVirtualClock();
  const line = createPaceLine(clock);
  const before = line.join(3, always);
  line.setPassing(before, true);
  const next = line.join(3, always);
  const never = new AbortController().signal;
  let woken = 0;
  const sleep = (): void => void line.sleep(next, 60_000, never).then(() => (woken += 1));
  sleep();
  line.setPassing(before, false);
  await clock.advance(0);
  expect(woken).toBe(0);
  line.leave(before);
  await clock.advance(0);
  expect(woken).toBe(1);
});

test("a stop wakes whoever sleeps", async () => {
  const clock = createVirtualClock();
  const line = createPaceLine(clock);
  const stopping = new AbortController();
  let isAwake = false;
  void line.sleep(line.join(2, always), 60_000, stopping.signal).then(() => (isAwake = true));
  stopping.abort();
  await clock.advance(0);
  expect(isAwake).toBe(true);
});

test("who is woken for its turn is woken without an error, whose stack would hold on to every request before it", async () => {
  const reasons: unknown[] = [];
  const line = createPaceLine({
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        signal?.addEventListener("abort", () => {
          reasons.push(signal.reason);
          resolve();
        });
      }),
  });
  const first = line.join(1, () => true);
  line.setPassing(first, true);
  const second = line.join(1, () => true);
  const sleeping = line.sleep(second, 1_000, new AbortController().signal);
  line.leave(first);
  await sleeping;
  expect(reasons).toHaveLength(1);
  expect(reasons[0]).not.toBeInstanceOf(Error);
});
