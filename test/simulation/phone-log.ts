import type { ReadCall } from "../../src-main/engine/ports/ingest-store.ts";
import type { Store } from "../../src-main/engine/store/open-store.ts";
import { idempotencyKey } from "../../src-main/engine/sync/idempotency-key.ts";
import { toCallId } from "../../src-shared/domain/call-id.ts";
import type { CrmType } from "../../src-shared/domain/integration.ts";
import type { CallStatus } from "../../src-shared/domain/call-record.ts";
import { tenant } from "./computer.ts";
import type { Chance, World } from "./world.ts";

const system = "generic-csv";

type Version = Readonly<{ status: CallStatus; seconds: number }>;

/** One call as the phone system logged it, with every later version of its rows. */
export type LoggedCall = Readonly<{ number: string; logKey: string; startedAt: number; versions: readonly Version[] }>;

export const callIdOf = ({ logKey, startedAt }: LoggedCall): string =>
  toCallId({ system, node: "", logKey, startedAt });
const knownKeys = new WeakMap<LoggedCall, Map<CrmType, string>>();

/** The key of a call at a CRM. It is asked for after every step, so it is made once. */
export function keyIn(call: LoggedCall, crm: CrmType): string {
  const known = knownKeys.get(call) ?? new Map<CrmType, string>();
  knownKeys.set(call, known);
  const key = known.get(crm) ?? idempotencyKey(tenant, callIdOf(call), crm);
  known.set(crm, key);
  return key;
}

/** The newest version of a call. */
export function newestOf({ versions }: LoggedCall): Version {
  const newest = versions.at(-1);
  if (newest === undefined) throw new Error("a call has a version");
  return newest;
}

function toReadCall(call: LoggedCall): ReadCall {
  const records = call.versions.map(({ status, seconds }, index): ReadCall["record"] => ({
    logId: call.logKey,
    direction: "outbound",
    status,
    from: "ext:204",
    to: call.number,
    startedAt: call.startedAt,
    startedAtPrecision: "second",
    startedAtAlternatives: [],
    durationSeconds: seconds,
    agent: null,
    legs: index + 1,
  }));
  const last = records.at(-1);
  if (last === undefined) throw new Error("a call has a version");
  return {
    node: "",
    logKey: call.logKey,
    record: last,
    excluded: null,
    legs: records.map((record, index) => ({
      hash: JSON.stringify(record),
      startedAt: call.startedAt + index,
      data: { record: JSON.stringify(record) },
    })),
    settlesAt: null,
  };
}

/** What the phone system of one seed logged. It forgets nothing: its files can be read again. */
export function createPhoneLog(world: World, chance: Chance) {
  const calls: LoggedCall[] = [];
  let readings = 0;
  return {
    calls: (): readonly LoggedCall[] => calls,
    /** A call is made, or a busy line dialled, which the CRM may refuse to hear of. */
    ring(number: string, status: CallStatus): LoggedCall {
      const logKey = `C-${calls.length + 1}`;
      const startedAt = Math.floor(world.engineClock.now() / 1_000) * 1_000 - 600_000 + calls.length * 1_000;
      const call: LoggedCall = { number, logKey, startedAt, versions: [{ status, seconds: chance.between(61, 900) }] };
      calls.push(call);
      return call;
    },
    /** A later row of the call says more of it. */
    addVersion(call: LoggedCall, status: CallStatus): LoggedCall {
      const { seconds } = newestOf(call);
      const changed = { ...call, versions: [...call.versions, { status, seconds: seconds + chance.between(61, 300) }] };
      calls[calls.indexOf(call)] = changed;
      return changed;
    },
    /** Reads rows of the log as an import does: one file, one batch. */
    read(store: Pick<Store, "ingest">, wanted: readonly LoggedCall[], lane: 0 | 1 | 2 | 3): void {
      readings += 1;
      const at = world.engineClock.now();
      const identity = { tenant, system, path: `/log-${readings}.csv`, fileId: null };
      const readingId = store.ingest.startReading({ identity, sourceId: null, format: system, startedAt: at, lane });
      const position = { offset: 1, line: 1, size: 1, modifiedAt: 0, headHash: "", tailHash: "", state: "{}" };
      const read = wanted.map(toReadCall);
      const rows = read.reduce((sum, { legs }) => sum + legs.length, 0);
      const done = { contentHash: String(readings) };
      const batch = { readingId, at, calls: read, skipped: [], rows, position, done };
      store.ingest.commitBatch(batch, (legs) => ({
        record: JSON.parse(String(legs.at(-1)?.data["record"])) as ReadCall["record"],
        excluded: null,
      }));
      store.ingest.endReading(readingId, at, null);
    },
  };
}

export type PhoneLog = ReturnType<typeof createPhoneLog>;
