import { resolve } from "node:path";
import type { Command } from "commander";
import { ask, withEngine, type ContextOf } from "./cli-context.ts";

export function addBackupCommand(program: Command, contextOf: ContextOf): void {
  program
    .command("backup")
    .description("copy the data to one file, while everything goes on")
    .option("--to <file>", "a new file (default: a dated one in the data folder's backups)")
    .addHelpText("after", "\nExample:\n  callledger backup --to /media/usb/callledger.db")
    .action(async ({ to }: Readonly<{ to?: string }>) => {
      const context = contextOf();
      const done = await withEngine(context, (engine) =>
        ask(engine, "backup:create", { to: to === undefined ? null : resolve(to) }),
      );
      context.output.say(`Backup written: ${done.file} (${Math.ceil(done.bytes / 1024).toLocaleString("en")} KB).`);
      context.output.answer(done);
    });
}
