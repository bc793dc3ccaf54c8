import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { appendFileSync } from "node:fs";
import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { z } from "zod";
import { systemClock } from "../../src-main/engine/main.ts";
import { openDatabase } from "../../src-main/engine/store/database.ts";
import { startSandbox } from "../../src-main/sandbox/main.ts";
import { listCallers, toAsteriskRow, toAvayaRow } from "./call-log.ts";
import { run, start, type Started } from "./contender.ts";
import { type Quantiles, toQuantiles } from "./quantiles.ts";
import { type Access, callerCount, connect, place, prepareSandbox, tenant, toCommand } from "./sandbox-account.ts";

export type ArrivalAsk = Readonly<{ calls: number; scratch: string }>;

/** Where the time of a call goes, ms: as the ledger says, in the order in which it happens. */
const parts = ["still", "reading", "further", "queued", "accepted"] as const;
type Part = (typeof parts)[number];
const partNames: Readonly<Record<Part, string>> = {
  still: "until the file has stayed the same and is opened",
  reading: "until its new row is read",
  further: "until no further rows of the call are waited for",
  queued: "until it is taken up to be sent",
  accepted: "until the CRM has answered and that is stored",
};

/** `work`: the whole less what is waited for on purpose, `still` and `further`. */
type Measured = Readonly<{ whole: Quantiles; work: Quantiles; parts: Readonly<Record<Part, Quantiles>> }>;
export type ArrivalResult = Readonly<{
  /** A log whose rows say which of them is the last of a call. */
  told: Measured;
  /** A log that does not say so. */
  untold: Measured;
  floor: Quantiles;
}>;

/** A call that is waited for takes about a minute, and so many of the others take a few seconds. */
const toldPerUntold = 25;
const patienceMs = 180_000;

type Row = (caller: string, startedAt: number, sequence: number) => string;
/** `at`: wall clock, epoch ms, when the row was written; `ms`: until the CRM held the record. */
type Arrived = Readonly<{ at: number; ms: number }>;

const answered = z.object({
  request: z.object({ method: z.string(), url: z.string() }),
  response: z.object({ statusCode: z.int() }),
});
/** Whatever the version of the API. */
const creates = /^\/crm\/.*\/calls(?:\/batch\/create)?$/;

/** The sandbox serves from this very process, so its answers are seen at the moment they are given. */
function watchSandbox({ admin }: Access) {
  let next = Promise.withResolvers<number>();
  const see = (message: unknown): void => {
    const { request, response } = answered.parse(message);
    if (request.method !== "POST" || !creates.test(request.url) || response.statusCode !== 201) return;
    next.resolve(performance.now());
    next = Promise.withResolvers<number>();
  };
  subscribe("http.server.response.finish", see);
  return {
    /** Time of the next answer that created calls, by the monotonic clock. */
    next: (): Promise<number> => next.promise,
    held: async (): Promise<number> => {
      const answer = await fetch(`${admin}/hubspot/records/calls`);
      return z.array(z.unknown()).parse(await answer.json()).length;
    },
    close: () => unsubscribe("http.server.response.finish", see),
  };
}

type Watch = ReturnType<typeof watchSandbox>;

