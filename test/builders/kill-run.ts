import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { startSandbox } from "../../src-main/sandbox/main.ts";
import { runCli, startCli } from "./command-line.ts";
import { killTargets, type CallInCrm, type KillTarget } from "./kill-target.ts";
import { createSandboxAdmin, type SandboxAdmin } from "./sandbox-admin.ts";
import { toSpending, type Spending } from "./spending.ts";

/** Requests that a start takes at each CRM before it writes: what is new among the people. */
const startRequests = 5;

export type KillRunAsk = Readonly<{
  calls: number;
  files: number;
  kills: number;
  seed: number;
  lostRate: number;
  lateRate: number;
}>;

/** What one CRM holds after the run, and what it took to get there. */
export type KillRunCrm = Readonly<{
  crm: string;
  records: readonly CallInCrm[];
  /** By record: the person it is linked to, and the one it should be. */
  links: readonly Readonly<{ expected: string; actual: readonly string[] }>[];
  /** Records of every other object, people apart: nobody asked for any. */
  strays: Readonly<Record<string, number>>;
  people: number;
  rateLimited: number;
  windows: readonly Readonly<{ name: string; limit: number | null; max: number }>[];
  /** Since it was connected. */
  spending: Spending;
}>;

export type KillRun = Readonly<{
  kills: number;
  crms: readonly KillRunCrm[];
  deliveries: Readonly<Record<string, number>>;
  auditOk: boolean;
  balanced: boolean;
}>;

const nationalOf = (call: number): string => `07700900${String(call % 1_000).padStart(3, "0")}`;
/** Nobody types numbers alike. */
const spellings: readonly ((national: string) => string)[] = [
  (national) => national,
  (national) => `+44 ${national.slice(1, 5)} ${national.slice(5)}`,
  (national) => `0044${national.slice(1)}`,
  (national) => `(${national.slice(0, 5)}) ${national.slice(5, 8)}-${national.slice(8)}`,
];

function logOf(calls: readonly number[]): string {
  const rows = calls.map((call) => {
    const at = new Date(Date.UTC(2026, 5, 1 + Math.floor(call / 200), 8, 0, 0) + (call % 200) * 97_000);
    return `${at.toISOString()},${nationalOf(call)},02079460010,Inbound,${30 + call},Answered,C-${call}`;
  });
  return ["Start Time,Caller,Callee,Direction,Duration,Result,Call ID", ...rows, ""].join("\n");
}

function seededRandom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

const stats = z.object({
  requests: z.number(),
  byEndpoint: z.record(z.string(), z.number()),
  rateLimited: z.number(),
  dailyUsed: z.number(),
  windows: z.array(z.object({ name: z.string(), limit: z.number().nullable(), max: z.number() })),
});

type Stats = z.infer<typeof stats>;

type Site = Readonly<{ target: KillTarget; admin: SandboxAdmin; baseUrl: string; token: string }>;

const readStats = async (adminUrl: string, crm: string): Promise<Stats> =>
  stats.parse(await (await fetch(`${adminUrl}/${crm}/stats`)).json());

/** One person a call in every CRM, by phone number, and the rules of the run. */
async function prepare({ target, admin }: Site, calls: number): Promise<ReadonlyMap<number, string>> {
  const people = new Map<number, string>();
  for (let call = 0; call < calls; call += 1) {
    const typed = (spellings[call % spellings.length] ?? String)(nationalOf(call));
    const made = await admin.create(target.people, target.toPerson(`Caller ${call}`, typed));
    people.set(call, String(made[target.idField]));
  }
  return people;
}

/** Every request of a CRM may lose its answer or be executed late, sign-in apart. */
const faultsOf = ({ lostRate, lateRate }: KillRunAsk): readonly object[] => [
  { kind: "drop-after", rate: lostRate },
  { kind: "commit-late", delayMs: 900, rate: lateRate },
];

/** What was counted since an earlier look. */
function since({ byEndpoint, dailyUsed }: Stats, earlier: Stats): Pick<Stats, "byEndpoint" | "dailyUsed"> {
  const counts = Object.entries(byEndpoint).map(([name, count]) => [name, count - (earlier.byEndpoint[name] ?? 0)]);
  return { byEndpoint: Object.fromEntries(counts), dailyUsed: dailyUsed - earlier.dailyUsed };
}

