import { describe, expect, test } from "vitest";
import { connectorKinds, createConnector } from "../../../src-main/connectors/registry.ts";
import { parseContract } from "../../../src-main/engine/ownership/contract-file.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";

const read = (crm: CrmType, given: unknown) => {
  const kind = connectorKinds[crm];
  if (kind === undefined) throw new Error(`there is no ${crm}`);
  return kind.settings.read(given);
};

describe("settings of a CRM", () => {
  test.each<[CrmType, Record<string, unknown>, Record<string, string>]>([
    ["salesforce", { keyField: "Our_Key__c" }, { keyField: "Our_Key__c" }],
    ["hubspot", { keyProperty: "our_key" }, { keyProperty: "our_key" }],
    [
      "zoho",
      { keyProperty: "PBX_Key", trigger: ["workflow", "approval"], requestsPerMinute: 60, dataCentre: "eu" },
      { keyProperty: "PBX_Key", trigger: "workflow,approval", requestsPerMinute: "60", dataCentre: "eu" },
    ],
    ["zoho", { keyIn: "description" }, { keyIn: "description" }],
    ["zoho", { trigger: "ALL", requestsPerMinute: "0" }, { trigger: "all", requestsPerMinute: "0" }],
    [
      "pipedrive",
      { activityType: "phone_call", callLogs: true, dailyTokens: 150_000, burstLimit: 100, serverTimeZone: "UTC" },
      { activityType: "phone_call", callLogs: "on", dailyTokens: "150000", burstLimit: "100", serverTimeZone: "UTC" },
    ],
    ["pipedrive", { callLogs: "off" }, { callLogs: "off" }],
    ["pipedrive", {}, {}],
  ])("%s takes %j; as it is stored it is taken again, and makes a connector", (crm, given, stored) => {
    expect(read(crm, given)).toEqual({ ok: true, value: stored });
    expect(read(crm, stored)).toEqual({ ok: true, value: stored });
    const contract = parseContract(connectorKinds[crm]?.readDefaultContract(stored) ?? "");
    if (!contract.ok) throw new Error("the default contract is not valid");
    const connector = createConnector(crm, {
      credential: () => Promise.reject(new Error("nobody signs in")),
      settings: stored,
      contract: contract.value,
      account: null,
      clock: { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() },
    });
    expect(connector.crm).toBe(crm);
  });

  test.each<[CrmType, unknown, string]>([
    ["salesforce", { keyField: "1 Key" }, "keyField: takes the API name of a field"],
    [
      "salesforce",
      { keyProperty: "x" },
      "keyProperty: no such setting; there are keyField, country, sharedAbove, agents, useAtMostPercent, leaveForOthers",
    ],
    ["hubspot", { keyProperty: "Our Key" }, "keyProperty: takes the internal name"],
    ["hubspot", "x", "settings: "],
    ["zoho", { trigger: "everything" }, "trigger: takes none, all, or some of workflow"],
    ["zoho", { trigger: "all,workflow" }, "trigger: takes none"],
    ["zoho", { trigger: 5 }, "trigger: takes none"],
    ["zoho", { keyIn: "subject" }, "keyIn: takes field or description"],
    ["zoho", { requestsPerMinute: -1 }, "requestsPerMinute: takes a whole number from 0"],
    ["zoho", { requestsPerMinute: "many" }, "requestsPerMinute: takes a whole number from 0"],
    ["zoho", { dataCentre: "mars" }, "dataCentre: takes one of us, eu"],
    ["pipedrive", { callLogs: "perhaps" }, "callLogs: takes true or false"],
    ["pipedrive", { dailyTokens: 0 }, "dailyTokens: takes a whole number from 1"],
    ["pipedrive", { burstLimit: 1.5 }, "burstLimit: takes a whole number from 1"],
    ["pipedrive", { serverTimeZone: "Mars/Base" }, "serverTimeZone: takes a time zone"],
    ["pipedrive", { activityType: "phone call" }, "activityType: takes the key"],
  ])("%s refuses %j by name", (crm, given, words) => {
    expect(read(crm, given)).toMatchObject({ ok: false, fault: expect.stringContaining(words) });
  });
});
