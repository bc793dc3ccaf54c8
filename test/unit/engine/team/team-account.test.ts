import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createPace } from "../../../../src-main/engine/sync/pace.ts";
import { createTeamPace } from "../../../../src-main/engine/sync/team-pace.ts";
import { createTeamAccount } from "../../../../src-main/engine/team/team-account.ts";
import type { LinkState, TeamLink } from "../../../../src-main/engine/team/team-link.ts";
import { aShortWindow as window } from "../../../builders/a-pace.ts";
import { createMemoryBudget } from "../../../builders/memory-budget.ts";
import { createVirtualClock } from "../../../builders/virtual-clock.ts";

const cost = { ten_seconds: 1 };

type Message = Readonly<{
  take: readonly Readonly<{ id: string }>[];
  drop: readonly string[];
  done: readonly string[];
  bye?: boolean;
  join?: Readonly<{ back: boolean; roster: readonly string[]; roll: Record<string, number[][]>; open: object }>;
}>;

/** One PC on shared windows that grant everything, or are gone. */
function aPc(share = 50) {
  const clock = createVirtualClock();
  const said: Message[] = [];
  const listeners = new Set<(state: LinkState) => void>();
  let state: LinkState = { kind: "connecting" };
  let answer = (message: Message): object | null | Promise<object> => ({
    t: clock.now(),
    ep: "one",
    take: message.take.map(() => ({ ok: true })),
    windows: { ten_seconds: { used: 70, own: 40, others: 5, blocked: 0 } },
    pcs: { me: { share, silent: 0 } },
    awaited: ["other"],
  });
  const link: TeamLink = {
    state: () => state,
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    visit: async (_key, text) => {
      const message: Message = JSON.parse(text);
      said.push(message);
      const answered = await answer(message);
      return answered === null ? null : JSON.stringify(answered);
    },
    close: async () => undefined,
  };
  const become = async (next: LinkState): Promise<void> => {
    state = next;
    for (const listener of listeners) listener(next);
    for (let turns = 0; turns < 5; turns += 1) await turn();
  };
  const own = createPace({
    clock,
    budget: createMemoryBudget(),
    integrationId: 1,
    sessionId: 1,
    windows: [window],
    serverNow: clock.now,
  });
  const account = createTeamAccount({
    clock,
    link,
    key: "key",
    memberId: "m",
    pc: "me",
    share,
    own: { ...own, serverTime: () => ({ now: clock.now(), isKnown: true }) },
    onTold: () => undefined,
  });
  const pace = createTeamPace(own, account, clock);
  /** Sends as long as it may, without a wait; how many went. */
  const sendAll = (): number => {
    let sent = 0;
    for (; pace.ask(cost, 1).ok; sent += 1) pace.settle(pace.reserve(cost, 1), []);
    return sent;
  };
  return {
    clock,
    said,
    pace,
    account,
    sendAll,
    up: () => become({ kind: "up", since: clock.now() }),
    down: () => become({ kind: "down", since: clock.now(), problem: "it closed the connection" }),
    answerWith: (next: (message: Message) => object | null | Promise<object>) => {
      answer = next;
    },
  };
}

const take = async (pc: ReturnType<typeof aPc>) => {
  const taking = pc.pace.shared?.take(cost, 1) ?? null;
  for (let turns = 0; turns < 5; turns += 1) await turn();
  return taking;
};

test("while Redis cannot be reached a PC waits one window and a grace, then uses its share, never more", async () => {
  const pc = aPc();
  await pc.up();
  expect(await take(pc)).toMatchObject({ ok: true });
  await pc.down();
  expect(await take(pc)).toBeNull();
  expect(pc.pace.ask(cost, 0)).toEqual({ ok: false, waitMs: 15_000, window: "ten_seconds" });
  await pc.clock.advance(14_999);
  expect(pc.sendAll()).toBe(0);
  await pc.clock.advance(1);
  expect(pc.sendAll()).toBe(49);
  await pc.clock.advance(9_999);
  expect(pc.sendAll()).toBe(0);
  await pc.clock.advance(1);
  expect(pc.sendAll()).toBe(49);
});

test("a PC that finds no Redis at its start uses its share as well, after the same wait", async () => {
  const pc = aPc(30);
  expect(await take(pc)).toEqual({ ok: false, waitMs: 50, window: "team" });
  await pc.down();
  await pc.clock.advance(14_999);
  expect(pc.sendAll()).toBe(0);
  await pc.clock.advance(1);
  expect(pc.sendAll()).toBe(29);
});

