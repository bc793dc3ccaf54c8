import { expect, test } from "vitest";
import type { Lane } from "../../../../src-shared/domain/budget.ts";
import { createLaneTurns } from "../../../../src-main/engine/sync/lane-turns.ts";

function draw(count: number, ready: readonly Lane[]): readonly Lane[] {
  const turns = createLaneTurns();
  return Array.from({ length: count }, () => turns.next(ready) ?? 0);
}

test("lanes get turns by weight and none starves", () => {
  const drawn = draw(150, [0, 1, 2, 3]);
  const count = (lane: Lane): number => drawn.filter((each) => each === lane).length;
  expect([count(0), count(1), count(2), count(3)]).toEqual([80, 40, 20, 10]);
});

test("the real-time lane goes first", () => {
  expect(draw(1, [3, 0])).toEqual([0]);
});

test("a lane alone gets every turn", () => {
  expect(draw(3, [3])).toEqual([3, 3, 3]);
});

test("no lane is ready: no turn", () => {
  expect(createLaneTurns().next([])).toBeUndefined();
});
