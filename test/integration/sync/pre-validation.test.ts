import { afterEach, beforeEach, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { type Office, type OfficeCrm, startOffice } from "../../builders/office.ts";
import { widenLimits } from "../../builders/wide-limits.ts";
import { type ContractFields, toldRefusals } from "../../builders/told-refusals.ts";

const caller = "+447700900101";

let office: Office;
beforeEach(async () => {
  office = await startOffice({ crms: ["hubspot", "salesforce", "zoho", "pipedrive"], requestTimeoutMs: 10_000 });
  await widenLimits(office);
  for (const { admin, person } of office.crms) {
    await admin.configure({ searchLagMs: 0 });
    await person("Alice Example", caller);
  }
}, 60_000);
afterEach(() => office.close());

const tableOf = ({ words }: OfficeCrm) => toldRefusals[words.crm];

async function countWrites(crm: OfficeCrm): Promise<number> {
  const { writes } = tableOf(crm);
  const counts = Object.entries(await crm.admin.endpoints());
  return counts.reduce((sum, [at, count]) => sum + (writes.test(at) ? count : 0), 0);
}

async function editContract(crm: OfficeCrm, edit: (fields: ContractFields) => void): Promise<void> {
  const { yaml } = await office.call("ownership:show", { id: crm.id });
  const contract = parse(yaml) as { objects: Record<string, { fields: ContractFields }> };
  edit(contract.objects[tableOf(crm).object]?.fields ?? {});
  await office.call("ownership:set", { id: crm.id, yaml: stringify(contract) });
}

test("what a CRM would refuse costs no write in any of the four, and is delivered by a replay once the CRM is mended", async () => {
  const chosen = office.crms.map((crm) => {
    const told = tableOf(crm).cases.findLast(({ contract }) => contract === undefined);
    if (told?.broken === undefined || told.mended === undefined) throw new Error("there is nothing to break");
    return { crm, told, broken: told.broken, mended: told.mended };
  });
  const before = new Map<OfficeCrm, number>();
  for (const { crm, broken } of chosen) {
    await crm.admin.configure(broken);
    // Whether we may write was tried when they were connected.
    before.set(crm, await countWrites(crm));
  }
  const [seconds = 0] = await office.importCalls([caller]);
  await office.sync();
  for (const { crm, told } of chosen) {
    const story = await office.why(seconds, crm.id);
    expect(story).toMatchObject({ state: "dead", reason: told.reason });
    expect(story.timeline.at(-1)?.summary).toMatch(/^Not sent to /);
    expect(story.timeline.at(-1)?.summary).toMatch(told.says);
    expect(await countWrites(crm)).toBe(before.get(crm));
  }

  for (const { crm, mended } of chosen) await crm.admin.configure(mended);
  const { groups } = await office.call("deadLetters:list", {});
  expect(groups).toHaveLength(4);
  for (const { id } of groups) await office.call("deadLetters:replay", { target: id, note: "" });
  await office.sync();
  for (const { crm } of chosen) {
    expect(await office.why(seconds, crm.id)).toMatchObject({ state: "delivered" });
    expect(await countWrites(crm)).toBeGreaterThan(before.get(crm) ?? 0);
  }
}, 120_000);

test("values that a rule of the contract makes fit are written so, and the audit says it", async () => {
  const [hubspot, salesforce] = office.crms;
  if (hubspot === undefined || salesforce === undefined) throw new Error("two CRMs are missing");
  for (const { id } of office.crms.slice(2)) await office.call("integrations:pause", { id, note: "" });
  await hubspot.admin.configure({ picklistValues: { calls: { hs_call_status: ["DONE", "BUSY"] } } });
  await editContract(hubspot, (fields) => {
    fields["hs_call_status"] = { ...fields["hs_call_status"], alias: { COMPLETED: "DONE" } };
  });
  await salesforce.admin.configure({ fieldMaxLength: { Task: { Subject: 12 } } });
  await editContract(salesforce, (fields) => {
    fields["Subject"] = { ...fields["Subject"], trim: true };
  });
  const [seconds = 0] = await office.importCalls([caller]);
  await office.sync();

  const told = async ({ id }: OfficeCrm) =>
    (await office.why(seconds, id)).timeline.map(({ summary }) => summary).join("\n");
  expect(await told(hubspot)).toContain('Made to fit: hs_call_status written as "DONE" for "COMPLETED".');
  expect(await told(salesforce)).toContain("Made to fit: Subject cut from 22 to 12 characters.");
  const [call] = await hubspot.admin.records("calls");
  expect(call).toMatchObject({ properties: { hs_call_status: "DONE" } });
  const [task] = await salesforce.admin.records("Task");
  expect(task).toMatchObject({ Subject: "Inbound call" });
}, 120_000);
