import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BudgetWindow } from "../../../src-shared/domain/budget.ts";
import { hasRedis, startRedis, type RealRedis } from "../../builders/redis-server.ts";
import { createTeamPc } from "../../builders/team-pc.ts";

const window: BudgetWindow = {
  name: "short",
  lengthMs: 1_000,
  limit: 10,
  share: 1,
  daily: false,
  reset: { kind: "rolling" },
};

describe.skipIf(!hasRedis)("two PCs on one Redis", () => {
  let redis: RealRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  test("windows that nobody knows are full until every PC that may have sent had time to come", async () => {
    const pc = createTeamPc(redis, { windows: [window] });
    expect(await pc.reserve({ short: 1 })).toEqual({ waitMs: 250, window: "short" });
    await pc.leave();
  });
});
