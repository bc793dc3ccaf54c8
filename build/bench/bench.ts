import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { startSandbox, type RunningSandbox } from "../../src-main/sandbox/main.ts";
import { measureArrival, ratiosOfArrival, showArrival } from "./arrival-bench.ts";
import { listCallers, writeCallLog } from "./call-log.ts";
import { median, run, type Run } from "./contender.ts";
import { generateAsteriskLog } from "./generate-asterisk-log.ts";
import { measureGrowth, showGrowth } from "./growth-bench.ts";
import { measurePeople, showPeople } from "./people-bench.ts";
import { measureQueues, ratiosOfQueues, showQueues } from "./queues/queue-bench.ts";
import { hasRedis, startRedisProcess } from "./queues/redis-process.ts";
import { type Access, callerCount, connect, place, prepareSandbox, tenant, toCommand } from "./sandbox-account.ts";
import { measureSearch, ratiosOfSearch, showSearch } from "./search-bench.ts";
import { measureWindow, runBehindScreen, showWindowBench } from "./window-bench.ts";

const help = `npm run bench [-- OPTIONS]
Measures ingest and delivery against straight-line scripts of the same calls, all in this run, in turn: only ratios of one run
are worth quoting. Prints a table of ratios, then one JSON line.
  --rows N     rows of the log that is imported (default 1000000)
  --calls N    calls that are delivered (default 5000; a start counts for nothing from some 300,000 on)
  --rounds N   times that each contender runs; medians count (default 3)
  --window     measures the app instead: its answers and its page's long tasks while a log of --rows rows is imported, and
               its memory and start at rest, with --stored calls (default 100000), against a blank Electron window
  --growth     measures reading in a ledger that has grown instead: the rate of importing --more rows (default 100000) with
               --stored calls (default 1000000) against that with a tenth of them, the rate of a watched folder, and the
               time from a row being written to its delivery being queued
  --people     measures looking people up by number instead, in a mirror of --stored people (default 100000)
  --queue      measures the queue instead: claiming and completing --jobs jobs (default 10000) against the least that such a queue
               can cost, plainjob and bullmq (which needs a redis-server); and claiming in queues of 10,000, 100,000 and
               1,000,000 calls, or of those in --sizes
  --search     measures searching the audit log instead, with --stored entries (default 1000000), against the same by bare
               SQL and a look at every text
  --arrival    measures the time from a row being written to a watched log until the CRM holds its record instead, --calls
               times (default 50), one row after the other, against a straight line: the folder's event, then the request
  --quick      50,000 rows, 500 calls, 1 round`;

type Measured = Readonly<{ runs: readonly Run[] }>;

