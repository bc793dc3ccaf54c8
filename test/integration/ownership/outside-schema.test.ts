import { afterAll, beforeAll, expect, test } from "vitest";
import { type Office, type OfficeCrm, startOffice } from "../../builders/office.ts";
import { toldRefusals } from "../../builders/told-refusals.ts";

const caller = "+447700900101";

let office: Office;
beforeAll(async () => {
  office = await startOffice({ crms: ["hubspot", "salesforce", "zoho", "pipedrive"], requestTimeoutMs: 10_000 });
  for (const { admin, person } of office.crms) {
    await admin.configure({ searchLagMs: 0 });
    await person("Alice Example", caller);
  }
  // The first run reads how the fields are.
  await office.importCalls([caller]);
  await office.sync();
}, 60_000);
afterAll(() => office.close());

const caseOf = ({ words }: OfficeCrm, what: string) =>
  toldRefusals[words.crm].cases.find((each) => each.what === what && each.broken !== undefined);
const driftOf = async ({ id }: OfficeCrm) => (await office.call("integrations:check", { id })).drift;

test.each([
  ["a field is gone", "removed"],
  ["a value was retired from its list", "value_retired"],
])(
  "that %s is seen in the check, in status and in why, with what to do, until it is mended",
  { timeout: 120_000 },
  async (what, kind) => {
    const broken = office.crms.filter((crm) => caseOf(crm, what) !== undefined);
    expect(broken.length).toBeGreaterThan(1);
    for (const crm of broken) await crm.admin.configure(caseOf(crm, what)?.broken ?? {});
    const [seconds = 0] = await office.importCalls([caller]);
    await office.sync();
    const { integrations } = await office.call("status:get", {});
    for (const crm of broken) {
      const { crm: name } = crm.words;
      const field = caseOf(crm, what)?.field ?? "";
      expect(await driftOf(crm), name).toMatchObject([{ field, kind, fix: expect.stringMatching(/contract/) }]);
      const [sentence] = integrations.find(({ id }) => id === crm.id)?.drift ?? [];
      expect(sentence, name).toContain(field);
      const story = await office.why(seconds, crm.id);
      expect({ name, state: story.state }).toEqual({ name, state: "dead" });
      expect(story.paragraphs, name).toContain(sentence);
    }
    for (const crm of broken) {
      await crm.admin.configure(caseOf(crm, what)?.mended ?? {});
      expect(await driftOf(crm), crm.words.crm).toEqual([]);
    }
  },
);
