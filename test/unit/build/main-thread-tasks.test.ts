import { expect, test } from "vitest";
import { createTaskTally, toTaskLengths } from "../../../build/bench/main-thread-tasks.ts";

const named = (pid: number, tid: number, name: string) => ({ name: "thread_name", ph: "M", pid, tid, args: { name } });
const task = (pid: number, tid: number, dur: number) => ({ name: "RunTask", ph: "X", pid, tid, dur, ts: 1 });

test("only tasks of the main thread of the page's process count, wherever its name stands in the trace", () => {
  const events = [
    task(10, 1, 1_500),
    task(10, 2, 90_000),
    task(11, 1, 80_000),
    { name: "FunctionCall", ph: "X", pid: 10, tid: 1, dur: 70_000 },
    { name: "RunTask", ph: "I", pid: 10, tid: 1 },
    null,
    named(10, 2, "Compositor"),
    named(11, 1, "CrRendererMain"),
    named(10, 1, "CrRendererMain"),
    task(10, 1, 60_000),
  ];
  expect(toTaskLengths(events, 10)).toEqual([1.5, 60]);
});

test("a million tasks are counted in fixed memory, and a quantile is never told shorter than it is", () => {
  const tally = createTaskTally();
  const short = Array.from({ length: 10_000 }, (_, index) => 0.05 + (index % 100) / 100);
  for (let turn = 0; turn < 99; turn += 1) tally.add(short);
  tally.add(Array.from({ length: 10_000 }, () => 72.34));
  const { count, p50Ms, p95Ms, p99Ms, maxMs } = tally.quantiles();
  expect(count).toBe(1_000_000);
  expect(p50Ms).toBeGreaterThanOrEqual(0.55);
  expect(p50Ms).toBeLessThan(0.71);
  expect(p95Ms).toBeGreaterThanOrEqual(p50Ms);
  expect(p99Ms).toBe(72.34);
  expect(maxMs).toBe(72.34);
});

test("tasks longer than ten seconds are told by the longest of them; no task at all is told by zeros", () => {
  const tally = createTaskTally();
  expect(tally.quantiles()).toEqual({ count: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 });
  tally.add([12_000, 31_000]);
  expect(tally.quantiles()).toEqual({ count: 2, p50Ms: 31_000, p95Ms: 31_000, p99Ms: 31_000, maxMs: 31_000 });
});
