import { expect, test } from "vitest";
import { runCrowd, toCrowdLine } from "../../builders/crowd-run.ts";
import { hubspotSubject } from "../../builders/hubspot-subject.ts";
import { crmWords } from "../../builders/mirror-stage.ts";
import { pipedriveSubject } from "../../builders/pipedrive-subject.ts";
import { salesforceSubject } from "../../builders/salesforce-subject.ts";
import { zohoSubject } from "../../builders/zoho-subject.ts";

test.each([
  [crmWords.hubspot, hubspotSubject],
  [crmWords.salesforce, salesforceSubject],
  [crmWords.zoho, zohoSubject],
  [crmWords.pipedrive, pipedriveSubject],
] as const)(
  "no call is matched to somebody who has not its number, and every question says why it is one ($crm)",
  { timeout: 60_000 },
  async (words, subject) => {
    const run = await runCrowd(subject, words, { people: 1_500, calls: 800, seed: 11 });
    console.log(toCrowdLine(words.crm, run));
    expect(run.wrong).toEqual([]);
    expect(run.asked).toBeGreaterThan(0);
    expect(run.explained).toBe(run.asked);
    expect(run.held).toBe(40);
    expect(run.lookUps).toBe(0);
    expect(run.laterReadings).toBeLessThanOrEqual(8);
  },
);
