import { resolve } from "node:path";
import type { Command } from "commander";
import type { restoreLedger } from "../engine/main.ts";
import type { ContextOf } from "./cli-context.ts";
import type { Output } from "./output.ts";

const help = `
Without a file it is the newest backup of the data folder that is whole. CallLedger must not be running on the data folder:
close its window (tray menu, Quit) or stop "callledger run" first.
The data that is there now is kept beside the backups. Every call that was not delivered when the backup was made is looked
for in the CRM before anything is sent, so that nothing is written twice.

Examples:
  callledger restore
  callledger restore backups/callledger-2026-11-20.db`;

export function addRestoreCommand(program: Command, contextOf: ContextOf): void {
  program
    .command("restore [file]")
    .description("put a backup in the place of the data")
    .addHelpText("after", help)
    .action(async (file: string | undefined) => {
      const { dataDir, output } = contextOf();
      const engine = await import("../engine/main.ts");
      const restored = engine.restoreLedger({ dataDir, file: file === undefined ? null : resolve(file) });
      say(output, restored);
      output.answer({ ...restored, passedOver: [...restored.passedOver] });
    });
}

type Restored = ReturnType<typeof restoreLedger>;

const shownLogs = 20;
const toTime = (at: number): string => new Date(at).toISOString().slice(0, 16).replace("T", " ");

function say(output: Output, { file, uncertain, keptAs, passedOver, backupAt, unread }: Restored): void {
  for (const why of passedOver) output.say(`Passed over: ${why}`);
  output.say(`The backup is in place: ${file}.`);
  output.say(`${uncertain} undelivered calls are looked for in the CRMs before anything is sent.`);
  if (keptAs === null) return;
  output.say(`What was there before is kept: ${keptAs}.`);
  if (backupAt !== null)
    output.say(
      `What was decided since ${toTime(backupAt)} UTC (connections, rules, what was replayed or acknowledged) is not in it. Watched folders are read again by themselves.`,
    );
  sayUnread(output, unread);
}

function sayUnread(output: Output, unread: Restored["unread"]): void {
  if (unread === null)
    return output.say("Which files were imported by hand since then cannot be told any more: import them again.");
  if (unread.length === 0) return;
  output.say(`Imported by hand since then, to be imported again (${unread.length}):`);
  for (const { path } of unread.slice(0, shownLogs)) output.say(`  ${path}`);
}
