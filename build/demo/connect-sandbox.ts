import { fileURLToPath } from "node:url";
import { ask } from "../../src-main/cli/cli-context.ts";
import { connectorKinds } from "../../src-main/connectors/registry.ts";
import type { Engine } from "../../src-main/engine/host/engine.ts";
import type { RunningSandbox } from "../../src-main/sandbox/main.ts";
import type { CrmType } from "../../src-shared/domain/integration.ts";

/** The office that the sample logs come from. */
export const demoTenant = "demo";

/** The sample logs. */
export const demoLogs = fileURLToPath(new URL("logs", import.meta.url));

/** Says what the sample logs leave out. */
export const demoSettings = {
  region: "GB",
  timeZone: "Europe/London",
  outsideLinePrefix: "9",
  extensionLengths: [3, 4],
};

export type ConnectedCrm = Readonly<{ crm: CrmType; account: string; created: readonly string[] }>;

/** The variables that hold the sandbox's tokens, by name: the engine keeps the names only. */
export function sandboxSecrets(sandbox: RunningSandbox): Readonly<Record<string, string>> {
  const crms = ["salesforce", "hubspot", "zoho", "pipedrive"] as const;
  return Object.fromEntries(
    crms.flatMap((crm) => (sandbox[crm] === undefined ? [] : [[variableOf(crm), sandbox[crm].token]])),
  );
}

const variableOf = (crm: CrmType): string => `CALLLEDGER_DEMO_${crm.toUpperCase()}`;

/** Connects every CRM that both the sandbox and the engine know. */
export async function connectSandbox(engine: Engine, sandbox: RunningSandbox): Promise<readonly ConnectedCrm[]> {
  Object.assign(process.env, sandboxSecrets(sandbox));
  const connected: ConnectedCrm[] = [];
  for (const crm of ["salesforce", "hubspot", "zoho", "pipedrive"] as const) {
    const access = sandbox[crm];
    if (access === undefined || connectorKinds[crm] === undefined) continue;
    const { account, created } = await ask(engine, "integrations:connect", {
      crm,
      tenant: demoTenant,
      baseUrl: access.baseUrl,
      label: null,
      unknownCaller: "hold",
      since: null,
      secret: { kind: "env", name: variableOf(crm) },
      setup: true,
    });
    connected.push({ crm, account, created });
  }
  return connected;
}
