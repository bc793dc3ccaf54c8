import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { BudgetWindow } from "../../../src-shared/domain/budget.ts";
import { createMemoryBudget } from "../../builders/memory-budget.ts";
import { hasRedis, startRedis, type RealRedis } from "../../builders/redis-server.ts";
import { createTeamPc, type TeamPc, type TeamPcAsk, until } from "../../builders/team-pc.ts";

const rolling = { kind: "rolling" } as const;
/** Long enough that nothing leaves it during a test. */
const minute: BudgetWindow = { name: "minute", lengthMs: 60_000, limit: 10, share: 1, daily: false, reset: rolling };
const second: BudgetWindow = { ...minute, name: "second", lengthMs: 1_000 };
const day: BudgetWindow = { ...minute, name: "day", lengthMs: 86_400_000, limit: 100, daily: true };

describe.skipIf(!hasRedis)("windows that PCs share through a real Redis", () => {
  let redis: RealRedis;
  const team: TeamPc[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());
  beforeEach(() => redis.command("FLUSHALL"));
  afterEach(async () => {
    for (const pc of team.splice(0)) await pc.leave();
  });

  const anotherPc = (ask: TeamPcAsk): TeamPc => {
    const pc = createTeamPc(redis, ask);
    team.push(pc);
    return pc;
  };
  /** Two that joined, with nobody missing any more. */
  async function twoPcs(ask: TeamPcAsk, others: Partial<TeamPcAsk> = {}): Promise<readonly [TeamPc, TeamPc]> {
    const pair = [anotherPc(ask), anotherPc({ ...ask, ...others })] as const;
    await until(() => pair.some((pc) => Object.keys(pc.told()).length === 2));
    await redis.edit("s.wait = {}");
    return pair;
  }
  const fill = async (pcs: readonly TeamPc[], cost: Readonly<Record<string, number>>, lane: 0 | 1 | 2 | 3 = 1) => {
    let sent = 0;
    for (let turn = 0; turn < 200; turn += 1) {
      const pc = pcs[turn % pcs.length];
      if (pc === undefined || !(await pc.send(cost, lane))) return sent;
      sent += 1;
    }
    return sent;
  };
  const gaugeOf = (pc: TeamPc, name: string) => pc.pace.gauges().find((gauge) => gauge.name === name);

  test("two PCs use a window to its end together, and not beyond; each sees the other's part", async () => {
    const [first, other] = await twoPcs({ windows: [minute] });
    expect(await fill([first, other], { minute: 1 })).toBe(10);
    expect(await first.send({ minute: 1 })).toBe(false);
    expect(await other.send({ minute: 1 })).toBe(false);
    expect(gaugeOf(other, "minute")).toMatchObject({ used: 5, usedByOthers: 5, limit: 10 });
  });

  test("costs are weighted, and several windows count at once", async () => {
    const [first, other] = await twoPcs({ windows: [minute, { ...minute, name: "search", limit: 3 }] });
    expect(await first.send({ minute: 4, search: 1 })).toBe(true);
    expect(await other.send({ minute: 4, search: 2 })).toBe(true);
    expect(await first.reserve({ minute: 1, search: 1 })).toMatchObject({ window: "search" });
    expect(await other.reserve({ minute: 3 })).toMatchObject({ window: "minute" });
    expect(await other.send({ minute: 2 })).toBe(true);
  });

  test("lower lanes stop short of the team's day, and the urgent one still gets through", async () => {
    const pcs = await twoPcs({ windows: [day] });
    expect(await fill(pcs, { day: 1 }, 3)).toBe(80);
    expect(await fill(pcs, { day: 1 }, 2)).toBe(10);
    expect(await fill(pcs, { day: 1 }, 1)).toBe(7);
    expect(await fill(pcs, { day: 1 }, 0)).toBe(3);
  });

  test("a cost leaves one window after its answer, not after its send", async () => {
    const [first, other] = await twoPcs({ windows: [{ ...second, limit: 1 }] });
    const reservation = await first.reserve({ second: 1 });
    // As if the request took two windows.
    await redis.edit("s.at = s.at + 2000; s.off = s.off - 2000");
    expect(await other.reserve({ second: 1 })).toEqual({ waitMs: 25, window: "second" });
    if ("waitMs" in reservation) throw new Error("there was no room for the first");
    first.pace.settle(reservation, []);
    await until(async () => {
      const refused = await other.reserve({ second: 1 });
      return "waitMs" in refused && refused.waitMs > 500;
    });
    await until(() => other.send({ second: 1 }));
  });

  test("what the server's headers told one PC counts for all: others' use, its limit, and its refusal", async () => {
    const [first, other] = await twoPcs({ windows: [minute, { ...minute, name: "search" }] });
    expect(await first.send({ minute: 1 }, 1, [{ window: "minute", limit: 20, remaining: 4 }])).toBe(true);
    await until(() => gaugeOf(first, "minute")?.usedByOthers === 15);
    expect(await fill([other], { minute: 1 })).toBe(4);
    expect(gaugeOf(other, "minute")).toMatchObject({ limit: 20, used: 4, usedByOthers: 16 });
    expect(await first.send({ search: 1 }, 1, [{ window: "search", blockedForMs: 30_000 }])).toBe(true);
    await until(async () => "waitMs" in (await other.reserve({ search: 1 })));
    expect(gaugeOf(other, "search")?.blockedUntil).toBeGreaterThan(Date.now() + 20_000);
  });

  test("answers of one PC do not make the other's requests look like those of strangers", async () => {
    const [first, other] = await twoPcs({ windows: [minute] });
    for (let turn = 0; turn < 4; turn += 1) {
      expect(await first.send({ minute: 1 }, 1, [{ window: "minute", remaining: 9 - turn * 2 }])).toBe(true);
      expect(await other.send({ minute: 1 }, 1, [{ window: "minute", remaining: 8 - turn * 2 }])).toBe(true);
    }
    expect(await fill([first, other], { minute: 1 })).toBe(2);
    expect(gaugeOf(first, "minute")).toMatchObject({ used: 5, usedByOthers: 5 });
  });

  test("an answer that comes late, with an older count, does not make the others' use look smaller", async () => {
    const [first, other] = await twoPcs({ windows: [{ ...minute, limit: 100 }] });
    const [early, late] = [await first.reserve({ minute: 1 }), await other.reserve({ minute: 1 })];
    if ("waitMs" in early || "waitMs" in late) throw new Error("there was no room");
    // Strangers had 5 when the first came, and 25 when the other came, which was answered before it.
    other.pace.settle(late, [{ window: "minute", remaining: 100 - 2 - 25 }]);
    await until(() => gaugeOf(other, "minute")?.usedByOthers === 1 + 25);
    first.pace.settle(early, [{ window: "minute", remaining: 100 - 1 - 5 }]);
    // It goes with the next ask.
    const next = await first.reserve({ minute: 1 });
    expect(gaugeOf(first, "minute")).toMatchObject({ used: 2, usedByOthers: 1 + 25 });
    // What is told of a later request counts alone.
    if ("waitMs" in next) throw new Error("there was no room");
    first.pace.settle(next, [{ window: "minute", remaining: 100 - 3 - 10 }]);
    await until(() => gaugeOf(first, "minute")?.usedByOthers === 1 + 10);
  });

  test("a dead PC's open requests count until one window after it fell silent, then no more", async () => {
    const [first, other] = await twoPcs({ windows: [minute] });
    for (let turn = 0; turn < 10; turn += 1) await first.reserve({ minute: 1 });
    await first.kill();
    // Silent for eight seconds: what it sent last may have arrived a second ago.
    await redis.edit("for _, m in pairs(s.mem) do if m.share == 50 then m.seen = m.seen - 8000 end end");
    expect(await other.send({ minute: 1 })).toBe(false);
    expect(gaugeOf(other, "minute")).toMatchObject({ used: 0, usedByOthers: 10 });
    await redis.edit("for _, e in ipairs(s.win.minute.e) do e[1] = e[1] - 60000 end");
    expect(await fill([other], { minute: 1 })).toBe(10);
  });

  test("room that is given back is free at once, in the day too", async () => {
    const [first, other] = await twoPcs({ windows: [minute, { ...day, limit: 10 }] });
    const taken = await first.pace.shared?.take({ minute: 10, day: 10 }, 0);
    expect(taken?.ok).toBe(true);
    expect(await other.send({ minute: 1, day: 1 }, 0)).toBe(false);
    if (taken?.ok === true) first.pace.shared?.giveBack(taken.grant);
    await until(() => other.send({ minute: 10, day: 10 }, 0));
  });

  test("what is asked in one turn goes in one round trip, the urgent first", async () => {
    const [first] = await twoPcs({ windows: [minute] });
    const before = await countVisits();
    const asks = ([3, 1, 0, 2] as const).map(async (lane) => first.pace.shared?.take({ minute: 5 }, lane));
    const verdicts = await Promise.all(asks);
    expect(verdicts.map((verdict) => verdict?.ok)).toEqual([false, true, true, false]);
    // The two PCs show that they live once a second; nothing else is said.
    expect((await countVisits()) - before).toBeLessThanOrEqual(1 + 2);
  });

  async function countVisits(): Promise<number> {
    const stats = String(await redis.command("INFO", "commandstats"));
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  }

  test("the script is loaded once, and again by itself where somebody emptied Redis' memory of scripts", async () => {
    const [first, other] = await twoPcs({ windows: [minute] });
    await redis.command("SCRIPT", "FLUSH");
    await redis.command("CONFIG", "RESETSTAT");
    expect(await fill([first, other], { minute: 1 })).toBe(10);
    const stats = String(await redis.command("INFO", "commandstats"));
    // At most once by each of the two, who both may have found it gone.
    expect(Number(/cmdstat_eval:calls=(\d+)/.exec(stats)?.[1])).toBeLessThanOrEqual(2);
    expect(stats).not.toContain("cmdstat_script|load");
  });

  test("who was refused comes before who asks later, and an urgent call before both", async () => {
    const [first, other] = await twoPcs({ windows: [minute] });
    const held = await first.pace.shared?.take({ minute: 10 }, 1);
    expect(await first.send({ minute: 1 }, 3)).toBe(false);
    expect(await other.send({ minute: 1 }, 0)).toBe(false);
    if (held?.ok === true) first.pace.shared?.giveBack(held.grant);
    // Nine are free for whoever comes; the tenth is kept for the urgent call of the other PC.
    expect(await first.reserve({ minute: 10 }, 3)).toEqual({ waitMs: 25, window: "minute" });
    expect(await other.send({ minute: 1 }, 0)).toBe(true);
    expect(await first.send({ minute: 9 }, 3)).toBe(true);
  });

  test("a key holds one account alone, and leaves everything else in a shared Redis as it is", async () => {
    await redis.command("SET", "callledger", "somebody's");
    const [first] = await twoPcs({ windows: [minute] });
    const another = anotherPc({ windows: [minute], key: "callledger:team:1:{zoho:test}" });
    await until(() => Object.keys(another.told()).length === 1);
    await redis.edit("s.wait = {}");
    expect(await fill([first], { minute: 1 })).toBe(10);
    expect(await fill([another], { minute: 1 })).toBe(10);
    expect(await redis.command("KEYS", "*")).toHaveLength(3);
    expect(await redis.command("GET", "callledger")).toBe("somebody's");
    expect(Number(await redis.command("PTTL", "callledger:team:1:{zoho:test}"))).toBeGreaterThan(86_400_000);
  });

  describe("when Redis cannot be trusted", () => {
    test("windows that nobody knows are full until every PC that may have sent had time to come", async () => {
      const pc = anotherPc({ windows: [minute] });
      expect(await pc.reserve({ minute: 1 })).toEqual({ waitMs: 250, window: "minute" });
      await redis.edit("for pc, since in pairs(s.wait) do s.wait[pc] = since - 66000 end");
      expect(await pc.send({ minute: 1 })).toBe(true);
    });

    test("a Redis that comes back with an older copy, or was emptied, is told what it lost before anything is sent", async () => {
      const [first, other] = await twoPcs({ windows: [minute, day] });
      const both = [first, other];
      for (const turn of [0, 1, 2, 3]) expect(await both[turn % 2]?.send({ minute: 1, day: 1 })).toBe(true);
      for (const saved of [true, false]) {
        if (saved) await redis.command("SAVE");
        for (const pc of both) expect(await pc.send({ minute: 1, day: 1 })).toBe(true);
        if (saved) {
          await redis.stop();
          await redis.start();
        } else await redis.command("FLUSHALL");
        const sent = saved ? 3 : 4;
        await until(() => both.every((pc) => gaugeOf(pc, "minute")?.usedByOthers === sent));
        await until(() => both.every((pc) => gaugeOf(pc, "day")?.usedByOthers === sent));
      }
      expect(await fill(both, { minute: 1, day: 1 })).toBe(2);
    });

    test("a step of Redis' clock forward empties no window, and one back does not stop it", async () => {
      const [first, other] = await twoPcs({ windows: [minute, { ...second, limit: 100 }] });
      expect(await fill([first, other], { minute: 1 })).toBe(10);
      await redis.edit("s.off = s.off - 3600000");
      expect(await first.send({ minute: 1 })).toBe(false);
      expect(await other.send({ minute: 1 })).toBe(false);
      expect(await first.send({ second: 100 })).toBe(true);
      await redis.edit("s.off = s.off + 3600000");
      await until(() => other.send({ second: 100 }));
    });

    test("a state that another version wrote, or somebody damaged, is made anew from the logs of all PCs", async () => {
      const [first, other] = await twoPcs({ windows: [minute] });
      expect(await fill([first, other], { minute: 1 })).toBe(10);
      await redis.edit("s.v = 2");
      expect(await first.send({ minute: 1 })).toBe(false);
      await redis.command("APPEND", "callledger:team:1:{hubspot:test}", "damaged");
      expect(await first.send({ minute: 1 })).toBe(false);
      expect(await other.send({ minute: 1 })).toBe(false);
      expect(await first.send({ minute: 1 })).toBe(false);
      expect(gaugeOf(first, "minute")).toMatchObject({ used: 5, usedByOthers: 5 });
    });
  });

  test("a second engine on the same folder takes the place of the first, with what that one stored", async () => {
    const budget = createMemoryBudget();
    const [first, other] = await twoPcs(
      { windows: [minute], pc: "pc-a", budget },
      { pc: "pc-b", budget: createMemoryBudget() },
    );
    expect(await fill([first], { minute: 1 })).toBe(10);
    await first.kill();
    await redis.edit("for _, m in pairs(s.mem) do if m.pc == 'pc-a' then m.seen = m.seen - 5000 end end");
    const next = anotherPc({ windows: [minute], pc: "pc-a", budget, sessionId: 2 });
    await until(() => Object.keys(next.told()).length === 2);
    expect(gaugeOf(next, "minute")).toMatchObject({ used: 10, usedByOthers: 0 });
    expect(await other.send({ minute: 1 })).toBe(false);
    expect(Object.keys(next.told()).toSorted()).toEqual(["pc-a", "pc-b"]);
  });

  test("two copies of one data folder that live at the same time do not wipe out each other's requests", async () => {
    const [first, copy] = await twoPcs({ windows: [minute], pc: "pc-a" }, { pc: "pc-b" });
    expect(await fill([first], { minute: 1 })).toBe(10);
    const clone = anotherPc({ windows: [minute], pc: "pc-a" });
    await until(() => Object.keys(clone.told()).length === 2);
    expect(await clone.send({ minute: 1 })).toBe(false);
    expect(await copy.send({ minute: 1 })).toBe(false);
  });
});
