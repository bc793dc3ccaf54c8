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

type Sent = Readonly<{ upMs: number; downMs: number; pauseMs: number; fate: "answered" | "lost" | "late" }>;
const sent: fc.Arbitrary<Sent> = fc.record({
  upMs: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 3_000 })),
  downMs: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 8_000 })),
  pauseMs: fc.integer({ min: 0, max: 300 }),
  fate: fc.constantFrom("answered", "answered", "answered", "lost", "late"),
});

test("what others use never looks smaller than it is, however late and in whatever order answers come, and whatever is lost", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(sent, { minLength: 20, maxLength: 200, size: "max" }),
      fc.integer({ min: 1, max: 40 }),
      async (requests, others) => {
        const clock = createVirtualClock();
        const budget = createMemoryBudget();
        const [window] = windows;
        if (window === undefined) throw new Error("there is a window");
        const parts = { clock, budget, integrationId: 1, sessionId: 1, windows: [window], serverNow: clock.now };
        const pace = createPace(parts);
        const events: Array<Readonly<{ at: number; run: () => void }>> = [];
        const arrivals: number[] = [];
        let words = 0;
        const runUntil = async (until: number): Promise<void> => {
          for (;;) {
            const next = events.toSorted((a, b) => a.at - b.at)[0];
            if (next === undefined || next.at > until) break;
            events.splice(events.indexOf(next), 1);
            await clock.advance(Math.max(0, next.at - clock.monotonic()));
            next.run();
          }
          await clock.advance(Math.max(0, until - clock.monotonic()));
        };
        const take = (at: number): number => {
          arrivals.push(at);
          return arrivals.filter((each) => each > at - window.lengthMs).length + others;
        };
        for (const { upMs, downMs, pauseMs, fate } of requests) {
          await runUntil(clock.monotonic() + pauseMs);
          if (!pace.ask({ ten_seconds: 1 }, 0).ok) continue;
          const reservation = pace.reserve({ ten_seconds: 1 }, 0);
          const arrivesAt = clock.monotonic() + upMs;
          const endsAt = arrivesAt + downMs;
          if (fate !== "answered") {
            events.push({ at: endsAt, run: () => pace.settle(reservation, []) });
            if (fate === "late") events.push({ at: endsAt + upMs, run: () => void take(clock.monotonic()) });
            continue;
          }
          let used = 0;
          events.push({ at: arrivesAt, run: () => void (used = take(clock.monotonic())) });
          const hear = (): void => {
            const remaining = Math.max(0, window.limit - used);
            pace.settle(reservation, [{ window: "ten_seconds", limit: window.limit, remaining }]);
            words += 1;
            // A vendor that is full tells no more than that.
            if (remaining > 0) expect(pace.gauges()[0]?.usedByOthers).toBeGreaterThanOrEqual(others);
          };
          events.push({ at: endsAt, run: hear });
        }
        await runUntil(clock.monotonic() + 30_000);
        expect(words).toBeGreaterThan(0);
      },
    ),
    { numRuns: 60 },
  );
});
