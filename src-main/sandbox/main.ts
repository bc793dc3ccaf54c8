import { createAdmin } from "./core/admin-server.ts";
import { createSandboxClock, type SandboxClock } from "./core/clock.ts";
import type { CreateCrmSandbox, CrmAccess, CrmSandbox, HostedSandbox } from "./core/crm-sandbox.ts";
import { createFaultEngine } from "./core/fault-engine.ts";
import { listen, type HttpHost } from "./core/http-server.ts";
import { createSeededRandom, type Random } from "./core/seeded-random.ts";
import { createVendorServer, type VendorServer } from "./core/vendor-server.ts";
import { demoData } from "./demo/demo-data.ts";
import { createHubspotSandbox } from "./hubspot/hubspot-sandbox.ts";
import { createPipedriveSandbox } from "./pipedrive/pipedrive-sandbox.ts";
import { createSalesforceSandbox } from "./salesforce/salesforce-sandbox.ts";
import { createZohoSandbox } from "./zoho/zoho-sandbox.ts";

type CrmName = "salesforce" | "hubspot" | "zoho" | "pipedrive";

/** Ports are given in this order, whichever of them exist: a CRM that is added later moves no other. */
const portOrder: readonly CrmName[] = ["salesforce", "hubspot", "zoho", "pipedrive"];

/** Every CRM that has a sandbox. */
const registry: Readonly<Partial<Record<CrmName, CreateCrmSandbox>>> = {
  salesforce: createSalesforceSandbox,
  hubspot: createHubspotSandbox,
  zoho: createZohoSandbox,
  pipedrive: createPipedriveSandbox,
};

/** Longer than any index lags by default. */
const seededAgoMs = 60_000;

export type SandboxOptions = {
  /** The administration's port, each CRM's following in a fixed order; free ports when left out. */
  readonly portsFrom?: number;
  /** Seeds people and a rule that refuses one call of the sample logs. */
  readonly demo?: boolean;
  /** Of fault rates, jitter and the order of batch answers: the same seed gives the same series. */
  readonly seed?: number;
};

/** What `sandbox` prints (all but `close`): where the administration and each CRM listen, and how to sign in there. */
export type RunningSandbox = { readonly admin: string } & Readonly<Partial<Record<CrmName, CrmAccess>>> & {
    readonly close: () => Promise<void>;
  };

type Started = { readonly hosted: HostedSandbox; readonly server: VendorServer };

/** Serves every CRM sandbox and their administration on the loopback interface. Rejects when a port is taken. */
export async function startSandbox({
  portsFrom,
  demo = false,
  seed = 1,
}: SandboxOptions = {}): Promise<RunningSandbox> {
  // The demo's people were there long before anybody asks for them: no index lags behind them.
  const clock = createSandboxClock(undefined, demo ? seededAgoMs : 0);
  const random = createSeededRandom(seed);
  const hosts: HttpHost[] = [];
  const close = async (): Promise<void> => {
    clock.close();
    await Promise.all(hosts.map((host) => host.close()));
  };
  const open = async (offset: number, respond: VendorServer["respond"]): Promise<HttpHost> => {
    const host = await listen(portsFrom === undefined ? 0 : portsFrom + offset, clock, respond);
    hosts.push(host);
    return host;
  };
  try {
    const access: Partial<Record<CrmName, CrmAccess>> = {};
    const crms: HostedSandbox[] = [];
    for (const [position, name] of portOrder.entries()) {
      const create = registry[name];
      if (create === undefined) continue;
      const { hosted, server } = start(name, create({ clock, random }), { clock, random, demo });
      const { url } = await open(position + 1, server.respond);
      access[name] = hosted.sandbox.describe(url);
      crms.push(hosted);
    }
    if (demo) clock.advance(seededAgoMs);
    const administer = createAdmin({ clock, crms });
    const admin = await open(0, (request) => Promise.resolve({ kind: "answer", answer: administer(request) }));
    return { admin: admin.url, ...access, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type HostDeps = { readonly clock: SandboxClock; readonly random: Random; readonly demo: boolean };

function start(name: CrmName, sandbox: CrmSandbox, { clock, random, demo }: HostDeps): Started {
  const faults = createFaultEngine(random);
  const latencyMs = (): number => {
    const { latencyMs: fixed, latencyJitterMs: jitter } = sandbox.configuration.current();
    return jitter === 0 ? fixed : fixed + Math.floor(random() * (jitter + 1));
  };
  const server = createVendorServer(sandbox.api, { clock, faults, latencyMs });
  const seed = (): void => {
    if (demo) sandbox.seedDemo(demoData);
  };
  const reset = (): void => {
    server.reset();
    faults.replace([]);
    sandbox.reset();
    seed();
  };
  seed();
  return { hosted: { name, sandbox, faults, reset }, server };
}
