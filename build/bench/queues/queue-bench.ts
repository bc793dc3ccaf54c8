import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { startSandbox } from "../../../src-main/sandbox/main.ts";
import { median, run } from "../contender.ts";
import { generateAsteriskLog } from "../generate-asterisk-log.ts";
import { connect, place, prepareSandbox, tenant, toCommand } from "../sandbox-account.ts";
import { prepareLedger, rowsPerQueued } from "./prepare-ledger.ts";
import { hasRedis, startRedisProcess } from "./redis-process.ts";

export type QueueAsk = Readonly<{
  /** Jobs that each queue claims and completes. */
  jobs: number;
  /** Sizes of the queue at which claiming is measured. */
  sizes: readonly number[];
  rounds: number;
  scratch: string;
}>;

type Completed = Readonly<{ perSecond: number; cpuMicros: number }>;
/** Peers that need a Redis are null without one. */
export type QueueResult = Readonly<{
  floor: Completed;
  ledger: Completed;
  synced: Completed;
  whole: Completed;
  plainjob: Completed;
  bullmq: Completed | null;
  claims: readonly Readonly<{ size: number; claimMicros: number; peakRssMb: number }>[];
  /** The agent itself at work on the largest queue: calls delivered, and the most memory that it held. */
  backlog: Readonly<{ size: number; delivered: number; peakRssMb: number }>;
}>;

const answer = z.looseObject({ done: z.int(), ms: z.number(), cpuMs: z.number(), claimMs: z.number().optional() });
const batch = "100";
const backlogSeconds = 30;
const contend = (name: string, args: readonly string[], scratch: string) =>
  run({ file: `build/bench/queues/${name}.ts`, args }, scratch);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Claiming and completing jobs, each queue in turn in a process and a folder of its own. */
export async function measureQueues({ jobs, sizes, rounds, scratch }: QueueAsk): Promise<QueueResult> {
  const redis = hasRedis() ? await startRedisProcess(join(scratch, "redis")) : undefined;
  if (redis === undefined)
    say("bullmq is not measured: there is no redis-server here (Debian: apt install redis-server).");
  const runs: Record<"floor" | "ledger" | "synced" | "whole" | "plainjob" | "bullmq", Completed[]> = {
    floor: [],
    ledger: [],
    synced: [],
    whole: [],
    plainjob: [],
    bullmq: [],
  };
  const ledger = join(scratch, "ledger");
  const measure = async (kind: keyof typeof runs, name: string, args: readonly string[]): Promise<void> => {
    const { done, ms, cpuMs } = answer.parse((await contend(name, args, scratch)).answer);
    if (done !== jobs) throw new Error(`${name}: ${jobs} jobs were to be completed, ${done} were`);
    runs[kind].push({ perSecond: (done / ms) * 1_000, cpuMicros: (cpuMs / done) * 1_000 });
  };
  try {
    await prepareLedger(ledger, jobs * 3 * rounds + 1_000, scratch);
    for (let round = 0; round < rounds; round += 1) {
      const folder = await mkdtemp(join(scratch, "queue-"));
      await measure("floor", "own-transaction", [String(jobs), folder]);
      await measure("ledger", "ledger", [ledger, String(jobs), batch, "bare"]);
      await measure("synced", "ledger", [ledger, String(jobs), batch, "synced"]);
      await measure("whole", "ledger", [ledger, String(jobs), batch, "whole"]);
      await measure("plainjob", "plainjob", [String(jobs), folder]);
      await redis?.empty();
      if (redis !== undefined) await measure("bullmq", "bullmq", [String(jobs), String(redis.port)]);
      await rm(folder, { recursive: true });
    }
  } finally {
    await redis?.close();
  }
  await rm(ledger, { recursive: true });
  const summarise = (each: readonly Completed[]): Completed => ({
    perSecond: median(each.map(({ perSecond }) => perSecond)),
    cpuMicros: median(each.map(({ cpuMicros }) => cpuMicros)),
  });
  const { floor, synced, whole, plainjob } = runs;
  return {
    floor: summarise(floor),
    ledger: summarise(runs.ledger),
    synced: summarise(synced),
    whole: summarise(whole),
    plainjob: summarise(plainjob),
    bullmq: redis === undefined ? null : summarise(runs.bullmq),
    claims: await measureClaims(sizes, rounds, scratch),
    backlog: await measureBacklog(Math.max(...sizes), scratch),
  };
}

