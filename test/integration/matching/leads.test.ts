import { expect, test } from "vitest";
import { startOffice } from "../../builders/office.ts";

/** What a lead is in each CRM: HubSpot and Pipedrive have none that a number could stand in for. */
const leadObjects: Readonly<Record<string, string>> = {
  hubspot: "contacts",
  salesforce: "Lead",
  zoho: "Leads",
  pipedrive: "persons",
};

test(
  "with the policy for leads, an unknown caller becomes one in each CRM, and the calls of that number are linked to it; whom a colleague deletes is not made again",
  { timeout: 90_000 },
  async () => {
    const office = await startOffice({ crms: ["hubspot", "salesforce", "zoho", "pipedrive"], unknownCaller: "lead" });
    try {
      const calls = await office.importCalls(["+442079460951", "020 7946 0951"]);
      expect(await office.sync()).toMatchObject({ delivered: 8, waiting: 0, dead: 0 });
      for (const { words, admin, linksOf, id } of office.crms) {
        const leads = await admin.records(leadObjects[words.crm] ?? "");
        expect(leads, words.crm).toHaveLength(1);
        const leadId = String(leads[0]?.["id"] ?? leads[0]?.["Id"]);
        for (const seconds of calls) expect(await linksOf(seconds), words.crm).toEqual([leadId]);
        expect((await office.why(calls[0] ?? 0, id)).paragraphs.join(" ")).toContain("CallLedger made a lead for it");
        await admin.remove(leadObjects[words.crm] ?? "", leadId);
      }
      await office.importCalls(["+442079460951"]);
      expect(await office.sync()).toMatchObject({ delivered: 0, waiting: 4 });
      for (const { words, admin } of office.crms)
        expect(await admin.records(leadObjects[words.crm] ?? ""), words.crm).toHaveLength(0);
    } finally {
      await office.close();
    }
  },
);
