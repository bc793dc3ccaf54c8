import type { Command } from "commander";
import { crmNames } from "../../src-shared/domain/integration.ts";
import type { StatementView } from "../../src-shared/ipc/report-views.ts";
import { toLocalDate } from "../../src-shared/domain/local-time.ts";
import { ask, withReader, type ContextOf } from "./cli-context.ts";
import { wholeNumber } from "./number-option.ts";
import type { Output } from "./output.ts";
import { toDay } from "./since-option.ts";
import { toCounts } from "./table.ts";

type Options = Readonly<{ date?: string; skipped: number }>;

const examples = `
Examples:
  callledger statement
  callledger statement --date 2026-03-31 --json

The balance of everything that was read on that day (in this PC's time zone): every row is a leg or is skipped, and
every call is delivered, waiting, dead, acknowledged or left out by policy.`;

export function addStatementCommand(program: Command, contextOf: ContextOf): void {
  program
    .command("statement")
    .description("the daily balance of rows read against calls in the CRMs")
    .option("--date <day>", "the day, such as 2026-03-31 (default: today)")
    .option("--skipped <count>", "list this many skipped rows", wholeNumber("--skipped", 0, 1_000), 20)
    .addHelpText("after", examples)
    .action(async (options: Options) => {
      const context = contextOf();
      const { timeZone } = context;
      const date = options.date === undefined ? toLocalDate(Date.now(), timeZone) : toDay("--date", options.date);
      const statement = await withReader(context, (engine) =>
        ask(engine, "reports:statement", { date, timeZone, skippedRows: options.skipped }),
      );
      showStatement(context.output, statement);
      context.output.answer(statement);
    });
}

export function showStatement(output: Output, statement: StatementView): void {
  const { date, timeZone, rows, legs, calls, skipped, excluded } = statement;
  output.say(`${date} (${timeZone}): ${rows} rows = ${legs} legs + ${rows - legs} skipped; ${calls} calls.`);
  output.say(`Skipped: ${toCounts(skipped)}. Left out by policy: ${toCounts(excluded)}.`);
  for (const row of statement.skippedRows) {
    const place = row.line === null ? row.file : `${row.file}, line ${row.line}`;
    output.say(`  ${place}: ${row.reason.replaceAll("_", " ")}${row.detail === null ? "" : ` (${row.detail})`}`);
  }
  for (const each of statement.byIntegration) {
    const before = each.beforeStart === 0 ? "" : ` (${each.beforeStart} before its start date)`;
    output.say(
      `${each.label} (integration ${each.integrationId}, ${crmNames[each.crm]}): ${each.eligible} calls for it${before}: ${toCounts(each.states)}.`,
    );
    if (Object.keys(each.waitingBy).length > 0) output.say(`  Waiting for: ${toCounts(each.waitingBy)}`);
    if (Object.keys(each.deadBy).length > 0) output.say(`  Dead: ${toCounts(each.deadBy)}`);
    if (each.conflicts > 0)
      output.say(`  Fields changed in the CRM since, which wait for a decision: ${each.conflicts}`);
  }
  output.say(
    statement.balanced
      ? "It balances: every call is accounted for."
      : "IT DOES NOT BALANCE. Send us the support report.",
  );
}
