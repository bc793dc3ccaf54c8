import type { Command } from "commander";
import { crmNames } from "../../src-shared/domain/crm-names.ts";
import type { DeadRunKind } from "../../src-shared/domain/dead-run.ts";
import type { DeadGroupView, DeadRunView } from "../../src-shared/ipc/dead-letter-views.ts";
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
  callledger dead history
  callledger dead undo 7

GROUP is the id of a group, as the list shows it; a number is one delivery. undo takes the number of an acknowledgement,
as the history shows it.`;

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
      const { done, last } = await withEngine(context, async (engine) => ({
        done: await ask(engine, "deadLetters:acknowledge", { target, note }),
        last: (await ask(engine, "deadLetters:history", { target, limit: 1 })).runs[0],
      }));
      const undo = last === undefined ? "" : ` To take it back: callledger dead undo ${last.id}`;
      context.output.say(
        `${done.acknowledged} ${done.acknowledged === 1 ? "call is" : "calls are"} acknowledged.${undo}`,
      );
      context.output.answer({ ...done, number: last?.id ?? null });
    });
  addPast(group, contextOf);
}

/** What was done, and how it is taken back. */
function addPast(group: Command, contextOf: ContextOf): void {
  group
    .command("history [group]")
    .description("what was replayed, acknowledged or went again by itself, and what came of it")
    .option("--limit <count>", "at most this many", wholeNumber("--limit", 1, 1_000), 50)
    .action(async (target: string | undefined, { limit }: Readonly<{ limit: number }>) => {
      const context = contextOf();
      const { runs } = await withReader(context, (engine) =>
        ask(engine, "deadLetters:history", { target: target ?? null, limit }),
      );
      if (runs.length === 0) context.output.say("Nothing was done with dead letters yet.");
      for (const each of runs) showRun(context.output, each, context.timeZone);
      context.output.answer({ runs: runs.map(toRunJson) });
    });
  group
    .command("undo <number>")
    .description("take an acknowledgement back: its calls are sent again")
    .option("--note <text>", "why, for the audit", "")
    .action(async (number: string, { note }: Readonly<{ note: string }>) => {
      const context = contextOf();
      const run = wholeNumber("undo", 1, Number.MAX_SAFE_INTEGER)(number);
      const done = await withEngine(context, (engine) => ask(engine, "deadLetters:undo", { run, note }));
      context.output.say(`${done.replayed} ${done.replayed === 1 ? "call is" : "calls are"} in the queue again.`);
      context.output.answer(done);
    });
}

const did: Readonly<Record<DeadRunKind, string>> = {
  replay: "replayed by",
  heal: "went again by itself:",
  acknowledge: "acknowledged by",
  undo: "acknowledgement taken back by",
};

function showRun(output: Output, run: DeadRunView, timeZone: string): void {
  const where = run.crm === null ? "" : `, ${crmNames[run.crm]}, tenant ${run.tenant}`;
  output.say(
    `${run.id}  ${toLocalTime(run.at, timeZone)}  ${run.target}${where}: ${did[run.kind]} ${run.actor}${run.note === "" ? "" : ` (${run.note})`}`,
  );
  const undone = run.undoneBy === null ? "" : ` Taken back by number ${run.undoneBy}.`;
  const counts =
    run.kind === "acknowledge"
      ? `${run.moved} calls, ${run.acknowledged} still acknowledged.`
      : `${run.moved} calls: ${run.delivered} delivered, ${run.failed} failed again, ${run.acknowledged} acknowledged since, ${run.open} under way.`;
  output.say(`  ${counts}${undone}${run.endedAt === null ? " Not done yet." : ""}`);
}

const toRunJson = (run: DeadRunView) => ({ ...run, at: toIso(run.at), endedAt: toIso(run.endedAt) });

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
