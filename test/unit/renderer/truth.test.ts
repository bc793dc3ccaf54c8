import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { callOutcome } from "../../../src-shared/domain/call-outcome.ts";
import { say } from "../../../src-renderer/words/say.ts";
import { countMissing, toBar, toSum } from "../../../src-renderer/views/overview/sum.ts";
import { toStatementLines } from "../../../src-renderer/views/overview/statement-lines.ts";
import { toTruth } from "../../../src-renderer/views/overview/truth.ts";
import { aConnection, aDay, aGroup, aLedger, anImport, noStates } from "../../builders/window-ledger.ts";

const time = (at: number): string => `t${at}`;
const sentence = (change: Parameters<typeof aLedger>[0] = {}): string => {
  const { key, values } = toTruth({ ...aLedger(change), time });
  return say(key, values);
};

describe("the sentence of truth", () => {
  test("says that all is well, with the number of calls", () => {
    expect(sentence()).toBe("All 412 calls of today are accounted for.");
    expect(sentence({ today: aDay({ calls: 1, outcomes: { delivered: 1 } }) })).toBe(
      "The 1 call of today is accounted for.",
    );
  });

  test("says what needs a person, of today and of before", () => {
    const today = aDay({ calls: 412, outcomes: { delivered: 409, failed: 3 } });
    expect(sentence({ today })).toBe("All 412 calls of today are accounted for. 3 need you.");
    expect(sentence({ attention: [aGroup({ count: 5 })] })).toBe(
      "All 412 calls of today are accounted for. 5 earlier calls need you.",
    );
    const none = aDay({ calls: 0, outcomes: {} });
    expect(sentence({ today: none, attention: [aGroup({ count: 1 })] })).toBe(
      "No calls yet today. 1 earlier call needs you.",
    );
  });

  test("puts a CRM that signed us out before failed calls, and a pause after them", () => {
    const deliveries = { ...noStates, waiting: 40, queued: 6 };
    const today = aDay({ calls: 412, outcomes: { delivered: 409, failed: 3 } });
    const connections = [aConnection({ state: "blocked", blockedReason: "auth_revoked", deliveries })];
    expect(sentence({ today, connections })).toBe("All 412 calls of today are accounted for. 46 wait for you.");
    const paused = [aConnection({ state: "paused", deliveries })];
    expect(sentence({ connections: paused })).toBe(
      "All 412 calls of today are accounted for. 46 wait because you paused sending.",
    );
    expect(sentence({ today, connections: paused })).toContain("3 need you");
  });

  test("says how far a reading is", () => {
    const running = anImport({
      state: "running",
      progress: {
        file: "a",
        filesDone: 1,
        files: 3,
        rows: 612_400,
        bytes: 160_000_000,
        totalBytes: 263_000_000,
        rowsPerSecond: 24_000,
        secondsLeft: 16,
      },
    });
    expect(sentence({ imports: [running] })).toBe("612,400 rows read so far. File 2 of 3.");
    expect(sentence({ imports: [anImport({ state: "running", progress: null })] })).toBe("Reading has begun.");
    expect(sentence({ imports: [anImport({ state: "done" })] })).toContain("All 412");
  });

  test("admits calls that are not accounted for before all else, also those that one CRM alone lacks", () => {
    const blocked = [aConnection({ state: "blocked" })];
    const short = aDay({ calls: 414, outcomes: { delivered: 412 } });
    expect(sentence({ today: short, connections: blocked })).toBe(
      "2 calls of today are not accounted for. We are looking for them now.",
    );
    const today = aDay({ calls: 1, outcomes: { delivered: 1 } });
    const [balance] = today.byIntegration;
    if (balance === undefined) throw new Error("the day has an integration");
    const lacking = { ...today, byIntegration: [{ ...balance, eligible: 1, states: noStates }] };
    expect(countMissing(lacking)).toBe(1);
    expect(sentence({ today: lacking })).toContain("1 call of today is not accounted for. We are looking for it now.");
  });

  test("gives the time of its numbers while the agent does not run, and never pretends they are of now", () => {
    const restarting = { phase: "restarting", since: 1, restarts: 1, retryAt: 2 } as const;
    expect(sentence({ engine: restarting, asOf: 77 })).toBe("Numbers as of t77. The agent is starting again.");
    const refused = { phase: "refused", since: 1, message: "a share" } as const;
    expect(sentence({ engine: refused, asOf: 77 })).toBe("Numbers as of t77. The agent does not run.");
    expect(toTruth({ ...aLedger({ engine: restarting }), time }).isStale).toBe(true);
    expect(sentence({ engine: null, today: null, asOf: null })).toBe("The agent is starting.");
  });

  test("tells an empty ledger from a quiet day", () => {
    const today = aDay({ calls: 0, outcomes: {} });
    expect(sentence({ today, sources: [], connections: [aConnection({ deliveries: noStates })] })).toBe(
      "Nothing to account for yet.",
    );
    expect(sentence({ today })).toBe("No calls yet today. Everything is connected and listening.");
    expect(sentence({ today, connections: [] })).toBe("No calls yet today.");
  });
});

const outcomes = fc.record(
  Object.fromEntries(callOutcome.options.map((name) => [name, fc.nat({ max: 100_000 })])) as Record<
    (typeof callOutcome.options)[number],
    fc.Arbitrary<number>
  >,
);

test("the terms of the sum always make its total, whatever is missing", () => {
  fc.assert(
    fc.property(outcomes, fc.nat({ max: 500 }), (counts, missing) => {
      const calls = Object.values(counts).reduce((sum, count) => sum + count, 0) + missing;
      const sum = toSum(aDay({ calls, outcomes: counts }));
      expect(sum.terms.reduce((total, { count }) => total + count, 0)).toBe(sum.calls);
      expect(sum.calls).toBe(calls);
    }),
  );
});

test("the bar fills its width, and shows a single call among a million", () => {
  fc.assert(
    fc.property(outcomes, (counts) => {
      const calls = Object.values(counts).reduce((sum, count) => sum + count, 0);
      fc.pre(calls > 0);
      const bar = toBar(toSum(aDay({ calls, outcomes: counts })));
      const last = bar.at(-1);
      expect((last?.x ?? 0) + (last?.width ?? 0)).toBeCloseTo(100);
    }),
  );
  const bar = toBar(toSum(aDay({ calls: 1_000_000, outcomes: { delivered: 999_999, failed: 1 } })));
  expect(bar.find(({ name }) => name === "failed")?.width).toBeGreaterThan(0.5);
});

test("the lines of the daily statement lead from rows to calls", () => {
  const day = aDay({ rows: 457, legs: 450, calls: 412, skipped: { duplicate: 5, non_call: 2 } });
  const lines = toStatementLines(day);
  expect(lines.map(({ count }) => count)).toEqual([457, -5, -2, -38, 412]);
  expect(lines.slice(0, -1).reduce((sum, { count }) => sum + count, 0)).toBe(412);
  expect(toStatementLines(aDay({ rows: 2, legs: 2, calls: 2 })).map(({ count }) => count)).toEqual([2, 2]);
});
