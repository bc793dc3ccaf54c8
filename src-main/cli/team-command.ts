import type { Command } from "commander";
import { defaultTeamShare, findTeamAddressProblem } from "../../src-shared/domain/team.ts";
import type { TeamView } from "../../src-shared/ipc/team-views.ts";
import { ask, withEngine, withReader, type CliContext, type ContextOf } from "./cli-context.ts";
import { badUsage } from "./cli-fault.ts";
import { orderGroup } from "./command-group.ts";
import { wholeNumber } from "./number-option.ts";
import { toIso } from "./table.ts";

const examples = `
Examples:
  callledger team set redis://redis.example.com --share 50
  CALLLEDGER_REDIS_PASSWORD=… callledger team set rediss://callledger@redis.example.com:6380/1 --share 30
  callledger team show
  callledger team remove

For PCs that write into the same CRM account: they share its limits through one Redis, and use them to the full together.
While Redis cannot be reached each PC uses its share of a limit (default ${defaultTeamShare} %); the shares of all PCs together must not be
more than 100 %. The password is taken from CALLLEDGER_REDIS_PASSWORD or from standard input and kept in the system's
keychain; with --secret-from-env NAME only the name is kept. docs/pace.md tells more.`;

const passwordVariable = "CALLLEDGER_REDIS_PASSWORD";

type Options = Readonly<{ share: number; secretFromEnv?: string }>;

export function addTeamCommand(program: Command, contextOf: ContextOf): void {
  const group = program
    .command("team")
    .description("share the limits of a CRM account with other PCs, through a Redis")
    .addHelpText("after", examples);
  group
    .command("set <address>")
    .description("join the team of a Redis: redis://host:port/database, or rediss:// for TLS")
    .option(
      "--share <percent>",
      "this PC uses so much of a limit while Redis is gone",
      wholeNumber("--share", 1, 100),
      defaultTeamShare,
    )
    .option("--secret-from-env <name>", "the variable that holds the password of the Redis")
    .action((address: string, options: Options) => set(contextOf(), address, options));
  group
    .command("show")
    .description("the team of this PC, and how it stands")
    .action(() => show(contextOf()));
  orderGroup(group, () => show(contextOf()));
  group
    .command("remove")
    .description("leave the team: this PC counts alone, and uses the whole limit")
    .action(async () => {
      const context = contextOf();
      const answer = await withEngine(context, (engine) => ask(engine, "team:remove", {}));
      context.output.say("This PC is in no team any more: it uses the whole limit of each account.");
      context.output.answer(answer);
    });
}

async function set(context: CliContext, url: string, { share, secretFromEnv }: Options): Promise<void> {
  const problem = findTeamAddressProblem(url);
  if (problem !== null) throw badUsage(problem);
  const password = secretFromEnv === undefined ? await readPassword(context) : null;
  const kept = { kind: password === null ? "none" : "keychain" } as const;
  const secret = secretFromEnv === undefined ? kept : ({ kind: "env", name: secretFromEnv } as const);
  const { team } = await withEngine(context, (engine) =>
    ask(engine, "team:set", { settings: { url, secret, share }, password }),
  );
  context.output.say(`This PC shares its limits through ${url}; without it, it uses ${share} % of them.`);
  context.output.answer({ team: toJson(team) });
}

/** A Redis without a password is not rare in an office: nothing given is none. */
async function readPassword({ env, readInput }: CliContext): Promise<string | null> {
  const given = env[passwordVariable]?.trim() ?? "";
  const text = given === "" ? ((await readInput())?.trim() ?? "") : given;
  return text === "" ? null : text;
}

async function show(context: CliContext): Promise<void> {
  const { team } = await withReader(context, (engine) => ask(engine, "team:show", {}));
  if (team === null) context.output.say("This PC is in no team. See: callledger team --help");
  else {
    context.output.say(`${team.url}, alone ${team.share} % of a limit.`);
    context.output.say(toSentence(team));
  }
  context.output.answer({ team: toJson(team) });
}

const toSentence = ({ sentence }: TeamView): string => `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;

const toJson = (team: TeamView | null) => (team === null ? null : { ...team, since: toIso(team.since) });
