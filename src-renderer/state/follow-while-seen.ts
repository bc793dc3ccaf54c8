import type { LedgerStore } from "./ledger-store.ts";

/** A hidden window follows nothing: no subscription, no work. What is shown is brought up to date when it is seen again. */
export function followWhileSeen(ledger: Pick<LedgerStore, "follow">, page: Document): void {
  let end: (() => void) | undefined;
  const update = (): void => {
    if (page.visibilityState === "hidden") {
      end?.();
      end = undefined;
    } else end ??= ledger.follow();
  };
  page.addEventListener("visibilitychange", update);
  update();
}
