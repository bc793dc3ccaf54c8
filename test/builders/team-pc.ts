import { createPace } from "../../src-main/engine/sync/pace.ts";
import { createTeamPace } from "../../src-main/engine/sync/team-pace.ts";
import { openRedisLine } from "../../src-main/engine/team/redis-line.ts";
import { createTeamAccount } from "../../src-main/engine/team/team-account.ts";
import { createTeamLink, type TeamLink } from "../../src-main/engine/team/team-link.ts";
import type { Told } from "../../src-main/engine/team/messages.ts";
import type { Pace, Reservation } from "../../src-main/engine/ports/pace.ts";
import type { BudgetObservation, BudgetWindow, Cost, Lane } from "../../src-shared/domain/budget.ts";
import { createMemoryBudget } from "./memory-budget.ts";
import type { RealRedis } from "./redis-server.ts";
import { realClock } from "./sync-rig.ts";

export type TeamPc = Readonly<{
  pace: Pace;
  link: TeamLink;
  /** The members as they were told last. */
  told(): Told["pcs"];
  /** One request's room: a reservation, or how long to wait. Asks again while the connection is made. */
  reserve(cost: Cost, lane?: Lane): Promise<Reservation | Readonly<{ waitMs: number; window: string }>>;
  /** Reserves, and is answered at once; false where there was no room. */
  send(cost: Cost, lane?: Lane, observations?: readonly BudgetObservation[]): Promise<boolean>;
  /** The connection is gone and nothing was said: as a killed process leaves it. */
  kill(): Promise<void>;
  leave(): Promise<void>;
}>;

export type TeamPcAsk = Readonly<{
  windows: readonly BudgetWindow[];
  pc?: string;
  share?: number;
  key?: string;
  budget?: ReturnType<typeof createMemoryBudget>;
  serverNow?: () => number;
  sessionId?: number;
}>;

let members = 0;

/** One PC's pace on a real Redis, with its own log in memory, on the real clock. */
export function createTeamPc(redis: Pick<RealRedis, "url">, ask: TeamPcAsk): TeamPc {
  members += 1;
  const { windows, budget = createMemoryBudget(), serverNow = realClock.now, sessionId = 1 } = ask;
  const own = createPace({ clock: realClock, budget, integrationId: 1, sessionId, windows, serverNow });
  const link = createTeamLink({
    clock: realClock,
    target: async () => ({ ok: true, value: { url: redis.url, password: null, trusted: () => [] } }),
    open: openRedisLine,
  });
  let told: Told["pcs"] = {};
  const account = createTeamAccount({
    clock: realClock,
    link,
    key: ask.key ?? "callledger:team:1:{hubspot:test}",
    memberId: `member-${members}`,
    pc: ask.pc ?? `pc-${members}`,
    share: ask.share ?? 50,
    own: { ...own, serverTime: () => ({ now: serverNow(), isKnown: true }) },
    onTold: (pcs) => {
      told = pcs;
    },
  });
  const pace = createTeamPace(own, account, realClock);
  const reserve: TeamPc["reserve"] = async (cost, lane = 1) => {
    for (;;) {
      const taken = (await pace.shared?.take(cost, lane)) ?? null;
      const verdict = taken ?? pace.ask(cost, lane);
      if (verdict.ok) return taken?.ok === true ? pace.reserve(cost, lane, taken.grant) : pace.reserve(cost, lane);
      if (verdict.window !== "team") return { waitMs: verdict.waitMs, window: verdict.window };
      await realClock.sleep(verdict.waitMs);
    }
  };
  return {
    pace,
    link,
    told: () => told,
    reserve,
    send: async (cost, lane, observations = []) => {
      const reservation = await reserve(cost, lane);
      if ("waitMs" in reservation) return false;
      pace.settle(reservation, observations);
      return true;
    },
    kill: () => link.close(),
    leave: async () => {
      await account.leave();
      await link.close();
    },
  };
}

/** Waits for a condition, with a generous end. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const started = performance.now(); !(await isSo());) {
    if (performance.now() - started > 60_000) throw new Error("it did not come to pass");
    await realClock.sleep(10);
  }
}
