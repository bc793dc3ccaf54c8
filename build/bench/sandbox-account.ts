import type { RunningSandbox } from "../../src-main/sandbox/main.ts";
import { listCallers } from "./call-log.ts";
import { type Contender, run } from "./contender.ts";

const cli = "src-main/cli/main.ts";
export const tenant = "bench";
const variable = "CALLLEDGER_BENCH_TOKEN";
/** Few: looking people up is paced by five searches a second, which no answer can raise. */
export const callerCount = 10;
export const place = ["--country", "GB", "--timezone", "UTC"];
/** Far beyond what a run sends: the sandbox answers at once and refuses nothing. */
const noLimits = {
  tenSecondLimit: 100_000_000,
  dailyLimit: 1_000_000_000,
  searchPerSecondLimit: 1_000_000,
  searchLagMs: 0,
  latencyMs: 0,
};

export type Access = Readonly<{ baseUrl: string; token: string; admin: string }>;

async function administer(access: Access, path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${access.admin}${path}`, { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path} of the sandbox: ${answer.status} ${await answer.text()}`);
}

/** An empty sandbox without limits, with a contact for every caller. */
export async function prepareSandbox(sandbox: RunningSandbox): Promise<Access> {
  const { hubspot } = sandbox;
  if (hubspot === undefined) throw new Error("the sandbox serves no HubSpot");
  const access = { baseUrl: hubspot.baseUrl, token: hubspot.token, admin: sandbox.admin };
  await administer(access, "/reset", {});
  await administer(access, "/hubspot/config", noLimits);
  const contacts = listCallers(callerCount).map((phone, index) => ({
    properties: { firstname: "Caller", lastname: `Number ${index + 1}`, phone },
  }));
  await administer(access, "/hubspot/records/contacts", contacts);
  return access;
}

/** A data folder with the sandbox connected: what a contender starts from. */
export async function connect(dataDir: string, access: Access, scratch: string): Promise<void> {
  const args = ["connect", "hubspot", "--tenant", tenant, "--secret-from-env", variable, "--base-url", access.baseUrl];
  await run(toCommand(dataDir, access, [...args, "--unknown-caller", "log"]), scratch);
}

export const toCommand = (dataDir: string, access: Access, args: readonly string[]): Contender => ({
  file: cli,
  args: [...args, "--json"],
  env: { CALLLEDGER_DATA: dataDir, [variable]: access.token },
});
