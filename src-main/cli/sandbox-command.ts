import { once } from "node:events";
import type { Command } from "commander";
import { CliFault } from "./cli-fault.ts";
import type { ContextOf } from "./cli-context.ts";
import { wholeNumber } from "./number-option.ts";

type Options = Readonly<{ portsFrom?: number; demo?: boolean }>;

const help = `
Example:
  callledger sandbox --ports-from 9100 --demo

The first line on stdout is JSON: where the administration and each CRM listen, and the token to sign in with. Connect
it like a real CRM: callledger connect hubspot --base-url URL --secret-from-env NAME --tenant demo`;

export function addSandboxCommand(program: Command, contextOf: ContextOf): void {
  program
    .command("sandbox")
    .description("serve the CRM sandboxes on this PC until stopped")
    .option(
      "--ports-from <port>",
      "first of the ports to use (default: free ones)",
      wholeNumber("--ports-from", 1, 65_530),
    )
    .option("--demo", "with people and companies of the sample logs")
    .addHelpText("after", help)
    .action(async (options: Options) => {
      const { output, signal } = contextOf();
      const { startSandbox } = await import("../sandbox/main.ts");
      const { close, ...access } = await startSandbox({
        demo: options.demo === true,
        ...(options.portsFrom === undefined ? {} : { portsFrom: options.portsFrom }),
      }).catch((error: unknown) => {
        if (error instanceof Error && "code" in error && (error.code === "EADDRINUSE" || error.code === "EACCES"))
          throw new CliFault(
            1,
            `The ports from ${options.portsFrom ?? "any"} on cannot be used (${error.code}). Choose others with --ports-from.`,
          );
        throw error;
      });
      try {
        output.data(JSON.stringify(access));
        output.note("The sandbox is running. Stop it with Ctrl+C.");
        if (!signal.aborted) await once(signal, "abort");
      } finally {
        await close();
      }
      output.answer({ stopped: true });
    });
}
