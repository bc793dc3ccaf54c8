import fc from "fast-check";
import { expect, test } from "vitest";
import { createSandboxClock } from "../../../src-main/sandbox/core/clock.ts";
import { createDailyWindow } from "../../../src-main/sandbox/core/daily-window.ts";
import { createOtherApplications } from "../../../src-main/sandbox/core/other-applications.ts";
import { createRecordStore } from "../../../src-main/sandbox/core/record-store.ts";
import { createRollingWindow } from "../../../src-main/sandbox/core/rolling-window.ts";
import { createSeededRandom, toShuffled } from "../../../src-main/sandbox/core/seeded-random.ts";
import { dayStartIn, nextMidnightIn, zoneOffsetMs } from "../../../src-main/sandbox/core/time-zone.ts";
import { createVendorRouter } from "../../../src-main/sandbox/core/vendor-router.ts";

type Row = { readonly id: string; readonly phone: string };

test("a rolling window never lets more than its limit through, and lets in whatever fits", () => {
  const arrivals = fc.array(fc.record({ gap: fc.nat(400), cost: fc.integer({ min: 1, max: 5 }) }), { maxLength: 200 });
  fc.assert(
    fc.property(arrivals, fc.integer({ min: 1, max: 20 }), (steps, limit) => {
      const window = createRollingWindow(1000);
      const taken: { at: number; cost: number }[] = [];
      let now = 0;
      for (const { gap, cost } of steps) {
        now += gap;
        const used = taken.filter(({ at }) => at > now - 1000).reduce((sum, entry) => sum + entry.cost, 0);
        const fits = used + cost <= limit;
        expect(window.take(now, limit, cost)).toBe(fits);
        if (fits) taken.push({ at: now, cost });
        expect(window.used(now)).toBe(fits ? used + cost : used);
      }
    }),
  );
});

test("the max of a window is the most that arrived in any span of its length", () => {
  const window = createRollingWindow(1000);
  for (const at of [0, 500, 999, 1000, 1400, 3000]) window.take(at, 1);
  expect(window.max()).toBe(4);
  expect(window.frees(3000)).toBe(4000);
});

test("a clock runs what is due in its order, at its own time, and what it schedules meanwhile", () => {
  const clock = createSandboxClock(() => 1_000_000);
  const seen: string[] = [];
  const note = (name: string): void => void seen.push(`${name}@${clock.now() - 1_000_000}`);
  clock.after(300, () => note("c"));
  clock.after(100, () => {
    note("a");
    clock.after(100, () => note("b"));
  });
  const cancel = clock.after(150, () => note("never"));
  cancel();
  clock.advance(250);
  expect(seen).toEqual(["a@100", "b@200"]);
  clock.advance(1000);
  expect([seen.at(-1), clock.now() - 1_000_000]).toEqual(["c@300", 1250]);
  clock.close();
});

test("a clock does not run backwards when the wall clock does", () => {
  let wall = 5000;
  const clock = createSandboxClock(() => wall);
  expect(clock.now()).toBe(5000);
  wall = 4000;
  expect(clock.now()).toBe(5000);
});

test("days end at midnight of their zone, summer time included", () => {
  const zone = "America/New_York";
  const noonBeforeSummerTime = Date.parse("2026-03-08T12:00:00-04:00");
  expect(new Date(dayStartIn(zone, noonBeforeSummerTime)).toISOString()).toBe("2026-03-08T05:00:00.000Z");
  expect(new Date(nextMidnightIn(zone, noonBeforeSummerTime)).toISOString()).toBe("2026-03-09T04:00:00.000Z");
  expect(zoneOffsetMs("Asia/Kolkata", 0)).toBe(19_800_000);
});

test("a daily window starts anew at midnight; a change of zone keeps what was used", () => {
  let zone = "UTC";
  const day = createDailyWindow(() => zone);
  const noon = Date.parse("2026-11-20T12:00:00Z");
  expect([day.take(noon, 2), day.take(noon, 2), day.take(noon, 2)]).toEqual([true, true, false]);
  zone = "Europe/London";
  expect([day.used(noon), day.max()]).toEqual([2, 3]);
  expect(day.take(Date.parse("2026-11-21T00:00:00Z"), 2)).toBe(true);
});

