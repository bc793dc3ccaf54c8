import fc from "fast-check";
import { expect, test } from "vitest";
import type { BudgetWindow, Lane } from "../../src-shared/domain/budget.ts";
import { createPace } from "../../src-main/engine/sync/pace.ts";
import { createMemoryBudget } from "../builders/memory-budget.ts";
import { createVirtualClock } from "../builders/virtual-clock.ts";

const windows: readonly BudgetWindow[] = [
  { name: "ten_seconds", lengthMs: 10_000, limit: 100, share: 0.98, daily: false, reset: { kind: "rolling" } },
  { name: "second", lengthMs: 1_000, limit: 15, share: 0.98, daily: false, reset: { kind: "rolling" } },
];

/** Arrivals as the vendor sees them, counted independently of the pace: the most in any window. */
function mostInAnyWindow(arrivals: readonly number[], lengthMs: number): number {
  let most = 0;
  let head = 0;
  arrivals.forEach((at, index) => {
    while ((arrivals[head] ?? 0) <= at - lengthMs) head += 1;
    most = Math.max(most, index - head + 1);
  });
  return most;
}

type Step = Readonly<
  | { kind: "send"; latencyMs: number; lane: Lane }
  | { kind: "wait"; ms: number }
  | { kind: "restart"; wallJumpMs: number }
>;
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      kind: fc.constant("send" as const),
      latencyMs: fc.integer({ min: 0, max: 3_000 }),
      lane: fc.constantFrom<Lane>(0, 1, 2, 3),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 4_000 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("restart" as const),
      wallJumpMs: fc.integer({ min: -3_600_000, max: 3_600_000 }),
    }),
  },
);

test("no window is ever exceeded as the vendor counts arrivals, across latencies, restarts and jumps of the clock", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 50, maxLength: 400, size: "max" }),
      fc.integer({ min: 0, max: 1_000_000 }),
      async (steps, seed) => {
        const clock = createVirtualClock();
        const budget = createMemoryBudget();
        const arrivals: number[] = [];
        const open: Array<{ id: number; arrivesAt: number; answersAt: number; session: number }> = [];
        let session = 1;
        let pace = createPace({ clock, budget, integrationId: 1, sessionId: session, windows, serverNow: clock.now });
        let random = seed;
        const next = (): number => (random = (random * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
        const settleUntil = (now: number): void => {
          for (const request of [...open].toSorted((a, b) => a.answersAt - b.answersAt)) {
            if (request.answersAt > now) continue;
            if (request.session === session) pace.settle({ id: request.id }, []);
            open.splice(open.indexOf(request), 1);
          }
        };
        for (const each of steps) {
          if (each.kind === "wait") await clock.advance(each.ms);
          if (each.kind === "restart") {
            session += 1;
            clock.jumpWall(each.wallJumpMs);
            pace = createPace({ clock, budget, integrationId: 1, sessionId: session, windows, serverNow: clock.now });
          }
          if (each.kind === "send") {
            for (
              let verdict = pace.ask({ ten_seconds: 1, second: 1 }, each.lane);
              !verdict.ok;
              verdict = pace.ask({ ten_seconds: 1, second: 1 }, each.lane)
            ) {
              await clock.advance(verdict.waitMs);
              settleUntil(clock.monotonic());
            }
            const { id } = pace.reserve({ ten_seconds: 1, second: 1 }, each.lane);
            // The request arrives at any moment between its send and its answer.
            const arrivesAt = clock.monotonic() + next() * each.latencyMs;
            arrivals.push(arrivesAt);
            open.push({ id, arrivesAt, answersAt: clock.monotonic() + each.latencyMs, session });
          }
          settleUntil(clock.monotonic());
        }
        const ordered = arrivals.toSorted((a, b) => a - b);
        expect(mostInAnyWindow(ordered, 10_000)).toBeLessThanOrEqual(98);
        expect(mostInAnyWindow(ordered, 1_000)).toBeLessThanOrEqual(14);
      },
    ),
    { numRuns: 60 },
  );
});
