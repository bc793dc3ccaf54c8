import { once } from "node:events";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { toCallJson } from "../engine/ingest/call-json.ts";
import { releaseYoungGeneration } from "../engine/host/young-generation.ts";
import { badUsage } from "./cli-fault.ts";
import type { CliContext, ContextOf } from "./cli-context.ts";
import { orderGroup } from "./command-group.ts";
import { addMapCommands } from "./map-command.ts";
import { toReadFault } from "./read-fault.ts";
import { addReadingOptions, readSettings, type ReadingOptions } from "./reading-options.ts";

const help = `
Examples:
  callledger calls parse Master.csv --country GB --timezone Europe/London
  callledger calls parse ./exports --assume @settings.json | head

One call a line as JSON, then a line with the summary: rows, calls, and every row that gave no leg of a call, with the
reason. It writes nothing and needs no data folder; mappings that were saved in one are used.`;

export function addCallsCommand(program: Command, contextOf: ContextOf): void {
  const group = program
    .command("calls")
    .description("look into call logs without importing them")
    .addHelpText("after", help);
  orderGroup(group);
  addMapCommands(group, contextOf);
  addReadingOptions(
    group.command("parse <path>").description("print the calls of a log (a file, or a folder of files)"),
  )
    .addHelpText("after", help)
    .action(async (path: string, options: ReadingOptions) => {
      const context = contextOf();
      const settings = await readSettings(options, context.timeZone);
      try {
        await parse(context, resolve(path), { format: options.format, settings });
      } catch (error) {
        throw toReadFault(error, path);
      }
    });
}

async function parse(
  { output, signal, dataDir }: CliContext,
  path: string,
  ask: Readonly<{ format: string; settings: Awaited<ReturnType<typeof readSettings>> }>,
): Promise<void> {
  // Loaded here alone: the numbering plans of the world are large.
  const { parseLog } = await import("../engine/ingest/parse-log.ts");
  const { createMappingBook } = await import("../engine/ingest/mapping/mapping-book.ts");
  releaseYoungGeneration();
  const mappings = createMappingBook(join(dataDir, "mappings"));
  const log = await parseLog({ path, ...ask, mappings, clock: { now: Date.now } });
  for await (const { record } of log.calls) {
    if (signal.aborted) throw badUsage("Stopped before the log was read to its end.");
    if (!process.stdout.write(`${JSON.stringify(toCallJson(record))}\n`)) await once(process.stdout, "drain");
  }
  const { refused, ...summary } = log.summary();
  for (const { file, reason } of refused) output.note(`${file} is left out: ${reason}`);
  output.data(JSON.stringify({ summary: { ...summary, ...(refused.length > 0 ? { refused } : {}) } }));
}
