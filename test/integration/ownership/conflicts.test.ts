import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConflictVerdict } from "../../../src-shared/domain/conflict.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import type { ConflictView } from "../../../src-shared/ipc/conflict-views.ts";
import { killTargets } from "../../builders/kill-target.ts";
import { type Office, type OfficeCrm, startOffice } from "../../builders/office.ts";
import { widenLimits } from "../../builders/wide-limits.ts";

/** A field of calls that is ours, and the requests by which calls are read and written. */
type Words = Readonly<{ title: string; reads: RegExp; writes: RegExp; write: object; batch: number }>;
const words: Readonly<Record<CrmType, Words>> = {
  hubspot: {
    title: "hs_call_title",
    reads: /calls\/batch\/read$/,
    writes: /calls\/batch\/update$/,
    write: { method: "POST", path: "calls/batch/update" },
    batch: 100,
  },
  salesforce: {
    title: "Subject",
    reads: /queryAll$/,
    writes: /^PATCH .*composite\/sobjects/,
    write: { method: "PATCH" },
    batch: 200,
  },
  // The copy of the people is read by COQL, too: what is compared are two syncs with the same reading.
  zoho: { title: "Subject", reads: /\/coql$/, writes: /^PUT .*\/Calls$/, write: { method: "PUT" }, batch: 100 },
  pipedrive: {
    title: "subject",
    reads: /^GET \/api\/v2\/activities$/,
    writes: /^PATCH \/api\/v2\/activities/,
    write: { method: "PATCH" },
    batch: 10,
  },
};

const dyingSettlement = fileURLToPath(new URL("dying-settlement.ts", import.meta.url));
const callCount = 23;
const idsOf = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `R-${index + 1}`);
const ids = idsOf(callCount);

let office: Office;
let version = 0;

/** The log once more; each time every named call is a minute longer. */
async function report(calls: readonly string[]): Promise<void> {
  version += 1;
  const rows = calls.map((id) => {
    const at = new Date(Date.UTC(2026, 5, 1, 9, Number(id.slice(2)))).toISOString();
    return `${at},+442079460901,02079460010,Inbound,${60 * version},Answered,${id},`;
  });
  const path = join(office.dataDir, `report-${version}.csv`);
  writeFileSync(path, ["Start Time,Caller,Callee,Direction,Duration,Result,Call ID,Agent", ...rows, ""].join("\n"));
  const settings = { region: "GB", timeZone: "Europe/London" };
  await office.call("ingest:import", { paths: [path], tenant: "acme", format: "auto", settings });
}

const storyOf = async (id: string, crm: OfficeCrm) => {
  const { story } = await office.call("reports:why", { text: id, timeZone: "Europe/London" });
  const found = story?.deliveries.find(({ integrationId }) => integrationId === crm.id);
  if (found === undefined) throw new Error(`there is no story of ${id}`);
  return found;
};
const callsOf = (crm: OfficeCrm): string => killTargets.find((each) => each.crm === crm.words.crm)?.calls ?? "";

async function titleOf(crm: OfficeCrm, id: string): Promise<string> {
  const { remoteId } = await storyOf(id, crm);
  const record = (await crm.admin.records(callsOf(crm))).find((each) => String(each["id"] ?? each["Id"]) === remoteId);
  const fields = (record?.["properties"] ?? record ?? {}) as Readonly<Record<string, unknown>>;
  return String(fields[words[crm.words.crm].title]);
}

/** As a colleague in the CRM changes the title of a call. */
async function retitle(crm: OfficeCrm, id: string, title: string): Promise<void> {
  const { remoteId } = await storyOf(id, crm);
  await crm.admin.update(callsOf(crm), remoteId ?? "", { [words[crm.words.crm].title]: title });
}

async function requests(crm: OfficeCrm, which: "reads" | "writes"): Promise<number> {
  const pattern = words[crm.words.crm][which];
  const found = Object.entries(await crm.admin.byEndpoint()).filter(([name]) => pattern.test(name));
  return found.reduce((sum, [, count]) => sum + count, 0);
}

/** What a sync of these changed calls spends on reading and writing calls. */
async function spend(
  calls: readonly string[],
): Promise<ReadonlyMap<CrmType, Readonly<{ reads: number; writes: number }>>> {
  const before = new Map<CrmType, { reads: number; writes: number }>();
  for (const crm of office.crms)
    before.set(crm.words.crm, { reads: await requests(crm, "reads"), writes: await requests(crm, "writes") });
  await report(calls);
  await office.sync();
  const spent = new Map<CrmType, { reads: number; writes: number }>();
  for (const crm of office.crms) {
    const { reads = 0, writes = 0 } = before.get(crm.words.crm) ?? {};
    const now = { reads: await requests(crm, "reads"), writes: await requests(crm, "writes") };
    spent.set(crm.words.crm, { reads: now.reads - reads, writes: now.writes - writes });
  }
  return spent;
}