test("other applications use their rate evenly, and what they used before counts for its day only", () => {
  let wall = 0;
  const clock = createSandboxClock(() => wall);
  const others = createOtherApplications(clock);
  others.setPerMinute(60);
  wall = 10_000;
  others.setPerMinute(120);
  wall = 20_000;
  others.setUsed(7);
  expect([others.within(10_000), others.within(15_000), others.since(0), others.since(20_001)]).toEqual([
    20, 25, 37, 0,
  ]);
});

test("a delayed view shows every state that the records had its lag ago", () => {
  const writes = fc.array(
    fc.record({
      gap: fc.nat(50),
      id: fc.nat(4).map(String),
      phone: fc.constantFrom("1", "2", ""),
      isGone: fc.boolean(),
    }),
    { maxLength: 300 },
  );
  fc.assert(
    fc.property(writes, fc.nat(120), (steps, lagMs) => {
      let wall = 0;
      const store = createRecordStore<Row>(createSandboxClock(() => wall));
      const view = store.addView(() => lagMs);
      view.addIndex({ name: "phone", keysOf: ({ phone }) => (phone === "" ? [] : [phone]) });
      const states: { at: number; rows: readonly Row[] }[] = [{ at: -1000, rows: [] }];
      for (const { gap, id, phone, isGone } of steps) {
        wall += gap;
        if (isGone) store.remove(id);
        else store.put({ id, phone });
        states.push({ at: wall, rows: [...store.current.iterate()] });
        const shown = states.findLast(({ at }) => at <= wall - lagMs)?.rows ?? [];
        const look = view.look();
        expect([...look.iterate()]).toEqual(shown);
        expect(
          look
            .find("phone", "1")
            .map((row) => row.id)
            .toSorted(),
        ).toEqual(shown.filter((row) => row.phone === "1").map((row) => row.id));
      }
    }),
    { numRuns: 60 },
  );
});

test("records iterate in order of their ids, from any of them on, however they came", () => {
  const store = createRecordStore<Row>(createSandboxClock(() => 0));
  for (const id of ["10", "9", "100", "2"]) store.put({ id, phone: "" });
  const from = (id?: string): string[] => [...store.current.iterate(id)].map((row) => row.id);
  expect([from(), from("9"), from("11")]).toEqual([["2", "9", "10", "100"], ["9", "10", "100"], ["100"]]);
});

test("the same seed gives the same series and the same order", () => {
  const series = (seed: number): number[] => Array.from({ length: 5 }, createSeededRandom(seed));
  expect(series(3)).toEqual(series(3));
  expect(series(3)).not.toEqual(series(4));
  const items = Array.from({ length: 20 }, (_, n) => n);
  const shuffled = toShuffled(items, createSeededRandom(1));
  expect(shuffled).not.toEqual(items);
  expect(shuffled.toSorted((left, right) => left - right)).toEqual(items);
});

test("routes prefer what is spelled out, decode parameters, and tell which methods a path takes", () => {
  const find = createVendorRouter([
    { method: "GET", path: "/things/:id", handle: "one" },
    { method: "POST", path: "/things/search", handle: "search" },
    { method: "PATCH", path: "/things/:id", handle: "change" },
  ] as const);
  expect(find({ method: "GET", path: "/things/a%20b/" })).toMatchObject({
    handle: "one",
    params: { id: "a b" },
    endpoint: "GET /things/:id",
  });
  expect(find({ method: "POST", path: "/things/search" })).toMatchObject({ handle: "search" });
  expect(find({ method: "DELETE", path: "/things/1" })).toEqual({ kind: "wrong-method", allowed: ["GET", "PATCH"] });
  expect(find({ method: "BREW", path: "/pot" })).toEqual({ kind: "unknown" });
});
