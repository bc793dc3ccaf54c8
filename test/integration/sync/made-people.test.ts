import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningSandbox, startSandbox } from "../../../src-main/sandbox/main.ts";
import { runCli, startCli } from "../../builders/command-line.ts";
import { killTargets } from "../../builders/kill-target.ts";
import { createSandboxAdmin, type SandboxAdmin } from "../../builders/sandbox-admin.ts";

/** Where each CRM makes a person. */
const makingPaths: Readonly<Record<string, string>> = {
  hubspot: "/objects/2026-09/contacts$",
  salesforce: "/sobjects/Contact$",
  zoho: "/crm/v8/Contacts$",
  pipedrive: "/api/v2/persons$",
};
const numbers = ["07700900551", "07700900552"];

let folder: string;
let sandbox: RunningSandbox;
let env: Readonly<Record<string, string>>;
const admins = new Map<string, SandboxAdmin>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "callledger-made-"));
  sandbox = await startSandbox({ seed: 3 });
  env = { CALLLEDGER_DATA: join(folder, "data") };
  for (const { crm } of killTargets) {
    const access = sandbox[crm];
    if (access === undefined) throw new Error(`the sandbox serves no ${crm}`);
    env = { ...env, [`KEY_${crm}`]: access.token };
    const admin = createSandboxAdmin(sandbox.admin, crm);
    admins.set(crm, admin);
    await admin.configure({ searchLagMs: 300_000 });
    const address = ["--base-url", access.baseUrl, "--secret-from-env", `KEY_${crm}`];
    await runCli(["connect", crm, "--tenant", "acme", "--unknown-caller", "contact", ...address], env);
  }
}, 60_000);
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

const digitsOf = (record: unknown): string => JSON.stringify(record).replaceAll(/[^\d"]/g, "");

async function importCalls(name: string, calls: readonly (readonly [string, string])[]): Promise<void> {
  const rows = calls.map(
    ([number, id], index) => `2026-06-01T08:00:0${index}Z,${number},02079460010,Inbound,${30 + index},Answered,${id}`,
  );
  const path = join(folder, name);
  writeFileSync(path, ["Start Time,Caller,Callee,Direction,Duration,Result,Call ID", ...rows, ""].join("\n"));
  await runCli(["import", path, "--tenant", "acme", "--country", "GB", "--timezone", "Europe/London"], env);
}

test(
  "two calls of a new number within a second make one contact in each CRM, while the search index lags by five minutes, answers are lost and the process is killed",
  { timeout: 120_000 },
  async () => {
    for (const { crm } of killTargets)
      await admins
        .get(crm)
        ?.faults([{ match: { method: "POST", path: makingPaths[crm] }, kind: "drop-after", times: 1 }]);
    await importCalls("first.csv", [
      [numbers[0] ?? "", "C-1"],
      [numbers[0] ?? "", "C-2"],
      [numbers[1] ?? "", "C-3"],
      [numbers[1] ?? "", "C-4"],
    ]);
    const sync = ["sync", "--until-idle", "--request-timeout", "1"];
    for (const requests of [50]) {
      const count = async (): Promise<number> => {
        let all = 0;
        for (const admin of admins.values()) all += await admin.requests();
        return all;
      };
      const before = await count();
      const running = startCli(sync, env);
      let isOver = false;
      const ended = running.finished.finally(() => {
        isOver = true;
      });
      while (!isOver && (await count()) < before + requests) await delay(5);
      running.child.kill("SIGKILL");
      await ended;
    }
    await runCli(sync, env);
    for (const { crm, people, calls, toCall, idField } of killTargets) {
      const admin = admins.get(crm);
      const held = (await admin?.records(people)) ?? [];
      const made = numbers.map((number) => held.filter((record) => digitsOf(record).includes(number.slice(1))));
      expect(
        made.map((each) => each.length),
        crm,
      ).toEqual([1, 1]);
      const links = ((await admin?.records(calls)) ?? []).map((record) => toCall(record).links);
      const ids = made.flat().map((record) => String(record[idField]));
      expect(links.flat().toSorted(), crm).toEqual([...ids, ...ids].toSorted());
    }
    expect(await runCli(["status"], env)).toMatchObject({ deliveries: { delivered: 16, waiting: 0, dead: 0 } });
  },
);
