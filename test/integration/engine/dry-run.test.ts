import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { openRehearsal } from "../../../src-main/engine/main.ts";
import type { PlannedDelivery, PlannedTotal } from "../../../src-shared/ipc/plan-views.ts";
import { type Office, startOffice } from "../../builders/office.ts";
import { type ContractFields, toldRefusals } from "../../builders/told-refusals.ts";

const alice = "+447700900101";
const shared = "+447700900102";
const stranger = "+447700900199";

let office: Office;
beforeEach(async () => {
  office = await startOffice({ crms: ["hubspot", "salesforce", "zoho", "pipedrive"] });
  for (const { admin, person } of office.crms) {
    await admin.configure({ searchLagMs: 0 });
    await person("Alice Example", alice);
    await person("Bob Sample", shared);
    await person("Carol Specimen", shared);
  }
}, 60_000);
afterEach(() => office.close());

type Plan = Readonly<{ planned: readonly PlannedDelivery[]; totals: readonly PlannedTotal[] }>;

const row = (number: string, index: number, seconds = 60): string =>
  `2026-06-01T08:${String(index).padStart(2, "0")}:00Z,${number},02079460010,Inbound,${seconds},Answered,P-${index},`;

function writeLog(name: string, rows: readonly string[]): string {
  const path = join(office.dataDir, name);
  writeFileSync(path, ["Start Time,Caller,Callee,Direction,Duration,Result,Call ID,Agent", ...rows, ""].join("\n"));
  return path;
}

const reading = { tenant: "acme", format: "auto", settings: { region: "GB", timeZone: "Europe/London" } } as const;

/** What would become of a file, with proof that nothing was asked or written for it. */
async function rehearse(path: string): Promise<Plan> {
  const ledger = () => ["callledger.db", "callledger.db-wal"].map((name) => digest(join(office.dataDir, "data", name)));
  const requests = () => Promise.all(office.crms.map(({ admin }) => admin.requests()));
  const before = [ledger(), await requests()];
  const rehearsal = await openRehearsal({ dataDir: join(office.dataDir, "data") });
  try {
    const read = await rehearsal.call("ingest:import", { ...reading, paths: [path] });
    expect(read.ok).toBe(true);
    const plans = await rehearsal.plans();
    const planned = [...plans.all()];
    expect([ledger(), await requests()]).toEqual(before);
    return { planned, totals: plans.totals() };
  } finally {
    await rehearsal.close();
  }
}

const digest = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

async function countWrites(): Promise<readonly number[]> {
  const all = office.crms.map(async ({ admin, words }) => {
    const counts = Object.entries(await admin.endpoints());
    return counts.reduce((sum, [at, count]) => sum + (toldRefusals[words.crm].writes.test(at) ? count : 0), 0);
  });
  return Promise.all(all);
}

test("a dry run tells whose each call is, every field as it is then written, and what it costs, in all four CRMs", async () => {
  await office.sync();
  const path = writeLog("plan.csv", [row(alice, 1), row(shared, 2), row(stranger, 3)]);
  const { planned, totals } = await rehearse(path);
  expect(planned).toHaveLength(12);
  for (const { id } of office.crms) {
    const mine = planned.filter(({ integrationId }) => integrationId === id);
    expect(mine.map(({ logId, verdict }) => [logId, verdict])).toEqual([
      ["P-1", "create"],
      ["P-2", "ask"],
      ["P-3", "hold"],
    ]);
    expect(mine[0]).toMatchObject({ person: { name: expect.stringContaining("Alice") }, problems: [] });
    expect(mine[0]?.rule).not.toBeNull();
    expect(mine[0]?.evidence).not.toBe("");
  }
  expect(totals.map(({ verdicts }) => verdicts)).toEqual(
    office.crms.map(() => ({ create: 1, update: 0, nothing: 0, hold: 1, ask: 1, refuse: 0 })),
  );

  await office.call("ingest:import", { ...reading, paths: [path] });
  await office.sync();
  for (const { id } of office.crms) {
    const told = planned.find(({ integrationId, logId }) => integrationId === id && logId === "P-1");
    const found = await office.call("audit:search", { text: told?.callId ?? "", limit: 50 });
    const accepted = found.entries.find((entry) => entry.operation === "delivery.accept" && entry.integrationId === id);
    const { pushed } = JSON.parse(accepted?.payload ?? "{}") as {
      pushed: { fields: Record<string, string>; links: object };
    };
    expect(Object.entries(pushed.fields).map(([field, value]) => ({ field, value }))).toEqual(told?.fields);
    expect(pushed.links).toEqual(told?.links);
  }
}, 120_000);

test("a dry run tells what a CRM would refuse, what is made to fit, and counts the requests that are then made", async () => {
  const [hubspot, salesforce] = office.crms;
  if (hubspot === undefined || salesforce === undefined) throw new Error("two CRMs are missing");
  await hubspot.admin.configure({ picklistValues: { calls: { hs_call_status: ["BUSY"] } } });
  await salesforce.admin.configure({ fieldMaxLength: { Task: { Subject: 12 } } });
  const { yaml } = await office.call("ownership:show", { id: salesforce.id });
  const contract = parse(yaml) as { objects: { Task: { fields: ContractFields } } };
  contract.objects.Task.fields["Subject"] = { ...contract.objects.Task.fields["Subject"], trim: true };
  await office.call("ownership:set", { id: salesforce.id, yaml: stringify(contract) });
  await office.sync();
  const path = writeLog(
    "many.csv",
    Array.from({ length: 30 }, (_, index) => row(alice, index + 1)),
  );
  const { planned, totals } = await rehearse(path);
  const [refused, fitted] = [hubspot, salesforce].map(({ id }) => planned.find((each) => each.integrationId === id));
  expect(refused).toMatchObject({
    verdict: "refuse",
    problems: [{ field: "hs_call_status", reason: "value_rejected", mover: "administrator" }],
  });
  expect(fitted).toMatchObject({
    verdict: "create",
    fitted: [{ field: "Subject", how: "trim", to: "Inbound call" }],
  });
  expect(totals.map(({ requests }) => requests)).toEqual([0, 1, 2, 30]);
  expect(totals.map(({ cost }) => cost)).toEqual([{}, { day: 1 }, { credits: 4, minute: 2 }, { burst: 30, day: 150 }]);

  const before = await countWrites();
  await office.call("ingest:import", { ...reading, paths: [path] });
  await office.sync();
  const after = await countWrites();
  // Zoho's two are a look for the keys and a write; the very first call of an org goes ahead alone.
  expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([0, 1, 2, 30]);
}, 120_000);

test("of a call that was delivered, a dry run tells the change, and nothing where nothing changed", async () => {
  await office.call("ingest:import", { ...reading, paths: [writeLog("first.csv", [row(alice, 1), row(alice, 2)])] });
  await office.sync();
  const { planned, totals } = await rehearse(writeLog("second.csv", [row(alice, 1, 75), row(alice, 2)]));
  expect(planned.map(({ logId, verdict }) => [logId, verdict])).toEqual(office.crms.map(() => ["P-1", "update"]));
  const changed = planned.map(({ fields }) => fields.map(({ field }) => field));
  expect(changed[0]).toEqual(["hs_call_duration"]);
  expect(changed[1]).toEqual(["CallDurationInSeconds"]);
  expect(totals.map(({ verdicts }) => verdicts.update)).toEqual([1, 1, 1, 1]);
}, 120_000);
