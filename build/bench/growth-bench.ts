import { createReadStream } from "node:fs";
import { mkdir, open, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { median, run, type Run } from "./contender.ts";
import { generateAsteriskLog } from "./generate-asterisk-log.ts";
import { addAccount } from "./queues/prepare-ledger.ts";

export type GrowthAsk = Readonly<{
  /** Rows that are imported at each of the two places. */
  more: number;
  /** Calls that are stored at the second place; at the first it is a tenth. */
  stored: number;
  rounds: number;
  scratch: string;
}>;

export type GrowthResult = Readonly<{
  /** Rows a second of one import of `more` rows. */
  small: number;
  large: number;
  /** CPU time a row, µs: what other programs on the computer do changes it little. */
  smallCpuMicros: number;
  largeCpuMicros: number;
  /** The same rows as the second import, by a watched folder. */
  watched: number;
  largePeakRssMb: number;
  watchedPeakRssMb: number;
  /** From the writing of a row to its delivery being queued, ms. */
  latencyMs: Readonly<{ median: number; most: number }>;
}>;

/** Some rows are legs of one call, some repeat others: so many rows give one call. */
const rowsPerCall = 1.25;
/** Each is waited for: a few seconds. */
const toAppended = (more: number): number => Math.max(3, Math.min(15, Math.round(more / 5000)));
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** One log, cut into files of so many rows: its calls go on from file to file, as a phone system's do. */
async function writeParts(scratch: string, counts: readonly number[]): Promise<readonly string[]> {
  const whole = join(scratch, "whole.csv");
  await generateAsteriskLog(
    whole,
    counts.reduce((sum, count) => sum + count, 0),
  );
  const paths = counts.map((_, part) => join(scratch, `part-${part}.csv`));
  let part = -1;
  let left = 0;
  let file: FileHandle | undefined;
  let block: string[] = [];
  const flush = async () => {
    if (block.length > 0) await file?.appendFile(`${block.join("\n")}\n`);
    block = [];
  };
  for await (const line of createInterface({ input: createReadStream(whole) })) {
    if (left === 0) {
      await flush();
      await file?.close();
      part += 1;
      left = counts[part] ?? 0;
      file = await open(paths[part] ?? "", "w");
    }
    left -= 1;
    block.push(line);
    if (block.length >= 5000) await flush();
  }
  await flush();
  await file?.close();
  await rm(whole);
  return paths;
}

const importAnswer = z.looseObject({ rows: z.int(), calls: z.int() });
const watchedAnswer = z.object({ rows: z.int(), readMs: z.number(), latencies: z.array(z.number()).min(1) });

async function importPart(dataDir: string, log: string, scratch: string): Promise<Run> {
  const place = ["--country", "GB", "--timezone", "UTC", "--format", "asterisk-cdr-csv", "--system", "pbx"];
  const args = ["import", log, "--tenant", "bench", ...place, "--json"];
  const measured = await run({ file: "src-main/cli/main.ts", args, env: { CALLLEDGER_DATA: dataDir } }, scratch);
  const { rows, calls } = importAnswer.parse(measured.answer);
  say(`${rows} rows gave ${calls} new calls, ${Math.round((rows / measured.wallMs) * 1000)} rows a second`);
  return measured;
}

const toMb = (runs: readonly Run[]): number => Math.max(...runs.map(({ maxRssBytes }) => maxRssBytes)) / 2 ** 20;

/** How reading does in a ledger that has grown, and by a watched folder. */
export async function measureGrowth({ more, stored, rounds, scratch }: GrowthAsk): Promise<GrowthResult> {
  const first = Math.round((stored / 10) * rowsPerCall);
  const counts = [first, more, Math.max(1, Math.round(stored * rowsPerCall) - first - more), more, more];
  const [base = "", small = "", bulk = "", large = "", watched = ""] = await writeParts(scratch, counts);
  const runs: Record<"small" | "large" | "watched", Run[]> = { small: [], large: [], watched: [] };
  for (let round = 0; round < rounds; round += 1) {
    const dataDir = join(scratch, `growth-${round}`);
    await mkdir(dataDir);
    addAccount(dataDir, "paused");
    await importPart(dataDir, base, scratch);
    runs.small.push(await importPart(dataDir, small, scratch));
    await importPart(dataDir, bulk, scratch);
    runs.large.push(await importPart(dataDir, large, scratch));
    const args = [watched, dataDir, join(scratch, `logs-${round}`), String(toAppended(more))];
    runs.watched.push(await run({ file: "build/bench/watched-ingest.ts", args }, scratch));
    await rm(dataDir, { recursive: true });
  }
  const rate = (each: readonly Run[]): number => median(each.map(({ wallMs }) => (more / wallMs) * 1000));
  const cpu = (each: readonly Run[]): number => median(each.map(({ cpuMs }) => (cpuMs / more) * 1000));
  const answers = runs.watched.map(({ answer }) => watchedAnswer.parse(answer));
  const latencies = answers.flatMap((answer) => answer.latencies);
  return {
    small: rate(runs.small),
    large: rate(runs.large),
    smallCpuMicros: cpu(runs.small),
    largeCpuMicros: cpu(runs.large),
    watched: median(answers.map(({ rows, readMs }) => (rows / readMs) * 1000)),
    largePeakRssMb: toMb(runs.large),
    watchedPeakRssMb: toMb(runs.watched),
    latencyMs: { median: median(latencies), most: Math.max(...latencies) },
  };
}

/** Tables for people. */
export function showGrowth(result: GrowthResult, { stored, more }: Pick<GrowthAsk, "stored" | "more">): void {
  const { small, large, watched, latencyMs } = result;
  const rate = (value: number): string => Math.round(value).toLocaleString("en");
  console.log(`Importing ${more} rows, rows a second:`);
  console.table({
    [`with ${stored / 10} calls stored`]: { "rows a second": rate(small), ratio: "1.00", target: "" },
    [`with ${stored} calls stored`]: {
      "rows a second": rate(large),
      ratio: (large / small).toFixed(2),
      target: "at least 0.6",
    },
    "the same by a watched folder": {
      "rows a second": rate(watched),
      ratio: (watched / large).toFixed(2),
      target: "about 1",
    },
  });
  console.log(
    `From a row being written to its delivery being queued: ${(latencyMs.median / 1000).toFixed(1)} s, at most ${(latencyMs.most / 1000).toFixed(1)} s.`,
  );
}
