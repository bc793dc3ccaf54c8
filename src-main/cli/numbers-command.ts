import type { Command } from "commander";
import type { OwnNumberView } from "../../src-shared/ipc/own-number-views.ts";
import { badUsage } from "./cli-fault.ts";
import { ask, withEngine, withReader, type CliContext, type ContextOf } from "./cli-context.ts";
import { orderGroup } from "./command-group.ts";
import { toTable } from "./table.ts";

const help = `
A number that was the house's side of at least two calls is taken for the house's own: no contact is ever matched by it. A
person confirms that, says that it is not so, or names a number that no call showed yet.

Examples:
  callledger numbers list --tenant acme
  callledger numbers say +442079460010 --tenant acme --own
  callledger numbers say +447700900123 --tenant acme --not-own
  callledger numbers say +447700900123 --tenant acme --forget`;

type SayOptions = Readonly<{ tenant: string; own?: boolean; notOwn?: boolean; forget?: boolean }>;

export function addNumbersCommand(program: Command, contextOf: ContextOf): void {
  const group = program
    .command("numbers")
    .description("the house's own numbers, which are nobody's in a CRM: list, confirm or refuse")
    .addHelpText("after", help);
  orderGroup(group);
  group
    .command("list")
    .description("what the logs propose, and what a person said of it")
    .requiredOption("--tenant <name>", "of this company")
    .action(async ({ tenant }: Readonly<{ tenant: string }>) => {
      const context = contextOf();
      show(context, await withReader(context, (engine) => ask(engine, "ownNumbers:list", { tenant })));
    });
  group
    .command("say <number>")
    .description("whether a number is the house's own: --own, --not-own, or --forget what was said")
    .requiredOption("--tenant <name>", "of this company")
    .option("--own", "it is; calls with it are logged without a person")
    .option("--not-own", "it is not; it is matched like any other")
    .option("--forget", "take back what was said; the logs decide again")
    .action(async (number: string, { tenant, own = false, notOwn = false, forget = false }: SayOptions) => {
      const context = contextOf();
      if ([own, notOwn, forget].filter(Boolean).length !== 1) throw badUsage("Say --own, --not-own or --forget.");
      const isOwn = forget ? null : own;
      show(context, await withEngine(context, (engine) => ask(engine, "ownNumbers:say", { tenant, number, isOwn })));
    });
}

function show({ output }: CliContext, answer: Readonly<{ numbers: readonly OwnNumberView[] }>): void {
  if (answer.numbers.length === 0) output.say("No number was the house's side of a call yet.");
  const rows = answer.numbers.map(({ number, calls, isOwn, said }) => [
    number,
    String(calls),
    isOwn ? "own" : "not own",
    said === null ? "as the logs show" : "as a person said",
  ]);
  if (rows.length > 0)
    for (const line of toTable([["NUMBER", "CALLS", "COUNTS AS", "BECAUSE"], ...rows])) output.say(line);
  output.answer(answer);
}
