import { expect, test } from "vitest";
import { tellNews } from "../../../../src-main/engine/api/progress-news.ts";
import type { SyncProgressView } from "../../../../src-shared/ipc/sync-views.ts";

const atRest: SyncProgressView = {
  delivered: 3,
  waiting: 1,
  dead: 0,
  queued: 0,
  uncertain: 0,
  apiCalls: 4,
  rateLimited: 0,
};

test("a sync at rest is told of every fifteen seconds, and what changes at once", () => {
  let now = 1_000;
  const told: SyncProgressView[] = [];
  const tell = tellNews({ monotonic: () => now }, (progress) => told.push(progress));
  for (let second = 0; second < 15; second += 1, now += 1_000) tell({ ...atRest });
  expect(told).toEqual([atRest]);
  tell({ ...atRest });
  expect(told).toEqual([atRest, atRest]);
  now += 10;
  tell({ ...atRest, delivered: 4 });
  tell({ ...atRest, delivered: 4 });
  expect(told.slice(2)).toEqual([{ ...atRest, delivered: 4 }]);
});
