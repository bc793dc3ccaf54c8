import { z } from "zod";
import { createHubspotConnector, type HubspotOptions } from "../../src-main/connectors/hubspot/connector.ts";
import { readDefaultContract } from "../../src-main/connectors/hubspot/default-contract.ts";
import { parseContract } from "../../src-main/engine/ownership/contract-file.ts";
import type { Clock } from "../../src-main/engine/ports/clock.ts";
import type { Connector } from "../../src-main/engine/ports/connector.ts";
import { startSandbox } from "../../src-main/sandbox/main.ts";
import type { CrmAccount } from "../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../src-shared/domain/ownership.ts";
import type { ConnectorSubject, StartedSubject } from "../contract/connector-suite.ts";
import { createSandboxAdmin } from "./sandbox-admin.ts";

/** HubSpot's default contract, parsed. */
export function readHubspotContract(): OwnershipContract {
  const parsed = parseContract(readDefaultContract());
  if (!parsed.ok) throw new Error("the default contract does not parse");
  return parsed.value;
}

/** Real time; nothing here sleeps. */
export const testClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: () => Promise.reject(new Error("a connector does not sleep")),
};

export type HubspotStage = StartedSubject &
  Readonly<{ token: string; open(options?: Partial<HubspotOptions>): Connector }>;

const callRecord = z.looseObject({
  id: z.string(),
  callledger_key: z.string(),
  associations: z.record(z.string(), z.array(z.string())),
});

/** A HubSpot sandbox of its own, as the contract suite wants it. */
export async function startHubspot(): Promise<HubspotStage> {
  const sandbox = await startSandbox();
  const access = sandbox.hubspot;
  if (access === undefined) throw new Error("there is no HubSpot sandbox");
  const admin = createSandboxAdmin(sandbox.admin, "hubspot");
  const contract = readHubspotContract();
  const open = (options: Partial<HubspotOptions> = {}): Connector =>
    createHubspotConnector({
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
    admin,
    contract,
    open,
    connect: (account: CrmAccount | null) => open({ account }),
    addPerson: async (number) => {
      const { id } = await admin.create("contacts", { firstname: "Alice", lastname: "Example", phone: number });
      return { object: "contacts", id: String(id) };
    },
    readCalls: async () =>
      (await admin.records("calls")).map((record) => {
        const { id, callledger_key: key, associations } = callRecord.parse(record);
        return { id, key, links: Object.values(associations).flat() };
      }),
    badValue: { field: "hs_call_status", value: "DREAMT", reason: "value_rejected" },
    writePath: "/calls/batch/create",
    probePath: "/calls/batch/read",
    revoke: () => admin.configure({ plainTokenRevoked: true }),
    close: () => sandbox.close(),
  };
}

export const hubspotSubject: ConnectorSubject = { name: "HubSpot", start: startHubspot };
