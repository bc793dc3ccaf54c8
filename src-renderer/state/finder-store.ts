import { createStore, type StoreApi } from "zustand/vanilla";
import type { CallLine } from "../../src-shared/ipc/call-views.ts";
import type { CallFault } from "../../src-shared/ipc/contract.ts";
import type { Bridge } from "../bridge/bridge.ts";

/** What is looked for everywhere, and the calls found last: they stay until newer ones come. */
export type FinderState = Readonly<{
  text: string;
  /** What the calls were found by; null: nothing was looked for yet. */
  foundBy: string | null;
  calls: readonly CallLine[];
  hasMore: boolean;
  fault: CallFault | null;
}>;

export type FinderStore = StoreApi<FinderState> & Readonly<{ look(text: string): Promise<void>; clear(): void }>;

const shownCalls = 6;
const empty: FinderState = { text: "", foundBy: null, calls: [], hasMore: false, fault: null };

/** Text that begins so asks for commands alone. */
export const commandSign = ">";

/** One question at a time; the newest one wins, and what was typed meanwhile is asked next. */
export function createFinderStore(bridge: Bridge): FinderStore {
  const store = createStore<FinderState>(() => empty);
  const { getState, setState } = store;
  let isAsking = false;

  async function ask(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    let asked: string | null = null;
    for (let wanted = toQuestion(getState().text); wanted !== asked; wanted = toQuestion(getState().text)) {
      asked = wanted;
      if (wanted === "") {
        setState({ foundBy: null, calls: [], hasMore: false, fault: null });
        continue;
      }
      const answer = await bridge.call("calls:list", { text: wanted, outcome: null, before: null, limit: shownCalls });
      if (wanted !== toQuestion(getState().text)) continue;
      if (answer.ok) {
        const { calls, next } = answer.value;
        setState({ foundBy: wanted, calls, hasMore: next !== null, fault: null });
      } else setState({ fault: answer.fault });
    }
    isAsking = false;
  }

  return Object.assign(store, {
    async look(text: string) {
      setState({ text });
      await ask();
    },
    clear: () => setState(empty),
  });
}

const toQuestion = (text: string): string => (text.startsWith(commandSign) ? "" : text.trim().slice(0, 500));
