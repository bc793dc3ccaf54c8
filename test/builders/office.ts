import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StartedEngine, startEngine, systemClock } from "../../src-main/engine/main.ts";
import type { Clock } from "../../src-main/engine/ports/clock.ts";
import { startSandbox } from "../../src-main/sandbox/main.ts";
import type { CrmType, UnknownCaller } from "../../src-shared/domain/integration.ts";
import type { CallAsk, CallName, CallOutput } from "../../src-shared/ipc/contract.ts";
import type { EngineEvent } from "../../src-shared/ipc/events.ts";
import type { DeliveryStory } from "../../src-shared/ipc/story-views.ts";
import { type CrmWords, crmWords } from "./mirror-stage.ts";
import { killTargets } from "./kill-target.ts";
import { createSandboxAdmin, type SandboxAdmin } from "./sandbox-admin.ts";

/** One CRM of an office, with the words of its administration. */
export type OfficeCrm = Readonly<{
  words: CrmWords;
  id: number;
  baseUrl: string;
  admin: SandboxAdmin;
  /** Makes a person; its id. */
  person(name: string, phone: string, more?: Readonly<{ company?: string; owner?: string }>): Promise<string>;
  create(object: string, fields: object): Promise<string>;
  /** Records that the call of this length in seconds is linked to. */
  linksOf(seconds: number): Promise<readonly string[]>;
}>;

export type Office = Readonly<{
  /** The one that runs now. */
  engine: StartedEngine;
  dataDir: string;
  crms: readonly OfficeCrm[];
  call<C extends CallName>(name: C, input: CallAsk<C>): Promise<CallOutput<C>>;
  /** Calls from these numbers, each as long in seconds as its place from 31 on says; the log's ids are `C-31` … */
  importCalls(numbers: readonly string[], agent?: string): Promise<readonly number[]>;
  sync(): Promise<CallOutput<"sync:run">>;
  why(seconds: number, integrationId: number): Promise<DeliveryStory>;
  /** Time passes, for the engine and for the CRMs. */
  pass(ms: number): Promise<void>;
  /** Ends the engine and starts another one on its data; what is given happens in between. */
  restart(between?: (dataDir: string) => Promise<void>): Promise<void>;
  /** What the engine said by itself. */
  events: readonly EngineEvent[];
  close(): Promise<void>;
}>;

export type OfficeAsk = Readonly<{
  crms: readonly CrmType[];
  unknownCaller?: UnknownCaller;
  requestTimeoutMs?: number;
  /** The data lies in the computer's memory: for runs that would spend their time waiting for the disk. */
  inMemory?: boolean;
}>;

/** The whole engine in this process, connected to sandboxes of some CRMs, reading logs of its office. */
export async function startOffice(ask: OfficeAsk): Promise<Office> {
  const { crms, unknownCaller = "hold", requestTimeoutMs = 1_000, inMemory } = ask;
  const dataDir = mkdtempSync(
    join(inMemory === true && existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "callledger-office-"),
  );
  const sandbox = await startSandbox();
  let ahead = 0;
  const clock: Clock = {
    ...systemClock,
    now: () => systemClock.now() + ahead,
    monotonic: () => systemClock.monotonic() + ahead,
  };
  const events: EngineEvent[] = [];
  const onEvent = (event: EngineEvent): void => void events.push(event);
  const start = () => startEngine({ dataDir: join(dataDir, "data"), requestTimeoutMs, clock, onEvent });
  let engine = await start();
  const call: Office["call"] = async (name, input) => {
    const answer = await engine.call(name, input);
    if (!answer.ok) throw new Error(`${name}: ${answer.fault.message}`);
    return answer.value;
  };
  const opened: OfficeCrm[] = [];
  for (const crm of crms) {
    const access = sandbox[crm];
    if (access === undefined) throw new Error(`the sandbox serves no ${crm}`);
    const admin = createSandboxAdmin(sandbox.admin, crm);
    const words = crmWords[crm];
    const name = `OFFICE_${crm.toUpperCase()}`;
    process.env[name] = access.token;
    const { integrationId: id } = await call("integrations:connect", {
      crm,
      tenant: "acme",
      baseUrl: access.baseUrl,
      label: null,
      unknownCaller,
      since: null,
      secret: { kind: "env", name },
      setup: true,
    });
    const create: OfficeCrm["create"] = async (object, fields) => {
      const made = await admin.create(object, fields);
      return String(made["id"] ?? made["Id"]);
    };
    const target = killTargets.find((each) => each.crm === crm);
    opened.push({
      words,
      id,
      baseUrl: access.baseUrl,
      admin,
      create,
      person: (who, phone, more = {}) => create(words.person, words.toPerson({ name: who, phone, ...more })),
      linksOf: async (seconds) => {
        const records = (await admin.records(target?.calls ?? "")).flatMap((record) => target?.toCall(record) ?? []);
        return records.filter((record) => record.seconds === seconds).flatMap(({ links }) => [...links].toSorted());
      },
    });
  }
  let imported = 0;
  return {
    get engine() {
      return engine;
    },
    dataDir,
    crms: opened,
    call,
    importCalls: async (numbers, agent = "") => {
      const all = numbers.map((_, index) => 31 + imported + index);
      const rows = numbers.map((number, index) => {
        const seconds = all[index] ?? 0;
        const at = new Date(Date.UTC(2026, 5, 1, 8) + seconds * 60_000).toISOString();
        return `${at},${number},02079460010,Inbound,${seconds},Answered,C-${seconds},${agent}`;
      });
      imported += numbers.length;
      const path = join(dataDir, `calls-${imported}.csv`);
      writeFileSync(path, ["Start Time,Caller,Callee,Direction,Duration,Result,Call ID,Agent", ...rows, ""].join("\n"));
      const settings = { region: "GB", timeZone: "Europe/London" };
      await call("ingest:import", { paths: [path], tenant: "acme", format: "auto", settings });
      return all;
    },
    sync: () => call("sync:run", { until: "idle", idleHorizonMs: 20_000, maxMs: 60_000 }),
    why: async (seconds, integrationId) => {
      const { story } = await call("reports:why", { text: `C-${seconds}`, timeZone: "Europe/London" });
      const found = story?.deliveries.find((delivery) => delivery.integrationId === integrationId);
      if (found === undefined) throw new Error(`there is no story of C-${seconds}`);
      return found;
    },
    pass: async (ms) => {
      ahead += ms;
      await fetch(`${sandbox.admin}/clock`, { method: "POST", body: JSON.stringify({ advanceMs: ms }) });
    },
    restart: async (between) => {
      await engine.close();
      await between?.(join(dataDir, "data"));
      engine = await start();
    },
    events,
    close: async () => {
      await engine.close();
      await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
