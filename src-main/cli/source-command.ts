import { resolve } from "node:path";
import type { Command } from "commander";
import { ask, withEngine, withReader, type CliContext, type ContextOf } from "./cli-context.ts";
import { orderGroup } from "./command-group.ts";
import { rowNumber } from "./number-option.ts";
import { addReadingOptions, readSettings, type ReadingOptions } from "./reading-options.ts";
import { toTable } from "./table.ts";

type Options = ReadingOptions & Readonly<{ tenant: string; system?: string }>;

const examples = `
Examples:
  callledger source add /var/log/asterisk/cdr-csv --tenant acme --country GB --timezone Europe/London
  callledger source add ./exports --tenant acme --system reception --assume '{"region":"GB","outsideLinePrefix":"9"}'
  callledger source list

Folders are read while callledger run is running.`;

export function addSourceCommand(program: Command, contextOf: ContextOf): void {
  const group = program
    .command("source")
    .description("folders that are watched for call logs")
    .addHelpText("after", examples);
  addReadingOptions(
    group
      .command("add <folder>")
      .description("watch a folder")
      .requiredOption("--tenant <name>", "the company whose calls these are")
      .option("--system <name>", "name of the phone system (default: the format's name)"),
  ).action(async (folder: string, options: Options) => {
    const context = contextOf();
    const settings = await readSettings(options, context.timeZone);
    const source = await withEngine(context, (engine) =>
      ask(engine, "sources:add", {
        path: resolve(folder),
        tenant: options.tenant,
        ...(options.system === undefined ? {} : { system: options.system }),
        format: options.format,
        settings,
      }),
    );
    context.output.say(
      `Source ${source.id}: ${source.path} is watched for ${source.tenant} (times in ${source.settings.timeZone}).`,
    );
    context.output.answer({ sourceId: source.id, source });
  });
  group
    .command("list")
    .description("every watched folder")
    .action(() => list(contextOf()));
  orderGroup(group, () => list(contextOf()));
  group
    .command("remove <source>")
    .description("stop watching a folder; what was read stays")
    .action(async (text: string) => {
      const context = contextOf();
      const id = rowNumber("A source")(text);
      const { removed } = await withEngine(context, (engine) => ask(engine, "sources:remove", { id }));
      context.output.say(`Source ${removed} is no longer watched.`);
      context.output.answer({ removed });
    });
}

async function list(context: CliContext): Promise<void> {
  const { output } = context;
  const { sources } = await withReader(context, (engine) => ask(engine, "sources:list", {}));
  if (sources.length === 0) output.say("No folder is watched. See: callledger source add --help");
  else {
    const rows = sources.map((each) => [
      String(each.id),
      each.tenant,
      each.system === "" ? "-" : each.system,
      each.format,
      each.path,
    ]);
    for (const line of toTable([["ID", "TENANT", "SYSTEM", "FORMAT", "FOLDER"], ...rows])) output.say(line);
  }
  output.answer({ sources });
}
