import { describe, expect, test } from "vitest";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import { type Office, startOffice } from "../../builders/office.ts";

const minuteMs = 60_000;
const number = "+447700900001";

type Cause = Readonly<{ crm: CrmType; cause: string; reason: string; broken: object; repaired: object; calls: string }>;

/** A state of each CRM that refuses our calls, and the state in which it takes them again. */
const causes: readonly Cause[] = [
  {
    crm: "hubspot",
    cause: "a retired picklist value is back",
    reason: "value_rejected",
    broken: { picklistValues: { calls: { hs_call_status: ["BUSY"] } } },
    repaired: { picklistValues: {} },
    calls: "calls",
  },
  {
    crm: "salesforce",
    cause: "a removed field is back",
    reason: "field_missing",
    broken: { removedFields: { Task: ["CallType"] } },
    repaired: { removedFields: {} },
    calls: "Task",
  },
  {
    crm: "zoho",
    cause: "a removed custom field is back",
    reason: "field_missing",
    broken: { removedFields: { Calls: ["Call_Sync_Seconds"] } },
    repaired: { removedFields: {} },
    calls: "Calls",
  },
  {
    crm: "pipedrive",
    cause: "a revoked permission is restored",
    reason: "permission_denied",
    broken: { fieldPermissions: { activities: { note: "read" } } },
    repaired: { fieldPermissions: {} },
    calls: "activities",
  },
];

async function healItself(office: Office, each: Cause): Promise<void> {
  const [crm] = office.crms;
  if (crm === undefined) throw new Error("nothing is connected");
  await crm.person("Alice Example", number);
  await office.pass(minuteMs);
  await crm.admin.configure(each.broken);
  await office.importCalls([number, number]);
  await office.sync();
  const groups = async () => (await office.call("deadLetters:list", {})).groups;
  expect(await groups()).toMatchObject([{ reason: each.reason, count: 2, nextStep: expect.stringMatching(/\w/) }]);

  // The cause stays: one of the two calls tries, no more, and the group is as it was.
  await office.pass(20 * minuteMs);
  await office.sync();
  expect(await groups()).toMatchObject([{ reason: each.reason, count: 2 }]);
  const { entries } = await office.call("audit:search", { text: "to see whether its cause is gone", limit: 50 });
  expect(entries).toHaveLength(1);

  await crm.admin.configure(each.repaired);
  await office.pass(60 * minuteMs);
  await office.sync();
  expect(await groups()).toEqual([]);
  expect(await crm.admin.records(each.calls)).toHaveLength(2);
  expect(office.events.filter(({ event }) => event === "group:healed")).toMatchObject([
    { reason: each.reason, count: 2, integrationId: crm.id },
  ]);
  const { runs } = await office.call("deadLetters:history", { target: null, limit: 10 });
  expect(runs).toMatchObject([{ kind: "heal", moved: 1, delivered: 1, failed: 0, open: 0 }]);
}

describe.concurrent("a cause of dead letters that goes away at the CRM", { timeout: 120_000 }, () => {
  test.each(causes)("$crm: $cause, and the group heals itself", async (each) => {
    const office = await startOffice({ crms: [each.crm], requestTimeoutMs: 20_000 });
    try {
      await expect(healItself(office, each)).resolves.toBeUndefined();
    } finally {
      await office.close();
    }
  });
});
