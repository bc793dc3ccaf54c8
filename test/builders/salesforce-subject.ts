import { z } from "zod";
import { createSalesforceConnector, type SalesforceOptions } from "../../src-main/connectors/salesforce/connector.ts";
import { readDefaultContract } from "../../src-main/connectors/salesforce/default-contract.ts";
import { parseContract } from "../../src-main/engine/ownership/contract-file.ts";
import type { Connector } from "../../src-main/engine/ports/connector.ts";
import { startSandbox } from "../../src-main/sandbox/main.ts";
import type { CrmAccount } from "../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../src-shared/domain/ownership.ts";
import type { ConnectorSubject, StartedSubject } from "../contract/connector-suite.ts";
import { testClock } from "./hubspot-subject.ts";
import { createSandboxAdmin } from "./sandbox-admin.ts";

export const salesforceKeyField = "CallLedger_Key__c";

/** Salesforce's default contract, parsed. */
export function readSalesforceContract(): OwnershipContract {
  const parsed = parseContract(readDefaultContract());
  if (!parsed.ok) throw new Error(`the default contract does not parse: ${JSON.stringify(parsed)}`);
  return parsed.value;
}

export type SalesforceStage = StartedSubject &
  Readonly<{
    token: string;
    /** What the sandbox's app signs in with. */
    app: Readonly<{ clientId: string; clientSecret: string; refreshToken: string }>;
    open(options?: Partial<SalesforceOptions>): Connector;
    /** An empty org with every default again. */
    reset(): Promise<void>;
  }>;

const taskRecord = z.looseObject({
  Id: z.string(),
  [salesforceKeyField]: z.string(),
  WhoId: z.string().nullable(),
  WhatId: z.string().nullable(),
});

/** A Salesforce sandbox of its own, as the contract suite wants it. */
export async function startSalesforce(): Promise<SalesforceStage> {
  const sandbox = await startSandbox();
  const access = sandbox.salesforce;
  if (access === undefined) throw new Error("there is no Salesforce sandbox");
  const admin = createSandboxAdmin(sandbox.admin, "salesforce");
  const contract = readSalesforceContract();
  const open = (options: Partial<SalesforceOptions> = {}): Connector =>
    createSalesforceConnector({
      credential: () => Promise.resolve({ ok: true, value: { token: access.token } }),
      settings: {},
      contract,
      account: null,
      clock: testClock,
      ...options,
    });
  return {
    baseUrl: access.baseUrl,
    token: access.token,
    app: {
      clientId: access["clientId"] ?? "",
      clientSecret: access["clientSecret"] ?? "",
      refreshToken: access["refreshToken"] ?? "",
    },
    admin,
    contract,
    reset: async () => {
      const answer = await fetch(`${sandbox.admin}/reset`, { method: "POST" });
      if (!answer.ok) throw new Error(`the sandbox did not reset: ${answer.status}`);
    },
    open,
    connect: (account: CrmAccount | null) => open({ account }),
    addPerson: async (number) => {
      const { Id } = await admin.create("Contact", { FirstName: "Alice", LastName: "Example", Phone: number });
      return { object: "Contact", id: String(Id) };
    },
    readCalls: async () =>
      (await admin.records("Task")).map((record) => {
        const { Id: id, [salesforceKeyField]: key, WhoId, WhatId } = taskRecord.parse(record);
        return { id, key, links: [WhoId, WhatId].filter((link) => link !== null) };
      }),
    badValue: { field: "CallType", value: "Sideways", reason: "value_rejected" },
    writePath: "/composite/sobjects",
    probePath: "/queryAll",
    revoke: () => admin.configure({ plainTokenRevoked: true }),
    close: () => sandbox.close(),
  };
}

export const salesforceSubject: ConnectorSubject = { name: "Salesforce", start: startSalesforce };
