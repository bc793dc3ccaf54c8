import { expect, test } from "vitest";
import { defaultShare } from "../../../src-shared/domain/budget.ts";
import { measureUse, paceCases } from "../../builders/pace-cases.ts";

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
