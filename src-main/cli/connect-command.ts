import { Argument, Option, type Command } from "commander";
import { crmNames } from "../../src-shared/domain/crm-names.ts";
import { crmType, unknownCaller, type CrmType, type UnknownCaller } from "../../src-shared/domain/integration.ts";
import { parseCredential } from "../../src-shared/domain/credential.ts";
import type { CallAsk } from "../../src-shared/ipc/contract.ts";
import { badUsage } from "./cli-fault.ts";
import { ask, withEngine, type CliContext, type ContextOf } from "./cli-context.ts";
import { wholeNumber } from "./number-option.ts";
import { readSettings } from "./settings-option.ts";
import { toAccountLines } from "./account-lines.ts";
import { sendToPage } from "./sign-in-page.ts";
import { toSince } from "./since-option.ts";

type Options = Readonly<{
  tenant: string;
  baseUrl?: string;
  label?: string;
  unknownCaller?: UnknownCaller;
  since?: string;
  setup: boolean;
  signIn?: boolean;
  browser: boolean;
  settings?: string;
  wait: number;
  secretFromEnv?: string;
}>;

const examples = `
Examples:
  CALLLEDGER_TOKEN=pat-… callledger connect hubspot --tenant acme
  callledger connect salesforce --tenant acme --since 2026-01-01 < credential.json
  callledger connect hubspot --tenant acme --secret-from-env HUBSPOT_KEY --unknown-caller log
  CALLLEDGER_TOKEN='{"clientId":"…"}' callledger connect salesforce --tenant acme --sign-in --base-url https://acme.my.salesforce.com

The credential is a key or token, or a JSON object such as {"clientId":"…","clientSecret":"…","refreshToken":"…"}. It is
taken from CALLLEDGER_TOKEN or from standard input and kept in the system's keychain, nowhere else. With
--secret-from-env only the variable's name is stored: it must be set whenever CallLedger works, and the credential must
not rotate. With --sign-in it is the app ({"clientId":"…","clientSecret":"…"}); a person signs in in the browser, which
comes back to http://localhost:33333/callback (or 33334, 33335): register these with the app, or name its own address on this
computer as redirectUri. Connecting the same account again updates it: use it for a new key.`;

type ConnectSecret = CallAsk<"integrations:connect">["secret"];

const tokenVariable = "CALLLEDGER_TOKEN";

export function addConnectCommand(program: Command, contextOf: ContextOf): void {
  program
    .command("connect")
    .description("connect a CRM: sign in, check, set up what is needed, add the integration")
    .addArgument(new Argument("<crm>", "the CRM").choices(crmType.options))
    .requiredOption("--tenant <name>", "the company, a short name typed once (acme)")
    .option("--secret-from-env <name>", "keep only the name of this environment variable, which holds the key or token")
    .option("--sign-in", "a person signs in in the browser; the credential names the app")
    .option("--no-browser", "only print the page of --sign-in, do not open it")
    .option("--wait <seconds>", "how long the person has for --sign-in", wholeNumber("--wait", 1, 3_600), 600)
    .option("--base-url <url>", "address of the CRM's API (default: the vendor's)")
    .option("--label <text>", "name of the integration in lists")
    .addOption(
      new Option(
        "--unknown-caller <policy>",
        "a number that nobody in the CRM has: hold (default) until somebody adds it, or log without a person (contact and lead: a later version)",
      ).choices(unknownCaller.options),
    )
    .option("--since <date>", "take only calls from this day on (2026-01-01)")
    .option("--settings <json>", "settings of this CRM as JSON, or @file (see docs/connectors)")
    .option("--no-setup", "create nothing in the CRM; what is needed must be there")
    .addHelpText("after", examples)
    .action(async (crm: CrmType, options: Options) => {
      const context = contextOf();
      const secret = await readSecret(context, crm, options);
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
            secret,
            setup: options.setup,
            ...(options.settings === undefined ? {} : { settings: readSettings(options.settings) }),
          },
          { signal: context.signal, onProgress: ({ openUrl }) => void sendToPage(context, openUrl, options.browser) },
        ),
      );
      const { output } = context;
      output.say(
        `${connected.updated ? "Updated" : "Connected"} ${crmNames[crm]} account ${connected.account} as integration ${connected.integrationId}.`,
      );
      for (const line of toAccountLines(connected.details, connected.limits)) output.say(line);
      if (connected.created.length > 0) output.say(`Created in the CRM: ${connected.created.join(", ")}.`);
      if (connected.backfilled > 0)
        output.say(`${connected.backfilled} calls that were read before are queued for it.`);
      if (connected.note !== null) output.say(connected.note);
      output.answer(connected);
    });
}

/** The name of a variable, or the credential itself, which goes into the keychain. No message repeats any of it. */
async function readSecret(
  context: CliContext,
  crm: CrmType,
  { secretFromEnv: name, signIn = false, wait }: Options,
): Promise<ConnectSecret> {
  if (name !== undefined && signIn)
    throw badUsage("--sign-in keeps what comes of it in the keychain; it cannot go with --secret-from-env.");
  if (name === undefined) {
    const credential = await readCredential(context, crm);
    return signIn ? { kind: "browser", app: credential, waitMs: wait * 1_000 } : { kind: "keychain", credential };
  }
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw badUsage("--secret-from-env takes the name of a variable, such as HUBSPOT_KEY.");
  if ((context.env[name] ?? "") === "")
    throw badUsage(`The environment variable ${name} is not set. Set it to the key of ${crmNames[crm]} and try again.`);
  return { kind: "env", name };
}

async function readCredential(context: CliContext, crm: CrmType): Promise<Record<string, string>> {
  const given = context.env[tokenVariable]?.trim() ?? "";
  const piped = given === "" ? ((await context.readInput())?.trim() ?? "") : "";
  const text = given === "" ? piped : given;
  if (text === "")
    throw badUsage(
      `Give the key or token of ${crmNames[crm]} in the environment variable ${tokenVariable} or on standard input; it is kept in the system's keychain. Or name a variable that holds it: --secret-from-env NAME.`,
    );
  const parsed = parseCredential(
    text,
    given === "" ? "What was piped in" : `The environment variable ${tokenVariable}`,
  );
  if (!parsed.ok) throw badUsage(parsed.fault);
  return { ...parsed.value };
}

function toBaseUrl(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw badUsage(`--base-url takes an address such as https://api.hubapi.com, not ${text}.`);
  return text;
}
