import type { Command } from "commander";
import type { AlertChannel, EmailChannel } from "../../src-shared/domain/alert.ts";
import { toLocalTime } from "../../src-shared/domain/local-time.ts";
import type { AlertMessageView, AlertsView } from "../../src-shared/ipc/alert-views.ts";
import { badUsage } from "./cli-fault.ts";
import { ask, withEngine, withReader, type CliContext, type ContextOf } from "./cli-context.ts";
import { orderGroup } from "./command-group.ts";
import { wholeNumber } from "./number-option.ts";
import { toClock, toMinute } from "./silence-command.ts";

const examples = `
Examples:
  CALLLEDGER_SMTP_PASSWORD=… callledger alerts set email --host mail.example.com --user it --from it@example.com --to it@example.com
  callledger alerts set webhook --url https://hooks.example.com/callledger
  callledger alerts set times --after 15 --per-hour 6 --digest 07:30
  callledger alerts test
  callledger alerts remove email

For PCs that nobody looks at: what needs a person is told once, by e-mail, by a webhook, or both, while callledger run (or
the app) is running. The password is taken from CALLLEDGER_SMTP_PASSWORD or from standard input and kept in the system's
keychain; with --secret-from-env NAME only the name is kept. A webhook's secret is shown once. docs/alerts.md tells more.`;

const passwordVariable = "CALLLEDGER_SMTP_PASSWORD";
const ports: Readonly<Record<EmailChannel["security"], number>> = { tls: 465, starttls: 587, none: 25 };

type Options = Readonly<{
  host?: string;
  port?: number;
  security: string;
  user?: string;
  from?: string;
  to?: string;
  url?: string;
  secretFromEnv?: string;
  after?: number;
  perHour?: number;
  digest?: string;
}>;

export function addAlertsCommand(program: Command, contextOf: ContextOf): void {
  const group = program
    .command("alerts")
    .description("tell people elsewhere what needs them: by e-mail, by a webhook")
    .addHelpText("after", examples);
  addSet(group, contextOf);
  group
    .command("show")
    .description("who is told, and the last messages")
    .action(() => show(contextOf()));
  orderGroup(group, () => show(contextOf()));
  group
    .command("test")
    .description("send a test now")
    .action(async () => {
      const context = contextOf();
      const { results } = await withEngine(context, (engine) => ask(engine, "alerts:test", {}));
      for (const { channel, problem } of results)
        context.output.say(
          problem === null ? `The test by ${channel} went.` : `The test by ${channel} failed: ${problem}`,
        );
      context.output.answer({ results });
      if (results.some(({ problem }) => problem !== null)) context.endWith(1);
    });
  group
    .command("remove <channel>")
    .description("tell nobody by email, or by webhook, any more")
    .action(async (channel: string) => {
      const context = contextOf();
      const view = await withEngine(context, (engine) => ask(engine, "alerts:remove", { channel: toChannel(channel) }));
      context.output.say(`Nobody is told by ${channel} any more.`);
      context.output.answer(view);
    });
}

function addSet(group: Command, contextOf: ContextOf): void {
  group
    .command("set <what>")
    .description("email, webhook, or times")
    .option("--host <name>", "email: the mail server")
    .option(
      "--port <number>",
      "email: its port (default: 465 for tls, 587 for starttls)",
      wholeNumber("--port", 1, 65_535),
    )
    .option("--security <kind>", "email: tls, starttls, or none for a server on this computer", "tls")
    .option("--user <name>", "email: who signs in; without one, nobody does")
    .option("--from <address>", "email: the sender")
    .option("--to <addresses>", "email: who is told, parted by commas")
    .option("--url <address>", "webhook: where it is sent")
    .option("--secret-from-env <name>", "the variable that holds the password, or the webhook's secret")
    .option("--after <minutes>", "times: a cause has to stand so long", wholeNumber("--after", 0, 1_440))
    .option("--per-hour <count>", "times: so many messages at most", wholeNumber("--per-hour", 1, 60))
    .option("--digest <time>", "times: sum the day before up at this time, such as 07:30; off for none")
    .action(async (what: string, options: Options) => {
      const context = contextOf();
      if (what === "email") return setEmail(context, options);
      if (what === "webhook") return setWebhook(context, options);
      if (what === "times") return setTimes(context, options);
      throw badUsage(`alerts set takes email, webhook or times, not ${what}.`);
    });
}

