import { Argument, Option, type Command } from "commander";
import {
  crmNames,
  crmType,
  unknownCaller,
  type CrmType,
  type UnknownCaller,
} from "../../src-shared/domain/integration.ts";
import { badUsage } from "./cli-fault.ts";
import { ask, withEngine, type ContextOf } from "./cli-context.ts";
import { toSince } from "./since-option.ts";

type Options = Readonly<{
  tenant: string;
  baseUrl?: string;
  label?: string;
  unknownCaller?: UnknownCaller;
  since?: string;
  setup: boolean;
  secretFromEnv?: string;
}>;

const examples = `
Examples:
  HUBSPOT_KEY=pat-… callledger connect hubspot --tenant acme --secret-from-env HUBSPOT_KEY
  callledger connect hubspot --tenant acme --secret-from-env HUBSPOT_KEY --unknown-caller log --since 2026-01-01

The variable must be set whenever CallLedger works; only its name is stored. Connecting the same account again
updates it: use it for a new key.`;

export function addConnectCommand(program: Command, contextOf: ContextOf): void {
  program
    .command("connect")
    .description("connect a CRM: sign in, check, set up what is needed, add the integration")
    .addArgument(new Argument("<crm>", "the CRM").choices(crmType.options))
    .requiredOption("--tenant <name>", "the company, a short name typed once (acme)")
    .option("--secret-from-env <name>", "environment variable that holds the key or token")
    .option("--base-url <url>", "address of the CRM's API (default: the vendor's)")
    .option("--label <text>", "name of the integration in lists")
    .addOption(
      new Option(
        "--unknown-caller <policy>",
        "a number that nobody in the CRM has: hold (default) until somebody adds it, log without a person, or create a contact or lead",
      ).choices(unknownCaller.options),
    )
    .option("--since <date>", "take only calls from this day on (2026-01-01)")
    .option("--no-setup", "create nothing in the CRM; what is needed must be there")
    .addHelpText("after", examples)
    .action(async (crm: CrmType, options: Options) => {
      const context = contextOf();
      const name = options.secretFromEnv;
      if (name === undefined)
        throw badUsage(
          "The system keychain is not supported yet in this version. Put the key into an environment variable and name it: --secret-from-env NAME.",
        );
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
        throw badUsage("--secret-from-env takes the name of a variable, such as HUBSPOT_KEY.");
      if ((context.env[name] ?? "") === "")
        throw badUsage(
          `The environment variable ${name} is not set. Set it to the key of ${crmNames[crm]} and try again.`,
        );
      const connected = await withEngine(context, (engine) =>
        ask(
          engine,
          "integrations:connect",
          {
            crm,
            tenant: options.tenant,
            baseUrl: toBaseUrl(options.baseUrl),
            label: options.label ?? null,
            unknownCaller: options.unknownCaller ?? null,
            since: options.since === undefined ? null : toSince(options.since, context.timeZone),
            secret: { kind: "env", name },
            setup: options.setup,
          },
          { signal: context.signal },
        ),
      );
      const { output } = context;
      output.say(
        `${connected.updated ? "Updated" : "Connected"} ${crmNames[crm]} account ${connected.account} as integration ${connected.integrationId}.`,
      );
      if (connected.created.length > 0) output.say(`Created in the CRM: ${connected.created.join(", ")}.`);
      if (connected.backfilled > 0)
        output.say(`${connected.backfilled} calls that were read before are queued for it.`);
      output.answer(connected);
    });
}

function toBaseUrl(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw badUsage(`--base-url takes an address such as https://api.hubapi.com, not ${text}.`);
  return text;
}
