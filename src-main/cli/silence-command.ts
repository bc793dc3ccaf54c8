import type { Command } from "commander";
import type { SilenceSettings } from "../../src-shared/domain/silence.ts";
import type { SilenceView } from "../../src-shared/ipc/silence-views.ts";
import { badUsage } from "./cli-fault.ts";
import { ask, withEngine, withReader, type CliContext, type ContextOf } from "./cli-context.ts";
import { orderGroup } from "./command-group.ts";
import { rowNumber, wholeNumber } from "./number-option.ts";
import type { Output } from "./output.ts";
import { showSilence } from "./silence-lines.ts";
import { toDay } from "./since-option.ts";

const examples = `
Examples:
  callledger silence list
  callledger silence set 1 --hours 08:30-18:00 --holidays 2026-12-25,2026-12-28
  callledger silence set 1 --least 20
  callledger silence set 1 --off

A source that gives no calls although it usually gives many by now is told of once. What is usual is learnt from the same
weekday of the last six weeks; nothing is raised before three weeks are known. docs/alerts.md tells all of it.`;

type Options = Readonly<{ on?: true; off?: true; least?: number; hours?: string; holidays?: string }>;

export function addSilenceCommand(program: Command, contextOf: ContextOf): void {
  const group = program
    .command("silence")
    .description("sources that give no calls although they should")
    .addHelpText("after", examples);
  group
    .command("list")
    .description("how each source is listened to")
    .action(() => list(contextOf()));
  orderGroup(group, () => list(contextOf()));
  group
    .command("set <source>")
    .description("when the silence of a source is told")
    .option("--on", "tell it")
    .option("--off", "never tell it")
    .option("--least <count>", "only when so many calls are missing", wholeNumber("--least", 3, 1_000))
    .option("--hours <from-to>", "only between these times, such as 08:30-18:00; always: learnt from the calls alone")
    .option("--holidays <days>", "days on which nothing is told, parted by commas; none for none")
    .action(async (text: string, options: Options) => {
      const context = contextOf();
      const id = rowNumber("A source")(text);
      const settings = toSettings(options);
      const source = await withEngine(context, (engine) => ask(engine, "silence:set", { id, settings }));
      show(context.output, source);
      context.output.answer(source);
    });
}

function toSettings({ on, off, least, hours, holidays }: Options): Partial<SilenceSettings> {
  if (on === true && off === true) throw badUsage("Either --on or --off.");
  return {
    ...(on === undefined && off === undefined ? {} : { isOn: off === undefined }),
    ...(least === undefined ? {} : { least }),
    ...(hours === undefined ? {} : { hours: hours === "always" ? null : toHours(hours) }),
    ...(holidays === undefined ? {} : { holidays: toDays(holidays) }),
  };
}

const toDays = (text: string): string[] =>
  text === "none" ? [] : text.split(",").map((day) => toDay("--holidays", day.trim()));

/** Minutes of the day. */
export function toMinute(name: string, text: string): number {
  const [, hour = "", minute = ""] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  const value = Number(hour) * 60 + Number(minute);
  if (hour === "" || Number(minute) > 59 || value > 1_440)
    throw badUsage(`${name} takes a time such as 08:30, not ${text}.`);
  return value;
}

function toHours(text: string): Readonly<{ from: number; to: number }> {
  const [from = "", to = "", ...more] = text.split("-");
  if (more.length > 0 || to === "") throw badUsage(`--hours takes times such as 08:30-18:00, not ${text}.`);
  const hours = { from: toMinute("--hours", from), to: toMinute("--hours", to) };
  if (hours.from >= hours.to) throw badUsage(`--hours must end later than they begin: ${text}.`);
  return hours;
}

async function list(context: CliContext): Promise<void> {
  const { sources } = await withReader(context, (engine) => ask(engine, "silence:list", {}));
  if (sources.length === 0) context.output.say("No folder is watched. See: callledger source add --help");
  for (const source of sources) show(context.output, source);
  context.output.answer({ sources });
}

export const toClock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

function show(output: Output, { sourceId, path, settings, raised }: SilenceView): void {
  const { isOn, least, hours, holidays } = settings;
  const when = hours === null ? "as learnt from its calls" : `from ${toClock(hours.from)} to ${toClock(hours.to)}`;
  const off = holidays.length === 0 ? "" : `; not on ${holidays.join(", ")}`;
  output.say(
    isOn
      ? `Source ${sourceId}, ${path}: its silence is told when ${least} calls or more are missing, ${when}${off}.`
      : `Source ${sourceId}, ${path}: its silence is not told.`,
  );
  if (raised !== null) showSilence(output, raised);
}
