import type { Command } from "commander";
import { crmNames } from "../../src-shared/domain/crm-names.ts";
import type { IntegrationView } from "../../src-shared/ipc/integration-views.ts";
import { CliFault } from "./cli-fault.ts";
import { ask, withEngine, withReader, type CliContext, type ContextOf } from "./cli-context.ts";
import { orderGroup } from "./command-group.ts";
import { rowNumber, wholeNumber } from "./number-option.ts";
import { readSettings } from "./settings-option.ts";
import { sendToPage } from "./sign-in-page.ts";
import { toAccountLines } from "./account-lines.ts";
import { toIso, toTable } from "./table.ts";

const examples = `
Examples:
  callledger integrations list
  callledger integrations pause 1 --note "CRM clean-up until Friday"
  callledger integrations resume 1
  callledger integrations set 3 --settings '{"trigger":"workflow,approval","requestsPerMinute":60}'`;

const toNumber = rowNumber("An integration");

export function addIntegrationsCommand(program: Command, contextOf: ContextOf): void {
  const group = program
    .command("integrations")
    .description("list, check, sign in to, set, pause, resume or remove connected CRM accounts")
    .addHelpText("after", examples);
  group
    .command("list")
    .description("every connected account")
    .action(() => list(contextOf()));
  orderGroup(group, () => list(contextOf()));
  group
    .command("check <integration>")
    .description("sign in to the CRM and say whether all is well; a stopped integration that works again goes on")
    .action(async (text: string) => check(contextOf(), toNumber(text)));
  group
    .command("sign-in <integration>")
    .description("sign in again, in the browser, to an account that was connected by a sign-in there")
    .option("--no-browser", "only print the page, do not open it")
    .option("--wait <seconds>", "how long the person has", wholeNumber("--wait", 1, 3_600), 600)
    .action(async (text: string, options: SignInOptions) => signIn(contextOf(), toNumber(text), options));
  group
    .command("set <integration>")
    .description("change settings of this CRM; null takes one back to its default")
    .requiredOption("--settings <json>", "settings as JSON, or @file (see docs/connectors)")
    .action(async (text: string, options: Readonly<{ settings: string }>) => {
      const context = contextOf();
      const change = { id: toNumber(text), settings: readSettings(options.settings) };
      const { integration, note } = await withEngine(context, (engine) => ask(engine, "integrations:set", change));
      context.output.say(
        `${integration.label} (integration ${integration.id}): ${toSettingsText(integration.settings)}.`,
      );
      if (note !== null) context.output.say(note);
      context.output.answer({ integration: toJson(integration), note });
    });
  for (const verb of ["pause", "resume"] as const)
    group
      .command(`${verb} <integration>`)
      .description(verb === "pause" ? "send nothing to this account until it is resumed; its calls wait" : "go on")
      .option("--note <text>", "why, for the audit", "")
      .action(async (text: string, { note }: Readonly<{ note: string }>) => {
        const context = contextOf();
        const id = toNumber(text);
        const changed = await withEngine(context, (engine) => ask(engine, `integrations:${verb}`, { id, note }));
        context.output.say(`${changed.label} (integration ${changed.id}) is ${changed.state}.`);
        context.output.answer({ integration: toJson(changed) });
      });
  group
    .command("remove <integration>")
    .description("take an account out of use; its history stays, what was not delivered is cancelled")
    .action(async (text: string) => {
      const context = contextOf();
      const id = toNumber(text);
      const { removed } = await withEngine(context, (engine) => ask(engine, "integrations:remove", { id }));
      context.output.say(`Integration ${removed} is removed.`);
      context.output.answer({ removed });
    });
}

async function list(context: CliContext): Promise<void> {
  const { integrations } = await withReader(context, (engine) => ask(engine, "integrations:list", {}));
  showList(context, integrations);
  context.output.answer({ integrations: integrations.map(toJson) });
}

type SignInOptions = Readonly<{ browser: boolean; wait: number }>;

async function signIn(context: CliContext, id: number, { browser, wait }: SignInOptions): Promise<void> {
  const onProgress = ({ openUrl }: Readonly<{ openUrl: string }>) => void sendToPage(context, openUrl, browser);
  const signedIn = await withEngine(context, (engine) =>
    ask(engine, "integrations:signIn", { id, waitMs: wait * 1_000 }, { signal: context.signal, onProgress }),
  );
  context.output.say(`Integration ${id} is signed in to ${signedIn.account}.`);
  context.output.answer(signedIn);
}

async function check(context: CliContext, id: number): Promise<void> {
  const found = await withEngine(context, (engine) =>
    ask(engine, "integrations:check", { id }, { signal: context.signal }),
  );
  const { output } = context;
  for (const { says, fix } of found.drift) output.say(`${says} ${fix}`);
  if (found.problem !== null) throw new CliFault(1, found.problem, "failed", found);
  output.say(`All is well: signed in to ${found.account ?? "the CRM"}.`);
  if (found.details !== null) for (const line of toAccountLines(found.details, found.limits)) output.say(line);
  output.say(`Settings: ${toSettingsText(found.settings)}.`);
  output.answer(found);
}

function showList({ output }: CliContext, integrations: readonly IntegrationView[]): void {
  if (integrations.length === 0) {
    output.say("No CRM is connected yet. See: callledger connect --help");
    return;
  }
  const rows = integrations.map((each) => [
    String(each.id),
    each.tenant,
    crmNames[each.crm],
    each.label,
    each.account?.name ?? "-",
    each.state,
    each.secret.kind === "env" ? `env ${each.secret.name}` : each.secret.kind,
    toSettingsText(each.settings),
  ]);
  for (const line of toTable([["ID", "TENANT", "CRM", "LABEL", "ACCOUNT", "STATE", "SECRET", "SETTINGS"], ...rows]))
    output.say(line);
}

const toSettingsText = (settings: Readonly<Record<string, string>>): string => {
  const set = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return set.length === 0 ? "defaults" : set.join(" ");
};

const toJson = (each: IntegrationView) => ({
  ...each,
  restUntil: toIso(each.restUntil),
  since: toIso(each.since),
  createdAt: toIso(each.createdAt),
});
