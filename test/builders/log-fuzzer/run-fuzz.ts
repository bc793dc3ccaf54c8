import { Worker } from "node:worker_threads";
import { makeFuzzInput } from "./fuzz-input.ts";
import type { FuzzReport } from "./fuzz-worker.ts";

/** Longer than any input of this size may take, on a computer that does ten other things. */
const longestMs = 60_000;

export type FuzzRun = Readonly<{ seed: number; inputs: number; refused: number; problems: readonly string[] }>;

type Asked = Readonly<{ seed: number; from: number; count: number }>;

const describe = (seed: number, index: number, what: string): string =>
  `input ${index} of seed ${seed}: ${makeFuzzInput(seed, index).story}\n${what}\n` +
  `Again: CALLLEDGER_FUZZ=${seed}:${index} npx vitest run test/property/ingest-fuzz.test.ts`;

/** Reads inputs of a seed in a thread of its own, so that one that never ends is told of and stops nothing. */
export async function runFuzz({ seed, from, count }: Asked): Promise<FuzzRun> {
  const problems: string[] = [];
  let refused = 0;
  let next = from;
  while (next < from + count && problems.length < 5) {
    const worker = new Worker(new URL("fuzz-worker.ts", import.meta.url), { workerData: { seed } });
    try {
      while (next < from + count && problems.length < 5) {
        const report = await ask(worker, next);
        if (typeof report === "string") {
          problems.push(describe(seed, next, report));
          next += 1;
          break;
        }
        if (report.refused) refused += 1;
        if (report.problem !== null) problems.push(describe(seed, next, report.problem));
        next += 1;
      }
    } finally {
      await worker.terminate();
    }
  }
  return { seed, inputs: next - from, refused, problems };
}

/** The report on one input, or why there is none. */
function ask(worker: Worker, index: number): Promise<FuzzReport | string> {
  const { promise, resolve } = Promise.withResolvers<FuzzReport | string>();
  const timer = setTimeout(() => resolve(`it was not read within ${longestMs / 1000} seconds`), longestMs);
  const onMessage = (report: FuzzReport): void => resolve(report);
  const onError = (error: Error): void => resolve(error.stack ?? error.message);
  worker.once("message", onMessage).once("error", onError);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  worker.postMessage(index);
  return promise.finally(() => {
    clearTimeout(timer);
    worker.off("message", onMessage).off("error", onError);
  });
}
