import { basename, resolve } from "node:path";
import type { Command } from "commander";
import type { Finding } from "../../src-shared/ipc/doctor-views.ts";
import type { ImportProgress, ImportSummary } from "../../src-shared/ipc/ingest-views.ts";
import type { PlannedTotal } from "../../src-shared/ipc/plan-views.ts";
import { badUsage } from "./cli-fault.ts";
import { ask, withEngine, type CliContext, type ContextOf } from "./cli-context.ts";
import type { Engine } from "../engine/host/engine.ts";
import { addReadingOptions, readSettings, type ReadingOptions } from "./reading-options.ts";
import type { Output } from "./output.ts";
import { showPlan } from "./plan-lines.ts";
import { toCounts } from "./table.ts";

type Options = ReadingOptions & Readonly<{ tenant: string; system?: string; dryRun?: boolean; plan?: boolean }>;

const examples = `
Examples:
  callledger import Master.csv --tenant acme --country GB --timezone Europe/London
  callledger import ./logs --tenant acme --assume @settings.json
  callledger import calls.csv --tenant acme --dry-run
  callledger import calls.csv --tenant acme --dry-run --plan

Files are read to their end, and all their calls are ended. The same file again adds nothing.

With --plan a dry run also tells what would become of each call at each CRM: whose it is and by which rule, every field with
its value, what the CRM would refuse, and how many API calls it all takes. It asks nobody: it knows the CRMs by the copy of
their people and by what they said last of their fields (callledger mirror sync brings both up to date). With --json each
call is a line of its own before the answer.`;

export function addImportCommand(program: Command, contextOf: ContextOf): void {
  addReadingOptions(
    program
      .command("import <path...>")
      .description("read call logs (files or folders) into the queue")
      .requiredOption("--tenant <name>", "the company whose calls these are")
      .option("--system <name>", "name of the phone system (default: the format's name)")
      .option("--dry-run", "say what would happen, and write nothing")
      .option("--plan", "with --dry-run: what would become of each call at each CRM"),
  )
    .addHelpText("after", examples)
    .action(async (paths: string[], options: Options) => {
      const context = contextOf();
      if (options.plan === true && options.dryRun !== true) throw badUsage("--plan belongs to --dry-run.");
      const settings = await readSettings(options, context.timeZone);
      const input = {
        paths: paths.map((path) => resolve(path)),
        tenant: options.tenant,
        ...(options.system === undefined ? {} : { system: options.system }),
        format: options.format,
        settings,
      };
      const onProgress = (progress: ImportProgress) => context.output.progress.show(toReadingLine(progress));
      const work = (engine: Engine) => ask(engine, "ingest:import", input, { signal: context.signal, onProgress });
      const isPlanned = options.plan === true;
      const { summary, plan } =
        options.dryRun === true
          ? await rehearse(context, work, isPlanned)
          : { summary: await withEngine(context, work), plan: null };
      showSummary(context.output, summary, options.dryRun === true);
      for (const { file, reason } of summary.refused) context.output.note(`${file} is left out: ${reason}`);
      if (summary.refused.some(({ named }) => named)) context.endWith(2);
      context.output.answer({
        ...summary,
        ...(options.dryRun === true ? { dryRun: true } : {}),
        ...(plan === null ? {} : { plan }),
      });
    });
}

/** The same import into a copy of the data that is thrown away: what it says is what would happen. */
async function rehearse(
  context: CliContext,
  work: (engine: Engine) => Promise<ImportSummary>,
  isPlanned: boolean,
): Promise<Readonly<{ summary: ImportSummary; plan: readonly PlannedTotal[] | null }>> {
  const { openRehearsal } = await import("../engine/main.ts");
  const engine = await openRehearsal({ dataDir: context.dataDir });
  try {
    const summary = await work(engine);
    return { summary, plan: isPlanned ? await showPlan(context, await engine.plans()) : null };
  } finally {
    await engine.close();
  }
}

/** How far a reading is, for people. */
export function toReadingLine({ file, filesDone, files, rows, rowsPerSecond, secondsLeft }: ImportProgress): string {
  const place = files > 1 ? `file ${filesDone + 1} of ${files}, ` : "";
  const left = secondsLeft === null ? "" : `, ${toSpan(secondsLeft)} left`;
  return `Reading ${place}${rows.toLocaleString("en")} rows, ${rowsPerSecond.toLocaleString("en")} a second${left}: ${file}`;
}

const toSpan = (seconds: number): string => (seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`);

const levelWords: Readonly<Record<Finding["level"], string>> = { stop: "STOP", warning: "WARNING", note: "Note" };

/** One finding in plain words: where, what, and what is done about it. */
export function toFindingText({ level, file, line, field, says, does }: Finding): string {
  const place = [basename(file), ...(line === null ? [] : [`line ${line}`]), ...(field === null ? [] : [field])];
  return `${levelWords[level]} (${place.join(", ")}): ${says} ${does}`;
}

/** What an import did, for people. */
export function showSummary(output: Output, summary: ImportSummary, isDry: boolean): void {
  const { files, alreadyRead, rows, legs, calls, revised, skipped, excluded, deliveries } = summary;
  const again = alreadyRead === 0 ? "" : ` (${alreadyRead} read before, nothing new)`;
  output.say(
    `${isDry ? "Would read" : "Read"} ${files} ${files === 1 ? "file" : "files"}${again}: ${rows} rows = ${legs} legs + ${rows - legs} skipped.`,
  );
  output.say(
    `New calls: ${calls}${revised === 0 ? "" : `; changed calls: ${revised}`}; ${isDry ? "would be " : ""}queued for the CRMs: ${deliveries}.`,
  );
  output.say(`Skipped: ${toCounts(skipped)}. Left out by policy: ${toCounts(excluded)}.`);
  for (const each of summary.findings) output.say(toFindingText(each));
  for (const row of summary.skippedRows) {
    const place = row.line === null ? row.file : `${row.file}, line ${row.line}`;
    output.say(`  ${place}: ${row.reason.replaceAll("_", " ")}${row.detail === null ? "" : ` (${row.detail})`}`);
  }
}
