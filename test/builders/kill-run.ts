import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startSandbox } from "../../src-main/sandbox/main.ts";
import { runCli, startCli } from "./command-line.ts";

export type KillRunAsk = Readonly<{
  calls: number;
  files: number;
  kills: number;
  seed: number;
  lostRate: number;
  lateRate: number;
}>;

type CallRecord = Readonly<{ id: string; properties: Readonly<Record<string, string>> }>;

export type KillRun = Readonly<{
  kills: number;
  records: readonly CallRecord[];
  /** By call number of the log: the contact the record is linked to, and the one it should be. */
  links: readonly Readonly<{ expected: string; actual: readonly string[] }>[];
  rateLimited: number;
  windows: readonly Readonly<{ name: string; limit: number; max: number }>[];
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

async function post(url: string, body: unknown): Promise<unknown> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const get = async (url: string, headers: Record<string, string> = {}): Promise<any> =>
  (await fetch(url, { headers })).json();

async function postAs(
  hubspot: Readonly<{ baseUrl: string; token: string }>,
  path: string,
  body: unknown,
): Promise<any> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${hubspot.token}` };
  const answer = await fetch(`${hubspot.baseUrl}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

function seededRandom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

/**
 * The whole path with the real command line against the sandbox, while answers are lost after the commit, commits come
 * late, and the process is killed at random moments in the middle of work. Ends with one undisturbed run.
 */
export async function killRun(ask: KillRunAsk): Promise<KillRun> {
  const dataDir = mkdtempSync(join(tmpdir(), "callledger-kill-"));
  const sandbox = await startSandbox({ seed: ask.seed });
  const hubspot = sandbox.hubspot;
  if (hubspot === undefined) throw new Error("the sandbox serves no HubSpot");
  const env = { CALLLEDGER_DATA: join(dataDir, "data"), KILL_RUN_KEY: hubspot.token };
  const random = seededRandom(ask.seed);
  try {
    const contacts = new Map<string, string>();
    for (let call = 0; call < ask.calls; call += 1) {
      const phone = (spellings[call % spellings.length] ?? String)(nationalOf(call));
      const made = (await post(`${sandbox.admin}/hubspot/records/contacts`, {
        properties: { firstname: `Caller ${call}`, phone },
      })) as { id: string };
      contacts.set(`+44${nationalOf(call).slice(1)}`, made.id);
    }
    await post(`${sandbox.admin}/hubspot/config`, { searchLagMs: 0, searchPerSecondLimit: 50 });
    await post(`${sandbox.admin}/clock`, { advanceMs: 60_000 });
    await runCli(
      ["connect", "hubspot", "--tenant", "acme", "--base-url", hubspot.baseUrl, "--secret-from-env", "KILL_RUN_KEY"],
      env,
    );
    await post(`${sandbox.admin}/hubspot/faults`, [
      {
        match: { method: "POST", path: "/crm/objects/2026-09/calls/batch/create" },
        kind: "drop-after",
        rate: ask.lostRate,
      },
      {
        match: { method: "POST", path: "/crm/objects/2026-09/calls/batch/create" },
        kind: "commit-late",
        delayMs: 900,
        rate: ask.lateRate,
      },
    ]);
    let kills = 0;
    const perFile = Math.ceil(ask.calls / ask.files);
    const sync = ["sync", "--until-idle", "--request-timeout", "1"];
    for (let file = 0; file < ask.files; file += 1) {
      const calls = Array.from({ length: perFile }, (_, index) => file * perFile + index).filter(
        (call) => call < ask.calls,
      );
      const path = join(dataDir, `calls-${file}.csv`);
      writeFileSync(path, logOf(calls));
      await runCli(["import", path, "--tenant", "acme", "--country", "GB", "--timezone", "Europe/London"], env);
      const killsHere = Math.round(((file + 1) * ask.kills) / ask.files) - kills;
      for (let kill = 0; kill < killsHere; kill += 1) {
        const before = (await get(`${sandbox.admin}/hubspot/stats`)).requests as number;
        const running = startCli(sync, env);
        let isOver = false;
        void running.finished.then(() => (isOver = true));
        // In the middle of work: after a random number of requests of this process, not after a time.
        const requests = 1 + Math.floor(random() * 6);
        while (!isOver && (await get(`${sandbox.admin}/hubspot/stats`)).requests < before + requests) await delay(5);
        running.child.kill("SIGKILL");
        await running.finished;
        kills += 1;
      }
    }
    await fetch(`${sandbox.admin}/hubspot/faults`, { method: "DELETE" });
    const last = await startCli([...sync, "--json"], env).finished;
    if (last.code !== 0) throw new Error(`the last sync ended with ${last.code}: ${last.stderr}`);
    const records = (await get(`${sandbox.admin}/hubspot/records/calls`)) as readonly CallRecord[];
    const stats = await get(`${sandbox.admin}/hubspot/stats`);
    const linked = new Map<string, readonly string[]>();
    for (let from = 0; from < records.length; from += 100) {
      const inputs = records.slice(from, from + 100).map(({ id }) => ({ id }));
      const answer = await postAs(hubspot, "/crm/associations/2026-09/calls/contacts/batch/read", { inputs });
      for (const each of answer.results)
        linked.set(
          String(each.from.id),
          each.to.map((to: { toObjectId: string }) => to.toObjectId),
        );
    }
    const links = records.map(({ id, properties }) => ({
      expected: contacts.get(properties["hs_call_from_number"] ?? "") ?? "nobody",
      actual: [...new Set(linked.get(id) ?? [])].map(String),
    }));
    const status = await runCli(["status"], env);
    const verify = await runCli(["audit", "verify"], env);
    const statement = await runCli(["statement"], env);
    return {
      kills,
      records,
      links,
      rateLimited: stats.rateLimited,
      windows: stats.windows,
      deliveries: status["deliveries"] as Record<string, number>,
      auditOk: verify["ok"] === true,
      balanced: statement["balanced"] === true,
    };
  } finally {
    await sandbox.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
