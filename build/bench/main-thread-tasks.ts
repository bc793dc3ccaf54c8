import type { CDPSession } from "@playwright/test";
import { z } from "zod";
import { toQuantiles, type Quantiles } from "./quantiles.ts";

/** Every task of a page's main thread while it was watched; `watchedMs` is less than the whole time by the pauses between two recordings. */
export type MainThreadTasks = Quantiles & Readonly<{ watchedMs: number; lostRecordings: number }>;

const taskEvent = z.object({
  name: z.literal("RunTask"),
  pid: z.int(),
  tid: z.int(),
  ph: z.literal("X"),
  dur: z.number().nonnegative(),
});
const threadName = z.object({
  name: z.literal("thread_name"),
  pid: z.int(),
  tid: z.int(),
  args: z.object({ name: z.string() }),
});
type TaskEvent = z.infer<typeof taskEvent>;
type ThreadName = z.infer<typeof threadName>;

/** What Chromium calls the thread of a renderer that runs the page. */
const mainThread = "CrRendererMain";

/** What of a recording is told on: tasks and names of threads. Everything else is dropped at once. */
const pickEvents = (events: readonly unknown[]): readonly (TaskEvent | ThreadName)[] =>
  events.flatMap((event) => {
    const parsed = z.union([taskEvent, threadName]).safeParse(event);
    return parsed.success ? [parsed.data] : [];
  });

/** Lengths (ms) of the tasks that the main thread of this process ran, from events of a trace in any order. */
export function toTaskLengths(events: readonly unknown[], pid: number): readonly number[] {
  const picked = pickEvents(events).filter((event) => event.pid === pid);
  const isMain = new Set(
    picked.flatMap((event) => (event.name === "thread_name" && event.args.name === mainThread ? [event.tid] : [])),
  );
  return picked.flatMap((event) => (event.name === "RunTask" && isMain.has(event.tid) ? [event.dur / 1_000] : []));
}

/** Width of a bin, ms, and the longest task that is told apart from longer ones. */
const binMs = 0.1;
const longestMs = 10_000;

/** Counts lengths in a fixed piece of memory, however many there are. */
export type TaskTally = Readonly<{ add(lengthsMs: readonly number[]): void; quantiles(): Quantiles }>;

export function createTaskTally(): TaskTally {
  const bins = new Uint32Array(longestMs / binMs + 1);
  let count = 0;
  let maxMs = 0;
  /** The upper edge of the bin: a quantile never sounds better than it is. */
  const at = (share: number): number => {
    let left = Math.min(count - 1, Math.floor(count * share)) + 1;
    for (const [index, many] of bins.entries()) {
      left -= many;
      if (left <= 0) return index === bins.length - 1 ? maxMs : Math.min(maxMs, (index + 1) * binMs);
    }
    return maxMs;
  };
  return {
    add(lengthsMs) {
      for (const ms of lengthsMs) {
        const bin = Math.min(bins.length - 1, Math.floor(ms / binMs));
        bins[bin] = (bins[bin] ?? 0) + 1;
        count += 1;
        maxMs = Math.max(maxMs, ms);
      }
    },
    quantiles: () =>
      count === 0 ? toQuantiles([]) : { count, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs },
  };
}

/** A recording is this long: what it holds is counted and dropped before the next. */
const recordingMs = 5_000;
/** Tasks are of the first category in some releases of Chromium, of the second in others. */
const traceConfig = {
  recordMode: "recordUntilFull" as const,
  includedCategories: ["disabled-by-default-devtools.timeline", "devtools.timeline"],
  excludedCategories: ["*"],
};

export type TaskWatch = Readonly<{ end(): Promise<MainThreadTasks> }>;

/** Records every task of the page's main thread, in pieces, until it is ended. `pid`: the page's process. */
export function watchMainThread(session: CDPSession, pid: number, now: () => number): TaskWatch {
  const tally = createTaskTally();
  let watchedMs = 0;
  let lostRecordings = 0;
  const ending = new AbortController();

  async function record(): Promise<void> {
    const events: unknown[] = [];
    const take = ({ value }: { value: readonly unknown[] }): void => void events.push(...pickEvents(value));
    session.on("Tracing.dataCollected", take);
    await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig });
    const since = now();
    await untilOver(ending.signal);
    watchedMs += now() - since;
    const completed = new Promise<boolean>((resolve) =>
      session.once("Tracing.tracingComplete", ({ dataLossOccurred }) => resolve(dataLossOccurred)),
    );
    await session.send("Tracing.end");
    if (await completed) lostRecordings += 1;
    session.off("Tracing.dataCollected", take);
    tally.add(toTaskLengths(events, pid));
  }

  const recording = (async () => {
    while (!ending.signal.aborted) await record();
  })();
  // Who ends the watch hears of a failure; until then it is nobody's.
  recording.catch(() => undefined);
  return {
    async end() {
      ending.abort();
      await recording;
      return { ...tally.quantiles(), watchedMs, lostRecordings };
    },
  };
}

/** Resolves when a recording is long enough, or the watch ends. */
function untilOver(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, recordingMs);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
