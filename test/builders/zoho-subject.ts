import { z } from "zod";
import { createZohoConnector, type ZohoOptions } from "../../src-main/connectors/zoho/connector.ts";
import { readDefaultContract } from "../../src-main/connectors/zoho/default-contract.ts";
import { parseContract } from "../../src-main/engine/ownership/contract-file.ts";
import type { Clock } from "../../src-main/engine/ports/clock.ts";
import type { Connector } from "../../src-main/engine/ports/connector.ts";
import { startSandbox } from "../../src-main/sandbox/main.ts";
import type { CrmAccount } from "../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../src-shared/domain/ownership.ts";
import type { ConnectorSubject, StartedSubject } from "../contract/connector-suite.ts";
import { createSandboxAdmin } from "./sandbox-admin.ts";

type KeyIn = "field" | "description";

/** Zoho's default contract, parsed. */
export function readZohoContract(keyIn: KeyIn = "field"): OwnershipContract {
  const parsed = parseContract(readDefaultContract(undefined, keyIn));
  if (!parsed.ok) throw new Error("the default contract does not parse");
  return parsed.value;
}

/** Real time; nothing here sleeps. */
export const testClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: () => Promise.reject(new Error("a connector does not sleep")),
};

export type ZohoStage = StartedSubject &
  Readonly<{
    token: string;
    /** Fields of a client's credential, without its refresh token. */
    client: Readonly<{ clientId: string; clientSecret: string }>;
    refreshToken: string;
    open(options?: Partial<ZohoOptions>): Connector;
  }>;

const lookup = z
  .looseObject({ id: z.string() })
  .nullable()
  .transform((found) => (found === null ? [] : [found.id]));
const callRecord = z.looseObject({
  id: z.string(),
  Call_Sync_Key: z.string().nullish(),
  Description: z.string().nullish(),
  Who_Id: lookup,
  What_Id: lookup,
});

/** A call that somebody logged by hand: it tells the org's unit of durations. */
const oldCall = {
  Subject: "By hand",
  Call_Type: "Outbound",
  Call_Start_Time: "2026-11-02T10:00:00+00:00",
  Call_Duration: "00:05",
};

/** A Zoho sandbox of its own; empty but for the users. With the key in the description, calls take no fields of ours. */
export async function startZoho(keyIn: KeyIn = "field"): Promise<ZohoStage> {
  const sandbox = await startSandbox();
  const access = sandbox.zoho;
  if (access === undefined) throw new Error("there is no Zoho sandbox");
  const admin = createSandboxAdmin(sandbox.admin, "zoho");
  await admin.configure({ fieldsOnCalls: keyIn === "field" });
  const contract = readZohoContract(keyIn);
  const { baseUrl, token, clientId = "", clientSecret = "", refreshToken = "" } = access;
  const open = (options: Partial<ZohoOptions> = {}): Connector =>
    createZohoConnector({
      credential: () => Promise.resolve({ ok: true, value: { token } }),
      settings: { keyIn },
      contract,
      account: null,
      baseUrl,
      clock: testClock,
      ...options,
    });
  return {
    baseUrl,
    token,
    client: { clientId, clientSecret },
    refreshToken,
    admin,
    contract,
    open,
    connect: (account: CrmAccount | null) => open({ account }),
    addPerson: async (number) => {
      const { id } = await admin.create("Contacts", { First_Name: "Alice", Last_Name: "Example", Phone: number });
      return { object: "Contacts", id: String(id) };
    },
    readCalls: async () =>
      (await admin.records("Calls")).flatMap((record) => {
        const { id, Call_Sync_Key: ours, Description: text, Who_Id: who, What_Id: what } = callRecord.parse(record);
        const key = ours ?? /\[ref:(cl_\w{26})\]$/.exec(text ?? "")?.[1];
        return typeof key === "string" ? [{ id, key, links: [...who, ...what] }] : [];
      }),
    badValue: { field: "Call_Type", value: "Dreamt", reason: "value_rejected" },
    writePath: "/crm/v8/Calls",
    writeMethod: "POST",
    probePath: "/crm/v8/coql",
    tellsDeleted: false,
    revoke: () => admin.configure({ plainTokenRevoked: true }),
    close: () => sandbox.close(),
  };
}

const subjectOf = (name: string, keyIn: KeyIn): ConnectorSubject => ({
  name,
  start: async () => {
    const stage = await startZoho(keyIn);
    await stage.admin.create("Calls", oldCall);
    return stage;
  },
});

/** An org that has logged calls before, as the contract suite wants it. */
export const zohoSubject = subjectOf("Zoho", "field");
/** One that takes no fields of ours on calls. */
export const fieldlessZohoSubject = subjectOf("Zoho (key in the description)", "description");
