import type { z } from "zod";
import { ipcCalls, type CallAsk, type CallName, type CallOutput } from "../../../src-shared/ipc/contract.ts";
import { toLocalDate } from "../../../src-shared/domain/local-time.ts";
import type { EngineHost } from "../engine-host/engine-host.ts";
import type { ImportJobs } from "../import-jobs.ts";
import type { TopicReaders } from "./topic-hub.ts";

export type TopicReadersParts = Readonly<{
  host: EngineHost;
  jobs: ImportJobs;
  activity: () => Readonly<{ version: number; at: number }>;
  now: () => number;
  timeZone: () => string;
}>;

/** Where the values of topics come from. Without a running engine those of the ledger stay as they are. */
export function createTopicReaders({ host, jobs, activity, now, timeZone }: TopicReadersParts): TopicReaders {
  const ask = <C extends CallName>(name: C, input: CallAsk<C>): Promise<CallOutput<C> | undefined> =>
    host.state().phase === "running" ? askEngine(host, name, input) : Promise.resolve(undefined);
  const readStatus = shareOne(() => ask("status:get", {}));
  return {
    engine: async () => ({ now: host.state() }),
    connections: async () => byKey((await readStatus())?.integrations, ({ id }) => String(id)),
    totals: async () => {
      const status = await readStatus();
      if (status === undefined) return undefined;
      const { integrations: _shownElsewhere, ...totals } = status;
      return { now: totals };
    },
    attention: async () => byKey((await ask("deadLetters:list", {}))?.groups, ({ id }) => id),
    silences: async () => {
      const sources = (await ask("silence:list", {}))?.sources;
      return byKey(
        sources?.flatMap(({ raised }) => (raised === null ? [] : [raised])),
        ({ sourceId }) => String(sourceId),
      );
    },
    today: async () => {
      const zone = timeZone();
      const today = await ask("reports:statement", { date: toLocalDate(now(), zone), timeZone: zone, skippedRows: 0 });
      return today === undefined ? undefined : { now: today };
    },
    imports: async () => jobs.list(),
    activity: async () => ({ now: activity() }),
  };
}

/** The answer of a call by its schema; undefined where there is none. */
export async function askEngine<C extends CallName>(
  host: Pick<EngineHost, "call">,
  name: C,
  input: CallAsk<C>,
  requestId?: string,
): Promise<CallOutput<C> | undefined> {
  const answer = await host.call({ name, input, requestId, onProgress: () => undefined }).answer;
  if (!answer.ok) return undefined;
  const schema: z.ZodType = ipcCalls[name].output;
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the compiler cannot tie a schema to the name it was looked up by; the lookup does
  return schema.parse(answer.value) as CallOutput<C>;
}

const byKey = <T>(items: readonly T[] | undefined, keyOf: (item: T) => string): Record<string, T> | undefined =>
  items === undefined ? undefined : Object.fromEntries(items.map((item) => [keyOf(item), item]));

/** Who asks while an answer is on its way gets that one. */
function shareOne<T>(work: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined;
  return () =>
    (underWay ??= work().finally(() => {
      underWay = undefined;
    }));
}
