import { z } from "zod";
import { importProgress, importSummary } from "../../src-shared/ipc/ingest-views.ts";
import type { CallAnswer } from "../../src-shared/ipc/window-contract.ts";
import type { ImportJob } from "../../src-shared/ipc/window-views.ts";
import type { StartedCall, WindowHandler } from "./window-calls.ts";

/** Readings of files that a person started; a window that opens later sees them too. */
export type ImportJobs = Readonly<{
  /** Starts a reading and keeps its account. */
  wrap(handler: WindowHandler): WindowHandler;
  list(): Readonly<Record<string, ImportJob>>;
}>;

/** Ended ones that are still told. */
const keptJobs = 20;
const paths = z.object({ paths: z.array(z.string()) });

export function createImportJobs(
  parts: Readonly<{ now: () => number; onChanged: () => void; onEnded: () => void }>,
): ImportJobs {
  const jobs = new Map<string, ImportJob>();
  const put = (job: ImportJob) => {
    jobs.set(job.requestId, job);
    const ended = [...jobs.values()].filter(({ state }) => state !== "running");
    for (const { requestId } of ended.slice(0, Math.max(0, ended.length - keptJobs))) jobs.delete(requestId);
    parts.onChanged();
  };
  const update = (requestId: string, change: Partial<ImportJob>) => {
    const job = jobs.get(requestId);
    if (job !== undefined) put({ ...job, ...change });
  };
  const end = (requestId: string, answer: CallAnswer): CallAnswer => {
    update(requestId, { ...toEnd(answer), endedAt: parts.now() });
    parts.onEnded();
    return answer;
  };
  return {
    wrap: (handler) => (input, context) => {
      const { requestId } = context;
      put({
        requestId,
        paths: paths.parse(input).paths,
        startedAt: parts.now(),
        state: "running",
        endedAt: null,
        progress: null,
        summary: null,
        fault: null,
      });
      const started: StartedCall = handler(input, {
        requestId,
        onProgress(progress) {
          const parsed = importProgress.safeParse(progress);
          if (parsed.success) update(requestId, { progress: parsed.data });
          context.onProgress(progress);
        },
      });
      return { answer: started.answer.then((answer) => end(requestId, answer)), cancel: started.cancel };
    },
    list: () => Object.fromEntries(jobs),
  };
}

function toEnd(answer: CallAnswer): Pick<ImportJob, "state" | "summary" | "fault"> {
  if (!answer.ok) {
    const state = answer.fault.code === "canceled" ? "canceled" : "failed";
    return { state, summary: null, fault: answer.fault };
  }
  const summary = importSummary.safeParse(answer.value);
  return { state: "done", summary: summary.success ? summary.data : null, fault: null };
}
