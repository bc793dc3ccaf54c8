import type { BudgetWindow, OwnShare } from "./budget.ts";
import type { StoredSettings } from "./vendor-settings.ts";

/** What an administrator leaves to other applications of the account, from an integration's settings. */
function readOwnShare({ useAtMostPercent, leaveForOthers }: StoredSettings): OwnShare | undefined {
  if (useAtMostPercent === undefined && leaveForOthers === undefined) return undefined;
  return { share: Number(useAtMostPercent ?? "100") / 100, leave: Number(leaveForOthers ?? "0") };
}

/** A vendor's limits with what an integration's settings leave of them to others. */
export function withOwnShare(windows: readonly BudgetWindow[], settings: StoredSettings): readonly BudgetWindow[] {
  const own = readOwnShare(settings);
  return own === undefined ? windows : windows.map((window) => ({ ...window, own }));
}
