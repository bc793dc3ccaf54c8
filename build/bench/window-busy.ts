import { _electron, type Page } from "@playwright/test";
import { z } from "zod";
import { run } from "./contender.ts";

/** What the window's own clock says while a log is imported behind it. */
export type BusyResult = Readonly<{
  importSeconds: number;
  calls: Readonly<Record<string, Quantiles>>;
  all: Quantiles;
  longTasks: Readonly<{ count: number; p99Ms: number; maxMs: number }>;
}>;
export type Quantiles = Readonly<{ count: number; p50Ms: number; p95Ms: number; p99Ms: number; maxMs: number }>;

const measured = z.object({
  samples: z.array(z.object({ name: z.string(), ms: z.number(), fault: z.string().nullable() })),
  tasks: z.array(z.number()),
});
type Sample = z.infer<typeof measured>["samples"][number];

/** What a window asks while a person works in it: of the shell, of the engine, a page of calls, a search, the day. */
const asked = [
  { name: "shell:info", input: {} },
  { name: "status:get", input: {} },
  { name: "calls:list", input: { text: "", outcome: null, before: null, limit: 100 } },
  { name: "calls:list", input: { text: "07700900", outcome: null, before: null, limit: 100 } },
  { name: "deadLetters:list", input: {} },
] as const;

/** Runs in the page: asks all the time, one after the other with a pause as between two clicks, and writes down each answer's time. */
const startAsking = `{
  const bench = (window.bench = { samples: [], tasks: [], stop: false });
  const questions = ${JSON.stringify(asked)};
  new PerformanceObserver((list) => bench.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
    entryTypes: ["longtask"],
  });
  const ask = async (turn) => {
    if (bench.stop) return;
    const question = questions[turn % questions.length];
    const since = performance.now();
    const answer = await window.callledger.call({ ...question, requestId: crypto.randomUUID() });
    bench.samples.push({ name: question.name, ms: performance.now() - since, fault: answer.ok ? null : answer.fault.message });
    setTimeout(() => void ask(turn + 1), 20);
  };
  void ask(0);
}`;

export function toQuantiles(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { count: sorted.length, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: sorted.at(-1) ?? 0 };
}

export type BusyAsk = Readonly<{
  executable: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Arguments of the command line that import the log into the same data folder. */
  importArgs: readonly string[];
  scratch: string;
}>;

/** Imports a log through the running app, with its window open on one screen after the other. */
export async function measureBusy({ executable, args, env, importArgs, scratch }: BusyAsk): Promise<BusyResult> {
  const strings = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const app = await _electron.launch({ executablePath: executable, args: [...args, "--hidden"], env: strings });
  try {
    const opened = app.firstWindow();
    await app.evaluate(({ app: electron }) => void setImmediate(() => electron.emit("activate")));
    const page = await opened;
    await page.getByText("Agent running").waitFor({ timeout: 60_000 });
    await page.evaluate(startAsking);
    const places = ["#/overview", "#/calls", "#/attention"];
    let turn = 0;
    const walk = setInterval(() => void goTo(page, places[turn++ % places.length] ?? ""), 5_000);
    const { wallMs } = await run({ file: "src-main/cli/main.ts", args: importArgs, env: strings }, scratch).finally(
      () => clearInterval(walk),
    );
    const { samples, tasks } = measured.parse(await page.evaluate("bench.stop = true, bench"));
    const refused = samples.find(({ fault }) => fault !== null);
    if (refused !== undefined) throw new Error(`${refused.name} failed: ${refused.fault}`);
    return toResult(wallMs, samples, tasks);
  } finally {
    await app.close();
  }
}

const goTo = async (page: Page, place: string): Promise<void> => {
  await page.evaluate(`location.hash = ${JSON.stringify(place)}`);
};

function toResult(wallMs: number, samples: readonly Sample[], tasks: readonly number[]): BusyResult {
  const names = [...new Set(samples.map(({ name }) => name))];
  const of = (name: string): readonly number[] => samples.filter((each) => each.name === name).map(({ ms }) => ms);
  const long = toQuantiles(tasks);
  return {
    importSeconds: wallMs / 1_000,
    calls: Object.fromEntries(names.map((name) => [name, toQuantiles(of(name))])),
    all: toQuantiles(samples.map(({ ms }) => ms)),
    longTasks: { count: long.count, p99Ms: long.p99Ms, maxMs: long.maxMs },
  };
}
