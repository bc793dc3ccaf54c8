import { expect } from "vitest";
import type { KillRun, KillRunAsk } from "./kill-run.ts";

/**
 * Every call is in every CRM exactly once, with its key and linked to its person; nothing else is anywhere; no CRM had to
 * refuse for its limits; the books are in order.
 */
export function expectExactlyOnce(run: KillRun, { calls, kills }: KillRunAsk): void {
  expect(run.kills).toBe(kills);
  for (const { crm, records, links, strays, people, rateLimited, windows } of run.crms) {
    expect(records, crm).toHaveLength(calls);
    expect(new Set(records.map(({ key }) => key)).size, crm).toBe(calls);
    for (const { key } of records) expect(key, crm).toMatch(/^cl_[a-z2-7]{26}$/);
    for (const { expected, actual } of links) expect(actual, crm).toEqual([expected]);
    expect(Object.values(strays), crm).toEqual(Object.keys(strays).map(() => 0));
    expect(people, crm).toBe(calls);
    expect(rateLimited, crm).toBe(0);
    for (const { name, limit, max } of windows) expect(max, `${crm} ${name}`).toBeLessThanOrEqual(limit ?? max);
  }
  const open = { queued: 0, waiting: 0, sending: 0, uncertain: 0, dead: 0, acknowledged: 0 };
  expect(run.deliveries).toEqual({ ...open, delivered: calls * run.crms.length });
  expect(run.auditOk).toBe(true);
  expect(run.balanced).toBe(true);
}
