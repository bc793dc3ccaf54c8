import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { CallAsk, CallName, CallOutput } from "../../src-shared/ipc/contract.ts";
import { startEngine, type StartedEngine } from "../../src-main/engine/main.ts";
import { type RunningSandbox, startSandbox } from "../../src-main/sandbox/main.ts";
import { findClosedPort } from "./raw-server.ts";
import { createSandboxAdmin, type SandboxAdmin } from "./sandbox-admin.ts";
import { createSteppingClock, type SteppingClock } from "./stepping-clock.ts";

type DeliveryStory = NonNullable<CallOutput<"reports:why">["story"]>["deliveries"][number];
type Crm = "hubspot" | "salesforce" | "zoho" | "pipedrive";

export const caller = "+447700900001";
const callId = "C-1";

/** How a case ends: the delivery, the integration, and words of the sentence that `why` tells people. */
export type Ending = Readonly<{
  state: "delivered" | "dead" | "waiting" | "uncertain";
  reason?: string;
  waitWhy?: string;
  /** Why the integration is blocked; undefined: it is not. */
  blocked?: string;
  /** Calls in the CRM at the end. */
  records?: number;
  says: RegExp;
}>;

/** A request to the CRM's API by plain HTTP, as any other script of the account may send it. */
export type Asked = Readonly<{
  method: string;
  path: string;
  /** Text and bytes go as they are, the rest as JSON. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** Nobody signs it. */
  unsigned?: true;
}>;
export type Answered = Readonly<{ status: number; text: string; bytes: Uint8Array; json: any }>;

/** The office as one case has it: a connected CRM, one person in it, one call of theirs read from a log. */
export type Office = Readonly<{
  admin: SandboxAdmin;
  /** Id of the caller's record. */
  personId: string;
  sandbox: RunningSandbox;
  call<C extends CallName>(name: C, input: CallAsk<C>): Promise<CallOutput<C>>;
  /** Reads one more version of the call from the log. */
  importCall(change?: Readonly<{ seconds?: number }>): Promise<void>;
  /** Until nothing is left to do, or until `why` says this. */
  sync(until?: RegExp): Promise<void>;
  /** Our key of the call, as `why` prints it. */
  key(): Promise<string>;
  /** Asks the CRM's API something with the account's own token. */
  send(asked: Asked): Promise<Answered>;
  /** The CRM answers such requests with this, so often. */
  inject(answer: Injected): Promise<void>;
  /** Every way to the CRM is closed, or open again. */
  cutOff(isCutOff: boolean): void;
}>;

export type Injected = Readonly<{
  method?: string;
  path: string;
  status: number;
  body?: unknown;
  headers?: object;
  times?: number;
}>;

export type Given = (office: Office) => Promise<void>;

export type ErrorCase = Readonly<{
  /** The row of the vendor's table: code or status. */
  row: string;
  /**
   * How the CRM comes to say so: by its `state`; where nothing that we send is refused so, by the `answer` that it gives
   * to a request that is, put in the place of ours; `injected` where neither can show the row.
   */
  by: "state" | "answer" | "injected";
  /** Who called, where it is not one of the table's people. */
  caller?: Pick<ErrorTable, "people" | "toPerson">;
  /** Calls in the log, 1 unless told otherwise. */
  calls?: number;
  /** Before the CRM is connected; where `connect` already says it, it says this. */
  before?: (admin: SandboxAdmin) => Promise<void>;
  refuses?: RegExp;
  /** Before the call is synced. */
  given?: Given;
  /** What happens after the first sync, where the row needs more than one. */
  afterwards?: Given;
  ends?: Ending;
  /** What must hold beside it in the end. */
  atLast?: Given;
  credential?: (access: Readonly<Record<string, string>>) => object;
  /** Whenever the engine waits, so much time passes at once, ms. */
  stepMs?: number;
  /** Of every backoff, 0 to 1. */
  jitter?: number;
  /** The first sync is stopped once `why` says this: where the CRM goes on refusing, or changes in between. */
  until?: RegExp;
  /** How far ahead the sync waits for what is due, ms. */
  horizonMs?: number;
}>;

