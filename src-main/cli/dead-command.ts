import type { Command } from "commander";
import { crmNames } from "../../src-shared/domain/integration.ts";
import type { DeadGroupView } from "../../src-shared/ipc/dead-letter-views.ts";
import { toLocalTime } from "../../src-shared/domain/local-time.ts";
import { ask, withEngine, withReader, type CliContext, type ContextOf } from "./cli-context.ts";
import { orderGroup } from "./command-group.ts";
import { wholeNumber } from "./number-option.ts";
import type { Output } from "./output.ts";
import { toIso } from "./table.ts";

const examples = `
Examples:
  callledger dead list
  callledger dead show GROUP
  callledger dead replay GROUP --note "picklist value restored"
  callledger dead ack 42 --note "test call"

GROUP is the id of a group, as the list shows it; a number is one delivery.`;

export function addDeadCommand(program: Command, contextOf: ContextOf): void {
  const group = program
    .command("dead")
    .description("calls that failed: by cause, with the next step; replay or acknowledge them")
    .addHelpText("after", examples);
  group
    .command("list")
    .description("every cause, the newest first")
    .action(() => list(contextOf()));
  orderGroup(group, () => list(contextOf()));
  group
    .command("show <group>")
    .description("the calls of a group, or one delivery")
    .option("--limit <count>", "at most this many", wholeNumber("--limit", 1, 1_000), 50)
    .action(async (target: string, { limit }: Readonly<{ limit: number }>) => {
      const context = contextOf();
      const { output, timeZone } = context;
      const found = await withReader(context, (engine) => ask(engine, "deadLetters:show", { target, limit, timeZone }));
      if (found.group !== null) showGroup(output, found.group, timeZone);
      for (const each of found.letters) {
        output.say(`  ${each.id}  ${each.callId}  ${each.call}`);
        if (each.detail !== null) output.say(`      ${crmNames[each.crm]} said: ${each.detail}`);
      }
      output.answer({ group: found.group === null ? null : toGroupJson(found.group), letters: found.letters });
    });
  group
    .command("replay <group>")
    .description("try again: a group or one delivery")
    .option("--note <text>", "what was done about it, for the audit", "")
    .action(async (target: string, { note }: Readonly<{ note: string }>) => {
      const context = contextOf();
      const done = await withEngine(context, (engine) => ask(engine, "deadLetters:replay", { target, note }));
      context.output.say(`${done.replayed} ${done.replayed === 1 ? "call is" : "calls are"} in the queue again.`);
      context.output.answer(done);
    });
  group
    .command("ack <group>")
    .description("accept that these calls are not written: a group or one delivery")
    .option("--note <text>", "why, for the audit", "")
    .action(async (target: string, { note }: Readonly<{ note: string }>) => {
      const context = contextOf();
      const done = await withEngine(context, (engine) => ask(engine, "deadLetters:acknowledge", { target, note }));
      context.output.say(`${done.acknowledged} ${done.acknowledged === 1 ? "call is" : "calls are"} acknowledged.`);
      context.output.answer(done);
    });
}

async function list(context: CliContext): Promise<void> {
  const { output, timeZone } = context;
  const { groups } = await withReader(context, (engine) => ask(engine, "deadLetters:list", {}));
  if (groups.length === 0) output.say("Nothing is dead.");
  for (const each of groups) showGroup(output, each, timeZone);
  output.answer({ groups: groups.map(toGroupJson) });
}

function showGroup(output: Output, group: DeadGroupView, timeZone: string): void {
  const cause = group.cause === null ? "" : ` (${group.cause})`;
  output.say(`${group.id}  ${crmNames[group.crm]}, tenant ${group.tenant}: ${group.count} × ${group.reason}${cause}`);
  output.say(`  ${group.sentence} Last on ${toLocalTime(group.lastAt, timeZone)}: ${group.detail}`);
  output.say(`  What to do: ${group.nextStep}`);
}

const toGroupJson = (group: DeadGroupView) => ({
  ...group,
  firstAt: toIso(group.firstAt),
  lastAt: toIso(group.lastAt),
});
