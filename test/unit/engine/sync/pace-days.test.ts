import { describe, expect, test } from "vitest";
import type { Cost } from "../../../../src-shared/domain/budget.ts";
import type { CrmAccount, CrmType } from "../../../../src-shared/domain/integration.ts";
import { createConnector, connectorKinds } from "../../../../src-main/connectors/registry.ts";
import { parseContract } from "../../../../src-main/engine/ownership/contract-file.ts";
import { createPace } from "../../../../src-main/engine/sync/pace.ts";
import { createMemoryBudget } from "../../../builders/memory-budget.ts";
import { createVirtualClock } from "../../../builders/virtual-clock.ts";

const hourMs = 3_600_000;
/** After the vendor's midnight nobody hurries: its clock and ours need not agree to the second. */
const marginMs = 5_000;

/** A vendor's own windows on a clock that begins here. */
function aDay(crm: CrmType, start: number, ask: Readonly<{ zone?: string; settings?: Record<string, string> }> = {}) {
  const clock = createVirtualClock(start);
  const contract = parseContract(connectorKinds[crm]?.readDefaultContract({}) ?? "");
  if (!contract.ok) throw new Error("the default contract is not valid");
  const account: CrmAccount = {
    accountId: "1",
    name: "Test Clinic",
    ...(ask.zone === undefined ? {} : { timeZone: ask.zone }),
  };
  const connector = createConnector(crm, {
    credential: () => Promise.reject(new Error("nobody signs in")),
    settings: ask.settings ?? {},
    contract: contract.value,
    account,
    clock,
  });
  const windows = connector.windows(account);
  const found = windows.find(({ daily }) => daily);
  if (found === undefined) throw new Error("there is no window of a day");
  const pace = createPace({
    clock,
    budget: createMemoryBudget(),
    integrationId: 1,
    sessionId: 1,
    windows,
    serverNow: clock.now,
  });
  const cost: Cost = { [found.name]: found.limit };
  const spendAll = (): void => pace.settle(pace.reserve(cost, 0), []);
  const waitMs = (): number => {
    const verdict = pace.ask({ [found.name]: 1 }, 0);
    return verdict.ok ? 0 : verdict.waitMs;
  };
  return { clock, spendAll, waitMs };
}

describe("the vendor's day changes", () => {
  test("HubSpot: at midnight of the portal's zone", async () => {
    const { clock, spendAll, waitMs } = aDay("hubspot", Date.UTC(2026, 10, 20, 9), { zone: "US/Eastern" });
    spendAll();
    expect(waitMs()).toBe(20 * hourMs + marginMs);
    await clock.advance(20 * hourMs);
    expect(waitMs()).toBe(0);
  });

  test("HubSpot: a day of 23 hours and one of 25, as summer time begins and ends", async () => {
    const spring = aDay("hubspot", Date.UTC(2027, 2, 28, 0), { zone: "Europe/London" });
    spring.spendAll();
    expect(spring.waitMs()).toBe(23 * hourMs + marginMs);
    await spring.clock.advance(23 * hourMs);
    expect(spring.waitMs()).toBe(0);
    // The day of 25 hours begins at 23:00 UTC, in summer time still.
    const autumn = aDay("hubspot", Date.UTC(2027, 9, 30, 23), { zone: "Europe/London" });
    autumn.spendAll();
    expect(autumn.waitMs()).toBe(25 * hourMs + marginMs);
    await autumn.clock.advance(24 * hourMs);
    expect(autumn.waitMs()).toBe(hourMs + marginMs);
    await autumn.clock.advance(hourMs);
    expect(autumn.waitMs()).toBe(0);
  });

  test("Pipedrive: at midnight of its servers' zone, whatever the customer's", async () => {
    const { clock, spendAll, waitMs } = aDay("pipedrive", Date.UTC(2026, 10, 20, 9), {
      zone: "US/Eastern",
      settings: { serverTimeZone: "Europe/Berlin" },
    });
    spendAll();
    expect(waitMs()).toBe(14 * hourMs + marginMs);
    await clock.advance(14 * hourMs);
    expect(waitMs()).toBe(0);
  });

  test.each<CrmType>(["salesforce", "zoho"])(
    "%s: what was used comes back a day later, hour by hour, not at a midnight",
    async (crm) => {
      const { clock, spendAll, waitMs } = aDay(crm, Date.UTC(2026, 10, 20, 9, 30));
      spendAll();
      await clock.advance(15 * hourMs);
      expect(waitMs()).toBeGreaterThan(8 * hourMs);
      await clock.advance(8.9 * hourMs);
      expect(waitMs()).toBeGreaterThan(0);
      await clock.advance(1.1 * hourMs);
      expect(waitMs()).toBe(0);
    },
  );
});
