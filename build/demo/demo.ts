import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ask } from "../../src-main/cli/cli-context.ts";
import { showSummary } from "../../src-main/cli/import-command.ts";
import { createOutput, type Output } from "../../src-main/cli/output.ts";
import { showStatement } from "../../src-main/cli/statement-command.ts";
import { showSyncSummary, toProgressLine } from "../../src-main/cli/sync-command.ts";
import { showStory } from "../../src-main/cli/why-command.ts";
import { connectorKinds } from "../../src-main/connectors/registry.ts";
import type { Engine } from "../../src-main/engine/host/engine.ts";
import { startEngine } from "../../src-main/engine/main.ts";
import { startSandbox, type RunningSandbox } from "../../src-main/sandbox/main.ts";
import { crmNames, type CrmType } from "../../src-shared/domain/integration.ts";
import { toLocalDate } from "../../src-shared/domain/local-time.ts";

/** The office that the sample logs come from. */
const tenant = "demo";
const settings = {
  region: "GB",
  timeZone: "Europe/London",
  outsideLinePrefix: "9",
  extensionLengths: [3, 4],
};
const logs = fileURLToPath(new URL("logs", import.meta.url));
/** A call of the logs that everything is right with, and one from a number that nobody has. */
const plainCall = "1748849536.1003";
const strangersCall = "C-010291";

const options = { keep: { type: "boolean" }, json: { type: "boolean" }, help: { type: "boolean" } } as const;
const help = `npm run demo [-- --keep] [-- --json]
The whole way on embedded defaults: a sandbox CRM, the sample logs, a sync, and the account of every call.
--keep leaves the data folder in place and says where it is; --json prints one JSON line last.`;

/** Connects every CRM that both the sandbox and the engine know. */
async function connectAll(engine: Engine, sandbox: RunningSandbox, output: Output): Promise<readonly CrmType[]> {
  const connected: CrmType[] = [];
  for (const crm of ["salesforce", "hubspot", "zoho", "pipedrive"] as const) {
    const access = sandbox[crm];
    if (access === undefined || connectorKinds[crm] === undefined) continue;
    const variable = `CALLLEDGER_DEMO_${crm.toUpperCase()}`;
    process.env[variable] = access.token;
    const answer = await ask(engine, "integrations:connect", {
      crm,
      tenant,
      baseUrl: access.baseUrl,
      label: null,
      unknownCaller: "hold",
      since: null,
      secret: { kind: "env", name: variable },
      setup: true,
    });
    connected.push(crm);
    const created =
      answer.created.length === 0 ? "nothing to create there" : `created there: ${answer.created.join(", ")}`;
    output.say(`Connected ${crmNames[crm]} (sandbox), account ${answer.account}; ${created}.`);
  }
  return connected;
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
    timeZone: settings.timeZone,
  });
  return letters[0]?.callId;
}

async function tell(engine: Engine, text: string, output: Output): Promise<void> {
  const { story } = await ask(engine, "reports:why", { text, timeZone: settings.timeZone });
  if (story === null) throw new Error(`the demo's call ${text} is not in the ledger`);
  showStory(output, story, settings.timeZone);
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
    { paths: [logs], tenant, format: "auto", settings },
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
    date: toLocalDate(Date.now(), settings.timeZone),
    timeZone: settings.timeZone,
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
