import { resolve } from "node:path";
import type { Command } from "commander";
import type { SourceSettings } from "../../src-shared/domain/source-settings.ts";
import type { FolderView } from "../../src-shared/ipc/ingest-views.ts";
import { badUsage } from "./cli-fault.ts";
import { ask, withEngine, withReader, type CliContext, type ContextOf } from "./cli-context.ts";
import { orderGroup } from "./command-group.ts";
import { rowNumber } from "./number-option.ts";
import type { Output } from "./output.ts";
import { addReadingOptions, readSettings, type ReadingOptions } from "./reading-options.ts";
import { toTable } from "./table.ts";

type Options = ReadingOptions &
  Readonly<{ tenant: string; system?: string; subfolders: boolean; networkShare?: boolean; settle?: number }>;

const examples = `
Examples:
  callledger source add /var/log/asterisk/cdr-csv --tenant acme --country GB --timezone Europe/London
  callledger source add ./exports --tenant acme --system reception --assume '{"region":"GB","outsideLinePrefix":"9"}'
  callledger source list

Folders are read while callledger run (or the app) is running. Files are only read, never moved, changed or deleted; a
file is read when it has stayed the same for a while (--settle), and again when it has grown. Rotated and packed logs
(Master.csv.1, .gz) are known by what they hold. Links are not followed. docs/watched-folders.md tells all of it.`;

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
      .option("--system <name>", "name of the phone system (default: the format's name)")
      .option("--no-subfolders", "read only files that lie in the folder itself")
      .option("--network-share", "it lies on another computer: look less often, do not rely on its events")
      .option("--no-network-share", "it lies on this computer, whatever the system says")
      .option("--settle <seconds>", "how long a file has to stay the same before it is read", toSettleSeconds),
  ).action(async (folder: string, options: Options) => {
    const context = contextOf();
    const settings = toWatchSettings(await readSettings(options, context.timeZone), options);
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

function toSettleSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== "" && seconds >= 0.1 && seconds <= 3600) return seconds;
  throw badUsage(`--settle takes seconds from 0.1 to 3600. This is none: ${text}`);
}

/** What the options say of the watch wins over the same in `--assume`. */
function toWatchSettings(settings: SourceSettings, { subfolders, networkShare, settle }: Options): SourceSettings {
  const watch = {
    ...settings.watch,
    ...(subfolders ? {} : { subfolders }),
    ...(networkShare === undefined ? {} : { networkShare }),
    ...(settle === undefined ? {} : { settleSeconds: settle }),
  };
  return Object.keys(watch).length === 0 ? settings : { ...settings, watch };
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
      each.folder.state,
      each.path,
    ]);
    for (const line of toTable([["ID", "TENANT", "SYSTEM", "FORMAT", "STATE", "FOLDER"], ...rows])) output.say(line);
    for (const { id, folder } of sources) showFolder(output, id, folder);
  }
  output.answer({ sources });
}

/** What a person should know of a folder beside its state. */
function showFolder(output: Output, id: number, { problem, troubleCount, troubles }: FolderView): void {
  if (problem !== null) output.say(`Source ${id}: ${problem}`);
  if (troubleCount > 0) output.say(`Source ${id}: ${troubleCount} in the folder could not be read:`);
  for (const { path, problem: why } of troubles) output.say(`  ${path}: ${why}`);
  if (troubleCount > troubles.length) output.say(`  and ${troubleCount - troubles.length} more`);
}
