import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { CliFault } from "./cli-fault.ts";
import { ask, withReader, type ContextOf } from "./cli-context.ts";
import { toCounts } from "./table.ts";
import { readVersion } from "./version.ts";

const help = `
Examples:
  callledger support
  callledger support --output callledger-support.json

Versions, counts, states, settings, limits, the last failures by their kind and the end of the engine's log. It holds no
credential, no phone number and no name of a person or a company; look at the file before you send it all the same.`;

export function addSupportCommand(program: Command, contextOf: ContextOf): void {
  program
    .command("support")
    .description("what those who help need to know of this installation, without secrets")
    .option("--output <file>", "write it to a new file as JSON")
    .addHelpText("after", help)
    .action(async ({ output: file }: Readonly<{ output?: string }>) => {
      const context = contextOf();
      const { output } = context;
      const found = await withReader(context, (engine) => ask(engine, "support:report", {}));
      const report = { ...found, versions: { callledger: readVersion(), ...found.versions } };
      if (file !== undefined) {
        await writeNew(file, `${JSON.stringify(report, null, 2)}\n`);
        output.say(`Wrote ${file}. Look at it before you send it.`);
        output.answer({ file });
        return;
      }
      output.say(`CallLedger ${report.versions.callledger}, Node ${found.versions["node"] ?? "?"}, ${report.platform}`);
      output.say(`Deliveries: ${toCounts(report.deliveries)}. Sources: ${report.sources.length}.`);
      for (const each of report.integrations) {
        const blocked = each.blockedReason === null ? "" : ` (${each.blockedReason})`;
        output.say(`Integration ${each.id}: ${each.crm}, ${each.state}${blocked}, credential in ${each.secret}`);
      }
      output.say(
        `Audit: ${report.audit.entries} entries, ${report.audit.chain}, ${report.audit.problem ?? "verifies"}`,
      );
      for (const each of report.failures.slice(0, 10))
        output.say(
          `${new Date(each.at).toISOString()}  ${each.operation}  ${each.reason ?? ""} ${each.code ?? ""}`.trimEnd(),
        );
      for (const line of report.log.slice(-10)) output.say(line);
      output.answer(report);
    });
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: "wx", mode: 0o600 });
  } catch (error) {
    const isThere = error instanceof Error && "code" in error && error.code === "EEXIST";
    throw new CliFault(2, isThere ? `${file} exists; name another file.` : `${file} cannot be written.`);
  }
}
