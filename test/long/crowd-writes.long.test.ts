import { expect, test } from "vitest";
import { writeCrowd } from "../builders/crowd-writes.ts";

/** The CRMs that take calls in batches; Pipedrive's day would be spent on one by one. */
test.each(["hubspot", "salesforce"] as const)(
  "10,000 calls among 100,000 people are matched and written: each once, none with the wrong person, at less than a request for 100 beside the writes and the copy's changes (%s)",
  { timeout: 1_800_000 },
  async (crm) => {
    const run = await writeCrowd(crm, { people: 100_000, calls: 10_000, seed: 5 });
    console.log(`${crm}: ${JSON.stringify(run)}`);
    expect(run.wrong).toEqual([]);
    expect(run.twice).toBe(0);
    expect(run.held).toBe(500);
    expect(run.delivered + run.held + run.asked).toBe(10_000);
    expect(run.delivered).toBeGreaterThan(9_000);
    // The copy's own readings of what changed apart: writing a call changes the record of its person.
    expect(run.others).toBeLessThanOrEqual(100);
  },
);
