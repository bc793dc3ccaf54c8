import { expect, test } from "vitest";
import { live } from "../../builders/long-life.ts";

test("three days on a virtual clock: each call is written once, a look for work comes by the new calls alone, and after two nights asleep each schedule is done once", async () => {
  const life = await live({ days: 3, callsADay: 40, keptDays: 7, stops: [2] });
  expect(life).toMatchObject({ copies: 0, missing: 0, balanced: true, troubles: [] });
  expect(life.days.map(({ delivered }) => delivered)).toEqual([40, 80, 120]);
  expect(life.verification).toMatchObject({ ok: true, seals: 3 });
  // Ten new calls wait each time: what was written before is not come by again.
  expect(life.days.map(({ visited }) => visited)).toEqual([
    [10, 0],
    [10, 0],
    [10, 0],
  ]);
  expect(life.afterSleep).toEqual({ checks: 2, backups: 1, upkeeps: 1, mirrorRounds: 1 });
  expect(life.days.at(-1)?.backups).toBe(3);
}, 300_000);
