import { expect, test } from "vitest";
import { crmNames } from "../../src-shared/domain/crm-names.ts";
import { toWritesLine, writeCrowd } from "../builders/crowd-writes.ts";

test.each(["hubspot", "salesforce", "zoho", "pipedrive"] as const)(
  "10,000 calls among 100,000 people are matched and written by the whole engine: each once, none with the wrong person, every question explained, at no more than a request for 100 calls beside the writes and the copy's changes (%s)",
  { timeout: 900_000 },
  async (crm) => {
    const run = await writeCrowd(crm, { people: 100_000, calls: 10_000, seed: 5 });
    console.log(toWritesLine(crm, run));
    expect(run.wrong, crmNames[crm]).toEqual([]);
    expect(run.twice).toBe(0);
    expect(run.held).toBe(500);
    expect(run.delivered + run.held + run.asked).toBe(10_000);
    expect(run.delivered).toBeGreaterThan(9_000);
    expect(run.asked).toBeGreaterThan(0);
    expect(run.explained).toBe(run.asked);
    expect(run.requests.people, JSON.stringify(run.strange)).toBeLessThanOrEqual(100);
  },
);
