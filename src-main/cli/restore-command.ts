import { resolve } from "node:path";
import type { Command } from "commander";
import type { ContextOf } from "./cli-context.ts";

const help = `
CallLedger must not be running on the data folder: close its window (tray menu, Quit) or stop "callledger run" first.
The data that is there now is kept beside the backups. Every call that was not delivered when the backup was made is looked
for in the CRM before anything is sent, so that nothing is written twice.

Example:
  callledger restore backups/callledger-2026-11-20.db`;

export function addRestoreCommand(program: Command, contextOf: ContextOf): void {
  program
    .command("restore <file>")
    .description("put a backup in the place of the data")
    .addHelpText("after", help)
    .action(async (file: string) => {
      const { dataDir, output } = contextOf();
      const { restoreLedger } = await import("../engine/main.ts");
      const { uncertain, keptAs } = restoreLedger({ dataDir, file: resolve(file) });
      output.say(
        `The backup is in place. ${uncertain} undelivered calls are looked for in the CRMs before anything is sent.`,
      );
      if (keptAs !== null) output.say(`What was there before is kept: ${keptAs}.`);
      output.answer({ uncertain, keptAs });
    });
}