const openConflicts = async (crm: OfficeCrm): Promise<readonly ConflictView[]> =>
  (await office.call("conflicts:list", { id: crm.id, all: false, before: null, limit: 100 })).conflicts;
const conflictOf = async (crm: OfficeCrm, id: string): Promise<ConflictView> => {
  const found = (await openConflicts(crm)).find(({ callId }) => callId.includes(`/${id}/`));
  if (found === undefined) throw new Error(`there is no open conflict of ${id}`);
  return found;
};
const settle = (id: number, verdict: ConflictVerdict) => office.call("conflicts:settle", { id, verdict, note: "" });

beforeAll(async () => {
  office = await startOffice({
    crms: ["hubspot", "salesforce", "zoho", "pipedrive"],
    unknownCaller: "log",
    requestTimeoutMs: 10_000,
  });
  await widenLimits(office);
  await report(ids);
  await office.sync();
}, 60_000);
afterAll(() => office.close());

test(
  "a rewrite of many records costs one read for each batch of them, not one for each",
  { timeout: 120_000 },
  async () => {
    // Many activities of others have come since: Pipedrive's are read by their ids, not looked for in its lists.
    await office.crms
      .find(({ words: { crm } }) => crm === "pipedrive")
      ?.admin.createMany(
        "activities",
        Array.from({ length: 1_200 }, (_, index) => ({ subject: `Other ${index}`, type: "task" })),
      );
    const one = await spend(ids.slice(0, 1));
    // One of the two is the check of the account, once a run.
    expect(one.get("pipedrive")).toEqual({ reads: 2, writes: 1 });
    const all = await spend(ids);
    for (const crm of office.crms) {
      const { crm: name } = crm.words;
      const { batch } = words[name];
      const more = Math.ceil(callCount / batch) - 1;
      expect({ name, reads: (all.get(name)?.reads ?? 0) - (one.get(name)?.reads ?? 0) }).toEqual({ name, reads: more });
      expect(all.get(name)?.writes, name).toBe(name === "pipedrive" ? callCount : Math.ceil(callCount / batch));
    }
  },
);

test(
  "a field of ours that a colleague changed stays, is listed with both values, and is told of everywhere",
  { timeout: 120_000 },
  async () => {
    for (const crm of office.crms) {
      await retitle(crm, "R-1", "Hot lead");
      await retitle(crm, "R-2", "Cold lead");
      await retitle(crm, "R-3", "Wrong number");
    }
    await report(ids);
    await office.sync();
    const { integrations } = await office.call("status:get", {});
    const date = new Date().toISOString().slice(0, 10);
    const statement = await office.call("reports:statement", { date, timeZone: "UTC", skippedRows: 0 });
    for (const crm of office.crms) {
      const { crm: name } = crm.words;
      expect(await titleOf(crm, "R-1"), name).toBe("Hot lead");
      expect(await openConflicts(crm), name).toHaveLength(3);
      const conflict = await conflictOf(crm, "R-1");
      expect(conflict, name).toMatchObject({
        field: words[name].title,
        theirs: "Hot lead",
        pushed: conflict.ours,
        state: "open",
        settledBy: null,
      });
      expect(conflict.editedAt, name).not.toBeNull();
      // Who it was is told by Salesforce and Zoho.
      if (name === "salesforce" || name === "zoho") expect(conflict.editedBy, name).not.toBeNull();
      const story = await storyOf("R-1", crm);
      expect(story.state).toBe("delivered");
      expect(story.paragraphs.join(" ")).toContain(`held "Hot lead" in ${words[name].title}`);
      expect(story.nextStep).toContain(`conflicts settle ${conflict.id} --keep-theirs`);
      expect(story.timeline.map(({ summary }) => summary).join(" ")).toContain(
        `Edited in the CRM and left as it is: ${words[name].title}`,
      );
      expect(integrations.find(({ id }) => id === crm.id)?.conflicts).toBe(3);
      expect(statement.byIntegration.find(({ integrationId }) => integrationId === crm.id)?.conflicts).toBe(3);
    }
  },
);

test(
  "a conflict is settled for good: theirs stays with every later change, ours is written over what was shown",
  { timeout: 120_000 },
  async () => {
    for (const crm of office.crms) {
      const [kept, used] = [await conflictOf(crm, "R-1"), await conflictOf(crm, "R-2")];
      expect(await settle(kept.id, "keep_theirs")).toMatchObject({ state: "kept_theirs", nextStep: null });
      expect(await settle(used.id, "use_ours")).toMatchObject({ state: "used_ours", appliedAt: null });
    }
    await office.sync();
    for (const crm of office.crms) {
      const { crm: name } = crm.words;
      expect(await titleOf(crm, "R-2"), name).not.toBe("Cold lead");
      expect((await storyOf("R-2", crm)).paragraphs.join(" "), name).toContain("ours is written, and it was");
      await retitle(crm, "R-1", "Hotter lead");
    }
    await report(ids);
    await office.sync();
    for (const crm of office.crms) {
      expect(await titleOf(crm, "R-1"), crm.words.crm).toBe("Hotter lead");
      expect((await openConflicts(crm)).map(({ callId }) => callId.includes("/R-3/"))).toEqual([true]);
      const entries = await office.call("audit:search", { text: "conflict.settle", limit: 100 });
      expect(entries.entries.filter(({ integrationId }) => integrationId === crm.id)).toHaveLength(2);
    }
  },
);

