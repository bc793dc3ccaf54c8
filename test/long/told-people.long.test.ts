import { afterAll, beforeAll, expect, test } from "vitest";
import type { Office } from "../builders/office.ts";
import { expectTold, startMakingOffice, useContract } from "../builders/told-people-run.ts";

let office: Office;
beforeAll(async () => {
  office = await startMakingOffice();
}, 60_000);
afterAll(() => office.close());

test.each([0, 1, 2, 3])(
  "everything that a CRM would refuse of a person and tells beforehand costs no request to make one (case %i of each)",
  { timeout: 120_000 },
  (index) => expectTold(office, () => index, `+44770090060${index}`),
);

test("a value that the contract lets be made to fit is, and the story says so", { timeout: 120_000 }, async () => {
  const salesforce = office.crms.find(({ words }) => words.crm === "salesforce");
  if (salesforce === undefined) throw new Error("there is no Salesforce");
  await salesforce.admin.configure({ fieldMaxLength: { Contact: { LastName: 9 } } });
  await useContract(office, salesforce, (fields) => {
    fields["LastName"] = { ...fields["LastName"], trim: true };
  });
  const [seconds = 0] = await office.importCalls(["+447700900699"]);
  await office.sync();
  const story = await office.why(seconds, salesforce.id);
  expect(story.state).toBe("delivered");
  expect(story.paragraphs.join(" ")).toContain("LastName cut from 13 to 9 characters");
  const held = await salesforce.admin.records("Contact");
  expect(held.filter((record) => record["LastName"] === "+44770090")).toHaveLength(1);
});
