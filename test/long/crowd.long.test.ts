import { expect, test } from "vitest";
import { runCrowd, toCrowdLine } from "../builders/crowd-run.ts";
import { hubspotSubject } from "../builders/hubspot-subject.ts";
import { crmWords } from "../builders/mirror-stage.ts";
import { pipedriveSubject } from "../builders/pipedrive-subject.ts";
import { salesforceSubject } from "../builders/salesforce-subject.ts";
import { zohoSubject } from "../builders/zoho-subject.ts";

test.each([
  [crmWords.hubspot, hubspotSubject],
  [crmWords.salesforce, salesforceSubject],
  [crmWords.zoho, zohoSubject],
  [crmWords.pipedrive, pipedriveSubject],
] as const)(
  "100,000 people, 3 % of them sharing a number and 2 % without one that can be read; 10,000 calls, 5 % of strangers: none is matched wrongly, at less than a call to the CRM for 100 ($crm)",
  { timeout: 900_000 },
  async (words, subject) => {
    const run = await runCrowd(subject, words, { people: 100_000, calls: 10_000, seed: 5 });
    console.log(toCrowdLine(words.crm, run));
    expect(run.wrong).toEqual([]);
    expect(run.asked).toBeGreaterThan(0);
    expect(run.explained).toBe(run.asked);
    expect(run.held).toBe(500);
    expect(run.lookUps).toBeLessThanOrEqual(100);
    expect(run.laterReadings).toBeLessThanOrEqual(8);
  },
);