/** Undefined when help was asked for. */
function readOptions() {
  const { values } = parseArgs({
    options: {
      rows: { type: "string" },
      calls: { type: "string" },
      rounds: { type: "string" },
      stored: { type: "string" },
      more: { type: "string" },
      window: { type: "boolean", default: false },
      growth: { type: "boolean", default: false },
      people: { type: "boolean", default: false },
      search: { type: "boolean", default: false },
      queue: { type: "boolean", default: false },
      arrival: { type: "boolean", default: false },
      jobs: { type: "string" },
      sizes: { type: "string", default: "10000,100000,1000000" },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const count = (text: string | undefined, full: number, quick: number): number =>
    z.coerce
      .number()
      .int()
      .positive()
      .parse(text ?? (values.quick ? quick : full));
  return {
    isWindow: values.window,
    isGrowth: values.growth,
    isPeople: values.people,
    isSearch: values.search,
    isQueue: values.queue,
    isArrival: values.arrival,
    jobs: count(values.jobs, 10_000, 1_000),
    sizes: values.sizes.split(",").map((size) => count(size, 0, 0)),
    stored: count(values.stored, values.growth || values.search ? 1_000_000 : 100_000, 10_000),
    more: count(values.more, 100_000, 5_000),
    rows: count(values.rows, 1_000_000, 50_000),
    calls: values.arrival ? count(values.calls, 50, 5) : count(values.calls, 5_000, 500),
    rounds: count(values.rounds, 3, 1),
  };
}

/** Runs both contenders in turn, each round in a fresh folder. */
async function inTurn(
  rounds: number,
  scratch: string,
  contenders: readonly ((folder: string) => Promise<Run>)[],
): Promise<readonly Measured[]> {
  const runs: Run[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [position, contend] of contenders.entries()) {
      const folder = await mkdtemp(join(scratch, "round-"));
      const measured = await contend(folder);
      runs[position]?.push(measured);
      await rm(folder, { recursive: true, force: true });
    }
  }
  return runs.map((each) => ({ runs: each }));
}

const importAnswer = z.looseObject({ rows: z.int(), calls: z.int() });
const syncAnswer = z.looseObject({ delivered: z.int() });

/** Rows a second of the product's import, and of the script. */
async function measureIngest(sandbox: RunningSandbox, scratch: string, ask: { rows: number; rounds: number }) {
  const log = join(scratch, "Master.csv");
  await generateAsteriskLog(log, ask.rows);
  const access = await prepareSandbox(sandbox);
  const [product, script] = await inTurn(ask.rounds, scratch, [
    async (folder) => {
      await connect(folder, access, scratch);
      const args = ["import", log, "--tenant", tenant, "--format", "asterisk-cdr-csv", ...place];
      return run(toCommand(folder, access, args), scratch);
    },
    (folder) => run({ file: "build/bench/straight-line-ingest.ts", args: [log, folder] }, scratch),
  ]);
  const summarise = (measured: Measured | undefined) => {
    const runs = measured?.runs ?? [];
    const rows = runs.map(({ answer }) => importAnswer.parse(answer).rows);
    if (rows.some((each) => each !== ask.rows))
      throw new Error(`${ask.rows} rows were written, ${rows.join(", ")} read`);
    return {
      rowsPerSecond: median(runs.map(({ wallMs }) => (ask.rows / wallMs) * 1_000)),
      cpuMicrosPerRow: median(runs.map(({ cpuMs }) => (cpuMs / ask.rows) * 1_000)),
      peakRssMb: Math.max(...runs.map(({ maxRssBytes }) => maxRssBytes)) / 2 ** 20,
    };
  };
  return { product: summarise(product), script: summarise(script) };
}

type Delivered = Readonly<{ callsPerSecond: number; cpuMicrosPerCall: number; peakRssMb: number }>;

/**
 * Calls a second of the product's sync, of a script that sends the same requests and writes the same rows, and of bullmq with
 * `fetch` (null without a redis-server); the product's start and look-ups of people included. What bullmq's server does while
 * its jobs are added and completed is told apart from its own process: the product's store runs within the product's.
 */
async function measureDelivery(sandbox: RunningSandbox, scratch: string, ask: { calls: number; rounds: number }) {
  const log = join(scratch, "delivery.csv");
  await writeCallLog(log, ask.calls, listCallers(callerCount));
  const redis = hasRedis() ? await startRedisProcess(join(scratch, "redis")) : undefined;
  const serverCpu: number[] = [];
  /** A data folder with all calls queued, and a CRM that has none of them. */
  const prepare = async (folder: string): Promise<Access> => {
    const access = await prepareSandbox(sandbox);
    await connect(folder, access, scratch);
    await run(toCommand(folder, access, ["import", log, "--tenant", tenant, ...place]), scratch);
    return access;
  };
  const product = async (folder: string): Promise<Run> => {
    const access = await prepare(folder);
    return run(toCommand(folder, access, ["sync", "--until-idle", "--max-seconds", "600"]), scratch);
  };
  const script = async (folder: string): Promise<Run> => {
    const { baseUrl, token } = await prepare(folder);
    return run({ file: "build/bench/straight-line-delivery.ts", args: [folder, baseUrl, token] }, scratch);
  };
  const bullmq = async (): Promise<Run> => {
    const { baseUrl, token } = await prepareSandbox(sandbox);
    await redis?.empty();
    const before = (await redis?.cpuMs()) ?? 0;
    const args = [String(ask.calls), String(redis?.port), baseUrl, token];
    const measured = await run({ file: "build/bench/queues/bullmq.ts", args }, scratch);
    serverCpu.push((((await redis?.cpuMs()) ?? 0) - before) / ask.calls);
    return measured;
  };
  const summarise = (measured: Measured | undefined): Delivered => {
    const runs = measured?.runs ?? [];
    const delivered = runs.map(({ answer }) => syncAnswer.parse(answer).delivered);
    if (delivered.some((each) => each !== ask.calls))
      throw new Error(`${ask.calls} calls were to be delivered, ${delivered.join(", ")} were`);
    return {
      callsPerSecond: median(runs.map(({ wallMs }) => (ask.calls / wallMs) * 1_000)),
      cpuMicrosPerCall: median(runs.map(({ cpuMs }) => (cpuMs / ask.calls) * 1_000)),
      peakRssMb: Math.max(...runs.map(({ maxRssBytes }) => maxRssBytes)) / 2 ** 20,
    };
  };
  try {
    const contenders = [product, script, ...(redis === undefined ? [] : [bullmq])];
    const [ofProduct, ofScript, ofBullmq] = await inTurn(ask.rounds, scratch, contenders);
    return {
      product: summarise(ofProduct),
      script: summarise(ofScript),
      bullmq:
        redis === undefined ? null : { ...summarise(ofBullmq), serverCpuMicrosPerCall: median(serverCpu) * 1_000 },
    };
  } finally {
    await redis?.close();
  }
}

const options = readOptions();
if (options === undefined) {
  console.log(help);
  process.exit(0);
}
if (options.isWindow) {
  const exitCode = runBehindScreen();
  if (exitCode !== null) process.exit(exitCode);
}
const scratch = await mkdtemp(join(tmpdir(), "callledger-bench-"));

/** One kind of measurement, in a folder that goes with it: a table for people, then one JSON line, with what is quoted of it. */
async function measureAlone<T extends object>(
  measure: () => Promise<T> | T,
  show: (result: T) => void,
  ratiosOf: (result: T) => Readonly<Record<string, number>>,
): Promise<never> {
  try {
    const measured = await measure();
    show(measured);
    console.log(JSON.stringify({ ...options, ...measured, ratios: ratiosOf(measured) }));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  process.exit(0);
}

const ask = { ...options, scratch };
if (options.isWindow)
  await measureAlone(
    () => measureWindow(ask),
    showWindowBench,
    ({ idle }) => ({ memory: idle.memory, load: idle.load }),
  );
if (options.isGrowth)
  await measureAlone(
    () => measureGrowth(ask),
    (measured) => showGrowth(measured, ask),
    ({ small, large, watched }) => ({ growth: large / small, watched: watched / large }),
  );
if (options.isPeople)
  await measureAlone(
    () => measurePeople({ ...ask, people: ask.stored }),
    (measured) => showPeople(measured, ask.stored),
    ({ lookUpMicros, searchMicros }) => ({ lookUp: lookUpMicros / searchMicros }),
  );
if (options.isSearch)
  await measureAlone(() => measureSearch({ ...ask, entries: ask.stored }), showSearch, ratiosOfSearch);
if (options.isQueue) await measureAlone(() => measureQueues(ask), showQueues, ratiosOfQueues);
if (options.isArrival) await measureAlone(() => measureArrival(ask), showArrival, ratiosOfArrival);
const sandbox = await startSandbox();
try {
  const ingest = await measureIngest(sandbox, scratch, options);
  const delivery = await measureDelivery(sandbox, scratch, options);
  const ratios = {
    ingestSpeed: ingest.product.rowsPerSecond / ingest.script.rowsPerSecond,
    ingestMemory: ingest.product.peakRssMb / ingest.script.peakRssMb,
    deliverySpeed: delivery.product.callsPerSecond / delivery.script.callsPerSecond,
    deliveryCpu: delivery.product.cpuMicrosPerCall / delivery.script.cpuMicrosPerCall,
    ...(delivery.bullmq === null ? {} : toBullmqRatios(delivery.product, delivery.bullmq)),
  };
  console.log(
    `${options.rows} rows, ${options.calls} calls, medians of ${options.rounds}. Product ÷ straight-line script:`,
  );
  console.table({
    "ingest, rows a second": toRow(ingest.product.rowsPerSecond, ingest.script.rowsPerSecond, "at least 0.6"),
    "ingest, peak memory (MB)": toRow(ingest.product.peakRssMb, ingest.script.peakRssMb, "under 250 MB"),
    "delivery, calls a second": toRow(delivery.product.callsPerSecond, delivery.script.callsPerSecond, ""),
    "delivery, CPU a call (µs)": toRow(delivery.product.cpuMicrosPerCall, delivery.script.cpuMicrosPerCall, ""),
  });
  if (delivery.bullmq === null) console.log("bullmq is not measured: there is no redis-server here.");
  else {
    const { product, bullmq } = delivery;
    const withServer = bullmq.cpuMicrosPerCall + bullmq.serverCpuMicrosPerCall;
    console.log("Product ÷ bullmq with fetch, one call a request:");
    console.table({
      "delivery, calls a second": toRow(product.callsPerSecond, bullmq.callsPerSecond, "at least 2", "bullmq"),
      "delivery, CPU a call (µs), without its redis-server": toRow(
        product.cpuMicrosPerCall,
        bullmq.cpuMicrosPerCall,
        "",
        "bullmq",
      ),
      "delivery, CPU a call (µs), with its redis-server": toRow(
        product.cpuMicrosPerCall,
        withServer,
        "at most 0.5",
        "bullmq",
      ),
    });
  }
  console.log(JSON.stringify({ ...options, ingest, delivery, ratios }));
} finally {
  await sandbox.close();
  await rm(scratch, { recursive: true, force: true });
}

/**
 * The product's store is a part of its process; that of bullmq is not: a job's CPU from end to end is that of both, told beside
 * that of its process alone.
 */
function toBullmqRatios(product: Delivered, bullmq: Delivered & Readonly<{ serverCpuMicrosPerCall: number }>) {
  return {
    bullmqSpeed: product.callsPerSecond / bullmq.callsPerSecond,
    bullmqCpu: product.cpuMicrosPerCall / bullmq.cpuMicrosPerCall,
    bullmqCpuWithServer: product.cpuMicrosPerCall / (bullmq.cpuMicrosPerCall + bullmq.serverCpuMicrosPerCall),
  };
}

function toRow(product: number, other: number, target: string, name = "script") {
  const short = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });
  return { product: short(product), [name]: short(other), ratio: (product / other).toFixed(2), target };
}