test("others' use that the CRM's answers tell counts while this PC is alone, and does not eat its share", async () => {
  const pc = aPc();
  await pc.down();
  await pc.clock.advance(15_000);
  const reservation = pc.pace.reserve(cost, 1);
  pc.pace.settle(reservation, [{ window: "ten_seconds", remaining: 60 }]);
  // 39 by others: 59 are left to 98, of which 49 are this PC's.
  expect(pc.sendAll()).toBe(48);
});

test("what was sent alone is told when Redis is back, with who else was there", async () => {
  const pc = aPc();
  await pc.up();
  await pc.down();
  await pc.clock.advance(15_000);
  // Of this one the CRM told that it counted it; what had no such answer may never have come.
  pc.pace.settle(pc.pace.reserve(cost, 1), [{ window: "ten_seconds", remaining: 99 }]);
  expect(pc.sendAll()).toBe(48);
  const open = pc.pace.reserve(cost, 1);
  await pc.clock.advance(4_000);
  await pc.up();
  const { join } = pc.said.at(-1) ?? {};
  expect(join).toMatchObject({ back: true, roster: ["me", "other"] });
  expect(join?.roll["ten_seconds"]).toHaveLength(49);
  expect(join?.roll["ten_seconds"]?.slice(0, 2)).toEqual([
    [1, 6_000, 4_000],
    [1, 6_000],
  ]);
  expect(Object.values(join?.open ?? {})).toEqual([cost]);
  pc.pace.settle(open, []);
  for (let turns = 0; turns < 5; turns += 1) await turn();
  expect(pc.said.at(-1)?.done).toEqual(Object.keys(join?.open ?? {}));
});

test("windows that were lost are joined anew at once, without another word of what they never got", async () => {
  const pc = aPc();
  await pc.up();
  let isLost = true;
  const before = pc.said.length;
  pc.answerWith((message) => {
    const grants = { t: 1, ep: "two", take: message.take.map(() => ({ ok: true })), windows: {}, pcs: {}, awaited: {} };
    const answered = isLost ? { lost: true } : grants;
    isLost = false;
    return answered;
  });
  expect(await take(pc)).toMatchObject({ ok: true });
  expect(pc.said.slice(before).map(({ join }) => join?.back)).toEqual([undefined, false]);
});

test("an answer that came after so long that the room may be another's grants nothing, and gives the room back", async () => {
  const pc = aPc();
  await pc.up();
  const usual = { t: 1, ep: "one", windows: {}, pcs: {}, awaited: {} };
  let isSlow = true;
  pc.answerWith(async (message) => {
    if (isSlow) await pc.clock.advance(4_001);
    isSlow = false;
    return { ...usual, take: message.take.map(() => ({ ok: true })) };
  });
  expect(await take(pc)).toEqual({ ok: false, waitMs: 1, window: "team" });
  await take(pc);
  expect(pc.said.flatMap(({ drop }) => drop)).toEqual([expect.stringMatching(/^m\.\d+$/)]);
});

test("asks that wait for an answer when the way is cut are let go, and the PC counts alone", async () => {
  const pc = aPc();
  await pc.up();
  pc.answerWith(() => null);
  const taking = pc.pace.shared?.take(cost, 1);
  await turn();
  await turn();
  expect(await taking).toEqual({ ok: false, waitMs: 1, window: "team" });
});

test("a run that ends says so: nothing of it stays open", async () => {
  const pc = aPc();
  await pc.up();
  await pc.account.leave();
  expect(pc.said.at(-1)?.bye).toBe(true);
});

test("gauges tell this PC's use, and that of the team and of strangers as others'", async () => {
  const pc = aPc();
  await pc.up();
  expect(pc.pace.gauges()).toMatchObject([{ name: "ten_seconds", used: 40, usedByOthers: 35, limit: 100 }]);
  await pc.down();
  expect(pc.pace.gauges()).toMatchObject([{ used: 0, usedByOthers: 0 }]);
});

test("a PC shows once a second that it lives while it works, and twice a minute when it rests", async () => {
  const pc = aPc();
  await pc.up();
  const before = pc.said.length;
  for (let second = 0; second < 3; second += 1) {
    await pc.clock.advance(1_000);
    for (let turns = 0; turns < 5; turns += 1) await turn();
  }
  expect(pc.said.length - before).toBe(3);
  for (let second = 0; second < 57; second += 1) {
    await pc.clock.advance(1_000);
    for (let turns = 0; turns < 5; turns += 1) await turn();
  }
  const resting = pc.said.length;
  for (let second = 0; second < 90; second += 1) {
    await pc.clock.advance(1_000);
    for (let turns = 0; turns < 5; turns += 1) await turn();
  }
  expect(pc.said.length - resting).toBeLessThanOrEqual(4);
  expect(pc.said.length - resting).toBeGreaterThanOrEqual(2);
});
