import type { CrmAccount } from "../../src-shared/domain/integration.ts";
import type { CallOutput } from "../../src-shared/ipc/contract.ts";

type Limits = CallOutput<"integrations:check">["limits"];

/** Lengths of windows as people say them. */
function toLength(ms: number): string {
  if (ms >= 24 * 3_600_000) return "a day";
  if (ms >= 60_000) return ms === 60_000 ? "a minute" : `${ms / 60_000} minutes`;
  return ms === 1_000 ? "a second" : `${ms / 1_000} seconds`;
}

/** Who we are signed in as, on which plan, and what the CRM lets us call. */
export function toAccountLines(account: CrmAccount, limits: Limits): readonly string[] {
  const facts = [
    `Account: ${account.name} (id ${account.accountId})`,
    account.plan === undefined ? undefined : `plan ${account.plan}`,
    account.timeZone === undefined ? undefined : `time zone ${account.timeZone}`,
  ].filter((fact) => fact !== undefined);
  const windows = limits
    .filter(({ limit }) => limit < Number.MAX_SAFE_INTEGER)
    .map(({ name, limit, lengthMs, used, usedByOthers }) => {
      const total = Math.round(used + usedByOthers).toLocaleString("en");
      return `  ${name.replaceAll("_", " ")}: ${limit.toLocaleString("en")} in ${toLength(lengthMs)}, ${total} used`;
    });
  return [`${facts.join(", ")}.`, ...(windows.length === 0 ? [] : ["Limits:", ...windows])];
}
