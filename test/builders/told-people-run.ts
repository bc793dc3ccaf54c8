import { expect } from "vitest";
import { parse, stringify } from "yaml";
import { type Office, type OfficeCrm, startOffice } from "./office.ts";
import { type ToldPerson, toldPeople } from "./told-people.ts";
import type { ContractFields } from "./told-refusals.ts";
import { widenLimits } from "./wide-limits.ts";

/** An office with every CRM, whose policy makes a contact for a number that nobody has. */
export async function startMakingOffice(): Promise<Office> {
  const crms = ["hubspot", "salesforce", "zoho", "pipedrive"] as const;
  const office = await startOffice({ crms, unknownCaller: "contact", requestTimeoutMs: 10_000 });
  await widenLimits(office);
  return office;
}

const toldOf = ({ words }: OfficeCrm) => toldPeople[words.crm];

/** How many people were asked to be made. */
async function countMade(crm: OfficeCrm): Promise<number> {
  const counts = Object.entries(await crm.admin.endpoints());
  return counts.reduce((sum, [at, count]) => sum + (toldOf(crm).writes.test(at) ? count : 0), 0);
}

/** The default contract, with a change of what new people get. */
export async function useContract(office: Office, crm: OfficeCrm, change: ToldPerson["contract"]): Promise<void> {
  const { yaml } = await office.call("ownership:set", { id: crm.id, yaml: null });
  if (change === undefined) return;
  const contract = parse(yaml) as { objects: Record<string, { fields: ContractFields }> };
  change(contract.objects[toldOf(crm).object]?.fields ?? {});
  await office.call("ownership:set", { id: crm.id, yaml: stringify(contract) });
}

const causeOf = ({ field }: ToldPerson): string => (field === null ? "a new person" : `${field} of a new person`);

/** A call of a new number under one case of each CRM: told before anybody is made, and made once it is mended. */
export async function expectTold(office: Office, caseOf: (crm: OfficeCrm) => number, number: string): Promise<void> {
  const chosen: Readonly<{ crm: OfficeCrm; told: ToldPerson; before: number }>[] = [];
  for (const crm of office.crms) {
    const told = toldOf(crm).cases[caseOf(crm)];
    if (told === undefined) throw new Error(`${crm.words.crm} has no such case`);
    if (told.broken !== undefined) await crm.admin.configure(told.broken);
    await useContract(office, crm, told.contract);
    chosen.push({ crm, told, before: await countMade(crm) });
  }
  const [seconds = 0] = await office.importCalls([number]);
  await office.sync();
  for (const { crm, told, before } of chosen) {
    const story = await office.why(seconds, crm.id);
    const said = story.timeline.at(-1)?.summary ?? "";
    const at = `${crm.words.crm}: ${told.what}: ${said}`;
    expect({ state: story.state, reason: story.reason }, at).toEqual({ state: "dead", reason: told.reason });
    expect(said).toMatch(/^Not sent to .*Nobody can be made for the number/);
    expect(said).toMatch(told.says);
    expect(await countMade(crm), at).toBe(before);
  }
  const { groups } = await office.call("deadLetters:list", {});
  expect(new Set(groups.map(({ crm, cause, count }) => `${crm}, ${cause}: ${count}`))).toEqual(
    new Set(chosen.map(({ crm, told }) => `${crm.words.crm}, ${causeOf(told)}: 1`)),
  );

  for (const { crm, told } of chosen) {
    if (told.mended !== undefined) await crm.admin.configure(told.mended);
    if (told.contract !== undefined) await useContract(office, crm, undefined);
  }
  for (const { id } of groups) await office.call("deadLetters:replay", { target: id, note: "" });
  await office.sync();
  for (const { crm, before } of chosen) {
    expect(await office.why(seconds, crm.id), crm.words.crm).toMatchObject({ state: "delivered" });
    expect(await countMade(crm), crm.words.crm).toBe(before + 1);
  }
}
