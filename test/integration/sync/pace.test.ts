import { expect, test } from "vitest";
import { defaultShare } from "../../../src-shared/domain/budget.ts";
import { measureUrgent, measureUse, paceCases } from "../../builders/pace-cases.ts";

test.each(paceCases)(
  "$name is used to 97 % and not exceeded, also after a kill and after jumps of the clock",
  async (each) => {
    const uses = await measureUse(each);
    for (const { phase, share, refused, most } of uses) {
      expect([phase, refused, most <= each.limit]).toEqual([phase, 0, true]);
      // Of what we let ourselves use; at a steady pace of the vendor's own limit, too.
      const least = phase === "steady" ? 0.97 : 0.97 * (Math.floor(each.limit * defaultShare) / each.limit);
      expect(share, phase).toBeGreaterThanOrEqual(least);
    }
  },
  120_000,
);

test("a real-time call behind a long bulk queue starts within the time of one call and 50 ms, wherever in a window it comes", async () => {
  const waits = await measureUrgent(420, [1, 1_300, 2_700, 900, 4_100, 77, 3_333]);
  const interval = 10_000 / Math.floor(100 * defaultShare);
  expect(Math.max(...waits)).toBeLessThanOrEqual(interval + 50);
}, 120_000);
