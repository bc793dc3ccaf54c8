import { z } from "zod";
import { createPipedriveConnector, type PipedriveOptions } from "../../src-main/connectors/pipedrive/connector.ts";
import { readDefaultContract, type ContractSettings } from "../../src-main/connectors/pipedrive/default-contract.ts";
import { parseContract } from "../../src-main/engine/ownership/contract-file.ts";
import type { Connector } from "../../src-main/engine/ports/connector.ts";
import { startSandbox } from "../../src-main/sandbox/main.ts";
import type { CrmAccount } from "../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../src-shared/domain/ownership.ts";
import type { ConnectorSubject, StartedSubject } from "../contract/connector-suite.ts";
import { testClock } from "./hubspot-subject.ts";
import { createSandboxAdmin } from "./sandbox-admin.ts";

/** Pipedrive's default contract, parsed. */
export function readPipedriveContract(settings: ContractSettings = {}): OwnershipContract {
  const parsed = parseContract(readDefaultContract(settings));
  if (!parsed.ok) throw new Error(`the default contract does not parse: ${JSON.stringify(parsed)}`);
  return parsed.value;
}

export type PipedriveStage = StartedSubject &
  Readonly<{
    access: Readonly<Record<string, string>>;
    adminUrl: string;
    open(options?: Partial<PipedriveOptions>): Connector;
  }>;

const callRecord = z.looseObject({
  id: z.number(),
  note: z.string(),
  participants: z.array(z.looseObject({ person_id: z.number() })),
  org_id: z.number().nullable(),
  deal_id: z.number().nullable(),
});

/** A Pipedrive sandbox of its own, as the contract suite wants it. */
export async function startPipedrive(): Promise<PipedriveStage> {
  const sandbox = await startSandbox();
  const access = sandbox.pipedrive;
  if (access === undefined) throw new Error("there is no Pipedrive sandbox");
  const admin = createSandboxAdmin(sandbox.admin, "pipedrive");
  const contract = readPipedriveContract();
  const open = (options: Partial<PipedriveOptions> = {}): Connector =>
    createPipedriveConnector({
      credential: () => Promise.resolve({ ok: true, value: { token: access.token } }),
      settings: {},
      contract,
      account: null,
      clock: testClock,
      baseUrl: access.baseUrl,
      ...options,
    });
  return {
    baseUrl: access.baseUrl,
    access,
    adminUrl: sandbox.admin,
    admin,
    contract,
    open,
    connect: (account: CrmAccount | null) => open({ account }),
    addPerson: async (number) => {
      const { id } = await admin.create("persons", { name: "Alice Example", phones: [{ value: number }] });
      return { object: "persons", id: String(id) };
    },
    readCalls: async () =>
      (await admin.records("activities")).map((record) => {
        const { id, note, participants, org_id: org, deal_id: deal } = callRecord.parse(record);
        const links = [...participants.map((one) => one.person_id), ...[org, deal].filter((one) => one !== null)];
        return { id: String(id), key: /ref:(\w+)/.exec(note)?.[1] ?? "", links: links.map(String) };
      }),
    badValue: { field: "due_time", value: "soon", reason: "value_rejected" },
    writePath: "/api/v2/activities",
    writeMethod: "POST",
    writesOneByOne: true,
    probePath: "/api/v2/activities",
    revoke: () => admin.configure({ plainTokenRevoked: true }),
    close: () => sandbox.close(),
  };
}

export const pipedriveSubject: ConnectorSubject = { name: "Pipedrive", start: startPipedrive };