/** Rejects when the contender ends before, or after three minutes. */
async function patiently<T>(awaited: Promise<T>, { ended }: Started): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("no record arrived within three minutes")), patienceMs);
  });
  const over = ended.then(() => Promise.reject(new Error("it ended before the record arrived")));
  try {
    return await Promise.race([awaited, late, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Lets it end when the work is done, and stops it where the work failed. */
async function beside<T>(contender: Started, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    contender.stop();
    throw error;
  }
}

const callers = listCallers(callerCount);

/** Adds rows of calls that just ended to a log, each when the one before has arrived. */
async function addRows(
  file: string,
  { row, count, from }: Readonly<{ row: Row; count: number; from: number }>,
  { watch, contender }: Readonly<{ watch: Watch; contender: Started }>,
): Promise<readonly Arrived[]> {
  const arrived: Arrived[] = [];
  const before = await watch.held();
  for (let index = 0; index < count; index += 1) {
    const text = row(callers[index % callers.length] ?? "", Date.now() - 50_000, from + index);
    const next = watch.next();
    appendFileSync(file, text);
    const written = { at: Date.now(), since: performance.now() };
    const ms = (await patiently(next, contender)) - written.since;
    const held = (await watch.held()) - before;
    if (held !== index + 1) throw new Error(`${index + 1} rows were added, ${held} records are held`);
    arrived.push({ at: written.at, ms });
  }
  return arrived;
}

type Times = Readonly<{ openedAt: number; readAt: number; settlesAt: number; takenAt: number; acceptedAt: number }>;

/** The last calls of a phone system, in the order in which they were read. Attempts are stamped in the CRM's time, entries in ours. */
function readTimes(dataDir: string, system: string, count: number): readonly Times[] {
  const db = openDatabase(dataDir, "read", systemClock.now());
  try {
    const newest = db.prepare<[string, number], Times>(
      `SELECT r.started_at AS openedAt, c.read_at AS readAt, coalesce(c.settles_at, c.read_at) AS settlesAt,
         taken.at AS takenAt, accepted.at AS acceptedAt
       FROM call c JOIN phone_system s ON s.id = c.phone_system_id JOIN reading r ON r.id = c.reading_id
       JOIN audit taken ON taken.call_id = c.id AND taken.operation = 'delivery.claim'
       JOIN audit accepted ON accepted.call_id = c.id AND accepted.operation = 'delivery.accept'
       WHERE s.name = ? ORDER BY c.id DESC LIMIT ?`,
    );
    return newest.all(system, count).toReversed();
  } finally {
    db.close();
  }
}

function toMeasured(arrived: readonly Arrived[], times: readonly Times[]): Measured {
  const split = arrived.map(({ at }, index): Record<Part, number> => {
    const time = times[index];
    if (time === undefined) throw new Error(`${arrived.length} calls arrived, the ledger knows ${times.length}`);
    const { openedAt, readAt, settlesAt, takenAt, acceptedAt } = time;
    return {
      still: openedAt - at,
      reading: readAt - openedAt,
      further: settlesAt - readAt,
      queued: takenAt - settlesAt,
      accepted: acceptedAt - takenAt,
    };
  });
  const of = (part: Part): Quantiles => toQuantiles(split.map((each) => each[part]));
  return {
    whole: toQuantiles(arrived.map(({ ms }) => ms)),
    work: toQuantiles(arrived.map(({ ms }, index) => ms - (split[index]?.still ?? 0) - (split[index]?.further ?? 0))),
    parts: {
      still: of("still"),
      reading: of("reading"),
      further: of("further"),
      queued: of("queued"),
      accepted: of("accepted"),
    },
  };
}

type Log = Readonly<{ system: string; format: string; row: Row }>;
const told: Log = { system: "told", format: "avaya-ipoffice-smdr", row: toAvayaRow };
const untold: Log = { system: "untold", format: "asterisk-cdr-csv", row: toAsteriskRow };

/** The agent, as a service runs it, with a folder of each log under watch. */
async function measureAgent(access: Access, { calls, scratch }: ArrivalAsk): Promise<Omit<ArrivalResult, "floor">> {
  const dataDir = join(scratch, "arrival");
  const command = (...args: readonly string[]) => toCommand(dataDir, access, args);
  await connect(dataDir, access, scratch);
  const inFolder = (log: Log) => ({ ...log, folder: join(scratch, log.system) });
  const logs = [inFolder(told), inFolder(untold)] as const;
  for (const { system, format, row, folder } of logs) {
    await mkdir(folder);
    // Read at the start, long over: what follows are rows of a log that is known.
    appendFileSync(join(folder, "calls.csv"), row(callers[0] ?? "", Date.UTC(2026, 0, 5, 8), 1));
    const about = ["--tenant", tenant, "--system", system, "--format", format, ...place];
    await run(command("source", "add", await realpath(folder), ...about), scratch);
  }
  const watch = watchSandbox(access);
  const contender = start(command("run"), scratch);
  try {
    const arrived = await beside(contender, async () => {
      for (let next = watch.next(); (await watch.held()) < logs.length; next = watch.next())
        await patiently(next, contender);
      const add = ({ row, folder }: (typeof logs)[number], count: number) =>
        addRows(join(folder, "calls.csv"), { row, count, from: 2 }, { watch, contender });
      return {
        told: await add(logs[0], calls),
        untold: await add(logs[1], Math.max(1, Math.round(calls / toldPerUntold))),
      };
    });
    contender.stop();
    await contender.ended;
    const toMeasuredOf = (each: readonly Arrived[], { system }: Log): Measured =>
      toMeasured(each, readTimes(dataDir, system, each.length));
    return { told: toMeasuredOf(arrived.told, told), untold: toMeasuredOf(arrived.untold, untold) };
  } finally {
    watch.close();
  }
}

async function measureFloor(access: Access, { calls, scratch }: ArrivalAsk): Promise<Quantiles> {
  const file = join(scratch, "floor.csv");
  appendFileSync(file, toAvayaRow(callers[0] ?? "", Date.UTC(2026, 0, 5, 8), 1));
  const watch = watchSandbox(access);
  const args = [file, access.baseUrl, access.token, String(calls + 1)];
  const contender = start({ file: "build/bench/straight-line-arrival.ts", args }, scratch);
  try {
    const arrived = await beside(contender, async () => {
      const first = watch.next();
      if ((await watch.held()) === 0) await patiently(first, contender);
      return addRows(file, { row: toAvayaRow, count: calls, from: 2 }, { watch, contender });
    });
    await contender.ended;
    return toQuantiles(arrived.map(({ ms }) => ms));
  } finally {
    watch.close();
  }
}

/** The time from a row being written to a log until the CRM holds its record. */
export async function measureArrival(ask: ArrivalAsk): Promise<ArrivalResult> {
  const sandbox = await startSandbox();
  try {
    const floor = await measureFloor(await prepareSandbox(sandbox), ask);
    return { ...(await measureAgent(await prepareSandbox(sandbox), ask)), floor };
  } finally {
    await sandbox.close();
  }
}

/** The agent ÷ the straight line, at the median: as a whole, and without what it waits for on purpose. */
export const ratiosOfArrival = ({ told: { whole, work }, floor }: ArrivalResult) => ({
  floor: whole.p50Ms / floor.p50Ms,
  work: work.p50Ms / floor.p50Ms,
});

/** A table for people. */
export function showArrival(result: ArrivalResult): void {
  const short = (ms: number): string => ms.toLocaleString("en", { maximumFractionDigits: ms < 100 ? 1 : 0 });
  const row = ({ count, p50Ms, p95Ms, maxMs }: Quantiles) => ({
    calls: count,
    p50: short(p50Ms),
    p95: short(p95Ms),
    max: short(maxMs),
  });
  const table = ({ whole, work, parts: of }: Measured): void =>
    console.table({
      "until the CRM holds the record": row(whole),
      "the same without the waits for the file and for further rows": row(work),
      ...Object.fromEntries(parts.map((part) => [`- ${partNames[part]}`, row(of[part])])),
      "straight line: the folder's event, the request": row(result.floor),
    });
  console.log(
    "From a row being written to a watched log whose rows say which is the last of a call (Avaya IP Office), ms:",
  );
  table(result.told);
  console.log("The same where rows do not say so (Asterisk): a call that just ended may get further ones, ms:");
  table(result.untold);
  const { floor, work } = ratiosOfArrival(result);
  console.log(
    `The agent ÷ the straight line, medians: ${short(floor)}; without what it waits for on purpose ${short(work)}.`,
  );
}