test(
  "ours is never written over a value that nobody was shown; the new one is asked about",
  { timeout: 120_000 },
  async () => {
    for (const crm of office.crms) {
      const { id } = await conflictOf(crm, "R-3");
      await retitle(crm, "R-3", "Supplier");
      await settle(id, "use_ours");
    }
    await office.sync();
    for (const crm of office.crms) {
      expect(await titleOf(crm, "R-3"), crm.words.crm).toBe("Supplier");
      expect(await conflictOf(crm, "R-3")).toMatchObject({ theirs: "Supplier", state: "open" });
    }
  },
);

test("ours that was to be written and whose answer was lost is written once", { timeout: 120_000 }, async () => {
  for (const crm of office.crms) {
    await crm.admin.faults([{ match: words[crm.words.crm].write, kind: "drop-after", times: 1 }]);
    await settle((await conflictOf(crm, "R-3")).id, "use_ours");
  }
  const before = new Map<CrmType, number>();
  for (const crm of office.crms) before.set(crm.words.crm, await requests(crm, "writes"));
  await office.sync();
  for (const crm of office.crms) {
    const { crm: name } = crm.words;
    await crm.admin.faults();
    expect(await titleOf(crm, "R-3"), name).not.toBe("Supplier");
    expect(await openConflicts(crm), name).toEqual([]);
    expect((await requests(crm, "writes")) - (before.get(name) ?? 0), name).toBe(1);
    const settled = (await office.call("conflicts:list", { id: crm.id, all: true, before: null, limit: 1 })).conflicts;
    expect(settled[0]?.appliedAt, name).not.toBeNull();
  }
});

test(
  "ours that was settled for by an engine that was killed right after is written once by the next one, and not again",
  { timeout: 120_000 },
  async () => {
    for (const crm of office.crms) await retitle(crm, "R-4", "Not ours");
    await report(ids);
    await office.sync();
    const settled: number[] = [];
    for (const crm of office.crms) settled.push((await conflictOf(crm, "R-4")).id);
    const before = new Map<CrmType, number>();
    for (const crm of office.crms) before.set(crm.words.crm, await requests(crm, "writes"));
    await office.restart(async (dataDir) => {
      const child = spawn(process.execPath, [dyingSettlement, dataDir, ...settled.map(String)], { stdio: "inherit" });
      const [, signal] = (await once(child, "exit")) as [number | null, string | null];
      expect(signal).toBe("SIGKILL");
    });
    for (const id of settled)
      expect(await office.call("conflicts:show", { id })).toMatchObject({ state: "used_ours", appliedAt: null });
    await office.sync();
    await office.restart();
    await office.sync();
    for (const [index, crm] of office.crms.entries()) {
      const { crm: name } = crm.words;
      expect(await titleOf(crm, "R-4"), name).not.toBe("Not ours");
      expect((await requests(crm, "writes")) - (before.get(name) ?? 0), name).toBe(1);
      const shown = await office.call("conflicts:show", { id: settled[index] ?? 0 });
      expect(shown.appliedAt, name).not.toBeNull();
      expect((await storyOf("R-4", crm)).paragraphs.join(" "), name).toContain("ours is written, and it was");
    }
  },
);

test("what is settled, carried out or unknown is not settled again, and says why", async () => {
  const ask = async (id: number, verdict: ConflictVerdict): Promise<string> => {
    const answer = await office.engine.call("conflicts:settle", { id, verdict, note: "" });
    return answer.ok ? "settled" : `${answer.fault.code}: ${answer.fault.message}`;
  };
  const { conflicts } = await office.call("conflicts:list", { id: null, all: true, before: null, limit: 100 });
  const one = (state: ConflictView["state"]): number => conflicts.find((each) => each.state === state)?.id ?? 0;
  expect(await ask(one("kept_theirs"), "keep_theirs")).toMatch(/^bad_input: Conflict \d+ was decided so already, by /);
  expect(await ask(one("used_ours"), "keep_theirs")).toMatch(/^bad_input: .* carried out already/);
  expect(await ask(one("passed"), "use_ours")).toMatch(/^bad_input: Conflict \d+ has passed/);
  expect(await ask(99_999, "use_ours")).toMatch(/^bad_input: There is no conflict 99999/);
  await expect(office.call("conflicts:show", { id: one("kept_theirs") })).resolves.toMatchObject({
    state: "kept_theirs",
  });
});