function toChannel(text: string): AlertChannel {
  if (text === "email" || text === "webhook") return text;
  throw badUsage(`A channel is email or webhook, not ${text}.`);
}

function toSecurity(text: string): EmailChannel["security"] {
  if (text === "tls" || text === "starttls" || text === "none") return text;
  throw badUsage(`--security takes tls, starttls or none, not ${text}.`);
}

function needed(name: string, value: string | undefined): string {
  if (value === undefined) throw badUsage(`alerts set email needs ${name}.`);
  return value;
}

async function setEmail(context: CliContext, options: Options): Promise<void> {
  const security = toSecurity(options.security);
  const { user = null, secretFromEnv } = options;
  const password = user === null || secretFromEnv !== undefined ? null : await readPassword(context);
  const secret =
    secretFromEnv !== undefined
      ? ({ kind: "env", name: secretFromEnv } as const)
      : ({ kind: password === null ? "none" : "keychain" } as const);
  const email = {
    host: needed("--host", options.host),
    port: options.port ?? ports[security],
    security,
    user,
    from: needed("--from", options.from),
    to: needed("--to", options.to)
      .split(",")
      .map((each) => each.trim()),
    secret,
  };
  const view = await withEngine(context, (engine) => ask(engine, "alerts:setEmail", { email, password }));
  context.output.say(`Alerts go to ${email.to.join(", ")}. Try it: callledger alerts test`);
  context.output.answer(view);
}

async function readPassword({ env, readInput }: CliContext): Promise<string> {
  const given = env[passwordVariable]?.trim() ?? "";
  const text = given === "" ? ((await readInput())?.trim() ?? "") : given;
  if (text === "") throw badUsage(`The password is missing: give it in ${passwordVariable} or on standard input.`);
  return text;
}

async function setWebhook(context: CliContext, { url, secretFromEnv }: Options): Promise<void> {
  if (url === undefined) throw badUsage("alerts set webhook needs --url.");
  const view = await withEngine(context, (engine) =>
    ask(engine, "alerts:setWebhook", { url, secretFromEnv: secretFromEnv ?? null }),
  );
  context.output.say(`Alerts go to ${url}. Try it: callledger alerts test`);
  if (view.secret !== null) context.output.say(`Its secret, shown this once: ${view.secret}`);
  context.output.answer(view);
}

async function setTimes(context: CliContext, { after, perHour, digest }: Options): Promise<void> {
  const change = {
    ...(after === undefined ? {} : { afterMinutes: after }),
    ...(perHour === undefined ? {} : { perHour }),
    ...(digest === undefined ? {} : { digestAt: digest === "off" ? null : toMinute("--digest", digest) }),
  };
  const view = await withEngine(context, (engine) => ask(engine, "alerts:set", change));
  showView(context, view);
  context.output.answer(view);
}

async function show(context: CliContext): Promise<void> {
  const view = await withReader(context, (engine) => ask(engine, "alerts:show", {}));
  showView(context, view);
  context.output.answer(view);
}

function showView({ output, timeZone }: CliContext, { settings, messages }: AlertsView): void {
  const { email, webhook, afterMinutes, perHour, digestAt } = settings;
  if (email === null && webhook === null) output.say("Nobody is told. See: callledger alerts set --help");
  if (email !== null)
    output.say(`By e-mail to ${email.to.join(", ")}, through ${email.host}:${email.port} (${email.security}).`);
  if (webhook !== null) output.say(`By webhook to ${webhook.url}.`);
  const digest = digestAt === null ? "no summary of the day" : `a summary of the day before at ${toClock(digestAt)}`;
  output.say(`What stands for ${afterMinutes} minutes is told, at most ${perHour} times an hour; ${digest}.`);
  for (const message of messages)
    output.say(`  ${toLocalTime(message.madeAt, timeZone)}  ${toLine(message, timeZone)}`);
}

function toLine({ channel, subject, sentAt, givenUpAt, dueAt, problem }: AlertMessageView, timeZone: string): string {
  if (sentAt !== null) return `${channel}: ${subject}: sent ${toLocalTime(sentAt, timeZone)}`;
  if (givenUpAt !== null) return `${channel}: ${subject}: given up. ${problem ?? ""}`;
  const next = dueAt === null ? "" : `, tried again ${toLocalTime(dueAt, timeZone)}`;
  return `${channel}: ${subject}: on its way${next}. ${problem ?? ""}`;
}
