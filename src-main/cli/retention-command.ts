import type { Command } from "commander";
import { fewestDays, type RetentionSettings } from "../../src-shared/domain/retention.ts";
import type { RetentionView } from "../../src-shared/ipc/retention-views.ts";
import { badUsage } from "./cli-fault.ts";
import { ask, withEngine, withReader, type CliContext, type ContextOf } from "./cli-context.ts";
import { orderGroup } from "./command-group.ts";
import { wholeNumber } from "./number-option.ts";
import type { Output } from "./output.ts";

const help = `
The audit log goes by whole sealed days; the seals stay, so that "callledger audit verify" still holds. Details are each try
of a call, replaced versions, the text of skipped rows and what looks into the CRMs found. Calls themselves stay, and so do
the counts of what was read: a log that is read again writes nothing twice, and the statement of an old day adds up.
It is done every night while CallLedger runs.

Examples:
  callledger retention show
  callledger retention set --audit-days 400 --detail-days 60 --backups 14
  callledger retention set --audit-days forever
  callledger retention run`;

type Days = number | "forever";
type Options = Readonly<{ auditDays?: Days; detailDays?: Days; backups?: number }>;

const daysOf =
  (name: string) =>
  (text: string): Days =>
    text === "forever" ? text : wholeNumber(name, fewestDays, 36_500)(text);
const orNull = (days: Days): number | null => (days === "forever" ? null : days);

export function addRetentionCommand(program: Command, contextOf: ContextOf): void {
  const group = program.command("retention").description("what is kept how long").addHelpText("after", help);
  group
    .command("show")
    .description("what is kept how long, and how large the data is")
    .action(() => show(contextOf()));
  orderGroup(group, () => show(contextOf()));
  group
    .command("set")
    .description("how long things are kept")
    .option("--audit-days <days>", "the audit log; forever: for good", daysOf("--audit-days"))
    .option("--detail-days <days>", "details of finished work; forever: for good", daysOf("--detail-days"))
    .option("--backups <count>", "daily backups", wholeNumber("--backups", 1, 365))
    .action(async ({ auditDays, detailDays, backups }: Options) => {
      const context = contextOf();
      const change: Partial<RetentionSettings> = {
        ...(auditDays === undefined ? {} : { auditDays: orNull(auditDays) }),
        ...(detailDays === undefined ? {} : { detailDays: orNull(detailDays) }),
        ...(backups === undefined ? {} : { backups }),
      };
      if (Object.keys(change).length === 0)
        throw badUsage("Nothing to set. Give --audit-days, --detail-days or --backups.");
      const view = await withEngine(context, (engine) => ask(engine, "retention:set", change));
      say(context.output, view);
      context.output.answer(view);
    });
  group
    .command("run")
    .description("take out now what is over, and give its room back")
    .action(async () => {
      const context = contextOf();
      const { signal } = context;
      const done = await withEngine(context, (engine) => ask(engine, "retention:run", {}, { signal }));
      const size = `The data takes ${toMegabytes(done.bytes)}, before it took ${toMegabytes(done.bytesBefore)}.`;
      context.output.say(`What is over was taken out. ${size}`);
      context.output.answer(done);
    });
}

async function show(context: CliContext): Promise<void> {
  const view = await withReader(context, (engine) => ask(engine, "retention:show", {}));
  say(context.output, view);
  context.output.answer(view);
}

const toWords = (days: number | null): string => (days === null ? "for good" : `for ${days} days`);
const toMegabytes = (bytes: number): string =>
  `${(bytes / 1_048_576).toLocaleString("en", { maximumFractionDigits: 1 })} MB`;

function say(output: Output, { settings, lastRunAt, sealedDays, droppedDays, bytes }: RetentionView): void {
  const { auditDays, detailDays, backups } = settings;
  const days = (count: number): string => (count === 1 ? "1 day" : `${count} days`);
  output.say(`The audit log is kept ${toWords(auditDays)}; details of finished work ${toWords(detailDays)}.`);
  output.say(`The newest ${backups === 1 ? "daily backup is" : `${backups} daily backups are`} kept.`);
  const gone = droppedDays === 0 ? "" : `; of ${days(droppedDays)} more only the seals are left`;
  output.say(`The data takes ${toMegabytes(bytes)}. Of the audit log ${days(sealedDays)} are sealed${gone}.`);
  if (lastRunAt !== null) output.say(`Last done: ${new Date(lastRunAt).toISOString()}.`);
}
