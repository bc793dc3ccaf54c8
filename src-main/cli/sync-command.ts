import type { Command } from "commander";
import type { SyncProgressView, SyncSummaryView } from "../../src-shared/ipc/sync-views.ts";
import { ask, withEngine, type ContextOf } from "./cli-context.ts";
import { wholeNumber } from "./number-option.ts";
import type { Output } from "./output.ts";

type Options = Readonly<{ untilIdle?: boolean; idleHorizon: number; maxSeconds?: number; requestTimeout: number }>;

const examples = `
Examples:
  callledger sync --until-idle
  callledger sync --until-idle --max-seconds 300 --json

Idle: nothing is queued, being sent or uncertain, and nothing that waits is due within the horizon. Calls that are held
for a contact and those of paused integrations never keep it from being idle. Without --until-idle it goes on until
stopped (Ctrl+C).`;

/** Seconds of a request's answer before it counts as lost. */
export const defaultRequestTimeoutSeconds = 30;

export function addSyncCommand(program: Command, contextOf: ContextOf): void {
  program
    .command("sync")
    .description("bring queued calls to the CRMs")
    .option("--until-idle", "end when there is nothing left to do")
    .option(
      "--idle-horizon <seconds>",
      "what waits longer than this does not count as work",
      wholeNumber("--idle-horizon", 0, 86_400 * 30),
      120,
    )
    .option(
      "--max-seconds <seconds>",
      "stop after this long, whatever is left",
      wholeNumber("--max-seconds", 1, 86_400 * 30),
    )
    .option(
      "--request-timeout <seconds>",
      "a CRM's answer that takes longer counts as lost",
      wholeNumber("--request-timeout", 1, 600),
      defaultRequestTimeoutSeconds,
    )
    .addHelpText("after", examples)
    .action(async (options: Options) => {
      const context = contextOf();
      const { output } = context;
      const summary = await withEngine(
        context,
        (engine) =>
          ask(
            engine,
            "sync:run",
            {
              until: options.untilIdle === true ? "idle" : "stopped",
              idleHorizonMs: options.idleHorizon * 1_000,
              maxMs: options.maxSeconds === undefined ? null : options.maxSeconds * 1_000,
            },
            { signal: context.signal, onProgress: (progress) => output.progress.show(toProgressLine(progress)) },
          ),
        { requestTimeoutMs: options.requestTimeout * 1_000 },
      );
      showSyncSummary(output, summary);
      output.answer(summary);
    });
}

/** A sync's standing in one line. */
export function toProgressLine(progress: SyncProgressView): string {
  const parts = [
    `delivered ${progress.delivered}`,
    `queued ${progress.queued}`,
    `waiting ${progress.waiting}`,
    ...(progress.uncertain > 0 ? [`uncertain ${progress.uncertain}`] : []),
    `dead ${progress.dead}`,
    `requests ${progress.apiCalls}`,
  ];
  return `Syncing: ${parts.join(", ")}`;
}

export function showSyncSummary(output: Output, summary: SyncSummaryView): void {
  const { delivered, waiting, dead, apiCalls, rateLimited, reason } = summary;
  const ends = { idle: "Nothing is left to do", max_seconds: "The time is up", stopped: "Stopped" } as const;
  output.say(
    `${ends[reason]}. Delivered ${delivered}; waiting ${waiting}; dead ${dead}. Requests ${apiCalls}, refused for their rate ${rateLimited}.`,
  );
  if (dead > 0) output.say("What is dead and why: callledger dead list");
}
