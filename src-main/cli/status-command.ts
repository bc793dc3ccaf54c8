import type { Command } from "commander";
import { laneNames } from "../../src-shared/domain/budget.ts";
import { crmNames } from "../../src-shared/domain/crm-names.ts";
import { reasonTexts } from "../../src-shared/domain/reason.ts";
import type { StatusView, WindowView } from "../../src-shared/ipc/report-views.ts";
import { toLocalTime } from "../../src-shared/domain/local-time.ts";
import { toLaneLines } from "./lane-lines.ts";
import { ask, withReader, type CliContext, type ContextOf } from "./cli-context.ts";
import { listSilent, showSilence } from "./silence-lines.ts";
import { toCounts, toIso } from "./table.ts";

export function addStatusCommand(program: Command, contextOf: ContextOf): void {
  program
    .command("status")
    .description("how every CRM account and the queue stand")
    .addHelpText("after", "\nExample:\n  callledger status --json")
    .action(async () => {
      const context = contextOf();
      const { status, silent } = await withReader(context, async (engine) => ({
        status: await ask(engine, "status:get", {}),
        silent: listSilent(await ask(engine, "silence:list", {})),
      }));
      show(context, status);
      for (const each of silent) showSilence(context.output, each);
      context.output.answer({
        ...status,
        team: status.team === null ? null : { ...status.team, since: toIso(status.team.since) },
        nextDueAt: toIso(status.nextDueAt),
        silent,
        integrations: status.integrations.map((each) => ({
          ...each,
          restUntil: toIso(each.restUntil),
          mirror: { ...each.mirror, freshAsOf: toIso(each.mirror.freshAsOf) },
          budget: Object.fromEntries(Object.entries(each.budget).map(([name, window]) => [name, toWindowJson(window)])),
          lanes: each.lanes.map((lane) => ({ ...lane, name: laneNames[lane.lane], drainsAt: toIso(lane.drainsAt) })),
        })),
      });
    });
}

const toWindowJson = (window: WindowView) => ({
  ...window,
  resetsAt: toIso(window.resetsAt),
  blockedUntil: toIso(window.blockedUntil),
});

function show({ output, timeZone }: CliContext, status: StatusView): void {
  if (status.integrations.length === 0) output.say("No CRM is connected yet. See: callledger connect --help");
  for (const each of status.integrations) {
    const account = each.account === null ? "" : `, account ${each.account}`;
    output.say(
      `${each.label} (integration ${each.id}, ${crmNames[each.crm]}, tenant ${each.tenant}${account}): ${each.state}`,
    );
    if (each.blockedReason !== null) {
      const { sentence, nextStep } = reasonTexts[each.blockedReason];
      output.say(`  ${sentence} ${nextStep}`);
    }
    if (each.restUntil !== null)
      output.say(`  The CRM asked for a pause until ${toLocalTime(each.restUntil, timeZone)}.`);
    output.say(`  Calls: ${toCounts(each.deliveries)}`);
    for (const line of toLaneLines(each.lanes, timeZone)) output.say(`  ${line}`);
    output.say(`  Copy of its people: ${toMirrorLine(each.mirror, timeZone)}`);
    for (const sentence of each.drift) output.say(`  ${sentence}`);
    if (each.conflicts > 0)
      output.say(`  Fields that somebody changed in the CRM: ${each.conflicts} (see callledger conflicts list)`);
    for (const [name, window] of Object.entries(each.budget))
      output.say(`  Limit ${name}: ${toWindowLine(window, timeZone)}`);
  }
  output.say(`All: ${toCounts(status.deliveries)}`);
  for (const { id, path, state, problem, troubleCount } of status.folders) {
    const troubled = troubleCount === 0 ? "" : `; not read: ${troubleCount} (see callledger source list)`;
    output.say(`Folder ${path} (source ${id}): ${problem ?? state}${troubled}`);
  }
  if (status.team !== null)
    output.say(`${status.team.sentence.charAt(0).toUpperCase()}${status.team.sentence.slice(1)}`);
  if (status.nextDueAt !== null) output.say(`Next due: ${toLocalTime(status.nextDueAt, timeZone)}`);
}

const mirrorWords: Readonly<Record<StatusView["integrations"][number]["mirror"]["state"], string>> = {
  never: "not read yet",
  loading: "being read for the first time",
  complete: "up to date",
  stale: "to be brought up to date before anything is matched by it",
};

function toMirrorLine({ state, freshAsOf }: StatusView["integrations"][number]["mirror"], timeZone: string): string {
  return `${mirrorWords[state]}${freshAsOf === null ? "" : `, as of ${toLocalTime(freshAsOf, timeZone)}`}`;
}

const mostOfLimit = 0.9;

function toWindowLine(window: WindowView, timeZone: string): string {
  const others = window.usedByOthers > 0 ? `, ${window.usedByOthers} by other programs` : "";
  const blocked = window.blockedUntil === null ? "" : `, blocked until ${toLocalTime(window.blockedUntil, timeZone)}`;
  // Some headroom is always left; only what settings leave is worth a word.
  const ours = window.usable < window.limit * mostOfLimit ? `, ours at most ${window.usable}` : "";
  return `${window.used} of ${window.limit} used${others}${ours}${blocked}`;
}
