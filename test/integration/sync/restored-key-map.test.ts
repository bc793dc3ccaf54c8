import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type StartedEngine, restoreLedger, startEngine, systemClock } from "../../../src-main/engine/main.ts";
import { type RunningSandbox, startSandbox } from "../../../src-main/sandbox/main.ts";
import type { CallAsk, CallName, CallOutput } from "../../../src-shared/ipc/contract.ts";
import { createSandboxAdmin } from "../../builders/sandbox-admin.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const calls = 12;
let sandbox: RunningSandbox;
let folder: string;
let engine: StartedEngine;
const dataDir = (): string => join(folder, "data");
const admin = () => createSandboxAdmin(sandbox.admin, "pipedrive");

async function call<C extends CallName>(name: C, input: CallAsk<C>): Promise<CallOutput<C>> {
  const answer = await engine.call(name, input);
  if (!answer.ok) throw new Error(`${name}: ${answer.fault.message}`);
  return answer.value;
}
const start = async (): Promise<void> => {
  engine = await startEngine({ dataDir: dataDir(), requestTimeoutMs: 2_000 });
};
const sync = () => call("sync:run", { until: "idle", idleHorizonMs: 20_000, maxMs: 60_000 });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "callledger-key-map-"));
  sandbox = await startSandbox();
  process.env["RESTORED_PIPEDRIVE"] = sandbox.pipedrive?.token ?? "";
  await start();
  await call("integrations:connect", {
    crm: "pipedrive",
    tenant: "acme",
    baseUrl: sandbox.pipedrive?.baseUrl ?? "",
    label: null,
    unknownCaller: "log",
    since: null,
    secret: { kind: "env", name: "RESTORED_PIPEDRIVE" },
    setup: true,
  });
});
afterEach(async () => {
  await engine.close();
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

function importCalls(from: number, count: number): Promise<unknown> {
  const rows = Array.from({ length: count }, (_, at) => {
    const startedAt = new Date(Date.UTC(2026, 5, 1, 8) + (from + at) * 60_000).toISOString();
    return `${startedAt},0770090${String(1_000 + from + at)},02079460010,Inbound,60,Answered,C-${from + at}`;
  });
  const path = join(folder, `calls-${from}.csv`);
  writeFileSync(path, ["Start Time,Caller,Callee,Direction,Duration,Result,Call ID", ...rows, ""].join("\n"));
  const settings = { region: "GB", timeZone: "Europe/London" };
  return call("ingest:import", { paths: [path], tenant: "acme", format: "auto", settings });
}

test("after a restore Pipedrive's keys are listed anew: what was written since the backup is found by its mark, and only what is not there is written", async () => {
  await importCalls(0, calls);
  const { file } = await call("backup:create", { to: null });
  expect((await sync()).delivered).toBe(calls);
  const written = (await admin().records("activities")).map(({ id }) => String(id));
  expect(written).toHaveLength(calls);
  const before = await admin().byEndpoint();
  await engine.close();

  // As if it had been two minutes ago: the quiet time that begins with a restore is over.
  const ago = { ...systemClock, now: () => Date.now() - 125_000 };
  expect(restoreLedger({ dataDir: dataDir(), file: null, clock: ago })).toMatchObject({ file, uncertain: calls });
  await start();
  await importCalls(calls, 3);
  await sync();

  const now = (await admin().records("activities")).map(({ id }) => String(id));
  expect(now).toHaveLength(calls + 3);
  expect(now.slice(0, calls)).toEqual(written);
  expect((await call("status:get", {})).deliveries).toMatchObject({
    delivered: calls + 3,
    uncertain: 0,
    queued: 0,
    dead: 0,
  });
  const listed = await admin().byEndpoint();
  const of = (stats: Readonly<Record<string, number>>, endpoint: RegExp): number =>
    Object.entries(stats).reduce((sum, [name, count]) => (endpoint.test(name) ? sum + count : sum), 0);
  // A listing for all of them, not a search for each.
  const lists = of(listed, /^GET .*activities/) - of(before, /^GET .*activities/);
  expect(lists).toBeGreaterThan(0);
  expect(lists).toBeLessThan(calls);
  expect(of(listed, /^POST .*activities/) - of(before, /^POST .*activities/)).toBe(3);
});
