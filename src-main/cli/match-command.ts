import type { Command } from "commander";
import { crmNames } from "../../src-shared/domain/crm-names.ts";
import type { MatchTrialView } from "../../src-shared/ipc/match-views.ts";
import { CliFault } from "./cli-fault.ts";
import { ask, withEngine, withReader, type CliContext, type ContextOf } from "./cli-context.ts";
import { rowNumber } from "./number-option.ts";
import type { Output } from "./output.ts";

const examples = `
Examples:
  callledger match test +442079460958
  callledger match test +442079460958 --integration 1 --agent "Alice Example"
  callledger match set 1748938620.1060 --integration 1 --person contacts:51 --rule --past
  callledger match undo 1748938620.1060 --integration 1`;

const toNumber = rowNumber("An integration");

type TestOptions = Readonly<{ integration?: string; agent?: string }>;
type SetOptions = Readonly<{ integration: string; person: string; rule?: boolean; past?: boolean; tenant?: string }>;
type UndoOptions = Readonly<{ integration: string; tenant?: string }>;

export function addMatchCommand(program: Command, contextOf: ContextOf): void {
  const group = program
    .command("match")
    .description("whose calls they are: test a number, correct a call, take a correction back")
    .addHelpText("after", examples);
  group
    .command("test <number>")
    .description("what would be decided about this number, and what each rule says")
    .option("--integration <id>", "at this account only")
    .option("--agent <agent>", "as if this agent had the call, as the log writes it")
    .action((number: string, options: TestOptions) => test(contextOf(), number, options));
  group
    .command("set <call>")
    .description("say whose a call is; a call that was logged is linked anew")
    .requiredOption("--integration <id>", "at this account")
    .requiredOption("--person <object:id>", "the record in the CRM, such as contacts:51 or Contact:003…")
    .option("--rule", "and all later calls with this number")
    .option("--past", "and all earlier calls with this number")
    .option("--tenant <name>", "of this company, where several have such a call")
    .action((call: string, options: SetOptions) => set(contextOf(), call, options));
  group
    .command("undo <call>")
    .description("take the newest correction of a call back, with its rule and what that changed")
    .requiredOption("--integration <id>", "at this account")
    .option("--tenant <name>", "of this company, where several have such a call")
    .action(async (call: string, { integration, tenant }: UndoOptions) => {
      const context = contextOf();
      const input = { call, id: toNumber(integration), ...(tenant === undefined ? {} : { tenant }) };
      const done = await withEngine(context, (engine) => ask(engine, "match:undo", input));
      context.output.say(`${done.changed} calls are as they were before. ${leftAlone(done.skipped)}`.trim());
      context.output.answer(done);
    });
}

const leftAlone = (count: number): string => (count === 0 ? "" : `${count} calls were left alone.`);

async function test(context: CliContext, number: string, { integration, agent }: TestOptions): Promise<void> {
  const id = integration === undefined ? null : toNumber(integration);
  const answer = await withReader(context, (engine) => ask(engine, "match:test", { number, id, agent: agent ?? null }));
  for (const trial of answer.trials) show(context.output, answer.number, trial);
  context.output.answer(answer);
}

function show(output: Output, number: string, trial: MatchTrialView): void {
  output.say(`${number} at ${crmNames[trial.crm]} (${trial.label}): ${trial.sentence}`);
  if (trial.copy !== "complete") output.say(`  The local copy of this account is not up to date (${trial.copy}).`);
  for (const { rule, said, decided } of trial.rules)
    output.say(`  ${rule.replaceAll("_", " ")}: ${said}${decided ? " (decides)" : ""}`);
  for (const { name, object, id, field } of trial.candidates) output.say(`  - ${name} (${object} ${id}, ${field})`);
}

async function set(context: CliContext, call: string, options: SetOptions): Promise<void> {
  const [object = "", ...rest] = options.person.split(":");
  const id = rest.join(":");
  if (object === "" || id === "")
    throw new CliFault(2, "--person takes an object and an id, such as contacts:51.", "bad_input");
  const { rule = false, past = false, tenant } = options;
  const input = {
    call,
    id: toNumber(options.integration),
    person: { object, id },
    rule,
    past,
    ...(tenant === undefined ? {} : { tenant }),
  };
  const done = await withEngine(context, (engine) => ask(engine, "match:set", input));
  const remembered = done.ruleId === null ? "" : " Later calls with this number follow.";
  context.output.say(
    `${done.changed} calls are ${done.person?.name ?? "theirs"}'s now.${remembered} ${leftAlone(done.skipped)}`.trim(),
  );
  context.output.answer(done);
}
