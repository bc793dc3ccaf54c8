import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import type { CrmType } from "../../src-shared/domain/integration.ts";
import { type Office, type OfficeCrm, startOffice } from "../builders/office.ts";
import { widenLimits } from "../builders/wide-limits.ts";
import { type ContractFields, type ToldRefusal, toldRefusals } from "../builders/told-refusals.ts";

const caller = "+447700900101";

type Contract = { objects: Record<string, { fields: ContractFields }> };

describe.each(Object.entries(toldRefusals))("%s", (name, { object, writes, cases }) => {
  let office: Office;
  let crm: OfficeCrm;
  beforeAll(async () => {
    office = await startOffice({ crms: [name as CrmType], requestTimeoutMs: 10_000 });
    await widenLimits(office);
    crm = office.crms[0] as OfficeCrm;
    await crm.admin.configure({ searchLagMs: 0 });
    await crm.person("Alice Example", caller);
  }, 60_000);
  afterAll(() => office.close());
  afterEach(async () => {
    for (const { mended } of cases) if (mended !== undefined) await crm.admin.configure(mended);
  });

  const countWrites = async (): Promise<number> =>
    Object.entries(await crm.admin.endpoints()).reduce((sum, [at, count]) => sum + (writes.test(at) ? count : 0), 0);

  async function useContract(change: ToldRefusal["contract"]): Promise<void> {
    await office.call("ownership:set", { id: crm.id, yaml: null });
    if (change === undefined) return;
    const { yaml } = await office.call("ownership:show", { id: crm.id });
    const contract = parse(yaml) as Contract;
    change(contract.objects[object]?.fields ?? {});
    await office.call("ownership:set", { id: crm.id, yaml: stringify(contract) });
  }

  test.each(cases)(
    "$what: found before anything is sent, and healed by a replay",
    async (each) => {
      if (each.broken !== undefined) await crm.admin.configure(each.broken);
      await useContract(each.contract);
      const before = await countWrites();
      const [seconds = 0] = await office.importCalls([caller]);
      await office.sync();

      const story = await office.why(seconds, crm.id);
      expect(story).toMatchObject({ state: "dead", reason: each.reason });
      expect(story.timeline.map(({ summary }) => summary).join("\n")).toMatch(each.says);
      expect(story.timeline.at(-1)?.summary).toMatch(/^Not sent to /);
      const { groups } = await office.call("deadLetters:list", {});
      expect(groups.map(({ reason, cause, count }) => [reason, cause, count])).toEqual([[each.reason, each.field, 1]]);
      expect(await countWrites()).toBe(before);

      if (each.mended === undefined) await useContract(undefined);
      else await crm.admin.configure(each.mended);
      await office.call("deadLetters:replay", { target: groups[0]?.id ?? "", note: "" });
      await office.sync();
      expect(await office.why(seconds, crm.id)).toMatchObject({ state: "delivered" });
      expect(await countWrites()).toBeGreaterThan(before);
    },
    120_000,
  );
});
