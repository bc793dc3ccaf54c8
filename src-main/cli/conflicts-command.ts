import type { Command } from "commander";
import type { ConflictVerdict } from "../../src-shared/domain/conflict.ts";
import { crmNames } from "../../src-shared/domain/crm-names.ts";
import { toLocalTime } from "../../src-shared/domain/local-time.ts";
import type { ConflictView } from "../../src-shared/ipc/conflict-views.ts";
import { badUsage } from "./cli-fault.ts";
import { ask, withEngine, withReader, type CliContext, type ContextOf } from "./cli-context.ts";
import { orderGroup } from "./command-group.ts";
import { rowNumber, wholeNumber } from "./number-option.ts";
import type { Output } from "./output.ts";
import { toIso } from "./table.ts";

const help = `
A field of CallLedger's that somebody changed in the CRM is not overwritten. It waits here for a person: keep what the CRM
holds, for good, or write ours over what was shown. A value that changed again meanwhile is never overwritten.

Examples:
  callledger conflicts list
  callledger conflicts show 7
  callledger conflicts settle 7 --keep-theirs --note "corrected by the team"
  callledger conflicts settle 8 --use-ours`;

const toConflict = rowNumber("A conflict");
const toIntegration = rowNumber("An integration");

type ListOptions = Readonly<{ integration?: string; all?: boolean; before?: string; limit: number }>;
type SettleOptions = Readonly<{ keepTheirs?: boolean; useOurs?: boolean; note: string }>;

export function addConflictsCommand(program: Command, contextOf: ContextOf): void {
  const group = program
    .command("conflicts")
    .description("fields of CallLedger's that somebody changed in a CRM: list, show, settle")
    .addHelpText("after", help);
  orderGroup(group, () => list(contextOf(), { limit: 50 }));
  group
    .command("list")
    .description("what waits for a decision, the newest first")
    .option("--integration <id>", "of this account only")
    .option("--all", "also what is decided, and what has passed")
    .option("--before <id>", "those before this one")
    .option("--limit <count>", "at most this many", wholeNumber("--limit", 1, 1_000), 50)
    .action((options: ListOptions) => list(contextOf(), options));
  group
    .command("show <conflict>")
    .description("one of them: whose value is which, when and who")
    .action(async (text: string) => {
      const context = contextOf();
      const found = await withReader(context, (engine) => ask(engine, "conflicts:show", { id: toConflict(text) }));
      showOne(context.output, found, context.timeZone);
      context.output.answer(toJson(found));
    });
  group
    .command("settle <conflict>")
    .description("decide: --keep-theirs or --use-ours")
    .option("--keep-theirs", "what the CRM holds stays, now and later")
    .option("--use-ours", "write ours over what was shown, if the CRM still holds that")
    .option("--note <text>", "why, for the audit", "")
    .action((text: string, options: SettleOptions) => settle(contextOf(), text, options));
}

async function list(context: CliContext, options: ListOptions): Promise<void> {
  const { output, timeZone } = context;
  const { integration, all = false, before, limit } = options;
  const input = {
    id: integration === undefined ? null : toIntegration(integration),
    all,
    before: before === undefined ? null : toConflict(before),
    limit,
  };
  const { conflicts, next } = await withReader(context, (engine) => ask(engine, "conflicts:list", input));
  if (conflicts.length === 0)
    output.say(all ? "There is no conflict." : "Nobody changed a field that is CallLedger's.");
  for (const each of conflicts) showOne(output, each, timeZone);
  if (next !== null) output.say(`More: callledger conflicts list --before ${next}${all ? " --all" : ""}`);
  output.answer({ conflicts: conflicts.map(toJson), next });
}

async function settle(context: CliContext, text: string, options: SettleOptions): Promise<void> {
  const { keepTheirs = false, useOurs = false, note } = options;
  if (keepTheirs === useOurs) throw badUsage("Say --keep-theirs or --use-ours.");
  const verdict: ConflictVerdict = useOurs ? "use_ours" : "keep_theirs";
  const input = { id: toConflict(text), verdict, note };
  const settled = await withEngine(context, (engine) => ask(engine, "conflicts:settle", input));
  showOne(context.output, settled, context.timeZone);
  context.output.answer(toJson(settled));
}

function showOne(output: Output, conflict: ConflictView, timeZone: string): void {
  const { id, crm, label, callId, tenant, field, seenAt, editedAt, recordUrl, note, nextStep } = conflict;
  output.say(`${id}  ${crmNames[crm]} (${label}), tenant ${tenant}, call ${callId}: ${field}`);
  output.say(`  ${conflict.sentence}`);
  const edited = editedAt === null ? "" : ` The record was last changed on ${toLocalTime(editedAt, timeZone)}.`;
  output.say(`  Seen on ${toLocalTime(seenAt, timeZone)}.${edited}`);
  if (note !== null) output.say(`  Note: ${note}`);
  if (recordUrl !== null) output.say(`  Record: ${recordUrl}`);
  if (nextStep !== null) output.say(`  What to do: ${nextStep}`);
}

const toJson = (conflict: ConflictView) => ({
  ...conflict,
  pushedAt: toIso(conflict.pushedAt),
  seenAt: toIso(conflict.seenAt),
  editedAt: toIso(conflict.editedAt),
  settledAt: toIso(conflict.settledAt),
  appliedAt: toIso(conflict.appliedAt),
});
