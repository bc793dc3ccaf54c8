import { Command, CommanderError } from "commander";
import { addAlertsCommand } from "./alerts-command.ts";
import { addAuditCommand } from "./audit-command.ts";
import { addBackupCommand } from "./backup-command.ts";
import { addCallsCommand } from "./calls-command.ts";
import type { CliContext } from "./cli-context.ts";
import { CliFault, type ExitCode } from "./cli-fault.ts";
import { addConflictsCommand } from "./conflicts-command.ts";
import { addConnectCommand } from "./connect-command.ts";
import { addEraseCommand } from "./erase-command.ts";
import { processRedactor } from "../engine/host/redactor.ts";
import { dataFolder } from "../engine/host/data-folder.ts";
import { addDeadCommand } from "./dead-command.ts";
import { addImportCommand } from "./import-command.ts";
import { addIntegrationsCommand } from "./integrations-command.ts";
import { createOpenBrowser } from "./open-browser.ts";
import { createOutput, type Output } from "./output.ts";
import { readPiped } from "./piped-input.ts";
import { addOwnershipCommand } from "./ownership-command.ts";
import { addRestoreCommand } from "./restore-command.ts";
import { addRetentionCommand } from "./retention-command.ts";
import { addRunCommand } from "./run-command.ts";
import { addSandboxCommand } from "./sandbox-command.ts";
import { addSilenceCommand } from "./silence-command.ts";
import { addSourceCommand } from "./source-command.ts";
import { addStatementCommand } from "./statement-command.ts";
import { addMatchCommand } from "./match-command.ts";
import { addMirrorCommand } from "./mirror-command.ts";
import { addNumbersCommand } from "./numbers-command.ts";
import { addStatusCommand } from "./status-command.ts";
import { addSupportCommand } from "./support-command.ts";
import { addSyncCommand } from "./sync-command.ts";
import { addTeamCommand } from "./team-command.ts";
import { toUsageSentence } from "./usage-sentence.ts";
import { readVersion } from "./version.ts";
import { addWhyCommand } from "./why-command.ts";
import { leave } from "./leave.ts";

const examples = `
The way through, with the sandbox in place of a real CRM:
  callledger sandbox --ports-from 9100 --demo          (in a terminal of its own; it prints address and token)
  CALLLEDGER_TOKEN=TOKEN callledger connect hubspot --tenant acme --base-url URL
  callledger import Master.csv --tenant acme --country GB --timezone Europe/London
  callledger sync --until-idle
  callledger status
  callledger why CALL_ID

Exit codes: 0 done, 1 the work failed, 2 bad usage or input.`;

type GlobalOptions = Readonly<{ data?: string; json?: boolean }>;

/** A process that is told to stop twice ends at once. */
function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) leave(130);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  process.on("SIGHUP", stop);
  return controller.signal;
}

function createProgram(contextOf: () => CliContext): Command {
  const program = new Command("callledger")
    .description("Writes phone calls from call logs into your CRMs, each once, and accounts for every one.")
    .version(readVersion(), "--version")
    .option("--data <folder>", "the data folder (default: CALLLEDGER_DATA, else this user's own)")
    .option("--json", "the last line on stdout is one JSON object; words for people go to stderr")
    .showSuggestionAfterError(true)
    .configureOutput({ writeErr: () => undefined })
    .exitOverride()
    .addHelpText("after", examples);
  const add = [
    addConnectCommand,
    addIntegrationsCommand,
    addSourceCommand,
    addImportCommand,
    addCallsCommand,
    addSyncCommand,
    addRunCommand,
    addStatusCommand,
    addWhyCommand,
    addMatchCommand,
    addMirrorCommand,
    addNumbersCommand,
    addDeadCommand,
    addStatementCommand,
    addSilenceCommand,
    addAlertsCommand,
    addTeamCommand,
    addOwnershipCommand,
    addConflictsCommand,
    addAuditCommand,
    addBackupCommand,
    addRestoreCommand,
    addRetentionCommand,
    addEraseCommand,
    addSupportCommand,
    addSandboxCommand,
  ];
  for (const each of add) each(program, contextOf);
  return program;
}

/** Runs one command line and gives its exit code. Everything it opened is closed by then. */
export async function runCommandLine(argv: readonly string[]): Promise<ExitCode> {
  const signal = stopOnSignals();
  let exitCode: ExitCode = 0;
  let output: Output = createOutput(process, argv.includes("--json"), Date.now);
  const program = createProgram((): CliContext => {
    const options = program.opts<GlobalOptions>();
    output = createOutput(process, options.json === true, Date.now);
    return {
      output,
      dataDir: dataFolder(options.data, process.env),
      env: process.env,
      readInput: () => readPiped(process.stdin),
      openBrowser: createOpenBrowser(process.platform, process.env),
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      signal,
      endWith: (code) => {
        exitCode = code;
      },
    };
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    return report(error, program, output);
  }
}

/** Says what ended the command, in one sentence, and gives its exit code. Only a bug shows where in the code it is. */
async function report(error: unknown, program: Command, output: Output): Promise<ExitCode> {
  const fault = await toFault(error, program);
  if (fault === undefined) return 0;
  output.note(fault.message);
  output.answer({ error: { code: fault.code, message: fault.message }, ...fault.details });
  return fault.exitCode;
}

async function toFault(error: unknown, program: Command): Promise<CliFault | undefined> {
  if (error instanceof CliFault) return error;
  if (error instanceof CommanderError) {
    if (error.code === "commander.helpDisplayed" || error.code === "commander.version") return undefined;
    return new CliFault(2, toUsageSentence(error, program));
  }
  const { EngineStartError } = await import("../engine/host/start-error.ts");
  if (error instanceof EngineStartError)
    return new CliFault(error.kind === "missing" ? 2 : 1, error.message, error.kind === "in_use" ? "busy" : "failed");
  const safe = processRedactor.toSafeError(error);
  const detail = safe.message;
  // For those who look into a bug; nobody else should have to read it.
  const stack = process.env["CALLLEDGER_DEBUG"] === undefined || !(error instanceof Error) ? "" : `\n${safe.stack}`;
  return new CliFault(1, `Something went wrong inside CallLedger: ${detail}${stack}`, "internal");
}
