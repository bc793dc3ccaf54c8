import { basename, join, resolve } from "node:path";
import { Option, type Command } from "commander";
import { sourceSettings, type SourceSettings } from "../../src-shared/domain/source-settings.ts";
import type { MappedColumn, MappingProposal } from "../../src-shared/ipc/mapping-views.ts";
import { ask, withEngine, withReader, type CliContext, type ContextOf } from "./cli-context.ts";
import { badUsage } from "./cli-fault.ts";
import { toReadFault } from "./read-fault.ts";
import { addReadingOptions, readSettings, type ReadingOptions } from "./reading-options.ts";
import type { Output } from "./output.ts";
import { toTable } from "./table.ts";

type Options = Omit<ReadingOptions, "format"> &
  Readonly<{
    column: readonly string[];
    word: readonly string[];
    ownNumber: readonly string[];
    dateOrder?: "DMY" | "MDY" | "YMD";
    clock?: "24h" | "12h-office";
    duration?: string;
    save?: boolean;
    name?: string;
  }>;

const help = `
Examples:
  callledger calls map export.csv --country GB
  callledger calls map export.csv --column "start=Wann" --date-order DMY --save
  callledger calls mappings

It proposes columns, order of dates, clock, zone, unit of lengths and direction, says what in the data speaks for each, asks
what the data leaves open, and shows ten calls. --save keeps the answers for every table with this header, whatever its
file is called and in whatever order its columns stand: import and watched folders then read it by themselves.`;

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** `calls map`, `calls mappings`, `calls unmap`. */
export function addMapCommands(group: Command, contextOf: ContextOf): void {
  const map = group.command("map <path>").description("propose how a table of calls that nobody knows is to be read");
  const none: readonly string[] = [];
  addReadingOptions(map, { withFormat: false })
    .option("--column <field=name>", "the column of a field, by header or number; may be repeated", collect, none)
    .option("--word <word=meaning>", "what a word of the direction or status column means", collect, none)
    .option("--own-number <number>", "a number of your own; may be repeated", collect, none)
    .addOption(new Option("--date-order <order>", "which part of a date is first").choices(["DMY", "MDY", "YMD"]))
    .addOption(new Option("--clock <clock>", "a clock without AM and PM").choices(["24h", "12h-office"]))
    .addOption(
      new Option("--duration <unit>", "what lengths count").choices([
        ...(["seconds", "milliseconds", "minutes", "m:ss", "h:mm"] as const),
      ]),
    )
    .option("--save", "keep it for every table with this header")
    .option("--name <name>", "what to call it (default: the file's name)")
    .addHelpText("after", help)
    .action(async (path: string, options: Options) => {
      const context = contextOf();
      const settings = await toSettings(options, context.timeZone);
      await (options.save === true
        ? save(context, resolve(path), settings, options.name)
        : show(context, path, settings));
    });
  group
    .command("mappings")
    .description("tables whose header has been mapped")
    .action(() => list(contextOf()));
  group
    .command("unmap <fingerprint>")
    .description("forget a mapping; what was read stays")
    .action(async (fingerprint: string) => {
      const { output, ...context } = contextOf();
      const { removed } = await withEngine({ output, ...context }, (engine) =>
        ask(engine, "mappings:remove", { fingerprint }),
      );
      output.say(`The mapping ${removed} is forgotten.`);
      output.answer({ removed });
    });
}

/** `name=value` pairs of an option that may be repeated. */
function readPairs(option: string, pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.lastIndexOf("=");
      const split = option === "--column" ? pair.indexOf("=") : at;
      if (split <= 0 || split === pair.length - 1) throw badUsage(`${option} takes name=value, not ${pair}.`);
      return [pair.slice(0, split).trim(), pair.slice(split + 1).trim()];
    }),
  );
}

