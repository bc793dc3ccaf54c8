import { once } from "node:events";
import { resolve } from "node:path";
import type { Command } from "commander";
import { toCallJson } from "../engine/ingest/call-json.ts";
import { LogRefusedError } from "../engine/ingest/log-refused.ts";
import { badUsage } from "./cli-fault.ts";
import type { CliContext, ContextOf } from "./cli-context.ts";
import { orderGroup } from "./command-group.ts";
import { addReadingOptions, readSettings, type ReadingOptions } from "./reading-options.ts";

const help = `
Examples:
  callledger calls parse Master.csv --country GB --timezone Europe/London
  callledger calls parse ./exports --assume @settings.json | head

One call a line as JSON, then a line with the summary: rows, calls, and every row that gave no leg of a call, with the
reason. It writes nothing and needs no data folder.`;

export function addCallsCommand(program: Command, contextOf: ContextOf): void {
  const group = program
    .command("calls")
    .description("look into call logs without importing them")
    .addHelpText("after", help);
  orderGroup(group);
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
  { output, signal }: CliContext,
  path: string,
  ask: Readonly<{ format: string; settings: Awaited<ReturnType<typeof readSettings>> }>,
): Promise<void> {
  // Loaded here alone: the numbering plans of the world are large.
  const { parseLog } = await import("../engine/ingest/parse-log.ts");
  const log = await parseLog({ path, ...ask, clock: { now: Date.now } });
  for await (const { record } of log.calls) {
    if (signal.aborted) throw badUsage("Stopped before the log was read to its end.");
    if (!process.stdout.write(`${JSON.stringify(toCallJson(record))}\n`)) await once(process.stdout, "drain");
  }
  const { refused, ...summary } = log.summary();
  for (const { file, reason } of refused) output.note(`${file} is left out: ${reason}`);
  output.data(JSON.stringify({ summary: { ...summary, ...(refused.length > 0 ? { refused } : {}) } }));
}

/** What keeps a file from being read, with its name; anything else is passed on. */
function toReadFault(error: unknown, path: string): unknown {
  if (error instanceof LogRefusedError) return badUsage(`${path}: ${error.message}`);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return badUsage(`There is no file or folder ${path}.`);
  if (code === "EACCES" || code === "EPERM") return badUsage(`${path} may not be read by this user.`);
  return error;
}
