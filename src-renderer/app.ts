import { createContext, useContext } from "react";
import type { Bridge } from "./bridge/bridge.ts";
import { type AttentionStore, createAttentionStore } from "./state/attention-store.ts";
import { type CallsStore, createCallsStore } from "./state/calls-store.ts";
import { type ConnectionsStore, createConnectionsStore } from "./state/connections-store.ts";
import { createFinderStore, type FinderStore } from "./state/finder-store.ts";
import { type LedgerStore, createLedgerStore } from "./state/ledger-store.ts";
import { type NoticeStore, createNoticeStore } from "./state/notice-store.ts";
import { type ReadingStore, createReadingStore } from "./state/reading-store.ts";
import { type Address, type RouteStore, createRouteStore } from "./state/route-store.ts";
import { type StoryStore, createStoryStore } from "./state/story-store.ts";
import { createWrittenStore, type WrittenStore } from "./state/written-store.ts";
import { type ChoiceStore, createChoiceStore } from "./state/choice-store.ts";
import { type ConflictsStore, createConflictsStore } from "./state/conflicts-store.ts";
import type { Formats } from "./words/formats.ts";

/** Everything a screen uses: the stores, the way out, and how to write times and numbers. */
export type App = Readonly<{
  bridge: Bridge;
  formats: Formats;
  now: () => number;
  ledger: LedgerStore;
  calls: CallsStore;
  story: StoryStore;
  written: WrittenStore;
  attention: AttentionStore;
  choices: ChoiceStore;
  conflicts: ConflictsStore;
  connections: ConnectionsStore;
  reading: ReadingStore;
  finder: FinderStore;
  notices: NoticeStore;
  route: RouteStore;
}>;

export type AppParts = Readonly<{ bridge: Bridge; formats: Formats; now: () => number; address: Address }>;

export function createApp({ bridge, formats, now, address }: AppParts): App {
  return {
    bridge,
    formats,
    now,
    ledger: createLedgerStore(bridge, now),
    calls: createCallsStore(bridge, now),
    story: createStoryStore(bridge, formats.timeZone),
    written: createWrittenStore(bridge),
    attention: createAttentionStore(bridge, formats.timeZone, now),
    choices: createChoiceStore(bridge),
    conflicts: createConflictsStore(bridge),
    connections: createConnectionsStore(bridge, now),
    reading: createReadingStore(bridge),
    finder: createFinderStore(bridge),
    notices: createNoticeStore(),
    route: createRouteStore(address),
  };
}

const context = createContext<App | null>(null);
export const AppProvider = context.Provider;

export function useApp(): App {
  const app = useContext(context);
  if (app === null) throw new Error("no app around this component");
  return app;
}
