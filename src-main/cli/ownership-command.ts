import { readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { ContractView } from "../../src-shared/ipc/ownership-views.ts";
import { badUsage, CliFault } from "./cli-fault.ts";
import { ask, withEngine, withReader, type CliContext, type ContextOf } from "./cli-context.ts";
import { orderGroup } from "./command-group.ts";
import { rowNumber } from "./number-option.ts";
import { toFitLines, toProblemLines } from "./plan-lines.ts";
import { toTable } from "./table.ts";

const help = `
A contract says for each field whose it is: agent (CallLedger's, rewritten only while the CRM still holds what CallLedger
last wrote), fill-blank (written only while it is empty), append (added to) or crm (never written). A field that it does not
name is never written.

Examples:
  callledger ownership show 1
  callledger ownership show 1 --yaml > contract.yaml      (edit it, then:)
  callledger ownership set 1 contract.yaml
  callledger ownership check 1
  callledger ownership preview 1 1748849536.1003
  callledger ownership export 1 --output what-callledger-writes.md`;

const toNumber = rowNumber("An integration");

export function addOwnershipCommand(program: Command, contextOf: ContextOf): void {
  const group = program
    .command("ownership")
    .description("whose each field of a CRM is: show, edit, check, try out or sign off the contract")
    .addHelpText("after", help);
  orderGroup(group);
  group
    .command("show <integration>")
    .description("every field, whose it is and what is written")
    .option("--yaml", "the contract's file on stdout")
    .action(async (text: string, { yaml = false }: Readonly<{ yaml?: boolean }>) => {
      const context = contextOf();
      const view = await read(context, text);
      if (yaml) process.stdout.write(view.yaml);
      else showFields(context, view);
      context.output.answer(view);
    });
  group
    .command("set <integration> [file]")
    .description("use an edited contract (YAML), or the default with --default")
    .option("--default", "back to what CallLedger came with")
    .action((text: string, file: string | undefined, options: SetOptions) => set(contextOf(), text, file, options));
  group
    .command("check <integration>")
    .description("hold the contract against the fields that the CRM has today; writes nothing")
    .action((text: string) => check(contextOf(), text));
  group
    .command("preview <integration> <call>")
    .description("what exactly would be written for a call, and what would be left alone")
    .option("--tenant <name>", "of this company, where several have such a call")
    .action((text: string, call: string, options: Readonly<{ tenant?: string }>) =>
      preview(contextOf(), text, { call, ...options }),
    );
  group
    .command("export <integration>")
    .description("the contract as a Markdown page for an administrator to sign off")
    .option("--output <file>", "write to a new file (default: stdout)")
    .action(async (text: string, { output: file }: Readonly<{ output?: string }>) => {
      const context = contextOf();
      const { markdown } = await read(context, text);
      if (file === undefined) process.stdout.write(markdown);
      else writeNew(file, markdown);
      if (file !== undefined) context.output.say(`Written to ${file}.`);
      context.output.answer({ file: file ?? null, markdown });
    });
}

type SetOptions = Readonly<{ default?: boolean }>;

const read = (context: CliContext, text: string): Promise<ContractView> =>
  withReader(context, (engine) => ask(engine, "ownership:show", { id: toNumber(text) }));

function showFields({ output }: CliContext, view: ContractView): void {
  output.say(`${view.label}: ${view.isDefault ? "the default contract" : "an edited contract"}.`);
  const rows = view.fields.map(({ object, field, own, value, note }) => [object, field, own, value, note]);
  for (const line of toTable([["OBJECT", "FIELD", "WHOSE", "WHAT IS WRITTEN", "NOTE"], ...rows])) output.say(line);
}

async function set(context: CliContext, text: string, file: string | undefined, options: SetOptions): Promise<void> {
  const id = toNumber(text);
  if ((file === undefined) === (options.default !== true)) throw badUsage("Name a file, or --default.");
  const yaml = file === undefined ? null : readText(file);
  const view = await withEngine(context, (engine) => ask(engine, "ownership:set", { id, yaml }));
  context.output.say(`${view.label} uses ${view.isDefault ? "the default contract" : "this contract"} from now on.`);
  context.output.answer(view);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw badUsage(`The file ${file} cannot be read.`);
  }
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    const exists = error instanceof Error && "code" in error && error.code === "EEXIST";
    throw badUsage(exists ? `The file ${file} exists already: name another.` : `The file ${file} cannot be written.`);
  }
}

/** The check of an integration holds every field of its contract against the CRM's schema. */
async function check(context: CliContext, text: string): Promise<void> {
  const id = toNumber(text);
  const found = await withEngine(context, (engine) =>
    ask(engine, "integrations:check", { id }, { signal: context.signal }),
  );
  for (const { says, fix } of found.drift) context.output.say(`${says} ${fix}`);
  if (found.problem !== null) throw new CliFault(1, found.problem, "failed", found);
  if (found.drift.length > 0)
    throw new CliFault(1, `${found.drift.length} fields changed in the CRM since.`, "failed", found);
  context.output.say("Every field of the contract is in the CRM and can be written as the contract says.");
  context.output.answer(found);
}

async function preview(
  context: CliContext,
  text: string,
  options: Readonly<{ call: string; tenant?: string }>,
): Promise<void> {
  const shown = await withReader(context, (engine) =>
    ask(engine, "ownership:preview", { id: toNumber(text), ...options }),
  );
  const { output } = context;
  output.say(`${shown.callId}, to ${shown.object}:`);
  for (const line of toTable(shown.fields.map(({ field, value }) => [`  ${field}`, value]))) output.say(line);
  for (const { field, why } of shown.kept) output.say(`  ${field} is left alone (${why.replaceAll("_", " ")})`);
  for (const { object, id } of shown.links) output.say(`  linked to ${object} ${id}`);
  for (const line of [...toFitLines(shown), ...toProblemLines(shown)]) output.say(line);
  if (shown.schemaReadAt === null)
    output.say("  Nothing is known of the CRM's fields yet: lengths, lists and rights were not looked at.");
  output.answer(shown);
}
