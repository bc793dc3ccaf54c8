import { join } from "node:path";
import type { Page } from "@playwright/test";
import { objectsPath } from "../../src-main/connectors/hubspot/wire.ts";
import { startSandbox, type RunningSandbox } from "../../src-main/sandbox/main.ts";
import { projectRoot } from "../../build/checks/project-files.ts";
import { createSandboxAdmin, type SandboxAdmin } from "../builders/sandbox-admin.ts";
import { test as base, type RunningApp } from "./app-fixture.ts";
import { callRaw, waitForEngine } from "./page-calls.ts";

export const demoLogs = join(projectRoot, "build", "demo", "logs");
export const demoSettings = {
  region: "GB",
  timeZone: "Europe/London",
  outsideLinePrefix: "9",
  extensionLengths: [3, 4],
};
export const tenant = "acme";
/** The one request that makes records of calls, for faults of the sandbox. */
export const createCalls = { method: "POST", path: objectsPath("calls", "/batch/create") };
/** The variable that holds the sandbox's token in the engine's environment. */
export const secretName = "E2E_HUBSPOT_TOKEN";

type Fixtures = Readonly<{
  sandbox: RunningSandbox;
  admin: SandboxAdmin;
  /** The app with a HubSpot of the sandbox connected. */
  connected: RunningApp;
  /** What `launch` needs so that the engine finds the sandbox's token. */
  secretEnv: Readonly<Record<string, string>>;
}>;

export const test = base.extend<Fixtures>({
  sandbox: async ({}, use) => {
    const sandbox = await startSandbox({ demo: true });
    await use(sandbox);
    await sandbox.close();
  },
  admin: async ({ sandbox }, use) => {
    const admin = createSandboxAdmin(sandbox.admin, "hubspot");
    // The people of the sandbox are no newcomers: its search has caught up with them.
    await admin.advance(60_000);
    await use(admin);
  },
  secretEnv: async ({ sandbox }, use) => use({ [secretName]: sandbox.hubspot?.token ?? "" }),
  connected: async ({ launch, sandbox, admin: _ready, secretEnv }, use) => {
    const app = await launch({ env: secretEnv });
    await waitForEngine(app.page);
    await connectHubspot(app.page, sandbox);
    await use(app);
  },
});

export { expect } from "@playwright/test";

export async function connectHubspot(page: Page, sandbox: RunningSandbox): Promise<void> {
  const answer = await callRaw(page, "integrations:connect", {
    crm: "hubspot",
    tenant,
    baseUrl: sandbox.hubspot?.baseUrl ?? "",
    label: null,
    unknownCaller: "hold",
    since: null,
    secret: { kind: "env", name: secretName },
    setup: true,
  });
  if (!answer.ok) throw new Error(`HubSpot could not be connected: ${answer.fault?.message}`);
}

/** Drops files on the window as a person does, with the button down and the files of the system. */
export async function dropFiles(page: Page, files: readonly string[], at = { x: 300, y: 300 }): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await session.send("Input.dispatchDragEvent", { type, ...at, data });
  await session.detach();
}

/** Drops files and waits until the shell knows that they were given. */
export async function giveFiles(page: Page, files: readonly string[]): Promise<void> {
  const given = page.evaluate(
    () => new Promise((resolve) => window.addEventListener("callledger:dropped", () => resolve(true), { once: true })),
  );
  await dropFiles(page, files);
  await given;
}

/** Reads files into the ledger through the window's own calls. */
export async function importFiles(page: Page, files: readonly string[]) {
  await giveFiles(page, files);
  return callRaw(page, "ingest:import", { paths: files, tenant, format: "auto", settings: demoSettings });
}

export type Counts = Readonly<
  Record<"queued" | "waiting" | "sending" | "uncertain" | "delivered" | "dead" | "acknowledged", number>
>;

export async function readCounts(page: Page): Promise<Counts> {
  const status = await callRaw(page, "status:get", {});
  return (status.value as { deliveries: Counts }).deliveries;
}
