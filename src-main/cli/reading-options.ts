import { readFile } from "node:fs/promises";
import { Option, type Command } from "commander";
import { sourceSettings, type SourceSettings } from "../../src-shared/domain/source-settings.ts";
import { badUsage } from "./cli-fault.ts";

export type ReadingOptions = Readonly<{
  format: string;
  country?: string;
  timezone?: string;
  assume?: string;
}>;

/** The options that say how a log is to be read, the same for `import`, `source add` and `calls parse`. */
export function addReadingOptions(command: Command, { withFormat = true } = {}): Command {
  if (withFormat) command.addOption(new Option("--format <name>", "format of the log").default("auto"));
  return command
    .option("--country <code>", "country of national numbers, such as GB")
    .option("--timezone <zone>", "time zone of local times in the log, such as Europe/London (default: this PC's)")
    .option("--assume <json>", "all settings of the source as JSON, or @file");
}

/** The settings that the options name together. `--country` and `--timezone` win over the same keys in `--assume`. */
export async function readSettings(options: ReadingOptions, timeZone: string): Promise<SourceSettings> {
  const assumed = options.assume === undefined ? {} : await readAssumed(options.assume);
  const named = {
    ...(options.country === undefined ? {} : { region: options.country.toUpperCase() }),
    ...(options.timezone === undefined ? {} : { timeZone: options.timezone }),
  };
  const parsed = sourceSettings.safeParse({ timeZone, ...assumed, ...named });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? "" : ` (${issue.path.join(".")})`;
    throw badUsage(`The settings of the source are not right${where}: ${issue?.message ?? "unknown problem"}.`);
  }
  for (const zone of [parsed.data.timeZone, parsed.data.logTimeZone]) if (zone !== undefined) checkZone(zone);
  if (parsed.data.region !== undefined) checkCountry(parsed.data.region);
  return parsed.data;
}

async function readAssumed(text: string): Promise<Record<string, unknown>> {
  const json = text.startsWith("@") ? await readAssumeFile(text.slice(1)) : text;
  let parsed: unknown;
  try {
    parsed = JSON.parse(json.replace(/^\uFEFF/, ""));
  } catch {
    throw badUsage(
      `--assume takes JSON such as '{"region":"GB"}', or @file with it. This is no JSON: ${text.slice(0, 80)}`,
    );
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw badUsage("--assume takes a JSON object with the settings of the source.");
  return { ...parsed };
}

async function readAssumeFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch {
    throw badUsage(`The file ${file}, named by --assume, cannot be read.`);
  }
}

/** Refuses a name that is no time zone. */
export function checkZone(zone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch {
    throw badUsage(`There is no time zone ${zone}. Zones have names such as Europe/London or America/New_York.`);
  }
}

function checkCountry(code: string): void {
  let name: string | undefined;
  try {
    name = new Intl.DisplayNames("en", { type: "region", fallback: "none" }).of(code);
  } catch {
    name = undefined;
  }
  if (name === undefined) throw badUsage(`There is no country ${code}. Countries have codes such as GB, DE or US.`);
}
