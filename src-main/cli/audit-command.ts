import { Option, type Command } from "commander";
import type { AuditEntryView } from "../../src-shared/ipc/audit-views.ts";
import { toLocalTime } from "../../src-shared/domain/local-time.ts";
import type { CallOutput } from "../../src-shared/ipc/contract.ts";
import type { Engine } from "../engine/host/engine.ts";
import { openExport, type ExportTarget } from "./audit-export.ts";
import { CliFault } from "./cli-fault.ts";
import { ask, withReader, type ContextOf } from "./cli-context.ts";
import { orderGroup } from "./command-group.ts";
import { wholeNumber } from "./number-option.ts";
import { toIso } from "./table.ts";

const examples = `
Examples:
  callledger audit search 07700900947
  callledger audit search value_rejected --limit 20
  callledger audit verify
  callledger audit export --output audit.csv
  callledger audit export --format jsonl > audit.jsonl`;

const pageSize = 500;

type ExportOptions = Readonly<{ format: "csv" | "jsonl"; output?: string }>;

export function addAuditCommand(program: Command, contextOf: ContextOf): void {
  const group = program
    .command("audit")
    .description("search, verify or export the record of everything that was done")
    .addHelpText("after", examples);
  orderGroup(group);
  group
    .command("search <text>")
    .description("find by call id, number or part of one, name, reason or words; newest first")
    .option("--limit <count>", "at most this many", wholeNumber("--limit", 1, 1_000), 50)
    .action(async (text: string, { limit }: Readonly<{ limit: number }>) => {
      const context = contextOf();
      const { output, timeZone } = context;
      const { entries } = await withReader(context, (engine) => ask(engine, "audit:search", { text, limit }));
      if (entries.length === 0) output.say(`Nothing in the audit has ${text}.`);
      for (const entry of entries)
        output.say(`${toLocalTime(entry.at, timeZone)}  ${entry.operation}  ${entry.summary}`);
      output.answer({ entries: entries.map(toEntryJson) });
    });
  group
    .command("verify")
    .description("prove that no entry was changed, taken out or put in")
    .action(async () => {
      const context = contextOf();
      const found = await withReader(context, (engine) => ask(engine, "audit:verify", {}));
      if (!found.ok)
        throw new CliFault(1, `The audit does not verify: ${found.problem ?? "unknown problem"}.`, "failed", found);
      context.output.say(
        `The audit verifies: ${found.entries} entries, ${found.seals} sealed days, ${toChainWords(found)}.`,
      );
      context.output.answer(found);
    });
  group
    .command("export")
    .description("all entries, as CSV that is safe to open in a spreadsheet, or as JSON lines")
    .addOption(new Option("--format <name>", "csv or jsonl").choices(["csv", "jsonl"]).default("csv"))
    .option("--output <file>", "write to a new file (default: stdout)")
    .action(async ({ format, output: file }: ExportOptions) => {
      const context = contextOf();
      const target = await openExport(format, file);
      const entries = await withReader(context, (engine) => copyAll(engine, target, context.signal));
      if (file !== undefined) context.output.say(`Wrote ${entries} entries to ${file}.`);
      context.output.answer({ entries, file: file ?? null });
    });
}

/** How the chain is protected, in words. */
function toChainWords({ chain, unkeyed }: CallOutput<"audit:verify">): string {
  if (chain === "hmac") return "keyed chain (the key is in the system's keychain)";
  if (chain === "sha256") return "unkeyed chain (plain SHA-256: there is no key in a keychain)";
  return `keyed chain, but for ${unkeyed} entries that were made while the key was not at hand (plain SHA-256: whoever could write the file could have changed those)`;
}

async function copyAll(engine: Engine, target: ExportTarget, signal: AbortSignal): Promise<number> {
  let count = 0;
  let afterId = 0;
  try {
    for (;;) {
      if (signal.aborted) throw new CliFault(1, "Stopped before the export was whole.", "canceled");
      const { entries } = await ask(engine, "audit:page", { afterId, limit: pageSize });
      for (const entry of entries) await target.write(entry);
      count += entries.length;
      const last = entries.at(-1);
      if (last === undefined) return count;
      afterId = last.id;
    }
  } finally {
    await target.close();
  }
}

const toEntryJson = (entry: AuditEntryView) => ({
  ...entry,
  at: toIso(entry.at),
  nextRetryAt: toIso(entry.nextRetryAt),
});
