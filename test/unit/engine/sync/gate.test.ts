import { expect, test, vi } from "vitest";
import { createGate, spacingMs } from "../../../../src-main/engine/sync/gate.ts";
import type { BudgetWindow } from "../../../../src-shared/domain/budget.ts";

const realTime = { now: () => Date.now(), monotonic: () => performance.now() };

const day: BudgetWindow = {
  name: "day",
  lengthMs: 86_400_000,
  limit: 100_000,
  share: 1,
  daily: true,
  reset: { kind: "rolling" },
};
const short = (limit: number, lengthMs: number): BudgetWindow => ({
  ...day,
  name: "short",
  limit,
  lengthMs,
  daily: false,
});

test("requests follow at twice the rate of the widest short window", () => {
  expect(spacingMs([day, short(190, 10_000), short(5, 1_000)])).toBe(26);
  expect(spacingMs([short(150, 60_000)])).toBe(200);
  expect(spacingMs([short(1, 60_000)])).toBe(1_000);
});

test("a CRM that counts by the day alone is asked without a pause", async () => {
  expect(spacingMs([day])).toBe(0);
  const { gate } = createGate({ concurrency: 4 }, () => [day], realTime);
  const began: number[] = [];
  await Promise.all(Array.from({ length: 8 }, () => gate(async () => void began.push(performance.now()))));
  expect(Math.max(...began) - Math.min(...began)).toBeLessThan(900);
});

test("a limit that the CRM told anew counts from the next request on", async () => {
  let limit = 10;
  const { gate } = createGate({ concurrency: 4 }, () => [short(limit, 10_000)], realTime);
  const began: number[] = [];
  const ask = () => gate(async () => void began.push(performance.now()));
  await ask();
  limit = 10_000;
  await Promise.all(Array.from({ length: 8 }, ask));
  // Half a second between two, as before, would be four.
  expect(Math.max(...began) - Math.min(...began)).toBeLessThan(2_000);
  limit = 10;
  await Promise.all([ask(), ask()]);
  expect((began.at(-1) ?? 0) - (began.at(-2) ?? 0)).toBeGreaterThan(450);
});

test("a wall clock that is set back holds nothing up", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    const { gate } = createGate({ concurrency: 4 }, () => [short(100, 10_000)], realTime);
    await gate(async () => undefined);
    vi.setSystemTime(Date.now() - 3_600_000);
    await expect(gate(async () => "sent")).resolves.toBe("sent");
  } finally {
    vi.useRealTimers();
  }
});

test("who waits when the wall clock is set back is let through, after who is inside, and no sooner", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    const { gate, look } = createGate({ concurrency: 1 }, () => [short(100, 10_000)], realTime);
    const order: string[] = [];
    const inside = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const first = gate(async () => {
      begun.resolve();
      await inside.promise;
      order.push("first");
    });
    await begun.promise;
    const second = gate(async () => void order.push("second"));
    vi.setSystemTime(Date.now() - 86_400_000);
    look();
    const third = gate(async () => void order.push("third"));
    inside.resolve();
    await Promise.all([first, second, third]);
    expect(order[0]).toBe("first");
    expect(order.toSorted()).toEqual(["first", "second", "third"]);
  } finally {
    vi.useRealTimers();
  }
});

test("a clock that is set back while a request comes to the gate does not hold it", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    const { gate, look } = createGate({ concurrency: 4 }, () => [short(100, 10_000)], realTime);
    const sent = gate(async () => "sent");
    // Bottleneck looks at the clock a turn later.
    vi.setSystemTime(Date.now() - 86_400_000);
    look();
    await expect(sent).resolves.toBe("sent");
  } finally {
    vi.useRealTimers();
  }
});

test("work that fails at the gate fails as it is, once", async () => {
  const { gate } = createGate({ concurrency: 4 }, () => [day], realTime);
  let runs = 0;
  const failing = gate(async () => {
    runs += 1;
    throw new Error("no room on the disk");
  });
  await expect(failing).rejects.toThrow("no room on the disk");
  expect(runs).toBe(1);
});
