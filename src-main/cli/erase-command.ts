import { InvalidArgumentError, type Command } from "commander";
import { crmNames } from "../../src-shared/domain/crm-names.ts";
import type { ErasureView } from "../../src-shared/ipc/erasure-views.ts";
import { ask, withEngine, type ContextOf } from "./cli-context.ts";
import type { Output } from "./output.ts";

const help = `
Takes the number, the names and what was sent out of the calls, the matches and the audit log; the audit's chain stays whole
and still verifies. Calls that were not written yet never will be. Records that are in a CRM stay there, and so do log
files: both are listed or named, for you to delete.

Examples:
  callledger erase --number "+44 7700 900947" --dry-run
  callledger erase --number 07700900947 --country GB --with-backups`;

type EraseOptions = Readonly<{ number: string; country?: string; dryRun?: boolean; withBackups?: boolean }>;

function countryCode(text: string): string {
  if (/^[A-Za-z]{2}$/.test(text)) return text.toUpperCase();
  throw new InvalidArgumentError("A country has two letters, such as GB.");
}

export function addEraseCommand(program: Command, contextOf: ContextOf): void {
  program
    .command("erase")
    .description("erase what is kept of one person's number")
    .requiredOption("--number <number>", "the number, with its country code unless --country is given")
    .option("--country <code>", "country of a number without its country code", countryCode)
    .option("--dry-run", "only say what is kept of it")
    .option("--with-backups", "also replace the backups, which still have it, by a new one")
    .addHelpText("after", help)
    .action(async ({ number, country, dryRun = false, withBackups = false }: EraseOptions) => {
      const context = contextOf();
      const input = { number, rehearse: dryRun, backups: withBackups, ...(country === undefined ? {} : { country }) };
      const found = await withEngine(context, (engine) => ask(engine, "erase:number", input));
      say(context.output, found);
      context.output.answer(found);
    });
}

function say(output: Output, found: ErasureView): void {
  const { calls, undelivered, auditEntries } = found;
  const what = `${calls} ${calls === 1 ? "call" : "calls"} and ${auditEntries} audit entries`;
  output.say(found.erased ? `Erased: ${what}.` : `Kept of this number: ${what}. Nothing was erased (--dry-run).`);
  if (undelivered > 0)
    output.say(
      `${undelivered} of them ${found.erased ? "are" : "would be"} never written to a CRM: they were still waiting.`,
    );
  if (found.recordCount > 0) output.say(`In the CRMs, for you to delete there (${found.recordCount}):`);
  for (const { crm, label, remoteId, url } of found.records)
    output.say(`  ${crmNames[crm]} (${label})  ${url ?? remoteId}`);
  if (found.backups.length > 0)
    output.say(`Backups that still have it: ${found.backups.join(", ")}. With --with-backups they are replaced.`);
}
