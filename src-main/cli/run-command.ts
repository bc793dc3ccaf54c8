import { once } from "node:events";
import type { Command } from "commander";
import { reasonTexts } from "../../src-shared/domain/reason.ts";
import type { EngineEvent } from "../../src-shared/ipc/events.ts";
import { CliFault } from "./cli-fault.ts";
import type { CliContext, ContextOf } from "./cli-context.ts";
import { wholeNumber } from "./number-option.ts";
import { toReadingLine } from "./import-command.ts";
import { defaultRequestTimeoutSeconds, toProgressLine } from "./sync-command.ts";
import { showSilence } from "./silence-lines.ts";
import { toCounts } from "./table.ts";

type Options = Readonly<{ requestTimeout: number }>;

const help = `
Example:
  callledger run

Watches the folders of source add, brings calls to the CRMs, seals the audit and backs up every day. Other commands hand
over to it. It ends within ten seconds after Ctrl+C or a stop of its service.`;

export function addRunCommand(program: Command, contextOf: ContextOf): void {
  program
    .command("run")
    .description("the agent without a window: watch folders, sync, schedules")
    .option(
      "--request-timeout <seconds>",
      "a CRM's answer that takes longer counts as lost",
      wholeNumber("--request-timeout", 1, 600),
      defaultRequestTimeoutSeconds,
    )
    .addHelpText("after", help)
    .action(async (options: Options) => {
      const context = contextOf();
      await runAgent(context, options.requestTimeout * 1_000);
      context.output.say("Stopped.");
      context.output.answer({ stopped: true });
    });
}

async function runAgent(context: CliContext, requestTimeoutMs: number): Promise<void> {
  const { dataDir, output, signal } = context;
  const { startEngine } = await import("../engine/main.ts");
  const { EngineStartError } = await import("../engine/host/start-error.ts");
  const failed = Promise.withResolvers<never>();
  // The signal may win: nobody waits for the failure then.
  failed.promise.catch(() => undefined);
  const engine = await startEngine({
    dataDir,
    requestTimeoutMs,
    background: true,
    onEvent: (event) => show(context, event),
    onFailure: (error) => failed.reject(error),
  }).catch((error: unknown) => {
    if (error instanceof EngineStartError && error.kind === "in_use") throw new CliFault(1, error.message, "busy");
    throw error;
  });
  try {
    output.say(`Running on ${dataDir}. Stop with Ctrl+C.`);
    if (!signal.aborted) await Promise.race([once(signal, "abort"), failed.promise]);
  } finally {
    await engine.close();
  }
}

function show({ output, timeZone }: CliContext, event: EngineEvent): void {
  switch (event.event) {
    case "sync:progress":
      output.progress.show(toProgressLine(event.progress));
      return;
    case "source:read": {
      const { rows, calls, skipped, deliveries } = event.summary;
      output.say(
        `Read ${event.file}: ${rows} rows, ${calls} new calls, ${deliveries} queued; skipped: ${toCounts(skipped)}.`,
      );
      return;
    }
    case "source:progress":
      output.progress.show(toReadingLine(event.progress));
      return;
    case "source:state":
      output.note(event.problem ?? `The folder ${event.path} is watched.`);
      return;
    case "source:trouble":
      output.note(`Source ${event.sourceId}: ${event.message}`);
      return;
    case "integration:blocked": {
      const { sentence, nextStep } = reasonTexts[event.reason];
      output.note(`${event.label} (integration ${event.integrationId}) is stopped: ${sentence} ${nextStep}`);
      return;
    }
    case "group:healed": {
      const calls = event.count === 1 ? "1 call goes" : `${event.count} calls go`;
      output.say(
        `${event.label} (integration ${event.integrationId}): ${calls} out again; ${event.reason} is settled.`,
      );
      return;
    }
    case "source:silent":
      showSilence(output, { ...event, timeZone });
      return;
    case "source:heard":
      output.say(`Source ${event.sourceId} gives calls again.`);
      return;
    case "ledger:changed":
      return;
    case "backup:done":
      output.say(`Backup written: ${event.file}`);
      return;
    case "schedule:trouble":
      output.note(`${event.task}: ${event.message}`);
  }
}
