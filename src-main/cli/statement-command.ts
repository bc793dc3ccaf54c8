import type { Command } from "commander";
import { crmNames } from "../../src-shared/domain/crm-names.ts";
import type { StatementView } from "../../src-shared/ipc/report-views.ts";
import { toLocalDate } from "../../src-shared/domain/local-time.ts";
import { crmCheckKind } from "../../src-shared/domain/crm-check.ts";
import type { CrmCheckView } from "../../src-shared/ipc/check-views.ts";
import { ask, withEngine, withReader, type ContextOf } from "./cli-context.ts";
import { wholeNumber } from "./number-option.ts";
import type { Output } from "./output.ts";
import { listSilent, showSilence } from "./silence-lines.ts";
import { toDay } from "./since-option.ts";
import { toCounts } from "./table.ts";

type Options = Readonly<{ date?: string; skipped: number; readBack?: number | true }>;

/** Calls of each CRM that are read back where nobody says how many. */
const usualSample = 20;

const examples = `
Examples:
  callledger statement
  callledger statement --date 2026-03-31 --json
  callledger statement --read-back 50

The balance of everything that was read on that day (in this PC's time zone): every row is a leg or is skipped, and
every call is delivered, waiting, dead, acknowledged or left out by policy. What was read back from the CRMs on that day
stands below; it is done every night, and at once with --read-back.`;

export function addStatementCommand(program: Command, contextOf: ContextOf): void {
  program
    .command("statement")
    .description("the daily balance of rows read against calls in the CRMs")
    .option("--date <day>", "the day, such as 2026-03-31 (default: today)")
    .option("--skipped <count>", "list this many skipped rows", wholeNumber("--skipped", 0, 1_000), 20)
    .option(
      "--read-back [count]",
      "first look into every CRM: so many delivered calls are there as written (default: 20), and none is there twice",
      wholeNumber("--read-back", 1, 1_000),
    )
    .addHelpText("after", examples)
    .action(async (options: Options) => {
      const context = contextOf();
      const { timeZone } = context;
      const date = options.date === undefined ? toLocalDate(Date.now(), timeZone) : toDay("--date", options.date);
      if (options.readBack !== undefined) {
        const sample = options.readBack === true ? usualSample : options.readBack;
        const kinds = [...crmCheckKind.options];
        const { signal } = context;
        await withEngine(context, (engine) => ask(engine, "checks:run", { id: null, kinds, sample }, { signal }));
      }
      const { statement, checks, silent } = await withReader(context, async (engine) => ({
        statement: await ask(engine, "reports:statement", { date, timeZone, skippedRows: options.skipped }),
        checks: (await ask(engine, "checks:list", { date, timeZone })).checks,
        silent: listSilent(await ask(engine, "silence:list", {})),
      }));
      showStatement(context.output, statement);
      for (const check of checks) showCheck(context.output, check);
      for (const each of silent) showSilence(context.output, each);
      context.output.answer({ ...statement, checks, silent });
    });
}

const looked = {
  read_back: "read back",
  copies: "looked for twice",
} as const satisfies Record<CrmCheckView["kind"], string>;

function showCheck(output: Output, { label, kind, checked, findings, trouble }: CrmCheckView): void {
  const calls = checked === 1 ? "1 call" : `${checked} calls`;
  const found = findings.length === 0 ? "nothing is wrong" : `${findings.length} to look at`;
  const end = trouble === null ? "" : ` It could not be done to its end: ${trouble}`;
  output.say(`${label}: ${calls} ${looked[kind]}, ${found}.${end}`);
  for (const each of findings) {
    const where = each.links.length > 0 ? each.links.join(" ") : `record ${each.remoteIds.join(", ")}`;
    output.say(`  ${each.callId ?? `delivery ${each.deliveryId}`}: ${each.detail} ${where}`);
  }
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
    for (const [window, units] of Object.entries(each.usedByOthers))
      output.say(`  Limit ${window}: about ${units.toLocaleString("en")} used by other programs`);
  }
  output.say(
    statement.balanced
      ? "It balances: every call is accounted for."
      : "IT DOES NOT BALANCE. Send us the support report.",
  );
}
