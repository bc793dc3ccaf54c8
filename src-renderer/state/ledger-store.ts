import { createStore, type StoreApi } from "zustand/vanilla";
import type { CallFault } from "../../src-shared/ipc/contract.ts";
import type { DeadGroupView } from "../../src-shared/ipc/dead-letter-views.ts";
import type { SourceView } from "../../src-shared/ipc/ingest-views.ts";
import type { StatementView } from "../../src-shared/ipc/report-views.ts";
import type { TopicItem, TopicName, TopicValue } from "../../src-shared/ipc/topics.ts";
import type { EngineState, ImportJob } from "../../src-shared/ipc/window-views.ts";
import type { Bridge } from "../bridge/bridge.ts";

export type Connection = TopicItem<"connections">;
export type Totals = TopicItem<"totals">;

/** What the engine and the shell say of the whole ledger. Null: not heard yet. */
export type LedgerState = Readonly<{
  engine: EngineState | null;
  connections: readonly Connection[] | null;
  totals: Totals | null;
  /** Causes that need a person, the newest first. */
  attention: readonly DeadGroupView[] | null;
  /** Sources that give no calls although they should. */
  silences: readonly TopicItem<"silences">[];
  today: StatementView | null;
  /** Readings that a person started, the newest first. */
  imports: readonly ImportJob[];
  sources: readonly SourceView[] | null;
  /** Why the sources are not known. */
  sourcesFault: CallFault | null;
  /** Rises when something of the ledger changed. */
  activity: number;
  /** When numbers last came from a running engine, epoch ms. */
  asOf: number | null;
}>;

export type LedgerStore = StoreApi<LedgerState> &
  Readonly<{
    /** Follows every topic until the returned function is called. */
    follow(): () => void;
    pullSources(): Promise<void>;
  }>;

const nothingHeard: LedgerState = {
  engine: null,
  connections: null,
  totals: null,
  attention: null,
  silences: [],
  today: null,
  imports: [],
  sources: null,
  sourcesFault: null,
  activity: 0,
  asOf: null,
};

/** Server data as it comes, one store for all screens; nothing is derived here. */
export function createLedgerStore(bridge: Bridge, now: () => number): LedgerStore {
  const store = createStore<LedgerState>(() => nothingHeard);

  const put = (change: Partial<LedgerState>): void => {
    const isRunning = (change.engine ?? store.getState().engine)?.phase === "running";
    store.setState({ ...change, ...(isRunning ? { asOf: now() } : {}) });
  };

  async function pullSources(): Promise<void> {
    const answer = await bridge.call("sources:list", {});
    store.setState(answer.ok ? { sources: answer.value.sources, sourcesFault: null } : { sourcesFault: answer.fault });
  }

  const takers: { readonly [T in TopicName]: (value: TopicValue<T>) => void } = {
    engine: ({ now: engine = null }) => put({ engine }),
    connections: (value) => put({ connections: Object.values(value).toSorted((a, b) => a.id - b.id) }),
    totals({ now: totals = null }) {
      const known = JSON.stringify(store.getState().totals?.folders);
      put({ totals });
      if (totals !== null && JSON.stringify(totals.folders) !== known) void pullSources();
    },
    attention: (value) => put({ attention: Object.values(value).toSorted((a, b) => b.lastAt - a.lastAt) }),
    silences: (value) => put({ silences: Object.values(value).toSorted((a, b) => a.sourceId - b.sourceId) }),
    today: ({ now: today = null }) => put({ today }),
    imports: (value) => put({ imports: Object.values(value).toSorted((a, b) => b.startedAt - a.startedAt) }),
    activity: ({ now: activity }) => put({ activity: activity?.version ?? 0 }),
  };

  function follow(): () => void {
    const ends = [
      bridge.subscribe("engine", takers.engine),
      bridge.subscribe("connections", takers.connections),
      bridge.subscribe("totals", takers.totals),
      bridge.subscribe("attention", takers.attention),
      bridge.subscribe("silences", takers.silences),
      bridge.subscribe("today", takers.today),
      bridge.subscribe("imports", takers.imports),
      bridge.subscribe("activity", takers.activity),
    ];
    return () => ends.forEach((end) => end());
  }

  return Object.assign(store, { follow, pullSources });
}

/** Whether the engine answers now. */
export const isRunning = ({ engine }: Pick<LedgerState, "engine">): boolean => engine?.phase === "running";
