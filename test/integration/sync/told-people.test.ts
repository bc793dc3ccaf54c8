import { afterAll, beforeAll, expect, test } from "vitest";
import type { Office } from "../../builders/office.ts";
import { expectTold, startMakingOffice } from "../../builders/told-people-run.ts";
import { toldPeople } from "../../builders/told-people.ts";

let office: Office;
beforeAll(async () => {
  office = await startMakingOffice();
}, 60_000);
afterAll(() => office.close());

const wanted = {
  hubspot: "the user may not create any",
  salesforce: "a required value is missing",
  zoho: "a value was retired from its list",
  pipedrive: "a text is too long",
} as const;

test(
  "what a CRM would refuse of a person whom we make is found before anything is sent in any of the four, and heals when it is mended",
  { timeout: 120_000 },
  async () => {
    const caseOf = ({ words }: Office["crms"][number]): number =>
      toldPeople[words.crm].cases.findIndex(({ what }) => what === wanted[words.crm]);
    await expectTold(office, caseOf, "+447700900601");
    expect((await office.call("deadLetters:list", {})).groups).toEqual([]);
  },
);