/** What a claim costs in queues of these sizes, and the most memory that its process held. */
async function measureClaims(
  sizes: readonly number[],
  rounds: number,
  scratch: string,
): Promise<QueueResult["claims"]> {
  const claims: QueueResult["claims"][number][] = [];
  for (const size of sizes) {
    const folder = join(scratch, `queued-${size}`);
    await prepareLedger(folder, size, scratch);
    const jobs = Math.min(2_000, Math.floor(size / (rounds + 1)));
    const measured = [];
    for (let round = 0; round < rounds; round += 1)
      measured.push(await contend("ledger", [folder, String(jobs), "50", "whole"], scratch));
    const claimMicros = median(measured.map((each) => ((answer.parse(each.answer).claimMs ?? 0) / jobs) * 1_000));
    const peakRssMb = Math.max(...measured.map(({ maxRssBytes }) => maxRssBytes)) / 2 ** 20;
    say(`${size} queued: ${claimMicros.toFixed(0)} µs to claim one, ${peakRssMb.toFixed(0)} MB`);
    claims.push({ size, claimMicros, peakRssMb });
    await rm(folder, { recursive: true });
  }
  return claims;
}

/** The agent delivers for a while with so many calls queued; the CRM takes as many as are sent. */
async function measureBacklog(size: number, scratch: string): Promise<QueueResult["backlog"]> {
  const sandbox = await startSandbox();
  try {
    const dataDir = join(scratch, "backlog");
    const access = await prepareSandbox(sandbox);
    await connect(dataDir, access, scratch);
    const log = join(scratch, "backlog.csv");
    await generateAsteriskLog(log, Math.ceil(size * rowsPerQueued));
    await run(
      toCommand(dataDir, access, ["import", log, "--tenant", tenant, "--format", "asterisk-cdr-csv", ...place]),
      scratch,
    );
    const synced = await run(
      toCommand(dataDir, access, ["sync", "--until-idle", "--max-seconds", String(backlogSeconds)]),
      scratch,
    );
    const { delivered } = z.looseObject({ delivered: z.int() }).parse(synced.answer);
    await rm(dataDir, { recursive: true });
    return { size, delivered, peakRssMb: synced.maxRssBytes / 2 ** 20 };
  } finally {
    await sandbox.close();
  }
}

/** The ledger's queue ÷ each other, in jobs a second. */
export const ratiosOfQueues = ({ ledger, floor, plainjob, bullmq }: QueueResult): Readonly<Record<string, number>> => ({
  floor: ledger.perSecond / floor.perSecond,
  plainjob: ledger.perSecond / plainjob.perSecond,
  ...(bullmq === null ? {} : { bullmq: ledger.perSecond / bullmq.perSecond }),
});

/** Tables for people. */
export function showQueues({ floor, ledger, synced, whole, plainjob, bullmq, claims, backlog }: QueueResult): void {
  const row = (each: Completed, target: string) => ({
    "jobs a second": Math.round(each.perSecond).toLocaleString("en"),
    "CPU a job (µs)": each.cpuMicros.toFixed(0),
    "ledger ÷ this": (ledger.perSecond / each.perSecond).toFixed(2),
    target,
  });
  console.log("Claiming and completing, medians of the rounds:");
  console.table({
    "a transaction for each step, nothing else kept": row(floor, "at least 0.7"),
    "the ledger's queue, as safe as the others": row(ledger, ""),
    "the same, every commit on disk": row(synced, ""),
    "and with attempts, what was pushed, audit and its search": row(whole, ""),
    plainjob: row(plainjob, "at least 2"),
    ...(bullmq === null ? {} : { bullmq: row(bullmq, "at least 3") }),
  });
  const [smallest] = claims;
  console.log("Claiming one call, by how many are queued:");
  console.table(
    Object.fromEntries(
      claims.map(({ size, claimMicros, peakRssMb }) => [
        size.toLocaleString("en"),
        {
          µs: claimMicros.toFixed(0),
          "÷ the smallest": (claimMicros / (smallest?.claimMicros ?? Number.NaN)).toFixed(2),
          "peak memory (MB)": peakRssMb.toFixed(0),
          target: "at most 1.5; under 300 MB",
        },
      ]),
    ),
  );
  console.log(
    `The agent with ${backlog.size.toLocaleString("en")} calls queued: ${backlog.delivered.toLocaleString("en")} delivered in ${backlogSeconds} s at most, peak memory ${backlog.peakRssMb.toFixed(0)} MB (target: under 300 MB).`,
  );
}
