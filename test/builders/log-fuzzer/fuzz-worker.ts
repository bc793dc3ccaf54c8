import { parentPort, workerData } from "node:worker_threads";
import { examineLog } from "../../../src-main/engine/ingest/doctor/examine-log.ts";
import { LogRefusedError } from "../../../src-main/engine/ingest/log-refused.ts";
import { parsePath, readingTime, withFile } from "../parsed-log.ts";
import { makeFuzzInput, type FuzzInput } from "./fuzz-input.ts";

export type FuzzReport = Readonly<{ index: number; refused: boolean; problem: string | null }>;

/** What is wrong with how an input was read; null where nothing is. Refused as a whole with a sentence is right. */
async function judge({ bytes, settings, format }: FuzzInput): Promise<Omit<FuzzReport, "index">> {
  try {
    const { calls, summary } = await withFile(bytes, async (path) => {
      // What looks at a file before it is read may not fail on any either: it tells what is wrong.
      const { findings } = await examineLog({ path, format, settings, clock: { now: () => readingTime } });
      if (findings.some(({ says, does }) => says === "" || does === "")) throw new Error("a finding says nothing");
      return parsePath(path, settings, format);
    });
    const legs = calls.reduce((sum, call) => sum + call.legs, 0);
    if (summary.rows !== legs + summary.skipped.length) {
      return { refused: false, problem: `${summary.rows} rows, but ${legs} legs + ${summary.skipped.length} skipped` };
    }
    const odd = calls.find(
      ({ startedAt, durationSeconds, status }) =>
        !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(startedAt) ||
        !Number.isSafeInteger(durationSeconds) ||
        durationSeconds < 0 ||
        (status !== "answered" && durationSeconds !== 0),
    );
    return { refused: false, problem: odd === undefined ? null : `an impossible call: ${JSON.stringify(odd)}` };
  } catch (error) {
    if (error instanceof LogRefusedError && error.message.length > 20) return { refused: true, problem: null };
    return { refused: false, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

const { seed } = workerData as { seed: number };
async function answer(index: number): Promise<void> {
  const report = await judge(makeFuzzInput(seed, index));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage({ index, ...report });
}
parentPort?.on("message", (index: number) => void answer(index));