async function readCrm(
  site: Site,
  people: ReadonlyMap<number, string>,
  adminUrl: string,
  connected: Stats,
): Promise<KillRunCrm> {
  const { target, admin } = site;
  const raw = await admin.records(target.calls);
  const records = raw.map(target.toCall);
  const strays: Record<string, number> = {};
  for (const object of target.others) strays[object] = (await admin.records(object)).length;
  const now = await readStats(adminUrl, target.crm);
  const { byEndpoint, dailyUsed } = since(now, connected);
  return {
    crm: target.crm,
    records,
    links: records.map(({ seconds, links }) => ({ expected: people.get(seconds - 30) ?? "nobody", actual: links })),
    strays,
    people: (await admin.records(target.people)).length,
    rateLimited: now.rateLimited,
    windows: now.windows,
    spending: toSpending(target.spending, byEndpoint, dailyUsed),
  };
}

/**
 * The whole path with the real command line, into four CRMs at once, while answers are lost after the commit, commits come
 * late, and the process is killed at random moments in the middle of work. Ends with one undisturbed run.
 */
export async function killRun(ask: KillRunAsk): Promise<KillRun> {
  const dataDir = mkdtempSync(join(tmpdir(), "callledger-kill-"));
  const sandbox = await startSandbox({ seed: ask.seed });
  const sites = killTargets.map((target): Site => {
    const access = sandbox[target.crm];
    if (access === undefined) throw new Error(`the sandbox serves no ${target.crm}`);
    return { target, admin: createSandboxAdmin(sandbox.admin, target.crm), ...access };
  });
  const secretOf = (crm: string): string => `KILL_RUN_${crm.toUpperCase()}`;
  const env = {
    CALLLEDGER_DATA: join(dataDir, "data"),
    ...Object.fromEntries(sites.map(({ target, token }) => [secretOf(target.crm), token])),
  };
  const countRequests = async (): Promise<number> => {
    let requests = 0;
    for (const { admin } of sites) requests += await admin.requests();
    return requests;
  };
  const random = seededRandom(ask.seed);
  try {
    const people = new Map<string, ReadonlyMap<number, string>>();
    for (const site of sites) people.set(site.target.crm, await prepare(site, ask.calls));
    // Nobody was added a moment ago: the index of no CRM lags behind them.
    await sites[0]?.admin.advance(60_000);
    for (const { target, baseUrl } of sites)
      await runCli(
        `connect ${target.crm} --tenant acme --base-url ${baseUrl} --secret-from-env ${secretOf(target.crm)}`.split(
          " ",
        ),
        env,
      );
    const connected = new Map<string, Stats>();
    for (const { target } of sites) connected.set(target.crm, await readStats(sandbox.admin, target.crm));
    for (const { admin } of sites) await admin.faults(faultsOf(ask));
    let kills = 0;
    const perFile = Math.ceil(ask.calls / ask.files);
    const sync = ["sync", "--until-idle", "--request-timeout", "1"];
    for (let file = 0; file < ask.files; file += 1) {
      const calls = Array.from({ length: perFile }, (_, index) => file * perFile + index);
      const path = join(dataDir, `calls-${file}.csv`);
      writeFileSync(path, logOf(calls.filter((call) => call < ask.calls)));
      await runCli(["import", path, "--tenant", "acme", "--country", "GB", "--timezone", "Europe/London"], env);
      const killsHere = Math.round(((file + 1) * ask.kills) / ask.files) - kills;
      for (let kill = 0; kill < killsHere; kill += 1) {
        const before = await countRequests();
        const running = startCli(sync, env);
        let isOver = false;
        void running.finished.then(() => (isOver = true));
        // In the middle of work: after a random number of requests of this process, not after a time.
        const requests = startRequests * sites.length + 1 + Math.floor(random() * 15 * sites.length);
        while (!isOver && (await countRequests()) < before + requests) await delay(5);
        running.child.kill("SIGKILL");
        await running.finished;
        kills += 1;
      }
    }
    for (const { admin } of sites) await admin.faults();
    const last = await startCli([...sync, "--json"], env).finished;
    if (last.code !== 0) throw new Error(`the last sync ended with ${last.code}: ${last.stderr}`);
    const crms: KillRunCrm[] = [];
    for (const site of sites) {
      const { crm } = site.target;
      const [known, before] = [people.get(crm), connected.get(crm)];
      if (known === undefined || before === undefined) throw new Error(`${crm} was not prepared`);
      crms.push(await readCrm(site, known, sandbox.admin, before));
    }
    const status = await runCli(["status"], env);
    const verify = await runCli(["audit", "verify"], env);
    const statement = await runCli(["statement"], env);
    return {
      kills,
      crms,
      deliveries: z.object({ deliveries: z.record(z.string(), z.number()) }).parse(status).deliveries,
      auditOk: verify["ok"] === true,
      balanced: statement["balanced"] === true,
    };
  } finally {
    await sandbox.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
