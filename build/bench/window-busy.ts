import { _electron, type Page } from "@playwright/test";
import { performance } from "node:perf_hooks";
import { z } from "zod";
import { run } from "./contender.ts";
import { watchMainThread, type MainThreadTasks } from "./main-thread-tasks.ts";
import { toQuantiles, type Quantiles } from "./quantiles.ts";

/** What the window's own clock says while a log is imported behind it. */
export type BusyResult = Readonly<{
  importSeconds: number;
  calls: Readonly<Record<string, Quantiles>>;
  all: Quantiles;
  /** Every task of the page's main thread, long or short. */
  tasks: MainThreadTasks;
  longTasks: LongTasks;
}>;
/** `delayMs`: how long a click would have waited for the page at 99 of 100 moments, 0 where no task of 50 ms was under way. */
export type LongTasks = Readonly<{ count: number; maxMs: number; share: number; delayMs: number }>;

const measured = z.object({
  samples: z.array(z.object({ name: z.string(), ms: z.number(), fault: z.string().nullable() })),
  tasks: z.array(z.number()),
  ms: z.number(),
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
  const bench = (window.bench = { samples: [], tasks: [], since: performance.now(), stop: false });
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
    const session = await page.context().newCDPSession(page);
    const pid = await app.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.getOSProcessId() ?? 0);
    const watch = watchMainThread(session, pid, () => performance.now());
    await page.evaluate(startAsking);
    const places = ["#/overview", "#/calls", "#/attention"];
    let turn = 0;
    const walk = setInterval(() => void goTo(page, places[turn++ % places.length] ?? ""), 5_000);
    const { wallMs } = await run({ file: "src-main/cli/main.ts", args: importArgs, env: strings }, scratch).finally(
      () => clearInterval(walk),
    );
    const { samples, tasks, ms } = measured.parse(
      await page.evaluate("({ ...bench, ms: performance.now() - bench.since, stop: (bench.stop = true) })"),
    );
    const all = await watch.end();
    const refused = samples.find(({ fault }) => fault !== null);
    if (refused !== undefined) throw new Error(`${refused.name} failed: ${refused.fault}`);
    return toResult(wallMs, samples, { tasks: all, longTasks: toLongTasks(tasks, ms) });
  } finally {
    await app.close();
  }
}

const goTo = async (page: Page, place: string): Promise<void> => {
  await page.evaluate(`location.hash = ${JSON.stringify(place)}`);
};

/**
 * The browser tells of tasks from 50 ms on and of no other, so quantiles over them say nothing of the page: what counts is
 * how long a click at any moment waits for the task that is under way.
 */
export function toLongTasks(tasks: readonly number[], observedMs: number): LongTasks {
  const waitsLonger = (ms: number): number =>
    tasks.reduce((sum, task) => sum + Math.max(0, task - ms), 0) / Math.max(1, observedMs);
  let [low, high] = [0, Math.max(0, ...tasks)];
  while (high - low > 0.5) {
    const middle = (low + high) / 2;
    if (waitsLonger(middle) > 0.01) low = middle;
    else high = middle;
  }
  const isRare = waitsLonger(0) <= 0.01;
  return { count: tasks.length, maxMs: Math.max(0, ...tasks), share: waitsLonger(0), delayMs: isRare ? 0 : high };
}

function toResult(
  wallMs: number,
  samples: readonly Sample[],
  page: Pick<BusyResult, "tasks" | "longTasks">,
): BusyResult {
  const names = [...new Set(samples.map(({ name }) => name))];
  const of = (name: string): readonly number[] => samples.filter((each) => each.name === name).map(({ ms }) => ms);
  return {
    importSeconds: wallMs / 1_000,
    calls: Object.fromEntries(names.map((name) => [name, toQuantiles(of(name))])),
    all: toQuantiles(samples.map(({ ms }) => ms)),
    ...page,
  };
}
