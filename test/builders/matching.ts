import { createMatcher } from "../../src-main/engine/matching/matcher.ts";
import { createMirror } from "../../src-main/engine/mirror/mirror.ts";
import type { Clock } from "../../src-main/engine/ports/clock.ts";
import type { Matcher } from "../../src-main/engine/ports/matcher.ts";
import type { Mirror } from "../../src-main/engine/ports/mirror.ts";
import type { Store } from "../../src-main/engine/store/open-store.ts";

/** The copy of the CRMs and the matcher over a real ledger, as the engine puts them together. */
export function createMatching(
  store: Pick<Store, "mirror" | "matchRules" | "personLedger">,
  clock: Clock,
  requestTimeoutMs = 500,
): Readonly<{ mirror: Mirror; matcher: Matcher }> {
  const mirror = createMirror({ store: store.mirror, clock });
  const matcher = createMatcher({
    clock,
    mirror,
    store: store.mirror,
    ledger: store.personLedger,
    rules: store.matchRules,
    requestTimeoutMs,
  });
  return { mirror, matcher };
}