export type ErrorTable = Readonly<{
  crm: Crm;
  people: string;
  calls: string;
  /** Settings of the integration. */
  settings?: Readonly<Record<string, string | number>>;
  toPerson: (phone: string) => object;
  /** The headers that sign a request. */
  sign: (token: string) => Readonly<Record<string, string>>;
  idOf: (record: Readonly<Record<string, unknown>>) => string;
}>;

const dayMs = 86_400_000;
let cases = 0;

/** Everything that `why` says of a delivery: its standing, then what happened. */
const wordsOf = (told: DeliveryStory | undefined): string =>
  [told?.headline, ...(told?.timeline.map(({ summary }) => summary) ?? [])].join("\n");

/** Runs one row of a vendor's table through the whole engine: a call read from a log, synced, explained. */
export async function runErrorCase(table: ErrorTable, each: ErrorCase): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "callledger-errors-"));
  const sandbox = await startSandbox();
  const way = { isOpen: true };
  const nowhere = `PROXY 127.0.0.1:${await findClosedPort()}`;
  const stepping = createSteppingClock(each.stepMs ?? 0, async (advanceMs) => {
    await fetch(`${sandbox.admin}/clock`, { method: "POST", body: JSON.stringify({ advanceMs }) });
  });
  const engineAsk = {
    dataDir: join(dataDir, "data"),
    requestTimeoutMs: 5_000,
    resolveProxy: () => Promise.resolve(way.isOpen ? "DIRECT" : nowhere),
    // Without jitter what holds a request back is a rule, not chance.
    random: { next: () => each.jitter ?? 0, hex: (count: number) => "ab".repeat(count) },
    clock: stepping.clock,
    onFailure: (error: unknown) => {
      throw error;
    },
  };
  await stepping.run(async () => {
    const engine = await startEngine(engineAsk);
    try {
      await playOut({ ...table, ...each.caller }, each, { dataDir, sandbox, engine, way, stepping });
    } finally {
      await engine.close();
      await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
}

async function send(
  access: Readonly<{ baseUrl: string; token: string }> | undefined,
  { sign }: ErrorTable,
  { method, path, body, headers, unsigned }: Asked,
): Promise<Answered> {
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  const payload = isRaw ? new Uint8Array(Buffer.from(body)) : JSON.stringify(body);
  const answer = await fetch(`${access?.baseUrl}${path}`, {
    method,
    headers: {
      ...(unsigned === true ? {} : sign(access?.token ?? "")),
      ...(body === undefined || isRaw ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: payload }),
  });
  const bytes = await answer.bytes();
  const text = Buffer.from(bytes).toString("utf8");
  const isJson = answer.headers.get("content-type")?.includes("json") ?? false;
  return { status: answer.status, bytes, text, json: isJson ? JSON.parse(text) : undefined };
}

type Stage = Readonly<{
  dataDir: string;
  sandbox: RunningSandbox;
  engine: StartedEngine;
  way: { isOpen: boolean };
  stepping: SteppingClock;
}>;

async function playOut(table: ErrorTable, each: ErrorCase, stage: Stage): Promise<void> {
  const { dataDir, sandbox, engine, way, stepping } = stage;
  const access = sandbox[table.crm];
  if (access === undefined) throw new Error(`there is no ${table.crm} sandbox`);
  const admin = createSandboxAdmin(sandbox.admin, table.crm);

  async function ask<C extends CallName>(name: C, input: CallAsk<C>): Promise<CallOutput<C>> {
    const answer = await engine.call(name, input);
    if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer.fault)}`);
    return answer.value;
  }

  const why = async () => (await ask("reports:why", { text: callId, timeZone: "UTC" })).story?.deliveries[0];

  async function openOffice(): Promise<Office> {
    await each.before?.(admin);
    const person = await admin.create(table.people, table.toPerson("07700 900001"));
    await admin.configure({ searchLagMs: 0 });
    await admin.advance(60_000);
    const variable = `ERROR_TABLE_${(cases += 1)}`;
    process.env[variable] = JSON.stringify({ token: access?.token });
    await ask("integrations:connect", {
      crm: table.crm,
      tenant: "acme",
      baseUrl: access?.baseUrl ?? null,
      label: null,
      unknownCaller: null,
      since: null,
      secret: { kind: "env", name: variable },
      setup: true,
      ...(table.settings === undefined ? {} : { settings: table.settings }),
    });
    // Whoever connects puts a credential that rotates into a keychain; what becomes of it at the CRM is the same.
    if (each.credential !== undefined) process.env[variable] = JSON.stringify(each.credential(access ?? {}));
    let versions = 0;
    return {
      admin,
      sandbox,
      personId: table.idOf(person),
      call: (name, input) => ask(name, input),
      importCall: async ({ seconds = 60 } = {}) => {
        const path = join(dataDir, `log-${(versions += 1)}.csv`);
        const rows = Array.from(
          { length: each.calls ?? 1 },
          (_, n) => `2026-06-01T08:00:0${n}Z,${caller},+442079460010,Inbound,${seconds},Answered,C-${n + 1}\n`,
        );
        writeFileSync(path, `Start Time,Caller,Callee,Direction,Duration,Result,Call ID\n${rows.join("")}`);
        const settings = { region: "GB", timeZone: "Europe/London" };
        await ask("ingest:import", { paths: [path], tenant: "acme", format: "auto", settings });
      },
      sync: async (until) => {
        const stop = new AbortController();
        const look = async (): Promise<void> => {
          if (until?.test(wordsOf(await why())) === true) stop.abort();
        };
        stepping.watch(until === undefined ? null : look);
        const idle = { until: "idle", idleHorizonMs: each.horizonMs ?? 3_000, maxMs: 30 * dayMs } as const;
        const ran = await engine.call("sync:run", idle, { signal: stop.signal });
        stepping.watch(null);
        if (!ran.ok) throw new Error(`sync:run: ${JSON.stringify(ran.fault)}`);
        expect(ran.value.reason, "the sync came to its end").not.toBe("max_seconds");
      },
      key: async () => (await why())?.key ?? "",
      send: (asked) => send(access, table, asked),
      inject: async ({ method, path, times, ...answer }) => {
        const match = method === undefined ? { path } : { method, path };
        await admin.faults([{ match, kind: "status", ...answer, ...(times === undefined ? {} : { times }) }]);
      },
      cutOff: (isCutOff) => {
        way.isOpen = !isCutOff;
      },
    };
  }

  async function check(office: Office, ends: Ending): Promise<void> {
    const told = await why();
    const { integrations } = await office.call("integrations:list", {});
    const [integration] = integrations;
    expect({
      state: told?.state,
      ...(ends.reason === undefined ? {} : { reason: told?.reason }),
      ...(ends.waitWhy === undefined ? {} : { waitWhy: told?.waitWhy }),
      blocked: integration?.state === "blocked" ? integration.blockedReason : undefined,
    }).toEqual({
      state: ends.state,
      ...(ends.reason === undefined ? {} : { reason: ends.reason }),
      ...(ends.waitWhy === undefined ? {} : { waitWhy: ends.waitWhy }),
      blocked: ends.blocked,
    });
    expect(wordsOf(told)).toMatch(ends.says);
    if (ends.state === "dead") expect(told?.nextStep ?? "").not.toBe("");
    if (ends.records !== undefined) expect(await admin.records(table.calls)).toHaveLength(ends.records);
  }

  const opening = openOffice();
  if (each.refuses !== undefined) await expect(opening).rejects.toThrow(each.refuses);
  if (each.ends === undefined) return;
  const office = await opening;
  await office.importCall();
  await each.given?.(office);
  await office.sync(each.until);
  await each.afterwards?.(office);
  await check(office, each.ends);
  await each.atLast?.(office);
}
