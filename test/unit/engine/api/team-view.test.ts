import { expect, test } from "vitest";
import { toTeamView } from "../../../../src-main/engine/api/team-view.ts";
import type { TeamState } from "../../../../src-shared/domain/team.ts";

const since = Date.UTC(2026, 10, 20, 10, 4);

function viewOf(state: TeamState | null, share = 50) {
  const unused = (): never => {
    throw new Error("nothing is to be asked of Redis or of the keychain, or changed");
  };
  const settings = { url: "redis://redis.example.com", secret: { kind: "env", name: "REDIS_SECRET" }, share } as const;
  const store = { settings: () => settings, state: () => state, set: unused, setState: unused };
  const secret = { read: unused, write: unused, remove: unused };
  return toTeamView({ team: { store, secret, test: unused, close: unused }, timeZone: () => "Europe/London" });
}

test("a PC that cannot reach Redis says since when, why, and what it uses meanwhile", () => {
  const alone = { state: "alone", since, problem: "nothing listens at its address" } as const;
  expect(viewOf(alone)).toMatchObject({
    mode: "alone",
    since,
    sentence:
      "team mode: Redis can't be reached since 20 Nov 2026, 10:04:00 (nothing listens at its address); using half of the limit.",
  });
  expect(viewOf(alone, 30)?.sentence).toContain("using 30 % of the limit");
});

test("a PC that shares says with how many, and when their shares are too much", () => {
  const shared = { state: "shared", since, pcs: 2, shares: 100 } as const;
  expect(viewOf(shared)).toMatchObject({ mode: "shared", pcs: 2 });
  expect(viewOf(shared)?.sentence).toBe("team mode: 2 PCs share the limits since 20 Nov 2026, 10:04:00.");
  expect(viewOf({ ...shared, pcs: 1 })?.sentence).toContain("this PC alone shares");
  expect(viewOf({ ...shared, pcs: 3, shares: 150 })?.sentence).toContain("come to 150 %");
});

test("a team without a run is set, and its password is nowhere in what is told", () => {
  expect(viewOf(null)).toMatchObject({
    mode: "off",
    since: null,
    pcs: null,
    secret: { kind: "env", name: "REDIS_SECRET" },
  });
});
