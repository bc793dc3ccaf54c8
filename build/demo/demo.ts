import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { ask } from "../../src-main/cli/cli-context.ts";
import { showSummary } from "../../src-main/cli/import-command.ts";
import { createOutput, type Output } from "../../src-main/cli/output.ts";
import { showStatement } from "../../src-main/cli/statement-command.ts";
import { showSyncSummary, toProgressLine } from "../../src-main/cli/sync-command.ts";
import { showStory } from "../../src-main/cli/why-command.ts";
import type { Engine } from "../../src-main/engine/host/engine.ts";
import { startEngine } from "../../src-main/engine/main.ts";
import { startSandbox, type RunningSandbox } from "../../src-main/sandbox/main.ts";
import { crmNames } from "../../src-shared/domain/crm-names.ts";
import type { CrmType } from "../../src-shared/domain/integration.ts";
import { toLocalDate } from "../../src-shared/domain/local-time.ts";
import { connectSandbox, demoLogs, demoSettings, demoTenant } from "./connect-sandbox.ts";

/** A call of the logs that everything is right with, and one from a number that nobody has. */
const plainCall = "1748849536.1003";
const strangersCall = "C-010291";

const options = {
  keep: { type: "boolean" },
  json: { type: "boolean" },
  window: { type: "boolean" },
  seconds: { type: "string" },
  help: { type: "boolean" },
} as const;
const help = `npm run demo [-- --keep] [-- --json]
npm run demo -- --window [--seconds N]
The whole way on embedded defaults: a sandbox CRM, the sample logs, a sync, and the account of every call.
--keep leaves the data folder in place and says where it is; --json prints one JSON line last.
--window opens the app on a busy office: calls arrive all the time, one CRM asks for rests, some calls fail or are held. It ends
when the window is closed, or after N seconds, and leaves nothing behind.`;

/** Connects the sandbox's CRMs and tells what that made there. */
async function connectAll(engine: Engine, sandbox: RunningSandbox, output: Output): Promise<readonly CrmType[]> {
  const connected = await connectSandbox(engine, sandbox);
  for (const { crm, account, created } of connected) {
    const made = created.length === 0 ? "nothing to create there" : `created there: ${created.join(", ")}`;
    output.say(`Connected ${crmNames[crm]} (sandbox), account ${account}; ${made}.`);
  }
  return connected.map(({ crm }) => crm);
}

async function showDead(engine: Engine, output: Output): Promise<string | undefined> {
  const { groups } = await ask(engine, "deadLetters:list", {});
  for (const group of groups) {
    const cause = group.cause === null ? "" : ` (${group.cause})`;
    output.say(`${crmNames[group.crm]}: ${group.count} × ${group.reason}${cause}: ${group.sentence}`);
    output.say(`  ${crmNames[group.crm]} said: ${group.detail}`);
    output.say(`  What to do: ${group.nextStep}`);
  }
  const rejected = groups.find(({ reason }) => reason !== "ambiguous_match") ?? groups[0];
  if (rejected === undefined) return undefined;
  const { letters } = await ask(engine, "deadLetters:show", {
    target: rejected.id,
    limit: 1,
    timeZone: demoSettings.timeZone,
  });
  return letters[0]?.callId;
}

async function tell(engine: Engine, text: string, output: Output): Promise<void> {
  const { story } = await ask(engine, "reports:why", { text, timeZone: demoSettings.timeZone });
  if (story === null) throw new Error(`the demo's call ${text} is not in the ledger`);
  showStory(output, story, demoSettings.timeZone);
}

const total = (counts: Readonly<Record<string, number | undefined>>): number =>
  Object.values(counts).reduce((sum: number, count) => sum + (count ?? 0), 0);

async function run(
  engine: Engine,
  sandbox: RunningSandbox,
  output: Output,
): Promise<Readonly<Record<string, unknown>>> {
  const heading = (text: string) => output.say(`\n== ${text}`);
  heading("Connect");
  const crms = await connectAll(engine, sandbox, output);
  heading("Import");
  const imported = await ask(
    engine,
    "ingest:import",
    { paths: [demoLogs], tenant: demoTenant, format: "auto", settings: demoSettings },
    { onProgress: ({ file, rows }) => output.progress.show(`Reading ${file}: ${rows} rows`) },
  );
  showSummary(output, imported, false);
  heading("Sync");
  const synced = await ask(
    engine,
    "sync:run",
    { until: "idle", idleHorizonMs: 120_000, maxMs: 120_000 },
    { onProgress: (progress) => output.progress.show(toProgressLine(progress)) },
  );
  showSyncSummary(output, synced);
  heading("Balance");
  const statement = await ask(engine, "reports:statement", {
    date: toLocalDate(Date.now(), demoSettings.timeZone),
    timeZone: demoSettings.timeZone,
    skippedRows: 0,
  });
  showStatement(output, statement);
  heading("Dead, and why");
  const deadCall = await showDead(engine, output);
  heading("The story of a delivered call (why)");
  await tell(engine, plainCall, output);
  heading("The story of a call that waits");
  await tell(engine, strangersCall, output);
  if (deadCall !== undefined) {
    heading("The story of a dead call");
    await tell(engine, deadCall, output);
  }
  return {
    crms,
    ...synced,
    rows: imported.rows,
    legs: imported.legs,
    calls: imported.calls,
    skipped: total(imported.skipped),
    skippedBy: imported.skipped,
    excluded: total(imported.excluded),
    excludedBy: imported.excluded,
    deliveries: imported.deliveries,
    byIntegration: statement.byIntegration,
    balanced: statement.balanced,
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options, strict: true });
  if (values.help === true) {
    process.stdout.write(`${help}\n`);
    return;
  }
  const output = createOutput(process, values.json === true, Date.now);
  if (values.window === true) {
    const { showWindow } = await import("./show-window.ts");
    const seconds = values.seconds === undefined ? null : z.coerce.number().positive().parse(values.seconds);
    process.exitCode = await showWindow({ endAfterMs: seconds === null ? null : seconds * 1_000, say: output.say });
    return;
  }
  const dataDir = await mkdtemp(join(tmpdir(), "callledger-demo-"));
  const sandbox = await startSandbox({ demo: true });
  try {
    const engine = await startEngine({ dataDir });
    try {
      const answer = await run(engine, sandbox, output);
      if (values.keep === true) output.say(`\nThe data folder is kept: ${dataDir}`);
      output.answer({ ...answer, ...(values.keep === true ? { dataDir } : {}) });
    } finally {
      await engine.close();
    }
  } finally {
    await sandbox.close();
    if (values.keep !== true) await rm(dataDir, { recursive: true, force: true });
  }
}

await main();