async function toSettings(options: Options, timeZone: string): Promise<SourceSettings> {
  const settings = await readSettings({ ...options, format: "auto" }, timeZone);
  const columns = { ...settings.columns, ...readPairs("--column", options.column) };
  const words = { ...settings.words, ...readPairs("--word", options.word) };
  const numbers = [...(settings.ownNumbers ?? []), ...options.ownNumber];
  const parsed = sourceSettings.safeParse({
    ...settings,
    ...(Object.keys(columns).length === 0 ? {} : { columns }),
    ...(Object.keys(words).length === 0 ? {} : { words }),
    ...(numbers.length === 0 ? {} : { ownNumbers: numbers }),
    ...(options.dateOrder === undefined ? {} : { dateOrder: options.dateOrder }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.duration === undefined ? {} : { durationUnit: options.duration }),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badUsage(
    `The answers are not right (${issue?.path.join(".") ?? "?"}): ${issue?.message ?? "unknown problem"}.`,
  );
}

async function show({ output, dataDir }: CliContext, path: string, settings: SourceSettings): Promise<void> {
  // Loaded here alone: the numbering plans of the world are large. It needs no data folder.
  const { proposeMapping } = await import("../engine/ingest/mapping/propose-mapping.ts");
  const { createMappingBook } = await import("../engine/ingest/mapping/mapping-book.ts");
  const mappings = createMappingBook(join(dataDir, "mappings"));
  try {
    const proposal = await proposeMapping({ path: resolve(path), settings, clock: { now: Date.now }, mappings });
    sayProposal(output, proposal);
    output.answer({ ...proposal });
  } catch (error) {
    throw toReadFault(error, path);
  }
}

async function save(context: CliContext, path: string, settings: SourceSettings, name?: string): Promise<void> {
  const saved = await withEngine(context, (engine) =>
    ask(engine, "mappings:save", { path, settings, name: name ?? basename(path).slice(0, 100) }),
  );
  const { output } = context;
  output.say(`Saved in ${saved.file}. Every table with these columns is read by it from now on.`);
  output.answer({ ...saved });
}

async function list(context: CliContext): Promise<void> {
  const { mappings } = await withReader(context, (engine) => ask(engine, "mappings:list", {}));
  const { output } = context;
  if (mappings.length === 0)
    output.say("No table has been mapped. callledger calls map FILE proposes how one is read.");
  for (const { fingerprint, name, header } of mappings)
    output.say(`${fingerprint}  ${name}: ${header.slice(0, 8).join(", ")}${header.length > 8 ? ", …" : ""}`);
  output.answer({ mappings });
}

const toPercent = (confidence: number): string => `${Math.round(confidence * 100)} %`;

const toColumnRow = ({ field, column, confidence, evidence, examples }: MappedColumn): readonly string[] => [
  `  ${field}`,
  column,
  toPercent(confidence),
  examples.map((cell) => JSON.stringify(cell)).join(", "),
  evidence.join("; "),
];

/** What was found, for people. */
function sayProposal(output: Output, proposal: MappingProposal): void {
  const { recognised, saved, columns, questions, calls, skipped } = proposal;
  if (recognised !== null) {
    output.say(`This is a log of ${recognised.format} (${toPercent(recognised.score)}): it is read without a mapping.`);
  }
  if (saved !== null) output.say(`The mapping "${saved.name}" is saved for this header (${saved.fingerprint}).`);
  output.say("Columns:");
  for (const line of toTable(columns.map(toColumnRow))) output.say(line);
  const rules = [
    ["order of dates", proposal.dateOrder],
    ["clock", proposal.clock],
    ["time zone", proposal.timeZone],
    ["lengths count", proposal.durationUnit],
    ["direction", proposal.direction],
  ] as const;
  output.say("Rules:");
  const rows = rules.map(([name, { value, confidence, evidence }]) => [
    `  ${name}`,
    value ?? "?",
    toPercent(confidence),
    evidence.join("; "),
  ]);
  for (const line of toTable(rows)) output.say(line);
  if (questions.length > 0) output.say("Questions:");
  for (const { question, answers, blocks } of questions) {
    output.say(`  ${question}${blocks ? "" : " (read by the first answer unless you say otherwise)"}`);
    for (const { means, option } of answers) output.say(`    ${option}   ${means}`);
  }
  output.say(questions.some(({ blocks }) => blocks) ? "Calls, by the first answer to each question:" : "Calls:");
  for (const line of toTable(
    calls.map((call) => [
      `  line ${call.line}`,
      call.startedAt,
      call.direction,
      call.status,
      `${call.from ?? "withheld"} to ${call.to ?? "nobody"}`,
      `${call.durationSeconds} s`,
      call.agent ?? "",
    ]),
  ))
    output.say(line);
  for (const { line, reason, detail } of skipped)
    output.say(`  line ${line}: ${reason.replaceAll("_", " ")} (${detail})`);
  if (!questions.some(({ blocks }) => blocks)) output.say("Keep it with --save.");
}
