import type { CrmType } from "../../src-shared/domain/integration.ts";
import type { Office } from "./office.ts";

/** Of the sandboxes: far beyond what a test sends. */
export const sandboxLimits: Readonly<Record<CrmType, object>> = {
  hubspot: { tenSecondLimit: 100_000, searchPerSecondLimit: 1_000, dailyLimit: 10_000_000 },
  salesforce: { dailyLimit: 10_000_000 },
  zoho: { dailyLimit: 10_000_000 },
  pipedrive: { burstLimit: 100_000, searchBurstLimit: 10_000, dailyLimit: 100_000_000 },
};

/** Our own caps and first guesses. */
const settings: Readonly<Record<CrmType, Readonly<Record<string, number>>>> = {
  hubspot: {},
  salesforce: {},
  zoho: { requestsPerMinute: 100_000 },
  pipedrive: { burstLimit: 100_000, dailyTokens: 100_000_000 },
};

/** Nobody waits for a limit any more: for tests that count what is asked, or look at what becomes of it. */
export async function widenLimits({ crms, call }: Pick<Office, "crms" | "call">): Promise<void> {
  for (const { id, admin, words } of crms) {
    await admin.configure(sandboxLimits[words.crm]);
    await call("integrations:set", { id, settings: settings[words.crm] });
    // The first answers tell the CRM's own limits.
    await call("integrations:check", { id });
  }
}
