import { afterEach, expect, test, vi } from "vitest";
import { type Plan, showPlan } from "../../../src-main/cli/plan-lines.ts";
import type { Output } from "../../../src-main/cli/output.ts";
import type { PlannedDelivery } from "../../../src-shared/ipc/plan-views.ts";

afterEach(() => vi.restoreAllMocks());

const silent = (data: (line: string) => void): Output => ({
  isJson: true,
  say: () => undefined,
  data,
  note: () => undefined,
  answer: () => undefined,
  progress: { show: () => undefined, clear: () => undefined },
});

test("a plan is made out no faster than it is read: while the reader is behind, nothing more is worked out", async () => {
  let made = 0;
  let isBehind = false;
  const plan: Plan = {
    *all() {
      for (; made < 1_000; made += 1) yield { callId: String(made) } as PlannedDelivery;
    },
    totals: () => [],
  };
  vi.spyOn(process.stdout, "writableNeedDrain", "get").mockImplementation(() => isBehind);
  const told: string[] = [];
  const output = silent((line) => {
    told.push(line);
    isBehind = told.length % 100 === 0;
  });
  const shown = showPlan({ output, signal: new AbortController().signal }, plan);
  for (let waits = 1; waits <= 10; waits += 1) {
    await vi.waitFor(() => expect(told).toHaveLength(waits * 100));
    // However often others have their turn, it waits.
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    expect(made).toBe(waits * 100 - 1);
    isBehind = false;
    process.stdout.emit("drain");
  }
  expect(await shown).toEqual([]);
  expect(told).toHaveLength(1_000);
});
